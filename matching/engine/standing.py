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
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .edges import Graph, build_graph
from .gain import joined
from .heap import Heap, heap_pop, heap_push, new_heap
from .index import Index, build_index
from .instance import Instance, Places
from .order import student_order
from .result import Result
from .solver import bent_scores

NOBODY = -1
FAR = 1 << 61
EXISTS, WANTED, CLOSED = 0, 1, 2
INSIDE = -2

Ints = NDArray[np.int64]


class Seats(NamedTuple):
    """Who sits where: match, value of the own pair [n]; price, slots, sitters as a linked list (head [m], after [n]); −1 ends it.

    root [m]: the first unplaced student who reaches a place, −1 if nobody; role [m]: EXISTS, or a candidate that is WANTED or CLOSED.
    """

    match: NDArray[np.int32]
    value: Ints
    price: Ints
    cap: Ints
    head: NDArray[np.int32]
    after: NDArray[np.int32]
    root: NDArray[np.int32]
    role: NDArray[np.int8]


class Back(NamedTuple):
    """The pairs by place: student and score of place j are first[j]:first[j + 1]."""

    first: Ints
    student: NDArray[np.int32]
    score: NDArray[np.int32]


class Scratch(NamedTuple):
    """Room for searches: distance [m] comes and goes as FAR; parent [m]; places seen [m]; students to look at [n + 1]."""

    away: Ints
    parent: NDArray[np.int32]
    seen: NDArray[np.int32]
    queue: NDArray[np.int32]
    heap: Heap


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


@njit(cache=True, nogil=True)
def chained(match: NDArray[np.int32], places: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    head, after = np.full(places, -1, np.int32), np.full(len(match), -1, np.int32)
    for i in range(len(match)):
        j = match[i]
        if j >= 0:
            after[i] = head[j]
            head[j] = i
    return head, after


@njit(cache=True, nogil=True)
def turned(graph: Graph) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32]]:
    start, col, score = graph.start, graph.col, graph.score
    first = np.zeros(len(graph.cap) + 1, np.int64)
    for j in col:
        first[j + 1] += 1
    for j in range(len(graph.cap)):
        first[j + 1] += first[j]
    fill = first[:-1].copy()
    student, points = np.empty(len(col), np.int32), np.empty(len(col), np.int32)
    for i in range(len(start) - 1):
        for e in range(start[i], start[i + 1]):
            j = col[e]
            student[fill[j]], points[fill[j]] = i, score[e]
            fill[j] += 1
    return first, student, points


@njit(**UNCOUNTED)
def mark(graph: Graph, seats: Seats, roots: NDArray[np.int32], queue: NDArray[np.int32]) -> None:
    """Mark each place that has no mark with the first of `roots` who reaches it by moving others along."""
    start, col = graph.start, graph.col
    head_of, after, mark_of = seats.head, seats.after, seats.root
    for root in roots:
        queue[0] = root
        head, tail = 0, 1
        while head < tail:
            i = queue[head]
            head += 1
            for e in range(start[i], start[i + 1]):
                j = col[e]
                if mark_of[j] < 0:
                    mark_of[j] = root
                    t = head_of[j]
                    while t >= 0:
                        queue[tail] = t
                        tail += 1
                        t = after[t]


@njit(**UNCOUNTED)
def mark_again(graph: Graph, back: Back, seats: Seats, scratch: Scratch, turn: Ints, cleared: Ints) -> None:
    """Mark these places, all that one student had marked who is placed now, with the first unplaced who reaches them, −1 if nobody.

    The earliest turn spreads from outside through who sits there.
    """
    start, col, head, after, match, root = graph.start, graph.col, seats.head, seats.after, seats.match, seats.root
    away, who, heap = scratch.away, scratch.parent, scratch.heap
    for k in cleared:
        root[k] = INSIDE
    for k in cleared:
        for e in range(back.first[k], back.first[k + 1]):
            i = back.student[e]
            by = i if match[i] < 0 else root[match[i]]
            if by >= 0 and turn[by] < away[k]:
                away[k], who[k] = turn[by], by
        if away[k] < FAR:
            heap_push(heap, away[k], k)
    while heap.size[0] > 0:
        now, k = heap_pop(heap)
        root[k] = who[k]
        t = head[k]
        while t >= 0:
            for e in range(start[t], start[t + 1]):
                j = col[e]
                if root[j] == INSIDE and now < away[j]:
                    away[j], who[j] = now, who[k]
                    heap_push(heap, now, j)
            t = after[t]
    for k in cleared:
        away[k] = FAR
        if root[k] == INSIDE:
            root[k] = -1


@njit(**UNCOUNTED)
def lower_within(graph: Graph, back: Back, seats: Seats, scratch: Scratch, released: Ints) -> None:
    """Make the prices of these places, which have lost their mark, the smallest; those of all others without a mark are."""
    start, col, score = graph.start, graph.col, graph.score
    price, match, value, root = seats.price, seats.match, seats.value, seats.root
    away, heap = scratch.away, scratch.heap
    for k in released:
        root[k] = INSIDE
    for k in released:
        if seats.cap[k] == 0:
            continue
        away[k] = price[k]
        for e in range(back.first[k], back.first[k + 1]):
            i = back.student[e]
            if match[i] >= 0 and root[match[i]] == -1:
                away[k] = min(away[k], value[i] - price[match[i]] + price[k] - back.score[e])
        heap_push(heap, away[k], k)
    while heap.size[0] > 0:
        now, k = heap_pop(heap)
        t = seats.head[k]
        while t >= 0:
            gain = value[t] - price[k]
            for e in range(start[t], start[t + 1]):
                if score[e] <= gain + now:
                    break
                j = col[e]
                d = now + gain + price[j] - score[e]
                if root[j] == INSIDE and heap.at[j] >= 0 and d < away[j]:
                    away[j] = d
                    heap_push(heap, d, j)
            t = seats.after[t]
    for k in released:
        root[k] = -1
        if seats.cap[k] > 0:
            price[k] -= away[k]
            away[k] = FAR


@njit(**UNCOUNTED)
def expand(graph: Graph, seats: Seats, scratch: Scratch, i: int, gain: int, now: int, only: int, limit: int) -> None:
    """Look from student i, who has `gain` above the prices and stands at distance `now`, at the places within `limit`.

    only: the mark that places must bear, −1 for all. Candidates and places without slots are passed over.
    """
    start, col, score = graph.start, graph.col, graph.score
    price, cap, root = seats.price, seats.cap, seats.root
    away, parent = scratch.away, scratch.parent
    for e in range(start[i], start[i + 1]):
        least = now + gain - score[e]
        if least >= limit:
            break
        j = col[e]
        if cap[j] == 0 or (only >= 0 and root[j] != only):
            continue
        d = least + price[j]
        if d < limit and d < away[j]:
            away[j], parent[j] = d, i
            heap_push(scratch.heap, d, j)


@njit(**UNCOUNTED)
def base_of(graph: Graph, seats: Seats, i: int) -> int:
    """The best that an unplaced student could have at today's prices, over places with slots."""
    best = -FAR
    for e in range(graph.start[i], graph.start[i + 1]):
        if graph.score[e] <= best:
            break
        j = graph.col[e]
        if seats.cap[j] > 0:
            best = max(best, graph.score[e] - seats.price[j])
    return best


@njit(**UNCOUNTED)
def weigh(graph: Graph, seats: Seats, scratch: Scratch, root: int, most: int, points: Ints, best: int) -> int:
    """Write what each candidate marked with this root would add, as far as it matters: those who may be the best are exact.

    points [m]: −FAR where not reached. most: an upper bound on score − u at any of them. Returns the best so far.
    """
    start, col, score = graph.start, graph.col, graph.score
    head_of, after, match, value, price = seats.head, seats.after, seats.match, seats.value, seats.price
    away, seen, heap = scratch.away, scratch.seen, scratch.heap
    count = 0
    base = base_of(graph, seats, root)
    for e in range(start[root], start[root + 1]):
        j = col[e]
        if seats.role[j] == WANTED and seats.root[j] == root:
            points[j] = max(points[j], score[e])
            best = max(best, points[j])
    if base > -FAR:
        expand(graph, seats, scratch, root, base, 0, root, FAR)
    while heap.size[0] > 0:
        now, k = heap_pop(heap)
        seen[count] = k
        count += 1
        if base - now + most < best:
            break
        t = head_of[k]
        while t >= 0:
            gain = value[t] - price[match[t]]
            for e in range(start[t], start[t + 1]):
                j = col[e]
                if seats.role[j] == WANTED and seats.root[j] == root:
                    points[j] = max(points[j], base - now - gain + score[e])
                    best = max(best, points[j])
            expand(graph, seats, scratch, t, gain, now, root, base + most - best + 1)
            t = after[t]
    while heap.size[0] > 0:
        seen[count] = heap_pop(heap)[1]
        count += 1
    for t in range(count):
        away[seen[t]] = FAR
    return best


@njit(**UNCOUNTED)
def move_out(seats: Seats, i: int) -> None:
    """Take a student off the place's list."""
    j = seats.match[i]
    if j < 0:
        return
    if seats.head[j] == i:
        seats.head[j] = seats.after[i]
        return
    t = seats.head[j]
    while seats.after[t] != i:
        t = seats.after[t]
    seats.after[t] = seats.after[i]


@njit(**UNCOUNTED)
def move_in(graph: Graph, seats: Seats, i: int, j: int) -> None:
    """Seat a student, who sits nowhere, at place j."""
    seats.after[i] = seats.head[j]
    seats.head[j] = i
    seats.match[i] = j
    for e in range(graph.start[i], graph.start[i + 1]):
        if graph.col[e] == j:
            seats.value[i] = graph.score[e]
            return


@njit(**UNCOUNTED)
def let_in(graph: Graph, seats: Seats, scratch: Scratch, root: int, goal: int) -> tuple[int, int]:
    """Seat an unplaced student along the best chain to the slot that has opened at `goal`, and raise the prices passed.

    The goal has a price at which nobody would rather be there. Returns the change in the total and the students who move.
    """
    price, match, value, away, seen, heap = seats.price, seats.match, seats.value, scratch.away, scratch.seen, scratch.heap
    before = 0
    base = base_of(graph, seats, root)
    count, done = 0, 0
    expand(graph, seats, scratch, root, base, 0, -1, FAR)
    while heap.size[0] > 0:
        now, k = heap_pop(heap)
        seen[count] = k
        count += 1
        if k == goal:
            break
        done = count
        t = seats.head[k]
        while t >= 0:
            expand(graph, seats, scratch, t, value[t] - price[match[t]], now, -1, away[goal])
            t = seats.after[t]
    reach = away[goal]
    for t in range(done):
        k = seen[t]
        price[k] += reach - away[k]
    # Who moves where is written down first: the list of a place changes under the hands of whoever walks it.
    moves, place = 0, goal
    while True:
        i = scratch.parent[place]
        old = match[i]
        if old >= 0:
            before += value[i]
            move_out(seats, i)
        move_in(graph, seats, i, place)
        before -= value[i]
        if i == root:
            break
        moves += 1
        place = old
    while heap.size[0] > 0:
        seen[count] = heap_pop(heap)[1]
        count += 1
    for t in range(count):
        away[seen[t]] = FAR
    return -before, moves


@njit(**UNCOUNTED)
def shift_over(graph: Graph, seats: Seats, scratch: Scratch, first: int, goal: int) -> int:
    """Seat `first` at the slot opened at `goal`, and move others along pairs that cost nothing until a slot is left free of charge.

    The prices are the smallest, so that there is such a chain. Returns how many move; scratch.queue holds the places they move to.
    """
    start, col, score = graph.start, graph.col, graph.score
    price, match, value, parent, queue = seats.price, seats.match, seats.value, scratch.parent, scratch.seen
    wanted = match[first]
    for j in range(len(price)):
        parent[j] = -1
    tail = 0
    for j in range(len(price)):
        if price[j] == 0 and seats.head[j] >= 0 and seats.cap[j] > 0:
            parent[j] = -2
            queue[tail] = j
            tail += 1
    head = 0
    while head < tail and parent[wanted] == -1:
        k = queue[head]
        head += 1
        t = seats.head[k]
        while t >= 0:
            gain = value[t] - price[k]
            for e in range(start[t], start[t + 1]):
                if score[e] < gain:
                    break
                j = col[e]
                if parent[j] == -1 and seats.cap[j] > 0 and score[e] - price[j] == gain:
                    parent[j] = t
                    queue[tail] = j
                    tail += 1
            t = seats.after[t]
    moves, i, place = 0, first, goal
    while True:
        old = match[i]
        move_out(seats, i)
        move_in(graph, seats, i, place)
        scratch.queue[moves] = place
        moves += 1
        if parent[old] < 0:
            return moves
        i, place = parent[old], old


@njit(**UNCOUNTED)
def tied_to(graph: Graph, seats: Seats, scratch: Scratch, chain: int) -> int:
    """Gather in scratch.seen all places whose price may rest on that of the first `chain` places of scratch.queue; returns how many.

    A price rests on that of the place where somebody sits who would be as well off here: such pairs lead from one to the next.
    Places without a price rest on nothing.
    """
    start, col, score = graph.start, graph.col, graph.score
    price, root, found = seats.price, seats.root, scratch.seen
    tail = 0
    for t in range(chain):
        j = scratch.queue[t]
        if price[j] > 0 and root[j] == -1:
            root[j] = INSIDE
            found[tail] = j
            tail += 1
    head = 0
    while head < tail:
        k = found[head]
        head += 1
        t = seats.head[k]
        while t >= 0:
            gain = seats.value[t] - price[k]
            for e in range(start[t], start[t + 1]):
                if score[e] <= gain:
                    break
                j = col[e]
                if root[j] == -1 and seats.cap[j] > 0 and score[e] - price[j] == gain:
                    root[j] = INSIDE
                    found[tail] = j
                    tail += 1
            t = seats.after[t]
    for t in range(tail):
        root[found[t]] = -1
    return tail


class Standing:
    """Where one ground stands after some slots were added; a copy goes its own way."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.seats = Seats(*(array.copy() for array in ground.start))
        n, m = len(ground.row), len(ground.candidate)
        self.scratch = Scratch(np.full(m, FAR, np.int64), np.zeros(m, np.int32), np.zeros(m + 1, np.int32), np.empty(n + 1, np.int32), new_heap(m))

    def copy(self) -> Standing:
        """Another one from here on; the two take turns, since they share their room to search."""
        other = Standing.__new__(Standing)
        other.ground, other.scratch = self.ground, self.scratch
        other.seats = Seats(*(array.copy() for array in self.seats))
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


@njit(**UNCOUNTED)
def chains(graph: Graph, seats: Seats, scratch: Scratch, root: int, chain: Ints) -> None:
    """Write what the best chain from the root changes by, up to a slot left at each place marked with it."""
    away, seen, heap = scratch.away, scratch.seen, scratch.heap
    base, count = base_of(graph, seats, root), 0
    if base > -FAR:
        expand(graph, seats, scratch, root, base, 0, root, FAR)
    while heap.size[0] > 0:
        now, k = heap_pop(heap)
        seen[count] = k
        count += 1
        chain[k] = base - now
        t = seats.head[k]
        while t >= 0:
            expand(graph, seats, scratch, t, seats.value[t] - seats.price[seats.match[t]], now, root, FAR)
            t = seats.after[t]
    for t in range(count):
        away[seen[t]] = FAR


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


@njit(**UNCOUNTED)
def best_comings(graph: Graph, turn: Ints, lift: Ints, first: Ints, points: Ints) -> None:
    """The earliest turn that comes to each place, and the most it brings; without any, the most that moving there would bring."""
    for i in range(len(turn)):
        for e in range(graph.start[i], graph.start[i + 1]):
            j = graph.col[e]
            worth = lift[i] + graph.score[e]
            if turn[i] < first[j]:
                first[j], points[j] = turn[i], worth
            elif turn[i] == first[j]:
                points[j] = max(points[j], worth)
