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

# A call that takes whole sides copies the header of every array: per pair that costs more than the rule itself.
INLINE = njit(cache=True, nogil=True, error_model="numpy", inline="always")


@njit(cache=True, nogil=True, error_model="numpy")
def popcount(x: Any) -> Any:
    """Bits set in a 64-bit word (Warren, Hacker's Delight, 5-1)."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True, error_model="numpy")
def squared_distance(a: Any, b: Any) -> Any:
    dx, dy = np.int64(a.x) - b.x, np.int64(a.y) - b.y
    return dx * dx + dy * dy


@njit(cache=True, nogil=True, error_model="numpy")
def beyond(a: Any) -> Any:
    """The least squared distance that is out of a student's reach: floor(sqrt(q)) ≤ r is q < (r + 1)²."""
    return (np.int64(a.reach) + 1) * (np.int64(a.reach) + 1)


@njit(cache=True, nogil=True, error_model="numpy")
def metres(squared: int) -> Any:
    """The root of at most 8·10¹⁴ is far enough from the next whole number for a double to floor it right."""
    return np.int64(math.sqrt(np.float64(squared)))


@INLINE
def first_failing(s: StudentSide, i: int, e: EntrySide, k: int) -> int:
    """The stage of the first hard rule that fails for a pair within reach; OPEN when none does."""
    a, b = s.at[i], e.at[k]
    if not (b.levels >> (a.level - 1)) & 1:
        return 1
    if not (b.pathways >> a.pathway) & 1:
        return 2
    if min(a.until, b.until) - max(a.start, b.start) < a.duration:
        return 3
    if popcount(np.uint64(a.days & b.days)) < a.days_needed:
        return 4
    for w in range(s.needs.shape[1]):
        if s.needs[i, w] & ~e.offers[k, w]:
            return 5
    for w in range(e.demands.shape[1]):
        if e.demands[k, w] & ~s.has[i, w]:
            return 6
    return OPEN


@njit(cache=True, nogil=True, error_model="numpy")
def share(part: Any, whole: Any) -> Any:
    """part // whole for 0 ≤ part ≤ 1000·whole and whole ≤ 10⁹: in doubles the error is below 10⁻¹², the nearest miss 10⁻⁹."""
    return np.int64(np.float64(part) / np.float64(whole))


@njit(cache=True, nogil=True, error_model="numpy")
def distance_points(a: Any, d: int, m: Marks) -> int:
    return m.distance if a.reach == 0 else share(m.distance * (a.reach - d), a.reach)


@INLINE
def goal_points(s: StudentSide, a: Any, e: EntrySide, b: Any, m: Marks, words: int) -> int:
    met = 0
    for w in range(words):
        met += popcount(s.goals[a.goal_at + w] & e.goals[b.goal_at + w])
    return m.goals[a.goal_count, met]


@njit(cache=True, nogil=True, error_model="numpy")
def kind_points(a: Any, b: Any, m: Marks) -> int:
    if a.kind1 < 0:
        return m.kind
    if b.kind < 0:
        return 0
    if b.kind == a.kind1:
        return m.kind
    return m.kind_second if b.kind == a.kind2 else 0


@njit(cache=True, nogil=True, error_model="numpy")
def support_points(a: Any, b: Any, m: Marks) -> int:
    return max(0, m.support - m.support_step * max(0, a.support - b.support))


@njit(cache=True, nogil=True, error_model="numpy")
def days_points(a: Any, b: Any, m: Marks) -> int:
    return m.days[popcount(np.uint64(a.days)), popcount(np.uint64(a.days & b.days))]


@njit(cache=True, nogil=True, error_model="numpy")
def allowance_points(a: Any, b: Any, m: Marks) -> int:
    return m.allowance if b.allowance >= a.allowance else share(m.allowance * b.allowance, a.allowance)


@INLINE
def pair_score(s: StudentSide, i: int, e: EntrySide, k: int, m: Marks, words: int, squared: int) -> int:
    """Points of a pair that meets the hard rules, 0..1000."""
    a, b = s.at[i], e.at[k]
    return (
        distance_points(a, metres(squared), m)
        + goal_points(s, a, e, b, m, words)
        + kind_points(a, b, m)
        + support_points(a, b, m)
        + days_points(a, b, m)
        + allowance_points(a, b, m)
    )


@njit(cache=True, nogil=True, error_model="numpy")
def window(a: Any, g: Grid) -> tuple[int, int, int, int]:
    """Cells that a student's circle can touch: y from, y to, x from, x to; empty as y from > y to."""
    q, r = a.qualification, np.int64(a.reach)
    y_low = max(0, (a.y - r - g.y0[q]) // g.size[q])
    y_high = min(g.ny[q] - 1, (a.y + r - g.y0[q]) // g.size[q])
    x_low = max(0, (a.x - r - g.x0[q]) // g.size[q])
    x_high = min(g.nx[q] - 1, (a.x + r - g.x0[q]) // g.size[q])
    if x_low > x_high:
        y_high = y_low - 1
    return y_low, y_high, x_low, x_high


@njit(cache=True, nogil=True, error_model="numpy")
def pair_points(s: StudentSide, student: NDArray[np.int64], e: EntrySide, entry: NDArray[np.int64], g: Grid, m: Marks) -> NDArray[np.int64]:
    """Distance and the six criteria of each (student, entry) pair: int64 [k, 7]."""
    out = np.empty((len(student), 7), np.int64)
    for t in range(len(student)):
        a, b = s.at[student[t]], e.at[entry[t]]
        d = metres(squared_distance(a, b))
        out[t, 0] = d
        out[t, 1] = distance_points(a, d, m)
        out[t, 2] = goal_points(s, a, e, b, m, g.goal_words[a.qualification])
        out[t, 3] = kind_points(a, b, m)
        out[t, 4] = support_points(a, b, m)
        out[t, 5] = days_points(a, b, m)
        out[t, 6] = allowance_points(a, b, m)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def furthest_stage(s: StudentSide, student: NDArray[np.int64], e: EntrySide, g: Grid) -> NDArray[np.int64]:
    """Per student: the stage at which the last candidate drops out; OPEN when one meets every rule."""
    out = np.zeros(len(student), np.int64)
    for t in range(len(student)):
        i = student[t]
        a = s.at[i]
        limit = beyond(a)
        y_low, y_high, x_low, x_high = window(a, g)
        for cy in range(y_low, y_high + 1):
            row = g.base[a.qualification] + cy * g.nx[a.qualification]
            for k in range(g.cell_start[row + x_low], g.cell_start[row + x_high + 1]):
                if out[t] < OPEN and squared_distance(a, e.at[k]) < limit:
                    out[t] = max(out[t], first_failing(s, i, e, k))
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def judge_entries(s: StudentSide, i: int, e: EntrySide, low: int, high: int) -> NDArray[np.int64]:
    """For one student and entries low:high of the qualification: first failing stage and metres, int64 [k, 2]."""
    out = np.empty((high - low, 2), np.int64)
    a = s.at[i]
    for k in range(low, high):
        squared = squared_distance(a, e.at[k])
        out[k - low, 0] = OUT_OF_REACH if squared >= beyond(a) else first_failing(s, i, e, k)
        out[k - low, 1] = metres(squared)
    return out
