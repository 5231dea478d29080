"""A result to which slots are added one after the other: each moves students along one chain, and everything stays the optimum.

Adding a slot to an optimum costs one search, not a new solve. If an unplaced student can reach the slot, directly or through students
who would move, the first of those in the order comes in along the best chain; else, if anybody gains, the best chain of moves ends
at a slot that becomes free.

Candidates are places without slots in the same graph. What an unplaced student reaches is marked with that student, the first one
counts (`root`). Who sits at a marked place can only go to places marked with the same student or an earlier one; so an added slot
changes marks only where the student who came in had marked. Prices are valid everywhere (no pair pays more than its student has), which
is all that a search within marks needs, and the smallest at places without a mark, where they say what a slot brings when nobody more
is placed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .chains import (
    CLOSED,
    EXISTS,
    FAR,
    WANTED,
    Back,
    Scratch,
    Seats,
    best_comings,
    chained,
    chains,
    let_in,
    lower_within,
    mark,
    mark_again,
    shift_over,
    tied_to,
    turned,
    weigh,
)  # fmt: skip
from .edges import Graph, build_graph
from .gain import joined
from .heap import new_heap
from .index import Index, build_index
from .instance import Instance, Places
from .order import student_order
from .result import Result
from .solver import bent_scores

NOBODY = -1

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ground:
    """One batch of an instance with its candidates: what all standings share. Students and places by the batch's own numbers.

    row [n]: of the instance; turn, tier [n]; candidate [m]: row among the candidates, −1 for places that exist; at: the other way
    round; back: the pairs by place.
    """

    graph: Graph
    row: Ints
    turn: Ints
    tier: Ints
    existing: Ints
    candidate: Ints
    at: Ints
    back: Back
    start: Seats


@dataclass(frozen=True)
class Step:
    """What one slot does: the tier of the student placed more (NOBODY: nobody), points, and how many students move."""

    tier: int
    points: int
    moves: int


def grounds_of(instance: Instance, result: Result, candidates: Places | None = None) -> list[Ground]:
    """One ground for each part of the instance that has candidates (without any: all parts); `result` is of policy most or generous."""
    if result.u is None or result.p is None:
        raise ValueError("stable has no prices")
    count = 0 if candidates is None else len(candidates)
    places_and = instance.places if candidates is None else joined(instance.places, candidates)
    both = Instance(instance.students, places_and, instance.criteria, instance.words)
    index, bent = build_index(both), bent_scores(result.policy)
    capacity = both.places.capacity[index.place_row]
    old = len(instance.places)
    turn = np.empty(len(instance.students), np.int64)
    turn[student_order(result.seed, instance.students.tier, instance.students.id)] = np.arange(len(turn))
    order = np.argsort(instance.places.id)
    row = order[np.searchsorted(instance.places.id[order], result.place_id, side="left").clip(0, max(0, old - 1))] if old else result.place_id
    place_row = np.where(result.place_id >= 0, row, -1)
    price = np.concatenate([result.p, np.zeros(count, np.int64)])
    found = []
    for batch in range(len(index.student_cut) - 1):
        places = index.place_row[index.place_cut[batch] : index.place_cut[batch + 1]]
        if candidates is None or (places >= old).any():
            graph = build_graph(index, bent, batch, capacity, lambda: None)
            # A copy of what was found alone, with a fraction of the room that finding it took.
            graph = Graph(graph.start, graph.col.copy(), graph.score.copy(), graph.cap.copy())
            found.append(_ground(index, batch, graph, instance, result, place_row, price, turn, count))
    return found


def _ground(
    index: Index, batch: int, graph: Graph, instance: Instance, result: Result, place_row: Ints, price: Ints, turn: Ints, count: int
) -> Ground:
    first, old = int(index.place_cut[batch]), len(instance.places)
    students = index.student_row[index.student_cut[batch] : index.student_cut[batch + 1]]
    places = index.place_row[first : index.place_cut[batch + 1]]
    seated = place_row[students]
    match = np.where(seated >= 0, index.place_at[seated] - first, -1).astype(np.int32)
    candidate = np.where(places >= old, places - old, -1)
    at = np.full(count, -1, np.int64)
    at[candidate[candidate >= 0]] = np.flatnonzero(candidate >= 0)
    assert result.u is not None
    value = np.where(match >= 0, result.u[students] + price[places][match], 0)
    head, after = chained(match, len(places))
    role = np.where(candidate >= 0, WANTED, EXISTS).astype(np.int8)
    start = Seats(match, value, price[places], graph.cap, head, after, np.full(len(places), -1, np.int32), role)
    ground = Ground(
        graph=graph,
        row=students,
        turn=turn[students],
        tier=instance.students.tier[students],
        existing=np.where(candidate < 0, places, -1),
        candidate=candidate,
        at=at,
        back=Back(*turned(graph)),
        start=start,
    )
    mark(graph, start, waiting(ground, start), new_queue(ground))
    return ground


def new_queue(ground: Ground) -> NDArray[np.int32]:
    return np.empty(len(ground.row) + 1, np.int32)


def waiting(ground: Ground, seats: Seats) -> NDArray[np.int32]:
    """The unplaced in the order of their turns."""
    unplaced = np.flatnonzero(seats.match < 0)
    return unplaced[np.argsort(ground.turn[unplaced])].astype(np.int32)


def same(seats: Seats) -> Seats:
    """A copy that goes its own way."""
    arrays: list[Any] = [array.copy() for array in seats]
    return Seats(*arrays)


class Standing:
    """Where one ground stands after some slots were added; a copy goes its own way."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.seats = same(ground.start)
        n, m = len(ground.row), len(ground.candidate)
        self.scratch = Scratch(np.full(m, FAR, np.int64), np.zeros(m, np.int32), np.zeros(m + 1, np.int32), np.empty(n + 1, np.int32), new_heap(m))

    def copy(self) -> Standing:
        """Another one from here on; the two take turns, since they share their room to search."""
        other = Standing.__new__(Standing)
        other.ground, other.scratch = self.ground, self.scratch
        other.seats = same(self.seats)
        return other

    def want(self, rows: Ints) -> None:
        """Only these candidates (rows among all) are weighed from now on; those that were added stay what they are."""
        role, at = self.seats.role, self.ground.at[rows]
        role[role == WANTED] = CLOSED
        at = at[at >= 0]
        role[at[role[at] == CLOSED]] = WANTED

    def turns(self, rows: Ints) -> Ints:
        """Turn of the first unplaced student who reaches each of these candidates, −1 where nobody does."""
        root = self.seats.root[self.ground.at[rows]]
        return np.where(root >= 0, self.ground.turn[root], NOBODY)

    def weigh(self) -> tuple[Ints, Ints, Ints]:
        """Candidates (rows) of the lowest tier there is, that tier, and the points each would add; the best of them are exact.

        When nobody more is placed by any of them: all with points, the tier NOBODY.
        """
        ground, seats = self.ground, self.seats
        wanted = np.flatnonzero(seats.role == WANTED)
        rooted = wanted[seats.root[wanted] >= 0]
        if not len(rooted):
            points = np.array([self.price_at(j) for j in wanted.tolist()], np.int64)
            return ground.candidate[wanted], np.full(len(wanted), NOBODY), points
        tiers = ground.tier[seats.root[rooted]]
        rooted = rooted[tiers == tiers.min()]
        points = np.full(len(ground.candidate), -FAR, np.int64)
        bound = np.array([self.price_at(j) for j in rooted.tolist()], np.int64)
        best = -FAR
        for root in np.unique(seats.root[rooted]).tolist():
            most = int(bound[seats.root[rooted] == root].max())
            best = weigh(ground.graph, seats, self.scratch, root, most, points, best)
        reached = rooted[points[rooted] > -FAR]
        return ground.candidate[reached], np.full(len(reached), int(tiers.min())), points[reached]

    def price_at(self, place: int) -> int:
        """The lowest price at which nobody placed elsewhere would rather be there: max(0, max s − u)."""
        student, more = self.wishes(place)
        return max(0, int(more.max(initial=0))) if len(student) else 0

    def wishes(self, place: int) -> tuple[NDArray[np.int32], Ints]:
        """Students placed elsewhere who could come to a place, and how much better they would have it there, free of charge."""
        seats = self.seats
        student, score = self.comers(place)
        match = seats.match[student]
        other = (match >= 0) & (match != place)
        student, score, match = student[other], score[other], match[other]
        return student, score - seats.value[student] + seats.price[match]

    def comers(self, place: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Students who could come to a place (by its number here), and their points there."""
        back = self.ground.back
        part = slice(int(back.first[place]), int(back.first[place + 1]))
        return back.student[part], back.score[part]

    def add(self, row: int) -> Step:
        """Open one slot at a candidate and move students along; the candidate is a place from then on."""
        ground, seats, place = self.ground, self.seats, int(self.ground.at[row])
        root = int(seats.root[place])
        if root < 0:
            return self.add_for_points(place)
        if seats.role[place] != EXISTS:
            seats.price[place] = self.price_at(place)
        seats.role[place] = EXISTS
        seats.cap[place] += 1
        points, moves = let_in(ground.graph, seats, self.scratch, root, place)
        cleared = np.flatnonzero(seats.root == root)
        mark_again(ground.graph, ground.back, seats, self.scratch, ground.turn, cleared)
        lower_within(ground.graph, ground.back, seats, self.scratch, cleared[seats.root[cleared] < 0])
        return Step(int(ground.tier[root]), int(points), int(moves))

    def add_for_points(self, place: int) -> Step:
        """The same where nobody more is placed."""
        ground, seats = self.ground, self.seats
        student, more = self.wishes(place)
        seats.role[place] = EXISTS
        seats.cap[place] += 1
        best = int(np.argmax(more)) if len(more) else -1
        if best < 0 or more[best] <= 0:
            return Step(NOBODY, 0, 0)
        gained = int(more[best])
        moves = shift_over(ground.graph, seats, self.scratch, int(student[best]), place)
        seats.price[place] = gained
        tied = self.scratch.seen[: tied_to(ground.graph, seats, self.scratch, moves)].astype(np.int64)
        lower_within(ground.graph, ground.back, seats, self.scratch, tied)
        return Step(NOBODY, gained, int(moves))

    def take_slot(self, place_row: int) -> None:
        """Take away a slot that nobody uses, at the place in this row of the instance."""
        place = int(np.flatnonzero(self.ground.existing == place_row)[0])
        self.seats.cap[place] -= 1


class Comings(NamedTuple):
    """What each student would bring to a slot that opens, by row of the instance.

    turn: of the unplaced student who would be placed (the student, or who comes along the chain behind), NOT_MORE when nobody would;
    lift: what the total changes by besides the points of the student at the new slot.
    """

    turn: Ints
    lift: Ints


NOT_MORE = 1 << 40


def comings_of(instance: Instance, result: Result) -> Comings:
    """One search over everything that exists, after which any number of candidates can be priced by their pairs alone (`price`)."""
    assert result.u is not None
    turn, lift = np.full(len(instance.students), NOT_MORE), -result.u
    for ground in grounds_of(instance, result):
        seats, scratch = ground.start, Standing(ground).scratch
        chain = np.zeros(len(seats.cap), np.int64)
        root_of = np.full(len(ground.row), -1, np.int64)
        placed = seats.match >= 0
        root_of[placed] = seats.root[seats.match[placed]]
        for root in np.unique(root_of[root_of >= 0]).tolist():
            chains(ground.graph, seats, scratch, root, chain)
        root_of[~placed] = np.flatnonzero(~placed)
        more = root_of >= 0
        turn[ground.row[more]] = ground.turn[root_of[more]]
        behind = np.where(placed, chain[seats.match], 0) - np.where(placed, result.u[ground.row], 0)
        lift[ground.row[more]] = behind[more]
    return Comings(turn, lift)


def price(instance: Instance, result: Result, comings: Comings, candidates: Places, threads: int = 2) -> tuple[Ints, Ints]:
    """What one slot at each candidate alone would do, as `gain` says it: tiers (NOBODY: nobody more is placed) and points, by row.

    Memory follows the candidates, not what exists: price as many as there are in slices.
    """
    only = Instance(instance.students, candidates, instance.criteria, instance.words)
    index, bent = build_index(only), bent_scores(result.policy)
    first = np.full(len(candidates), NOT_MORE)
    points = np.zeros(len(candidates), np.int64)

    def weigh_batch(batch: int) -> None:
        students = index.student_row[index.student_cut[batch] : index.student_cut[batch + 1]]
        places = index.place_row[index.place_cut[batch] : index.place_cut[batch + 1]]
        if len(students) and len(places):
            graph = build_graph(index, bent, batch, candidates.capacity[index.place_row], lambda: None)
            mine, worth = np.full(len(places), NOT_MORE), np.zeros(len(places), np.int64)
            best_comings(graph, comings.turn[students], comings.lift[students], mine, worth)
            first[places], points[places] = mine, worth

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(weigh_batch, range(len(index.student_cut) - 1)))
    tier_of = np.full(len(instance.students) + 1, NOBODY)
    tier_of[:-1] = instance.students.tier[student_order(result.seed, instance.students.tier, instance.students.id)]
    return tier_of[np.where(first == NOT_MORE, len(instance.students), first)], points
