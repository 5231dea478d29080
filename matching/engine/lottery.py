"""Among assignments of equal total, the one with the highest sum of the pairs' hashes: one result, on every machine.

Only pairs that are worth exactly u + p can be used, and places with a price must stay full. Most students have one such
pair; those who can take part in an exchange (a cycle of moves) are few, and get solved again with the hashes as scores.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .edges import Graph
from .order import PAIR_SHIFT, splitmix64_array
from .where import Ties, assign
from .who import Seats, degrees

HASH = 1 << (64 - PAIR_SHIFT)


def exact_pairs(graph: Graph, seats: Seats, ties: Ties) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Usable pairs worth exactly u + p: rows as start [n + 1], and their numbers in the graph."""
    start = np.zeros(len(graph.start), np.int64)
    exact_rows(graph, seats, ties, start, np.empty(0, np.int64))
    pair = np.empty(start[-1], np.int64)
    exact_rows(graph, seats, ties, start, pair)
    return start, pair


@njit(**UNCOUNTED)
def exact_rows(graph: Graph, seats: Seats, ties: Ties, start: NDArray[np.int64], pair: NDArray[np.int64]) -> None:
    """Write where each row of exact pairs begins, and the pairs themselves as far as there is room for them."""
    rows, col, score, match = graph.start, graph.col, graph.score, seats.match
    stop, value, price = ties.stop, ties.value, ties.price
    count = 0
    for i in range(len(stop)):
        if match[i] >= 0:
            gain = value[i] - price[match[i]]
            for e in range(rows[i], stop[i]):
                if score[e] < gain:
                    break
                if score[e] == gain + price[col[e]]:
                    if count < len(pair):
                        pair[count] = e
                    count += 1
        start[i + 1] = count


@njit(cache=True, nogil=True)
def exchange_groups(start: NDArray[np.int64], col: NDArray[np.int32], seats: Seats, ties: Ties, cap: NDArray[np.int64]) -> NDArray[np.int32]:
    """Strongly connected groups of places under "a student here could sit there" (Tarjan, without recursion).

    One more node stands for "a slot left free": a place with a free slot leads to it, it leads to places without a price.
    Returns the group per place [m + 1]; students can change seats within a group only.
    """
    places = len(cap)
    out_first, out = arcs(start, col, seats, ties, cap)
    group = np.full(places + 1, -1, np.int32)
    number, low = np.full(places + 1, -1, np.int32), np.zeros(places + 1, np.int32)
    cursor, path, stack = out_first[:-1].copy(), np.empty(places + 1, np.int32), np.empty(places + 1, np.int32)
    deep, tall, found, groups = 0, 0, 0, 0
    for root in range(places + 1):
        if number[root] >= 0:
            continue
        path[0], deep = root, 1
        while deep > 0:
            a = path[deep - 1]
            if number[a] < 0:
                number[a] = low[a] = found
                found += 1
                stack[tall] = a
                tall += 1
            if cursor[a] < out_first[a + 1]:
                b = out[cursor[a]]
                cursor[a] += 1
                if number[b] < 0:
                    path[deep] = b
                    deep += 1
                elif group[b] < 0:
                    low[a] = min(low[a], number[b])
                continue
            deep -= 1
            if deep > 0:
                low[path[deep - 1]] = min(low[path[deep - 1]], low[a])
            if low[a] == number[a]:
                while True:
                    tall -= 1
                    group[stack[tall]] = groups
                    if stack[tall] == a:
                        break
                groups += 1
    return group


@njit(cache=True, nogil=True)
def arcs(
    start: NDArray[np.int64], col: NDArray[np.int32], seats: Seats, ties: Ties, cap: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Moves between places as rows: first [m + 2], target."""
    match, used, price = seats.match, seats.used, ties.price
    places = len(cap)
    first = np.zeros(places + 2, np.int64)
    for fill in range(2):
        target = np.empty(first[places + 1] if fill else 0, np.int32)
        cursor = first.copy()
        for i in range(len(start) - 1):
            for e in range(start[i], start[i + 1]):
                a = match[i]
                if col[e] != a:
                    if fill:
                        target[cursor[a]] = col[e]
                    cursor[a] += 1
        for j in range(places):
            if used[j] < cap[j]:
                if fill:
                    target[cursor[j]] = places
                cursor[j] += 1
            if price[j] == 0:
                if fill:
                    target[cursor[places]] = j
                cursor[places] += 1
        if not fill:
            total = 0
            for a in range(places + 1):
                size = cursor[a]
                first[a] = total
                total += size
            first[places + 1] = total
    return first, target


def draw(
    graph: Graph,
    seats: Seats,
    ties: Ties,
    seed_hash: NDArray[np.uint64],
    place_id: NDArray[np.int64],
    tick: Callable[[], None],
) -> bool:
    """Move students to the assignment with the highest sum of hashes, in place; True when it is the only one.

    seed_hash [n]: splitmix64(seed XOR student), place_id [m].
    """
    start, pair = exact_pairs(graph, seats, ties)
    if len(pair) == np.count_nonzero(seats.match >= 0):
        return True
    col = graph.col[pair]
    group = exchange_groups(start, col, seats, ties, graph.cap)
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    inside = group[col] == group[seats.match[owner]]
    moves = np.bincount(owner[inside], minlength=len(start) - 1)
    inside &= moves[owner] > 1
    if not inside.any():
        return True
    owner, col, pair = owner[inside], col[inside], pair[inside]
    hashes = splitmix64_array(seed_hash[owner] ^ place_id[col].astype(np.uint64)) >> np.uint64(PAIR_SHIFT)
    students, row = np.unique(owner, return_inverse=True)
    places, small_col = np.unique(col, return_inverse=True)
    bonus = np.int64(HASH) * (len(students) + 1)  # a place with a price stays full, whatever the hashes
    weight = hashes.astype(np.int64) + bonus * (ties.price[col] > 0)
    order = np.lexsort((small_col, -weight, row))
    movable = np.bincount(seats.match[students], minlength=len(graph.cap))[places]
    small = Graph(
        np.searchsorted(row[order], np.arange(len(students) + 1)),
        small_col[order].astype(np.int32),
        weight[order],
        graph.cap[places] - seats.used[places] + movable,
    )
    again, ties_again = solve_again(small, tick)
    settle(graph, seats, ties, students, places[again.match], pair[order], small, again)
    start, exact = exact_pairs(small, again, ties_again)
    group = exchange_groups(start, small.col[exact], again, ties_again, small.cap)
    owner = np.repeat(np.arange(len(students)), np.diff(start))
    return not np.any(group[small.col[exact]] == group[again.match[owner]], where=small.col[exact] != again.match[owner])


def solve_again(small: Graph, tick: Callable[[], None]) -> tuple[Seats, Ties]:
    """Seat every student of the small problem at the highest sum of weights."""
    slots = np.minimum(small.cap, degrees(small.col, len(small.cap)))
    first = np.zeros(len(slots) + 1, np.int64)
    np.cumsum(slots, out=first[1:])
    students = len(small.start) - 1
    seats = Seats(
        first,
        np.zeros(len(slots), np.int64),
        np.full(int(first[-1]), -1, np.int32),
        np.zeros(students, np.int32),  # every one of them has a seat to begin with
        np.zeros(students, np.int64),
        np.zeros(len(slots), np.int32),
    )
    ties = assign(small, seats, small.start[1:].copy(), int(small.score.max(initial=0)) + 1, tick)
    return seats, ties


def settle(
    graph: Graph,
    seats: Seats,
    ties: Ties,
    students: NDArray[np.int64],
    new_place: NDArray[np.int64],
    pair: NDArray[np.int64],
    small: Graph,
    again: Seats,
) -> None:
    """Write the new seats back: match, score of the own pair, and the slots."""
    seats.match[students] = new_place
    owner = np.repeat(np.arange(len(students)), np.diff(small.start))
    chosen = small.col == again.match[owner]
    ties.value[students[owner[chosen]]] = graph.score[pair[chosen]]
    reseat_all(seats)


@njit(cache=True, nogil=True)
def reseat_all(seats: Seats) -> None:
    """Rebuild the slots from `match`."""
    seats.used[:] = 0
    for i in range(len(seats.match)):
        j = seats.match[i]
        if j >= 0:
            t = seats.first[j] + seats.used[j]
            seats.used[j] += 1
            seats.sitter[t] = i
            seats.at[i] = t
