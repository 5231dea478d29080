"""The smallest prices that prove the result: what one more slot at each place is worth to all students together.

They are the least fixpoint of p_j ≥ s_ij − s_i + p_place(i) over the students placed, p ≥ 0 (s_i is the score of a student's own pair).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .edges import Graph
from .heap import Heap, heap_pop, heap_push, new_heap
from .where import Ties
from .who import Seats


def smallest_prices(graph: Graph, seats: Seats, ties: Ties, layers: int) -> None:
    """Turn the prices of `ties`, valid on the usable pairs, into the smallest ones valid on all pairs, in place."""
    lift_layers(graph, seats, ties, layers)
    if len(ties.price):
        lower(graph, seats, ties, ties.price.copy(), new_heap(len(ties.price)))
        price_without_slots(graph, seats, ties)


@njit(cache=True, nogil=True)
def lift_layers(graph: Graph, seats: Seats, ties: Ties, layers: int) -> None:
    """Raise whole layers until no pair that leaves its layer pays; inside a layer nothing changes, as it is exactly full.

    Such pairs only lead from a layer to one closed earlier, so one pass from the last layer to the first is enough.
    """
    start, col, score, cap = graph.start, graph.col, graph.score, graph.cap
    stop, value, price = ties.stop, ties.value, ties.price
    match, layer = seats.match, seats.layer
    students = len(stop)
    first = np.zeros(layers + 2, np.int64)
    for i in range(students):
        if match[i] >= 0:
            first[layer[match[i]] + 1] += 1
    for a in range(layers + 1):
        first[a + 1] += first[a]
    sequence, fill = np.empty(first[layers + 1], np.int32), first.copy()
    for i in range(students):
        if match[i] >= 0:
            a = layer[match[i]]
            sequence[fill[a]] = i
            fill[a] += 1
    lift = np.zeros(layers + 1, np.int64)
    for turn in range(layers + 1):
        a = 0 if turn == 0 else layers + 1 - turn
        for t in range(first[a], first[a + 1]):
            i = sequence[t]
            least = value[i] - price[match[i]] - lift[a]
            for e in range(stop[i], start[i + 1]):
                if score[e] <= least:
                    break
                j = col[e]
                if cap[j] > 0:
                    lift[layer[j]] = max(lift[layer[j]], score[e] - least - price[j])
    for j in range(len(price)):
        price[j] += lift[layer[j]]


@njit(**UNCOUNTED)
def lower(graph: Graph, seats: Seats, ties: Ties, down: NDArray[np.int64], heap: Heap) -> None:
    """Lower every price by its distance from a place that must be free of charge (one Dijkstra from all places). down: a copy of the prices."""
    start, col, score, cap = graph.start, graph.col, graph.score, graph.cap
    stop, value, price = ties.stop, ties.value, ties.price
    first, used, sitter, waiting = seats.first, seats.used, seats.sitter, heap.at
    places = len(price)
    for j in range(places):
        if cap[j] > 0:
            heap_push(heap, down[j], j)
    while heap.size[0] > 0:
        now, j = heap_pop(heap)
        down[j] = now
        for t in range(first[j], first[j] + used[j]):
            i = sitter[t]
            gain = value[i] - price[j]
            for half in range(2):
                low = start[i] if half == 0 else stop[i]
                high = stop[i] if half == 0 else start[i + 1]
                for e in range(low, high):
                    if score[e] <= gain + now:
                        break
                    k = col[e]
                    d = now + gain + price[k] - score[e]
                    if waiting[k] >= 0 and d < down[k]:
                        down[k] = d
                        heap_push(heap, d, k)
    for j in range(places):
        price[j] -= down[j]


@njit(**UNCOUNTED)
def price_without_slots(graph: Graph, seats: Seats, ties: Ties) -> None:
    """A place without slots is worth the best it would add; nobody sits there, so no other price depends on it."""
    start, col, score, cap = graph.start, graph.col, graph.score, graph.cap
    stop, value, price = ties.stop, ties.value, ties.price
    match = seats.match
    for j in range(len(price)):
        if cap[j] == 0:
            price[j] = 0
    for i in range(len(stop)):
        if match[i] < 0:
            continue
        gain = value[i] - price[match[i]]
        for e in range(stop[i], start[i + 1]):
            if score[e] <= gain:
                break
            j = col[e]
            if cap[j] == 0:
                price[j] = max(price[j], score[e] - gain)


@njit(cache=True, nogil=True)
def gains(seats: Seats, ties: Ties) -> NDArray[np.int64]:
    """u: what a placed student's pair is worth above the price of the place; 0 for the unplaced."""
    match, value, price = seats.match, ties.value, ties.price
    out = np.zeros(len(match), np.int64)
    for i in range(len(out)):
        if match[i] >= 0:
            out[i] = value[i] - price[match[i]]
    return out
