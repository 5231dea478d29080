"""The rules, once: which place a student may have, and how many points the pair is worth (criteria version 1)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .index import EntrySide, Grid, Marks, StudentSide

# The order in which a reason is looked for; OPEN is no failure.
STAGES = ("none_near", "level", "pathway", "period", "days", "needs", "demands", "full")
OPEN = len(STAGES) - 1
OUT_OF_REACH = len(STAGES)


@njit(cache=True, nogil=True, inline="always")
def popcount(x: Any) -> int:
    """Bits set in a 64-bit word (Warren, Hacker's Delight, 5-1)."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    bits: int = np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))  # type: ignore[assignment]
    return bits


@njit(cache=True, nogil=True, inline="always")
def squared_distance(s: StudentSide, i: int, e: EntrySide, k: int) -> int:
    dx = s.x[i] - e.x[k]
    dy = s.y[i] - e.y[k]
    return dx * dx + dy * dy


@njit(cache=True, nogil=True, inline="always")
def first_failing(s: StudentSide, i: int, e: EntrySide, k: int) -> int:
    """The stage of the first hard rule that fails for a pair within reach; OPEN when none does."""
    if not (e.levels[k] >> (s.level[i] - 1)) & 1:
        return 1
    if not (e.pathways[k] >> s.pathway[i]) & 1:
        return 2
    if min(s.until[i], e.until[k]) - max(s.start[i], e.start[k]) < s.duration[i]:
        return 3
    if popcount(np.uint64(s.days[i] & e.days[k])) < s.days_needed[i]:
        return 4
    for w in range(s.needs.shape[1]):
        if s.needs[i, w] & ~e.offers[k, w]:
            return 5
    for w in range(e.demands.shape[1]):
        if e.demands[k, w] & ~s.has[i, w]:
            return 6
    return OPEN


@njit(cache=True, nogil=True, inline="always")
def goals_met(s: StudentSide, i: int, e: EntrySide, k: int, words: int) -> int:
    met = 0
    for w in range(words):
        met += popcount(s.goals[s.goal_at[i] + w] & e.goals[e.goal_at[k] + w])
    return met


@njit(cache=True, nogil=True, inline="always")
def distance_points(m: Marks, reach: int, d: Any) -> int:
    return m.distance if reach == 0 else m.distance * (reach - d) // reach


@njit(cache=True, nogil=True, inline="always")
def kind_points(s: StudentSide, i: int, e: EntrySide, k: int, m: Marks) -> int:
    if s.kind1[i] < 0:
        return m.kind
    if e.kind[k] < 0:
        return 0
    if e.kind[k] == s.kind1[i]:
        return m.kind
    return m.kind_second if e.kind[k] == s.kind2[i] else 0


@njit(cache=True, nogil=True, inline="always")
def support_points(s: StudentSide, i: int, e: EntrySide, k: int, m: Marks, full: int) -> int:
    return max(0, full - m.support_step * max(0, s.support[i] - e.support[k]))


@njit(cache=True, nogil=True, inline="always")
def allowance_points(s: StudentSide, i: int, e: EntrySide, k: int, m: Marks) -> int:
    if e.allowance[k] >= s.allowance[i]:
        return m.allowance
    return m.allowance * e.allowance[k] // s.allowance[i]


@njit(cache=True, nogil=True, inline="always")
def days_points(s: StudentSide, i: int, e: EntrySide, k: int, m: Marks) -> int:
    return m.days[popcount(np.uint64(s.days[i])), popcount(np.uint64(s.days[i] & e.days[k]))]


@njit(cache=True, nogil=True, inline="always")
def pair_score(s: StudentSide, i: int, e: EntrySide, k: int, m: Marks, words: int, squared: int) -> int:
    """Points of a pair that meets the hard rules, 0..1000."""
    # The root of at most 8·10¹⁴ is far enough from the next whole number for a double to floor it right.
    d = np.int64(math.sqrt(np.float64(squared)))
    return (
        distance_points(m, s.reach[i], d)
        + m.goals[s.goal_count[i], goals_met(s, i, e, k, words)]
        + kind_points(s, i, e, k, m)
        + support_points(s, i, e, k, m, m.support)
        + days_points(s, i, e, k, m)
        + allowance_points(s, i, e, k, m)
    )


@njit(cache=True, nogil=True)
def pair_points(s: StudentSide, student: NDArray[np.int64], e: EntrySide, entry: NDArray[np.int64], g: Grid, m: Marks) -> NDArray[np.int64]:
    """Distance and the six criteria of each (student, entry) pair: int64 [k, 7]."""
    out = np.empty((len(student), 7), np.int64)
    for t in range(len(student)):
        i, k = student[t], entry[t]
        d = np.int64(math.sqrt(np.float64(squared_distance(s, i, e, k))))
        out[t, 0] = d
        out[t, 1] = distance_points(m, s.reach[i], d)
        out[t, 2] = m.goals[s.goal_count[i], goals_met(s, i, e, k, g.goal_words[s.qualification[i]])]
        out[t, 3] = kind_points(s, i, e, k, m)
        out[t, 4] = support_points(s, i, e, k, m, m.support)
        out[t, 5] = days_points(s, i, e, k, m)
        out[t, 6] = allowance_points(s, i, e, k, m)
    return out


@njit(cache=True, nogil=True)
def furthest_stage(s: StudentSide, student: NDArray[np.int64], e: EntrySide, g: Grid) -> NDArray[np.int64]:
    """Per student: the stage at which the last candidate drops out; OPEN when one meets every rule."""
    out = np.zeros(len(student), np.int64)
    for t in range(len(student)):
        i = student[t]
        q = s.qualification[i]
        y_low, y_high, x_low, x_high = window(s, i, g, q)
        limit = (s.reach[i] + 1) ** 2
        for cy in range(y_low, y_high + 1):
            row = g.base[q] + cy * g.nx[q]
            for k in range(g.cell_start[row + x_low], g.cell_start[row + x_high + 1]):
                if out[t] < OPEN and squared_distance(s, i, e, k) < limit:
                    out[t] = max(out[t], first_failing(s, i, e, k))
    return out


@njit(cache=True, nogil=True, inline="always")
def window(s: StudentSide, i: int, g: Grid, q: int) -> tuple[int, int, int, int]:
    """Cells that a student's circle can touch: y from, y to, x from, x to (empty when from > to)."""
    y_low = max(0, (s.y[i] - s.reach[i] - g.y0[q]) // g.size[q])
    y_high = min(g.ny[q] - 1, (s.y[i] + s.reach[i] - g.y0[q]) // g.size[q])
    x_low = max(0, (s.x[i] - s.reach[i] - g.x0[q]) // g.size[q])
    x_high = min(g.nx[q] - 1, (s.x[i] + s.reach[i] - g.x0[q]) // g.size[q])
    if x_low > x_high:
        y_high = y_low - 1
    return y_low, y_high, x_low, x_high


@njit(cache=True, nogil=True)
def judge_entries(s: StudentSide, i: int, e: EntrySide, low: int, high: int) -> NDArray[np.int64]:
    """For one student and entries low:high of the qualification: first failing stage and metres, int64 [k, 2]."""
    out = np.empty((high - low, 2), np.int64)
    limit = (s.reach[i] + 1) ** 2
    for k in range(low, high):
        squared = squared_distance(s, i, e, k)
        out[k - low, 0] = OUT_OF_REACH if squared >= limit else first_failing(s, i, e, k)
        out[k - low, 1] = np.int64(math.sqrt(np.float64(squared)))
    return out
