"""All feasible pairs with their scores, row by row, best score first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .index import EntrySide, Grid, Index, Marks, StudentSide
from .rules import OPEN, beyond, first_failing, pair_score, squared_distance, window

TOP = 1000
CHUNK = 1 << 16


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


@njit(cache=True, nogil=True, error_model="numpy")
def count_pairs(s: StudentSide, e: EntrySide, g: Grid, low: int, high: int, most: int) -> int:
    """The number of feasible pairs of students low:high, or more than `most` as soon as that is sure."""
    total = 0
    for i in range(low, high):
        q = s.at[i].qualification
        limit = beyond(s.at[i])
        y_low, y_high, x_low, x_high = window(s.at[i], g)
        for cy in range(y_low, y_high + 1):
            row = g.base[q] + cy * g.nx[q]
            for k in range(g.cell_start[row + x_low], g.cell_start[row + x_high + 1]):
                if squared_distance(s.at[i], e.at[k]) < limit and first_failing(s, i, e, k) == OPEN:
                    total += 1
        if total > most:
            return total
    return total


@njit(cache=True, nogil=True, error_model="numpy")
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
) -> None:
    """Write the rows of students low:high after start[low - first]; each row by falling score.

    Students go in chunks of about CHUNK candidates: a counting sort by score over the chunk, then dealt out to rows, costs two
    passes over memory that is still in the cache. `bent` [1001] maps points to what is maximised (the policy's scale).
    """
    i = low
    while i < high:
        stop, room = i, 0
        while stop < high and (stop == i or room + bound[stop - first] <= CHUNK):
            room += bound[stop - first]
            stop += 1
        place, points, owner = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
        bucket = np.zeros(TOP + 2, np.int64)
        found = 0
        for a in range(i, stop):
            q = s.at[a].qualification
            words = g.goal_words[q]
            limit = beyond(s.at[a])
            before = found
            y_low, y_high, x_low, x_high = window(s.at[a], g)
            for cy in range(y_low, y_high + 1):
                row = g.base[q] + cy * g.nx[q]
                for k in range(g.cell_start[row + x_low], g.cell_start[row + x_high + 1]):
                    squared = squared_distance(s.at[a], e.at[k])
                    if squared < limit and first_failing(s, a, e, k) == OPEN:
                        value = np.int64(bent[pair_score(s, a, e, k, m, words, squared)])
                        place[found], points[found], owner[found] = e.at[k].place - first_place, np.int32(value), a - i
                        bucket[TOP - value + 1] += 1
                        found += 1
            start[a - first + 1] = start[a - first] + found - before
        for b in range(TOP + 1):
            bucket[b + 1] += bucket[b]
        sequence = np.empty(found, np.int32)
        for t in range(found):
            b = TOP - points[t]
            sequence[bucket[b]] = t
            bucket[b] += 1
        cursor = start[i - first : stop - first].copy()
        for turn in sequence:
            at = cursor[owner[turn]]
            col[at], score[at] = place[turn], points[turn]
            cursor[owner[turn]] = at + 1
        i = stop


@njit(cache=True, nogil=True, error_model="numpy")
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
) -> tuple[int, int]:
    """Generate all pairs again and weigh them: how many pay more than the student has, and how many exist.

    place [n], gain [n] (u) by canonical student, price [m] by canonical place; unplaced students are left out of the first
    count. A placed student whose own pair is missing, or is not worth exactly u + p, counts as one too.
    """
    wrong, total = 0, 0
    for i in range(low, high):
        q = s.at[i].qualification
        words = g.goal_words[q]
        limit = beyond(s.at[i])
        own = place[i] < 0
        y_low, y_high, x_low, x_high = window(s.at[i], g)
        for cy in range(y_low, y_high + 1):
            row = g.base[q] + cy * g.nx[q]
            for k in range(g.cell_start[row + x_low], g.cell_start[row + x_high + 1]):
                squared = squared_distance(s.at[i], e.at[k])
                if squared < limit and first_failing(s, i, e, k) == OPEN:
                    total += 1
                    if place[i] >= 0:
                        slack = gain[i] + price[e.at[k].place] - bent[pair_score(s, i, e, k, m, words, squared)]
                        wrong += slack < 0
                        own = own or (e.at[k].place == place[i] and slack == 0)
        wrong += not own
    return wrong, total


def build_graph(index: Index, bent: NDArray[np.int32], batch: int, capacity: NDArray[np.int64], tick: Callable[[], None]) -> Graph:
    """The graph of one batch; students and places are numbered from the batch's first. capacity by canonical place."""
    low, high = int(index.student_cut[batch]), int(index.student_cut[batch + 1])
    first_place, last_place = int(index.place_cut[batch]), int(index.place_cut[batch + 1])
    bound = candidates(index.students, index.grid, low, high)
    room = int(bound.sum())
    start = np.zeros(high - low + 1, np.int64)
    col, score = np.empty(room, np.int32), np.empty(room, np.int32)  # untouched pages cost nothing
    for a, b in strides(bound, low):
        fill_pairs(index.students, index.entries, index.grid, index.marks, bent, bound, low, a, b, first_place, start, col, score)
        tick()
    found = int(start[-1])
    return Graph(start, col[:found], score[:found], capacity[first_place:last_place])


def strides(bound: NDArray[np.int64], low: int, work: int = 4_000_000) -> list[tuple[int, int]]:
    """Ranges of students with about `work` candidates each, so that cancelling is answered in between."""
    done = np.cumsum(bound)
    cuts = np.searchsorted(done, np.arange(work, (int(done[-1]) if len(done) else 0) + work, work))
    edges = np.unique(np.concatenate(([0], np.minimum(cuts + 1, len(bound)), [len(bound)])))
    return [(low + int(a), low + int(b)) for a, b in pairwise(edges)]
