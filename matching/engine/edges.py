"""All feasible pairs with their scores, row by row, best score first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .index import EntrySide, Grid, Index, Marks, StudentSide
from .rules import open_entries, score_entries, window

TOP = 1000
CHUNK = 1 << 16
PLACE_BITS = 32
PLACE_MASK = (1 << PLACE_BITS) - 1


class Scratch(NamedTuple):
    """Room for one student's candidates (entry, squared distance, points) and for a chunk's pairs, before and after sorting."""

    entry: NDArray[np.int64]
    squared: NDArray[np.int64]
    points: NDArray[np.int64]
    pair: NDArray[np.int64]
    owner: NDArray[np.int32]
    sorted_pair: NDArray[np.int64]
    sorted_owner: NDArray[np.int32]
    cursor: NDArray[np.int64]
    bucket: NDArray[np.int64]


def new_scratch(bound: NDArray[np.int64], sorts: bool = False) -> Scratch:
    """For students with these numbers of candidates; without room to sort unless asked for."""
    widest = int(bound.max(initial=0)) + 1  # one is written before it is known to count
    room = min(max(CHUNK, widest), int(bound.sum())) if sorts else 0
    one, two, three = (np.empty(widest, np.int64) for _ in range(3))
    return Scratch(
        one, two, three,
        np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int32),
        np.empty(len(bound) if sorts else 0, np.int64), np.empty(TOP + 2, np.int64),
    )  # fmt: skip


class Graph(NamedTuple):
    """Rows of pairs: student i has pairs start[i]:start[i + 1], by falling score; cap [m] slots a place."""

    start: NDArray[np.int64]
    col: NDArray[np.int32]
    score: NDArray[np.int32]
    cap: NDArray[np.int64]


@njit(cache=True, nogil=True, error_model="numpy")
def candidates(s: StudentSide, g: Grid, low: int, high: int) -> NDArray[np.int64]:
    """Entries in the cells that each student's circle touches: an upper bound on the student's pairs."""
    out = np.zeros(high - low, np.int64)
    for i in range(low, high):
        q = s.at[i].qualification
        y_low, y_high, x_low, x_high = window(s.at[i], g)
        for cy in range(y_low, y_high + 1):
            row = g.base[q] + cy * g.nx[q]
            out[i - low] += g.cell_start[row + x_high + 1] - g.cell_start[row + x_low]
    return out


@njit(error_model="numpy", **UNCOUNTED)
def count_pairs(s: StudentSide, e: EntrySide, g: Grid, low: int, high: int, most: int, scratch: Scratch) -> int:
    """The number of feasible pairs of students low:high, or more than `most` as soon as that is sure."""
    total = 0
    entry, squared = scratch.entry, scratch.squared
    for i in range(low, high):
        total += open_entries(s, i, e, g, entry, squared)
        if total > most:
            return total
    return total


@njit(error_model="numpy", **UNCOUNTED)
def fill_pairs(
    s: StudentSide,
    e: EntrySide,
    g: Grid,
    m: Marks,
    bent: NDArray[np.int32],
    bound: NDArray[np.int64],
    first: int,
    low: int,
    high: int,
    first_place: int,
    start: NDArray[np.int64],
    col: NDArray[np.int32],
    score: NDArray[np.int32],
    scratch: Scratch,
) -> None:
    """Write the rows of students low:high after start[low - first]; each row by falling score.

    Students go in chunks of about CHUNK candidates: a counting sort by score over the chunk, then dealt out to rows, costs two
    passes over memory that is still in the cache. `bent` [1001] maps points to what is maximised (the policy's scale).
    """
    at, entry, squared, points = e.at, scratch.entry, scratch.squared, scratch.points
    pairs, owner, sorted_pairs, sorted_owner = scratch.pair, scratch.owner, scratch.sorted_pair, scratch.sorted_owner
    cursor, bucket = scratch.cursor, scratch.bucket
    i = low
    while i < high:
        stop, room, found = i, 0, 0
        while stop < high and (stop == i or room + bound[stop - first] <= CHUNK):
            room += bound[stop - first]
            stop += 1
        for b in range(TOP + 2):
            bucket[b] = 0
        for a in range(i, stop):
            count = open_entries(s, a, e, g, entry, squared)
            score_entries(s, a, e, g, m, count, entry, squared, points)
            for t in range(count):
                value = np.int64(bent[points[t]])
                pairs[found + t] = (value << PLACE_BITS) | (at[entry[t]].place - first_place)
                owner[found + t] = a - i
                bucket[TOP - value + 1] += 1
            found += count
            cursor[a - i] = start[a - first]
            start[a - first + 1] = start[a - first] + count
        for b in range(TOP + 1):
            bucket[b + 1] += bucket[b]
        for t in range(found):
            b = TOP - (pairs[t] >> PLACE_BITS)
            to = bucket[b]
            sorted_pairs[to], sorted_owner[to] = pairs[t], owner[t]
            bucket[b] = to + 1
        for t in range(found):
            to = cursor[sorted_owner[t]]
            col[to], score[to] = sorted_pairs[t] & PLACE_MASK, sorted_pairs[t] >> PLACE_BITS
            cursor[sorted_owner[t]] = to + 1
        i = stop


@njit(error_model="numpy", **UNCOUNTED)
def check_pairs(
    s: StudentSide,
    e: EntrySide,
    g: Grid,
    m: Marks,
    bent: NDArray[np.int32],
    low: int,
    high: int,
    place: NDArray[np.int64],
    price: NDArray[np.int64],
    gain: NDArray[np.int64],
    scratch: Scratch,
) -> tuple[int, int]:
    """Generate all pairs again and weigh them: how many pay more than the student has, and how many exist.

    place [n], gain [n] (u) by canonical student, price [m] by canonical place; unplaced students are left out of the first
    count. A placed student whose own pair is missing, or is not worth exactly u + p, counts as one too.
    """
    wrong, total = 0, 0
    at, entry, squared, points = e.at, scratch.entry, scratch.squared, scratch.points
    for i in range(low, high):
        count = open_entries(s, i, e, g, entry, squared)
        total += count
        own, u = place[i], gain[i]
        if own < 0:
            continue
        score_entries(s, i, e, g, m, count, entry, squared, points)
        proven = False
        for t in range(count):
            j = at[entry[t]].place
            slack = u + price[j] - bent[points[t]]
            wrong += slack < 0
            proven |= (j == own) & (slack == 0)
        wrong += not proven
    return wrong, total


def build_graph(index: Index, bent: NDArray[np.int32], batch: int, capacity: NDArray[np.int64], tick: Callable[[], None]) -> Graph:
    """The graph of one batch; students and places are numbered from the batch's first. capacity by canonical place."""
    low, high = int(index.student_cut[batch]), int(index.student_cut[batch + 1])
    first_place, last_place = int(index.place_cut[batch]), int(index.place_cut[batch + 1])
    bound = candidates(index.students, index.grid, low, high)
    room = int(bound.sum())
    start = np.zeros(high - low + 1, np.int64)
    col, score = np.empty(room, np.int32), np.empty(room, np.int32)  # untouched pages cost nothing
    scratch = new_scratch(bound, sorts=True)
    for a, b in strides(bound, low):
        fill_pairs(index.students, index.entries, index.grid, index.marks, bent, bound, low, a, b, first_place, start, col, score, scratch)
        tick()
    found = int(start[-1])
    return Graph(start, col[:found], score[:found], capacity[first_place:last_place])


def strides(bound: NDArray[np.int64], low: int, work: int = 4_000_000) -> list[tuple[int, int]]:
    """Ranges of students with about `work` candidates each, so that cancelling is answered in between."""
    done = np.cumsum(bound)
    cuts = np.searchsorted(done, np.arange(work, (int(done[-1]) if len(done) else 0) + work, work))
    edges = np.unique(np.concatenate(([0], np.minimum(cuts + 1, len(bound)), [len(bound)])))
    return [(low + int(a), low + int(b)) for a, b in pairwise(edges)]
