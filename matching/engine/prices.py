"""The smallest prices that prove the result: what one more slot at each place is worth to all students together.

They are the least fixpoint of p_j ≥ s_ij − s_i + p_place(i) over the students placed, p ≥ 0 (s_i is the score of a student's own pair).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .edges import Graph
from .heap import Heap, heap_pop, heap_push, new_heap
from .where import Ties
from .who import Seats


def smallest_prices(graph: Graph, seats: Seats, ties: Ties, layers: int) -> None:
    """Turn the prices of `ties`, valid on the usable pairs, into the smallest ones valid on all pairs, in place."""
    lift_layers(graph, seats, ties, layers)
    if len(ties.price):
        lower(graph, seats, ties, new_heap(len(ties.price)))
        price_without_slots(graph, seats, ties)


@njit(cache=True, nogil=True)
def lift_layers(graph: Graph, seats: Seats, ties: Ties, layers: int) -> None:
    """Raise whole layers until no pair that leaves its layer pays; inside a layer nothing changes, as it is exactly full.

    Such pairs only lead from a layer to one closed earlier, so one pass from the last layer to the first is enough.
    """
    students = len(ties.stop)
    first = np.zeros(layers + 2, np.int64)
    for i in range(students):
        if seats.match[i] >= 0:
            first[seats.layer[seats.match[i]] + 1] += 1
    for a in range(layers + 1):
        first[a + 1] += first[a]
    sequence, fill = np.empty(first[layers + 1], np.int32), first.copy()
    for i in range(students):
        if seats.match[i] >= 0:
            a = seats.layer[seats.match[i]]
            sequence[fill[a]] = i
            fill[a] += 1
    lift = np.zeros(layers + 1, np.int64)
    for turn in range(layers + 1):
        a = 0 if turn == 0 else layers + 1 - turn
        for t in range(first[a], first[a + 1]):
            i = sequence[t]
            least = ties.value[i] - ties.price[seats.match[i]] - lift[a]
            for e in range(ties.stop[i], graph.start[i + 1]):
                if graph.score[e] <= least:
                    break
                j = graph.col[e]
                if graph.cap[j] > 0:
                    lift[seats.layer[j]] = max(lift[seats.layer[j]], graph.score[e] - least - ties.price[j])
    for j in range(len(ties.price)):
        ties.price[j] += lift[seats.layer[j]]


@njit(cache=True, nogil=True)
def lower(graph: Graph, seats: Seats, ties: Ties, heap: Heap) -> None:
    """Lower every price by its distance from a place that must be free of charge (one Dijkstra from all places)."""
    places = len(ties.price)
    down = ties.price.copy()
    for j in range(places):
        if graph.cap[j] > 0:
            heap_push(heap, down[j], j)
    while heap.size[0] > 0:
        now, j = heap_pop(heap)
        down[j] = now
        for t in range(seats.first[j], seats.first[j] + seats.used[j]):
            i = seats.sitter[t]
            gain = ties.value[i] - ties.price[j]
            for half in range(2):
                low = graph.start[i] if half == 0 else ties.stop[i]
                high = ties.stop[i] if half == 0 else graph.start[i + 1]
                for e in range(low, high):
                    if graph.score[e] <= gain + now:
                        break
                    k = graph.col[e]
                    d = now + gain + ties.price[k] - graph.score[e]
                    if heap.at[k] >= 0 and d < down[k]:
                        down[k] = d
                        heap_push(heap, d, k)
    for j in range(places):
        ties.price[j] -= down[j]


@njit(cache=True, nogil=True)
def price_without_slots(graph: Graph, seats: Seats, ties: Ties) -> None:
    """A place without slots is worth the best it would add; nobody sits there, so no other price depends on it."""
    for j in range(len(ties.price)):
        if graph.cap[j] == 0:
            ties.price[j] = 0
    for i in range(len(ties.stop)):
        if seats.match[i] < 0:
            continue
        gain = ties.value[i] - ties.price[seats.match[i]]
        for e in range(ties.stop[i], graph.start[i + 1]):
            if graph.score[e] <= gain:
                break
            j = graph.col[e]
            if graph.cap[j] == 0:
                ties.price[j] = max(ties.price[j], graph.score[e] - gain)


@njit(cache=True, nogil=True)
def gains(seats: Seats, ties: Ties) -> NDArray[np.int64]:
    """u: what a placed student's pair is worth above the price of the place; 0 for the unplaced."""
    out = np.zeros(len(seats.match), np.int64)
    for i in range(len(out)):
        if seats.match[i] >= 0:
            out[i] = ties.value[i] - ties.price[seats.match[i]]
    return out
