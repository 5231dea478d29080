"""What would change it: the smallest change of a student's own limits after which the match places them.

A need for an adjustment is never among them. Whether a place lets a student in depends on those of an earlier turn alone, so that one
search says which places would; the smallest change that brings one of them within the rules is then proven by solving again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .again import resolve
from .columns import DAYS
from .explanation import judged
from .ground import Ground, ground_of, seated, wanters, within_turn
from .index import Index
from .instance import Instance, Students
from .result import Result

Ints = NDArray[np.int64]
STEP = 1_000  # metres
FURTHEST = 60
MOST_WEEKS = 8
MOST_DAYS = 2
TRIES = 40


@dataclass(frozen=True)
class Step:
    """One limit moved. kind and what `by` counts: `distance` (km further), `day` (days more: `days`), `days_needed` (fewer),
    `earlier`, `later` (weeks). `to`: the new max_distance in metres, days_needed, or ordinal day of from or until; 0 for `day`.
    """

    kind: str
    by: int
    to: int = 0
    days: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Steps that together give the student a place, and what solving again with them gave.

    others_out, others_in: students who would lose or get a place by it (one of a later turn, when no slot was free).
    """

    steps: tuple[Step, ...]
    place_id: int
    points: int
    distance: int
    others_out: int
    others_in: int


class Doors:
    """The places that would let the student in, with how far each is from the student's limits; arrays [k]."""

    def __init__(self, instance: Instance, ground: Ground, result: Result, student_id: int) -> None:
        index, student, entries, verdict = judged(instance, student_id)
        self.own = index.students.at[student]
        opening = places_that_let_in(ground, result, student_id)
        ids = index.place_row[index.entries.at["place"][entries]]
        kept = np.isin(instance.places.id[ids], opening) & suits(index, student, entries)
        entry = index.entries.at[entries[kept]]
        self.metres = verdict[kept, 1]
        self.days = entry["days"].astype(np.int64)
        self.start, self.until = entry["start"].astype(np.int64), entry["until"].astype(np.int64)

    def steps(self) -> Iterator[tuple[Step, ...]]:
        """Changes worth trying: of each kind the smallest that is enough; two kinds together only when none alone is."""
        single = [steps for steps in (self.further(), *self.others()) if steps is not None]
        yield from single
        if not single:
            for step in self.moves():
                rest = self.further(step)
                if rest is not None and len(rest) == 2:
                    yield rest

    def others(self) -> Iterator[tuple[Step, ...] | None]:
        """Per kind but distance: the first that lets the student in, None when none does."""
        moves = list(self.moves())
        for kind in ("day", "days_needed", "earlier", "later"):
            enough = [step for step in moves if step.kind == kind and self.open(step).any()]
            least = min((step.by for step in enough), default=0)
            if kind == "day":
                yield from ((step,) for step in enough if step.by == least)
            else:
                yield next(((step,) for step in enough if step.by == least), None)

    def moves(self) -> Iterator[Step]:
        """Every step of the other limits, small ones first."""
        own = self.own
        missing = [day for bit, day in enumerate(DAYS) if not own["days"] >> bit & 1]
        for count in range(1, MOST_DAYS + 1):
            yield from (Step("day", count, days=days) for days in combinations(missing, count))
        yield from (Step("days_needed", by, int(own["days_needed"]) - by) for by in range(1, int(own["days_needed"])))
        for weeks in range(1, MOST_WEEKS + 1):
            yield Step("earlier", weeks, int(own["start"]) - 7 * weeks)
            yield Step("later", weeks, int(own["until"]) + 7 * weeks)

    def fits(self, step: Step | None) -> NDArray[np.bool_]:
        """Doors that days and dates allow after the step, whatever the distance."""
        own = self.own
        days, needed, start, until = int(own["days"]), int(own["days_needed"]), int(own["start"]), int(own["until"])
        if step is not None:
            days |= sum(1 << DAYS.index(day) for day in step.days)
            needed = step.to if step.kind == "days_needed" else needed
            start = step.to if step.kind == "earlier" else start
            until = step.to if step.kind == "later" else until
        together = np.minimum(self.until, until) - np.maximum(self.start, start)
        return (np.bitwise_count(self.days & days) >= needed) & (together >= int(own["duration"]))

    def open(self, step: Step) -> NDArray[np.bool_]:
        return self.fits(step) & (self.metres <= int(self.own["reach"]))

    def further(self, step: Step | None = None) -> tuple[Step, ...] | None:
        """The fewest whole kilometres further, after a step of another kind if given; None when too far."""
        metres = self.metres[self.fits(step)]
        reach = int(self.own["reach"])
        by = max(0, -(-(int(metres.min()) - reach) // STEP)) if len(metres) else FURTHEST + 1
        if by > FURTHEST:
            return None
        distance = (Step("distance", by, reach + by * STEP),) if by else ()
        return (*distance, step) if step is not None else distance or None


def smallest(instance: Instance, result: Result, student_id: int) -> list[Change] | None:
    """The smallest changes of each kind that would place the student, each proven by solving again; best points first.

    Empty when the student has a place or none helps; None when the part of the instance is too large to say. KeyError when unknown.
    """
    if result.place_id[result.row_of(student_id)] >= 0:
        return []
    ground = ground_of(instance, student_id, result.policy)
    if ground is None:
        return None
    found = []
    for number, steps in enumerate(Doors(instance, ground, result, student_id).steps()):
        change = proven(ground, result, student_id, steps) if number < TRIES else None
        if change is not None:
            found.append(change)
    return least_of(found)


def least_of(found: list[Change]) -> list[Change]:
    """Of pairs with the same kinds of steps only the smallest; those that move nobody out first, then by points."""
    best: dict[tuple[str, ...], Change] = {}
    for change in found:
        kinds = tuple(step.kind for step in change.steps) + (change.steps[0].days if len(change.steps) == 1 else ())
        if kinds not in best or effort(change) < effort(best[kinds]):
            best[kinds] = change
    return sorted(best.values(), key=lambda change: (len(change.steps), change.others_out, effort(change), -change.points))


def effort(change: Change) -> int:
    return sum(step.by for step in change.steps)


def places_that_let_in(ground: Ground, result: Result, student_id: int) -> Ints:
    """Ids of the places that would let the student in if the rules allowed the pair.

    Under `stable` a place decides by its own ranking, which the change itself moves: all with a slot are tried.
    """
    ids = ground.block.instance.places.id[ground.index.place_row]
    if result.policy == "stable":
        return ids[ground.graph.cap > 0]
    seats, i = seated(ground, result), ground.student(student_id)
    start, student = wanters(ground.graph)
    return ids[within_turn(start, student, ground.graph.cap, seats.match, seats.first, seats.sitter, seats.turn, int(seats.turn[i]))]


def suits(index: Index, student: int, entries: Ints) -> NDArray[np.bool_]:
    """Entries that meet the rules a student cannot move: level, pathway, needs, demands."""
    own, entry = index.students.at[student], index.entries.at[entries]
    needs, has = index.students.needs[student], index.students.has[student]
    level = (entry["levels"] >> (own["level"] - 1)) & 1 == 1
    pathway = (entry["pathways"] >> own["pathway"]) & 1 == 1
    offered = ~np.any(needs & ~index.entries.offers[entries], axis=1)
    demanded = ~np.any(index.entries.demands[entries] & ~has, axis=1)
    found: NDArray[np.bool_] = level & pathway & offered & demanded
    return found


def proven(ground: Ground, result: Result, student_id: int, steps: tuple[Step, ...]) -> Change | None:
    """Solve the student's part again with the changed row; None when it does not place the student after all."""
    part = ground.block.instance
    row = part.row_by_student[student_id]
    again = resolve(replace(part, students=changed(part.students, row, steps)), result.policy, result.seed)
    if again.place_id[row] < 0:
        return None
    before, after = result.place_id[ground.block.students] >= 0, again.place_id >= 0
    before[row] = True
    return Change(
        steps,
        int(again.place_id[row]),
        int(again.score[row]),
        int(again.distance[row]),
        others_out=int((before & ~after).sum()),
        others_in=int((after & ~before).sum()),
    )


def changed(students: Students, row: int, steps: tuple[Step, ...]) -> Students:
    """The students with one row's limits moved; the arrays given stay as they are."""
    columns = {name: getattr(students, name).copy() for name in ("max_distance", "days", "days_needed", "start", "until")}
    target = {"distance": "max_distance", "days_needed": "days_needed", "earlier": "start", "later": "until"}
    for step in steps:
        if step.kind == "day":
            columns["days"][row] |= sum(1 << DAYS.index(day) for day in step.days)
        else:
            columns[target[step.kind]][row] = step.to
    return replace(students, **columns)
