"""The acts of one region that place most students: greedily, each one applied to the match before the next is chosen.

What an act is said to bring is not an estimate: its slots are opened one after the other in the standing match
(matching.engine.standing), which stays the optimum, so that solving everything again gives the same. Among acts counts first how many
students are placed more, then how many of them are of the first tier, of the second, and so on; then points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from matching.columnar import Ints
from matching.engine import Instance, Result
from matching.engine.again import copied
from matching.engine.columns import DAYS, LEVELS, PATHWAYS, PLACE_COLUMNS, WordSets
from matching.engine.gain import as_places, joined
from matching.engine.instance import by_column
from matching.engine.standing import NOBODY, Ground, Standing, Step, comings_of, grounds_of, price
from shortages.advice.candidates import KINDS, Candidates, together
from shortages.models.advice import ActKind

ACTS = 10
LAST_TIER = 9
# Candidates of a region that are priced again and again: the best of every qualification by the first pricing, and the best of all.
PER_QUALIFICATION, PER_REGION = 4, 240
# Acts of several slots whose slots are tried out, of those that could be the best.
TRIED = 3
DAY = KINDS.index(ActKind.DAY)


@dataclass(frozen=True)
class Act:
    """An act that was chosen: the row of the candidate, what each slot does, and facts for the reason; `sitter` is a row of the instance."""

    row: int
    steps: list[Step]
    facts: dict[str, Any] = field(default_factory=dict)
    sitter: int = -1

    @property
    def tiers(self) -> list[int]:
        """Tiers of the students placed more."""
        return sorted(step.tier for step in self.steps if step.tier != NOBODY)

    @property
    def points(self) -> int:
        """Change in the total score."""
        return sum(step.points for step in self.steps)

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """Lower is better."""
        return rank_of(self.tiers, self.points, self.row)


def rank_of(tiers: list[int], points: int, row: int) -> tuple[Any, ...]:
    """The order among acts: students placed more, those of lower tiers first, then points, then the row."""
    return -len(tiers), *(-tiers.count(tier) for tier in range(LAST_TIER + 1)), -points, row


def shortlist(candidates: Candidates, tiers: Ints, points: Ints) -> Ints:
    """Rows of candidates, of all regions, that are worth being looked at again, the best first; by the first pricing."""
    helps = np.flatnonzero((tiers >= 0) | (points > 0))
    tier = np.where(tiers < 0, LAST_TIER + 1, tiers)[helps]
    most = np.where(tier > LAST_TIER, 1, candidates.slots[helps])
    helps = helps[np.lexsort((helps, -points[helps], tier, -most))]
    region = candidates.region[helps]
    in_region, in_cell = _nth(region), _nth(region * 100_000 + candidates.crebo[helps])
    kept = (in_cell < PER_QUALIFICATION) & (in_region < 4 * PER_REGION) | (in_region < PER_REGION // 2)
    helps = helps[kept]
    return helps[_nth(candidates.region[helps]) < PER_REGION]


def worth_looking_at(instance: Instance, result: Result, slices: Iterable[Candidates], threads: int = 2) -> Candidates:
    """The shortlists of all regions, from every candidate there is: each is priced by its own pairs, after one search over all that exists."""
    comings = comings_of(instance, result)
    kept: list[Candidates] = []
    tiers, points = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for part in slices:
        if not len(part):
            kept = kept or [part]
            continue
        found = price(worded(instance, part), result, comings, part.places, threads)
        rows = shortlist(part, *found)
        kept.append(part.of(rows))
        tiers, points = np.concatenate([tiers, found[0][rows]]), np.concatenate([points, found[1][rows]])
    whole = together(kept)
    return whole.of(np.sort(shortlist(whole, tiers, points)))


def most_placed(options: Sequence[tuple[Act, Standing]]) -> int:
    """The most students that any of these acts places, −1 without any."""
    return max((len(act.tiers) for act, _after in options), default=-1)


def _nth(group: Ints) -> Ints:
    """How many of the same group come before, in the order given."""
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, sorted_group)
    out = np.empty(len(group), np.int64)
    out[order] = np.arange(len(group)) - first
    return out


def worded(instance: Instance, candidates: Candidates) -> Instance:
    """The instance in the words that the candidates brought along: the same codes, and some more."""
    return Instance(instance.students, instance.places, instance.criteria, candidates.words)


class Field:
    """The standing match with a shortlist of candidates: what the choices of all regions share."""

    def __init__(self, instance: Instance, result: Result, candidates: Candidates) -> None:
        self.instance, self.candidates = worded(instance, candidates), candidates
        self.grounds: list[Ground] = grounds_of(self.instance, result, candidates.places)

    def choose(self, region: int, count: int = ACTS, tried: int = TRIED) -> list[Act]:
        """The best acts of a region, one after the other; fewer when nothing more helps. At most one a company."""
        return Choice(self, np.flatnonzero(self.candidates.region == region), tried).run(count)


class Choice:
    """The choice of one region under way."""

    def __init__(self, field_: Field, rows: Ints, tried: int) -> None:
        self.field, self.rows, self.tried = field_, rows, tried
        self.standings = {number: Standing(ground) for number, ground in enumerate(field_.grounds) if (ground.at[rows] >= 0).any()}
        self.best_of: dict[int, tuple[Act, Standing]] = {}

    def run(self, count: int) -> list[Act]:
        chosen: list[Act] = []
        while len(chosen) < count:
            found = [(act.rank, number) for number in self.standings if (act := self.best(number)) is not None]
            if not found:
                break
            number = min(found)[1]
            act, self.standings[number] = self.best_of.pop(number)
            chosen.append(act)
            company = self.field.candidates.company
            lost = self.rows[company[self.rows] == company[act.row]]
            self.rows = np.setdiff1d(self.rows, lost)
            # Elsewhere the best may have been of this company too.
            self.best_of = {n: kept for n, kept in self.best_of.items() if kept[0].row not in set(lost.tolist())}
        return chosen

    def best(self, number: int) -> Act | None:
        """The best act on one ground as it stands now; kept until something changes there."""
        if number not in self.best_of:
            found = self.search(number)
            if found is None:
                return None
            self.best_of[number] = found
        return self.best_of[number][0]

    def search(self, number: int) -> tuple[Act, Standing] | None:
        """The best of the acts of one slot, which one pricing tells, and the first of those of several, which have to be tried."""
        standing, slots = self.standings[number], self.field.candidates.slots
        rows = self.rows[standing.ground.at[self.rows] >= 0]
        lone, several = rows[slots[rows] == 1], rows[slots[rows] > 1]
        options: list[tuple[Act, Standing]] = []
        for row in self.in_order(standing, several)[: self.tried].tolist():
            if most_placed(options) >= slots[row]:
                break  # it could not place more
            options.append(self.tried_out(number, row))
        if most_placed(options) <= 1:
            standing.want(lone)
            found, _tiers, points = standing.weigh()
            if len(found):
                options.append(self.tried_out(number, int(found[np.lexsort((found, -points))[0]])))
        act, after = min(options, key=lambda option: option[0].rank, default=(None, None))
        return (act, after) if act is not None and after is not None and (act.tiers or act.points > 0) else None

    def in_order(self, standing: Standing, rows: Ints) -> Ints:
        """Acts of several slots, those first that could place most, and of these those that begin with the earliest turn."""
        turns, slots = standing.turns(rows), self.field.candidates.slots[rows]
        reached = turns >= 0
        if reached.any():
            return rows[reached][np.lexsort((rows[reached], turns[reached], -slots[reached]))]
        worth = np.array([standing.price_at(int(standing.ground.at[row])) for row in rows], np.int64)
        return rows[np.lexsort((rows, -worth))][: np.count_nonzero(worth)]

    def tried_out(self, number: int, row: int) -> tuple[Act, Standing]:
        """An act with all its slots, done on a copy."""
        candidates = self.field.candidates
        facts = self.facts(number, row)
        after = self.standings[number].copy()
        steps = []
        for _slot in range(int(candidates.slots[row])):
            step = after.add(row)
            steps.append(step)
            if step.tier == NOBODY and step.points == 0:
                break  # nor would the next slot do anything
        if candidates.kind[row] == DAY:
            after.take_slot(int(np.flatnonzero(self.field.instance.places.id == candidates.place[row])[0]))
        sitter = int(after.seats.head[after.ground.at[row]])
        return Act(row, steps, facts, int(after.ground.row[sitter]) if sitter >= 0 else -1), after

    def facts(self, number: int, row: int) -> dict[str, Any]:
        """Counts for the reason: students within the rules of the place, those of them without a place, and how far these live."""
        standing, students = self.standings[number], self.field.instance.students
        comers, _ = standing.comers(int(standing.ground.at[row]))
        waiting = standing.ground.row[comers[standing.seats.match[comers] < 0]]
        places = self.field.candidates.places
        metres = np.hypot(students.x[waiting] - places.x[row], students.y[waiting] - places.y[row])
        return {"within": len(comers), "waiting": len(waiting), "metres": int(np.median(metres)) if len(metres) else None}


def as_row(candidates: Candidates, row: int) -> dict[str, Any]:
    """A candidate's place as a row of the engine's places.csv, to be checked by anybody: without id and company."""
    places, words = candidates.places, candidates.words

    def named(sets: WordSets, vocabulary: Sequence[str]) -> str:
        return " ".join(sorted(vocabulary[code] for code in sets.of(row).tolist()))

    def masked(bits: int, names: Sequence[str]) -> str:
        return " ".join(name for number, name in enumerate(names) if bits >> number & 1)

    kind = int(places.kind[row])
    return {
        "x": int(places.x[row]), "y": int(places.y[row]),
        "qualifications": named(places.qualifications, words.qualifications.words),
        "levels": masked(int(places.levels[row]), LEVELS), "pathways": masked(int(places.pathways[row]), PATHWAYS),
        "from": date.fromordinal(int(places.start[row])).isoformat(), "until": date.fromordinal(int(places.until[row])).isoformat(),
        "offers": named(places.offers, words.tags.words), "demands": named(places.demands, words.tags.words),
        "days": masked(int(places.days[row]), DAYS), "goals": named(places.goals, words.goals.words),
        "kind": words.kinds.words[kind] if kind >= 0 else "", "support": int(places.support[row]), "allowance": int(places.allowance[row]),
    }  # fmt: skip


def with_acts(instance: Instance, acts: Sequence[tuple[dict[str, Any], int, int | None]]) -> Instance:
    """The instance after these acts: places as `as_row` wrote them with so many slots, less one slot of the place that each moves from."""
    words = copied(instance.words)
    first = int(instance.places.id.max(initial=0)) + 1
    rows = [{"id": first + at, "company": 1, "capacity": slots, **row} for at, (row, slots, _moved) in enumerate(acts)]
    new = as_places(by_column(rows, PLACE_COLUMNS), Instance(instance.students, instance.places, instance.criteria, words), "acts", 1)
    places = joined(instance.places, new)
    capacity = places.capacity.copy()
    capacity[len(instance.places) :] = new.capacity
    for _row, _slots, moved in acts:
        if moved is not None:
            capacity[instance.row_by_place[moved]] -= 1
    return Instance(instance.students, replace(places, capacity=capacity), instance.criteria, words)
