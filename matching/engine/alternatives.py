"""Why not that place, and why none: answered by solving again with the pair fixed, and by the group that shares too few slots.

Everything is said in counts; nobody is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .again import cut, resolve
from .edges import Graph
from .explanation import judged
from .ground import Ground, Seated, bound_to, ground_of, place_numbers, seated, shut_in
from .instance import Instance
from .optimum import Stopwatch, optimum
from .order import lottery_ranks
from .result import Result
from .rules import OPEN, OUT_OF_REACH, STAGES, pair_points
from .solver import TOP, bent_scores, entries_of

Ints = NDArray[np.int64]
EXACT_PAIRS = 3_000_000  # above this a second is not enough to solve again, and only the bound is given
RULES = ("distance", "level", "pathway", "period", "days", "needs", "demands")


@dataclass(frozen=True)
class WhyNot:
    """What would happen if the student were at that place. Points as people see them, except `lost`: the policy's total.

    rule: the hard rule that forbids it (`qualification`, one of RULES, or `no_slot`), then nothing else is filled in. exact: solved
    again; else only lower_bound is known (for a student who has a place). others_fewer, others_more: other students with a
    place before and after; others_out, others_in: who would lose or get one. own_points: the student's at that place.
    """

    student_id: int
    place_id: int
    policy: str
    rule: str | None = None
    is_own: bool = False
    exact: bool = False
    own_points: int | None = None
    points_now: int | None = None
    others_fewer: int = 0
    others_more: int = 0
    others_out: int = 0
    others_in: int = 0
    lost: int | None = None
    lower_bound: int | None = None


@dataclass(frozen=True)
class WhyNothing:
    """Why a student has no place. `left`: places for the qualification left after each rule, from all of them on; after the first
    only those with a slot, unless the reason is that they are full.

    full: `students` can go to these `slots` only, so `students − slots` have nothing, whoever it is; both 0 when the group is not
    closed (policy stable leaves slots unused) or too large to look into. `earlier`: of those with a slot, whose turn came before.
    """

    student_id: int
    policy: str
    reason: str
    left: dict[str, int]
    in_reach: int = 0
    students: int = 0
    slots: int = 0
    earlier: int = 0


class Again(NamedTuple):
    """A match on the ground: place [n] (−1 without) and the total of the policy."""

    place: Ints
    total: int


def why_not(instance: Instance, result: Result, student_id: int, place_id: int) -> WhyNot:
    """What it would cost to give this student that place; KeyError when student or place is unknown."""
    row, column = result.row_of(student_id), instance.row_by_place[place_id]
    rule = failing_rule(instance, student_id, column)
    if rule is not None:
        return WhyNot(student_id, place_id, result.policy, rule)
    points_now = int(result.score[row]) if result.place_id[row] >= 0 else None
    if result.place_id[row] == place_id:
        return WhyNot(
            student_id, place_id, result.policy, is_own=True, exact=True, own_points=points_now, points_now=points_now, lost=0, lower_bound=0
        )
    own_points = score_at(instance, student_id, column)
    bound = None
    if result.u is not None and result.p is not None and points_now is not None:
        bound = int(result.u[row] + result.p[column] - bent_scores(result.policy)[own_points])
    ground = ground_of(instance, student_id, result.policy)
    if ground is None or len(ground.graph.col) > EXACT_PAIRS:
        return WhyNot(student_id, place_id, result.policy, own_points=own_points, points_now=points_now, lower_bound=bound)
    return compare(ground, result, student_id, place_id, own_points, points_now, bound)


def compare(ground: Ground, result: Result, student_id: int, place_id: int, own_points: int, points_now: int | None, bound: int | None) -> WhyNot:
    """Solve again with the pair fixed and count what changes for the others."""
    i, j = ground.student(student_id), ground.place(place_id)
    before = seated(ground, result).match
    after = solve_without(ground, result, i, j)
    others = np.arange(len(before)) != i
    had, has = (before >= 0) & others, (after.place >= 0) & others
    moved = np.flatnonzero(had & has & (before != after.place))
    change = raw_points(ground, moved, after.place[moved]) - raw_points(ground, moved, before[moved])
    bent = bent_scores(result.policy)
    total = int(bent[result.score[ground.block.students][result.place_id[ground.block.students] >= 0]].sum())
    return WhyNot(
        student_id,
        place_id,
        result.policy,
        exact=True,
        own_points=own_points,
        points_now=points_now,
        others_fewer=int((change < 0).sum()),
        others_more=int((change > 0).sum()),
        others_out=int((had & ~has).sum()),
        others_in=int((has & ~had).sum()),
        lost=total - after.total - int(bent[own_points]),
        lower_bound=bound,
    )


def solve_without(ground: Ground, result: Result, i: int, j: int) -> Again:
    """The match of everyone but student i when one slot at place j is gone, under the same policy and lots."""
    if result.policy == "stable":
        return stable_without(ground, result, i, j)
    graph, part = ground.graph, ground.block.instance
    low, high = graph.start[i], graph.start[i + 1]
    start, cap = graph.start.copy(), graph.cap.copy()
    start[i + 1 :] -= high - low
    cap[j] -= 1
    rest = Graph(start, np.delete(graph.col, slice(low, high)), np.delete(graph.score, slice(low, high)), cap)
    hashes = lottery_ranks(result.seed, part.students.id[ground.index.student_row])
    turn = seated(ground, result).turn
    found = optimum(rest, np.argsort(turn), hashes, part.places.id[ground.index.place_row], TOP, Stopwatch(), lambda: None)
    return Again(found.place, int(found.value[found.place >= 0].sum()))


def stable_without(ground: Ground, result: Result, i: int, j: int) -> Again:
    part = ground.block.instance
    keep = np.delete(np.arange(len(part.students)), ground.index.student_row[i])
    rest = cut(part, keep, np.arange(len(part.places))).instance
    rest.places.capacity[ground.index.place_row[j]] -= 1  # `cut` made a copy
    found = resolve(rest, result.policy, result.seed)
    place = np.full(len(part.students), -1, np.int64)
    place[keep] = found.place_id
    return Again(place_numbers(ground, place[ground.index.student_row]), int(found.score[found.place_id >= 0].sum()))


def raw_points(ground: Ground, student: Ints, place: Ints) -> Ints:
    """Points as published, 0..1000, of each (student, place) by the ground's numbers."""
    index = ground.index
    return pair_points(index.students, student, index.entries, entries_of(index, student, place), index.grid, index.marks)[:, 1:].sum(axis=1)


def failing_rule(instance: Instance, student_id: int, column: int) -> str | None:
    """The first hard rule that keeps the student from the place at row `column`; None when there is none."""
    index, _, entries, verdict = judged(instance, student_id)
    at = np.flatnonzero(index.place_row[index.entries.at["place"][entries]] == column)
    if not len(at):
        return "qualification"
    stage = int(verdict[at[0], 0])
    if stage != OPEN:
        return "distance" if stage == OUT_OF_REACH else STAGES[stage]
    return "no_slot" if instance.places.capacity[column] == 0 else None


def score_at(instance: Instance, student_id: int, column: int) -> int:
    index, student, _, _ = judged(instance, student_id)
    one = np.array([student])
    entry = entries_of(index, one, index.place_at[[column]])
    return int(pair_points(index.students, one, index.entries, entry, index.grid, index.marks)[0, 1:].sum())


def why_nothing(instance: Instance, result: Result, student_id: int) -> WhyNothing | None:
    """Why the student has no place; None for a student who has one. KeyError when unknown."""
    row = result.row_of(student_id)
    if result.place_id[row] >= 0:
        return None
    reason = result.reason[row]
    left = places_left(instance, student_id, with_slot=reason not in ("full", "taken"))
    answer = WhyNothing(student_id, result.policy, reason, left)
    if answer.reason != "full":
        return answer
    answer = replace(answer, in_reach=answer.left["demands"])
    ground = ground_of(instance, student_id, result.policy)
    if ground is None:
        return answer
    i, seats = ground.student(student_id), seated(ground, result)
    inside = shut_in(ground.graph, seats.first, seats.sitter, i)
    taken = np.diff(seats.first)
    if np.any(taken[inside] < ground.graph.cap[inside]):
        return answer
    return group(ground, seats, inside, answer, i)


def group(ground: Ground, seats: Seated, inside: NDArray[np.bool_], answer: WhyNothing, i: int) -> WhyNothing:
    """Everyone who can go to these places only, and the slots there: proof that some of them must be without."""
    members = bound_to(ground.graph, inside)
    placed = members & (seats.match >= 0)
    return replace(
        answer,
        students=int(members.sum()),
        slots=int(ground.graph.cap[inside].sum()),
        earlier=int((placed & (seats.turn < seats.turn[i])).sum()),
    )


def places_left(instance: Instance, student_id: int, *, with_slot: bool = False) -> dict[str, int]:
    """How many places for the qualification are left after each hard rule: `qualification` first, `demands` last.

    with_slot: after the first, count only those that had a slot when the match began.
    """
    index, _, entries, verdict = judged(instance, student_id)
    stage = np.where(verdict[:, 0] == OUT_OF_REACH, 0, verdict[:, 0])
    counted = instance.places.capacity[index.place_row[index.entries.at["place"][entries]]] > 0 if with_slot else np.ones(len(stage), bool)
    left = {"qualification": len(stage)}
    return left | {rule: int(((stage > number) & counted).sum()) for number, rule in enumerate(RULES)}
