"""Where the students kept go: the highest total over all assignments that place exactly them.

An auction seats most of them at once (a student bids what the best place is worth more than the second best); shortest
augmenting paths seat the rest. Throughout, every student sits at a place that is best for them at the current prices, and
only full places have a price: that is what proves the optimum in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .bidding import asking_prices, sink, swim
from .compiled import UNCOUNTED
from .edges import Graph
from .heap import Heap, heap_clear, heap_pop, heap_push, new_heap
from .who import Seats

FAR = 1 << 61
SEARCHES = 500
BIDS = 200_000
BIDS_PER_STUDENT = 12


class Ties(NamedTuple):
    """Prices under way: stop [n] ends the rows' usable part, value [n] the score of a student's own pair, price [m]."""

    stop: NDArray[np.int64]
    value: NDArray[np.int64]
    price: NDArray[np.int64]


class Search(NamedTuple):
    """Scratch of the shortest-path searches, stamped so that nothing has to be cleared."""

    stamp: NDArray[np.int64]
    distance: NDArray[np.int64]
    pair: NDArray[np.int64]
    parent: NDArray[np.int32]
    cursor: NDArray[np.int64]
    base: NDArray[np.int64]
    order: NDArray[np.int32]


@njit(cache=True, nogil=True)
def split_rows(graph: Graph, seats: Seats) -> NDArray[np.int64]:
    """Move the pairs that no assignment can use to the end of each row, in place; returns where the usable part ends.

    A student of a closed layer fills it together with the others there, in any assignment: pairs that leave the layer are dead.
    """
    start, col, score, cap = graph.start, graph.col, graph.score, graph.cap
    match, layer = seats.match, seats.layer
    stop = start[1:].copy()
    widest = 0
    for i in range(len(stop)):
        widest = max(widest, start[i + 1] - start[i])
    spare_col, spare_score = np.empty(widest, col.dtype), np.empty(widest, score.dtype)
    for i in range(len(stop)):
        if match[i] < 0:
            stop[i] = start[i]
            continue
        own = layer[match[i]]
        kept, dead = start[i], 0
        for e in range(start[i], start[i + 1]):
            j, s = col[e], score[e]
            if layer[j] == own and cap[j] > 0:
                col[kept], score[kept] = j, s
                kept += 1
            else:
                spare_col[dead], spare_score[dead] = j, s
                dead += 1
        stop[i] = kept
        for t in range(dead):
            col[kept + t], score[kept + t] = spare_col[t], spare_score[t]
    return stop


def assign(graph: Graph, seats: Seats, stop: NDArray[np.int64], most_raise: int, tick: Callable[[], None]) -> Ties:
    """Seat again everyone who has a seat, at the highest total; returns prices that prove it on the usable pairs.

    Closed layers are exactly full, so that any price may be asked there to begin with: bidding finds good ones, and the exact part
    then works with scores minus these, where nearly everyone gets the first choice.
    """
    kept = np.flatnonzero(seats.match >= 0).astype(np.int32)
    layered = seats.layer[seats.match[kept]] > 0
    seats.match[:], seats.at[:], seats.used[:] = -1, -1, 0
    ties = Ties(stop, np.zeros(len(stop), np.int64), np.zeros(len(graph.cap), np.int64))
    seat_all(graph, seats, ties, kept[~layered], most_raise, tick)
    ties.price[seats.used < graph.cap] = 0  # everyone who could want a slot there has one already
    if layered.any():
        students = kept[layered]
        asked, tilted = asking_prices(graph, seats.first, stop, students, tick)
        seat_all(tilted, seats, Ties(tilted.start[1:], ties.value, ties.price), students, most_raise, tick)
        ties.price[:] += asked
        ties.value[students] += asked[seats.match[students]]
    return ties


def seat_all(graph: Graph, seats: Seats, ties: Ties, students: NDArray[np.int32], most_raise: int, tick: Callable[[], None]) -> None:
    """Seat these students, whose places nobody else uses, at the highest total."""
    stack = np.empty(len(students) + 1, np.int32)
    stack[: len(students)] = students[::-1]
    left, rest, waiting = len(students), np.empty(len(students) + 1, np.int32), 0
    bid = np.zeros(len(seats.sitter), np.int64)
    budget = BIDS_PER_STUDENT * len(students)
    while left and budget > 0:
        left, waiting = auction(graph, seats, ties, bid, stack, left, rest, waiting, most_raise, BIDS)
        budget -= BIDS
        tick()
    order = np.concatenate((rest[:waiting], stack[:left]))
    relink(seats)
    search, heap = new_search(len(seats.match), len(graph.cap)), new_heap(len(seats.match) + len(graph.cap))
    for low in range(0, len(order), SEARCHES):
        if not seat_rest(graph, seats, ties, search, heap, order[low : low + SEARCHES], low):
            raise AssertionError("a student who was kept has no seat: the layers are wrong")
        tick()


def new_search(students: int, places: int) -> Search:
    return Search(
        stamp=np.full(places, -1, np.int64),
        distance=np.zeros(places, np.int64),
        pair=np.zeros(places, np.int64),
        parent=np.zeros(places, np.int32),
        cursor=np.zeros(students, np.int64),
        base=np.zeros(students, np.int64),
        order=np.zeros(places, np.int32),
    )


@njit(**UNCOUNTED)
def auction(
    graph: Graph,
    seats: Seats,
    ties: Ties,
    bid: NDArray[np.int64],
    stack: NDArray[np.int32],
    left: int,
    rest: NDArray[np.int32],
    waiting: int,
    most_raise: int,
    budget: int,
) -> tuple[int, int]:
    """Let students bid until the stack is empty or the budget spent; those whose bid raises nothing join `rest`.

    The slots of a place are a heap by bid, lowest first; the price of a full place is its lowest bid.
    """
    start, col, score = graph.start, graph.col, graph.score
    firsts, used, sitter, match = seats.first, seats.used, seats.sitter, seats.match
    stop, value, price = ties.stop, ties.value, ties.price
    while left > 0 and budget > 0:
        budget -= 1
        left -= 1
        i = stack[left]
        best, second, choice, pair = -FAR, -FAR, -1, -1
        for e in range(start[i], stop[i]):
            s = np.int64(score[e])
            if s <= second:
                break
            j = col[e]
            v = s - price[j]
            if v > best:
                best, second, choice, pair = v, best, j, e
            elif v > second:
                second = v
                if v == best and used[j] < firsts[j + 1] - firsts[j]:
                    choice, pair = j, e
        j = choice
        offer = price[j] + min(best - second, most_raise)
        first, size = firsts[j], used[j]
        room = firsts[j + 1] - first
        if size == room:
            if offer <= price[j]:
                rest[waiting] = i
                waiting += 1
                continue
            out = sitter[first]
            match[out] = -1
            stack[left] = out
            left += 1
            sink(bid, sitter, first, size, 0, offer, i)
        else:
            used[j] = size + 1
            swim(bid, sitter, first, size, offer, i)
        match[i] = j
        value[i] = score[pair]
        if used[j] == room:
            price[j] = bid[first]
    return left, waiting


@njit(**UNCOUNTED)
def relink(seats: Seats) -> None:
    """Write down each student's slot after the auction moved them about."""
    first, used, sitter, at = seats.first, seats.used, seats.sitter, seats.at
    for j in range(len(used)):
        for t in range(first[j], first[j] + used[j]):
            at[sitter[t]] = t


@njit(**UNCOUNTED)
def seat_rest(graph: Graph, seats: Seats, ties: Ties, search: Search, heap: Heap, order: NDArray[np.int32], done: int) -> bool:
    """A shortest augmenting path (Dijkstra on reduced costs) for each student of `order`; False if one has none."""
    for turn in range(len(order)):  # noqa: SIM110 (compiled)
        if not seat_one(graph, seats, ties, search, order[turn], done + turn, heap):
            return False
    return True


@njit(**UNCOUNTED)
def seat_one(graph: Graph, seats: Seats, ties: Ties, search: Search, root: int, stamp: int, heap: Heap) -> bool:
    """Seat the root along the cheapest path to a free slot and raise the prices of the places passed.

    Rows are read only as far as the current distance reaches: the rest of a row waits in the heap as number m + student.
    """
    start, col, score = graph.start, graph.col, graph.score
    first, used, sitter = seats.first, seats.used, seats.sitter
    stop, value, price = ties.stop, ties.value, ties.price
    cursor, base, order, distance = search.cursor, search.base, search.order, search.distance
    places = len(price)
    heap_clear(heap)
    best = -FAR
    for e in range(start[root], stop[root]):
        if score[e] <= best:
            break
        best = max(best, score[e] - price[col[e]])
    cursor[root], base[root] = start[root], best
    reached, goal = FAR, -1
    reached, goal = read_row(graph, seats, ties, search, heap, root, 0, stamp, reached, goal)
    count = 0
    while heap.size[0] > 0:
        now, item = heap_pop(heap)
        if now >= reached:
            break
        if item >= places:
            reached, goal = read_row(graph, seats, ties, search, heap, item - places, now, stamp, reached, goal)
            continue
        j = item
        order[count] = j
        count += 1
        for t in range(first[j], first[j] + used[j]):
            i = sitter[t]
            cursor[i] = start[i]
            base[i] = now + value[i] - price[j]
            reached, goal = read_row(graph, seats, ties, search, heap, i, now, stamp, reached, goal)
    if goal < 0:
        return False
    for t in range(count):
        j = order[t]
        price[j] += reached - distance[j]
    reseat(graph, seats, ties, search, root, goal)
    return True


@njit(**UNCOUNTED)
def read_row(
    graph: Graph,
    seats: Seats,
    ties: Ties,
    search: Search,
    heap: Heap,
    i: int,
    now: int,
    stamp: int,
    reached: int,
    goal: int,
) -> tuple[int, int]:
    """Read on in the row of student i up to the current distance; returns the nearest free place so far."""
    col, score, stop, price = graph.col, graph.score, ties.stop, ties.price
    first, used, stamps, distance = seats.first, seats.used, search.stamp, search.distance
    base = search.base[i]
    for e in range(search.cursor[i], stop[i]):
        least = base - score[e]
        if least >= reached:
            return reached, goal
        if least > now:
            search.cursor[i] = e
            heap_push(heap, least, len(price) + i)
            return reached, goal
        j = col[e]
        d = least + price[j]
        if d >= reached or (stamps[j] == stamp and d >= distance[j]):
            continue
        stamps[j], distance[j] = stamp, d
        search.parent[j], search.pair[j] = i, e
        if used[j] < first[j + 1] - first[j]:
            reached, goal = d, j
        else:
            heap_push(heap, d, j)
    return reached, goal


@njit(**UNCOUNTED)
def reseat(graph: Graph, seats: Seats, ties: Ties, search: Search, root: int, goal: int) -> None:
    place, slot = goal, seats.first[goal] + seats.used[goal]
    seats.used[goal] += 1
    while True:
        i = search.parent[place]
        old, old_slot = seats.match[i], seats.at[i]
        seats.sitter[slot], seats.match[i], seats.at[i] = i, place, slot
        ties.value[i] = graph.score[search.pair[place]]
        if i == root:
            return
        place, slot = old, old_slot
