"""What a student could have had: every place within the rules, and the first rule that fails at the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .criteria import CRITERIA
from .index import Index, build_index
from .instance import Instance
from .result import Result
from .rules import OPEN, OUT_OF_REACH, STAGES, judge_entries, pair_points
from .solver import bent_scores


@dataclass(frozen=True)
class Option:
    """A place whose hard rules the student meets; `lower_bound`: what choosing it would cost all together at least."""

    place_id: int
    score: int
    points: dict[str, int]
    distance: int
    place_full: bool
    lower_bound: int | None


@dataclass(frozen=True)
class Miss:
    """A place for the qualification that the student cannot have, and the first hard rule that fails.

    had_slot: there was room when the match began. lacking: for `needs` and `demands`, the words that one asks and the other lacks.
    """

    place_id: int
    distance: int
    rule: str
    company: int
    had_slot: bool
    lacking: tuple[str, ...]


def cached_index(instance: Instance) -> Index:
    """The instance's index, built once per instance: pages ask for one student after the other."""
    found = instance.__dict__.get("_index")
    if found is None:
        found = instance.__dict__["_index"] = build_index(instance)
    return found


def judged(instance: Instance, student_id: int) -> tuple[Index, int, NDArray[np.int64], NDArray[np.int64]]:
    """The index, the student's canonical number, all entries of the qualification, and (stage, metres) of each [k, 2]."""
    index = cached_index(instance)
    student = int(index.student_at[instance.row_by_student[student_id]])
    g, q = index.grid, int(index.students.at["qualification"][student])
    low, high = int(g.cell_start[g.base[q]]), int(g.cell_start[g.base[q + 1]])
    return index, student, np.arange(low, high), judge_entries(index.students, student, index.entries, low, high)


def reach(instance: Instance, result: Result, student_id: int) -> list[Option]:
    """Every place whose hard rules the student meets, best score first; KeyError when the student is unknown."""
    index, student, entries, verdict = judged(instance, student_id)
    entries = entries[verdict[:, 0] == OPEN]
    pairs = pair_points(index.students, np.full(len(entries), student), index.entries, entries, index.grid, index.marks)
    taken = seats_taken(instance, result)
    row, bent = result.row_of(student_id), bent_scores(result.policy)
    options = []
    for entry, (distance, *points) in zip(entries.tolist(), pairs.tolist(), strict=True):
        place = int(index.place_row[index.entries.at["place"][entry]])
        score, bound = sum(points), None
        if result.u is not None and result.p is not None and result.place_id[row] >= 0:
            bound = int(result.u[row] + result.p[place] - bent[score])
        options.append(
            Option(
                place_id=int(instance.places.id[place]),
                score=score,
                points=dict(zip(CRITERIA, points, strict=True)),
                distance=distance,
                place_full=bool(taken[place] >= instance.places.capacity[place]),
                lower_bound=bound,
            )
        )
    return sorted(options, key=lambda option: (-option.score, option.place_id))


def seats_taken(instance: Instance, result: Result) -> NDArray[np.int64]:
    """Students placed per place row; counted once per result."""
    found = result.__dict__.get("_taken")
    if found is None:
        rows = [instance.row_by_place[place] for place in result.place_id.tolist() if place >= 0]
        found = result.__dict__["_taken"] = np.bincount(np.array(rows, np.int64), minlength=len(instance.places))
    return found


def misses(instance: Instance, student_id: int, limit: int = 20) -> list[Miss]:
    """The nearest places for the qualification that fail, with the first failing rule; KeyError when unknown."""
    index, _, entries, verdict = judged(instance, student_id)
    failing = np.flatnonzero(verdict[:, 0] != OPEN)
    failing = failing[np.argsort(verdict[failing, 1], kind="stable")][:limit]
    found = []
    for t in failing.tolist():
        place = int(index.place_row[index.entries.at["place"][entries[t]]])
        stage, metres = verdict[t].tolist()
        rule = "distance" if stage == OUT_OF_REACH else STAGES[stage]
        found.append(
            Miss(
                place_id=int(instance.places.id[place]),
                distance=metres,
                rule=rule,
                company=int(instance.places.company[place]),
                had_slot=bool(instance.places.capacity[place] > 0),
                lacking=lacking(instance, instance.row_by_student[student_id], place, rule),
            )
        )
    return found


def lacking(instance: Instance, row: int, place: int, rule: str) -> tuple[str, ...]:
    """Which adjustments the place does not offer, or which requirements the student does not meet; empty for other rules."""
    s, p = instance.students, instance.places
    if rule == "needs":
        asked, given = s.needs.of(row), p.offers.of(place)
    elif rule == "demands":
        asked, given = p.demands.of(place), s.has.of(row)
    else:
        return ()
    return tuple(instance.words.tags.words[code] for code in np.setdiff1d(asked, given).tolist())
