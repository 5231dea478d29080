"""Kernels of a standing result: who would come to a slot that opens, along which chain, and what that does to marks and prices.

What they keep true is said in matching.engine.standing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .edges import Graph
from .heap import Heap, heap_pop, heap_push

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
