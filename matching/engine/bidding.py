"""Asking prices for places that will be exactly full: an auction with a shrinking least raise (Bertsekas' epsilon scaling).

The prices only have to be good, not right: what is built on them is exact whatever they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .edges import Graph

FAR = 1 << 61
RAISES = (150, 15)
DEAL = 1 << 16
WIDE = 1 << 14
PLACE = (1 << 32) - 1
GAPS = (1636, 701, 301, 132, 57, 23, 10, 4, 1)
BIDS = 200_000
BIDS_PER_STUDENT = 60


def asking_prices(
    graph: Graph,
    first: NDArray[np.int64],
    stop: NDArray[np.int64],
    students: NDArray[np.int32],
    tick: Callable[[], None],
) -> tuple[NDArray[np.int64], Graph]:
    """Prices [m] at which these students, who fill their places exactly, nearly all get a best place; others' are 0.

    Also returns their rows with scores minus prices, best first. Rows are sorted anew after each round: a bid then reads a few pairs
    from the front, where by scores alone it would have to read as far as the prices are high.
    """
    price = np.zeros(len(first) - 1, np.int64)
    some = first[1:] > first[:-1]
    stack = np.empty(len(students) + 1, np.int32)
    rows, end = graph, stop
    for least in RAISES:
        bid, sitter = np.zeros(int(first[-1]), np.int64), np.full(int(first[-1]), -1, np.int32)
        stack[: len(students)] = students[::-1]
        left, budget = len(students), BIDS_PER_STUDENT * len(students)
        while left and budget > 0:
            left = bid_up(rows, first, end, bid, sitter, stack, left, least, min(BIDS, budget))
            budget -= BIDS
            tick()
        price[some] += bid[first[:-1][some]]
        rows = tilt(graph, stop, students, price)
        end = rows.start[1:]
        tick()
    return price, rows


@njit(**UNCOUNTED)
def bid_up(
    graph: Graph,
    first: NDArray[np.int64],
    stop: NDArray[np.int64],
    bid: NDArray[np.int64],
    sitter: NDArray[np.int32],
    stack: NDArray[np.int32],
    left: int,
    least: int,
    budget: int,
) -> int:
    """Each waiting student takes the cheapest slot of the best place, raising it by the lead over the second best and `least`.

    The slots of a place are a heap by bid, lowest first, sitter −1 where free. Returns how many still wait.
    """
    start, col, score = graph.start, graph.col, graph.score
    while left > 0 and budget > 0:
        budget -= 1
        left -= 1
        i = stack[left]
        best, second, choice = -FAR, -FAR, -1
        for e in range(start[i], stop[i]):
            s = np.int64(score[e])
            if s <= second:
                break
            v = s - bid[first[col[e]]]
            if v > best:
                best, second, choice = v, best, col[e]
            elif v > second:
                second = v
        at, room = first[choice], first[choice + 1] - first[choice]
        lead = best - second if second > -FAR else 0
        out = sitter[at]
        sink(bid, sitter, at, room, 0, bid[at] + lead + least, i)
        if out >= 0:
            stack[left] = out
            left += 1
    return left


class Deal(NamedTuple):
    """Room for a chunk's pairs before and after sorting, a cursor per student, and a count per value."""

    pair: NDArray[np.int64]
    owner: NDArray[np.int32]
    sorted_pair: NDArray[np.int64]
    sorted_owner: NDArray[np.int32]
    cursor: NDArray[np.int64]
    bucket: NDArray[np.int64]


def tilt(graph: Graph, stop: NDArray[np.int64], students: NDArray[np.int32], price: NDArray[np.int64]) -> Graph:
    """The usable pairs of these students with scores minus prices, best first; the other rows are empty."""
    size = stop[students] - graph.start[:-1][students]
    start = np.zeros(len(graph.start), np.int64)
    start[students + 1] = size
    np.cumsum(start, out=start)
    col, score = np.empty(start[-1], graph.col.dtype), np.empty(start[-1], graph.score.dtype)
    room = min(max(DEAL, int(size.max(initial=0))), int(start[-1]))
    scratch = Deal(
        pair=np.empty(room, np.int64),
        owner=np.empty(room, np.int32),
        sorted_pair=np.empty(room, np.int64),
        sorted_owner=np.empty(room, np.int32),
        cursor=np.empty(len(stop), np.int64),
        bucket=np.empty(WIDE + 2, np.int64),
    )
    deal_all(graph, stop, students, price, start, col, score, scratch)
    return Graph(start, col, score, graph.cap)


@njit(**UNCOUNTED)
def deal_all(
    graph: Graph,
    stop: NDArray[np.int64],
    students: NDArray[np.int32],
    price: NDArray[np.int64],
    start: NDArray[np.int64],
    col: NDArray[np.int32],
    score: NDArray[Any],
    scratch: Deal,
) -> None:
    """Write the rows in chunks of about DEAL pairs."""
    old = graph.start
    low = 0
    while low < len(students):
        high, pairs = low, 0
        while high < len(students) and (high == low or pairs + stop[students[high]] - old[students[high]] <= DEAL):
            pairs += stop[students[high]] - old[students[high]]
            high += 1
        deal(graph, stop, students[low:high], price, start, col, score, scratch)
        low = high


@njit(**UNCOUNTED)
def deal(
    graph: Graph,
    stop: NDArray[np.int64],
    students: NDArray[np.int32],
    price: NDArray[np.int64],
    start: NDArray[np.int64],
    col: NDArray[np.int32],
    score: NDArray[Any],
    scratch: Deal,
) -> None:
    """Write these students' rows: a counting sort by score over all of them, then dealt out to the rows."""
    graph_start, graph_col, graph_score = graph.start, graph.col, graph.score
    pair, owner, sorted_pair, sorted_owner = scratch.pair, scratch.owner, scratch.sorted_pair, scratch.sorted_owner
    cursor, bucket = scratch.cursor, scratch.bucket
    least, most, pairs = FAR, -FAR, 0
    for i in students:
        for e in range(graph_start[i], stop[i]):
            s = graph_score[e] - price[graph_col[e]]
            least, most, pairs = min(least, s), max(most, s), pairs + 1
    if pairs == 0:
        return
    if most - least > WIDE:  # scores of given edges run to a million: a table of all values would be larger than the rows
        for i in students:
            for e in range(graph_start[i], stop[i]):
                at = start[i] + e - graph_start[i]
                score[at], col[at] = graph_score[e] - price[graph_col[e]], graph_col[e]
            sort_row(col, score, start[i], start[i + 1])
        return
    t, size = 0, most - least + 2
    for b in range(size):
        bucket[b] = 0
    for i in students:
        for e in range(graph_start[i], stop[i]):
            j = graph_col[e]
            below = most - (graph_score[e] - price[j])
            pair[t], owner[t] = (below << 32) | j, i
            bucket[below + 1] += 1
            t += 1
    for b in range(size - 1):
        bucket[b + 1] += bucket[b]
    for t in range(pairs):
        below = pair[t] >> 32
        to = bucket[below]
        sorted_pair[to], sorted_owner[to] = pair[t], owner[t]
        bucket[below] = to + 1
    for i in students:
        cursor[i] = start[i]
    for t in range(pairs):
        to = cursor[sorted_owner[t]]
        col[to], score[to] = sorted_pair[t] & PLACE, most - (sorted_pair[t] >> 32)
        cursor[sorted_owner[t]] = to + 1


@njit(**UNCOUNTED)
def sort_row(col: NDArray[np.int32], score: NDArray[Any], low: int, high: int) -> None:
    """Sort one row by falling score (Shell's sort with Ciura's gaps: rows have tens of pairs, seldom thousands)."""
    for gap in GAPS:
        for e in range(low + gap, high):
            s, j, at = score[e], col[e], e
            while at - gap >= low and score[at - gap] < s:
                score[at], col[at] = score[at - gap], col[at - gap]
                at -= gap
            score[at], col[at] = s, j


@njit(**UNCOUNTED)
def swim(bid: NDArray[np.int64], sitter: NDArray[np.int32], first: int, k: int, offer: int, i: int) -> None:
    while k > 0:
        up = (k - 1) >> 1
        if bid[first + up] <= offer:
            break
        bid[first + k], sitter[first + k] = bid[first + up], sitter[first + up]
        k = up
    bid[first + k], sitter[first + k] = offer, i


@njit(**UNCOUNTED)
def sink(bid: NDArray[np.int64], sitter: NDArray[np.int32], first: int, size: int, k: int, offer: int, i: int) -> None:
    while True:
        down = 2 * k + 1
        if down >= size:
            break
        if down + 1 < size and bid[first + down + 1] < bid[first + down]:
            down += 1
        if bid[first + down] >= offer:
            break
        bid[first + k], sitter[first + k] = bid[first + down], sitter[first + down]
        k = down
    bid[first + k], sitter[first + k] = offer, i
