"""The rules, once: which place a student may have, and how many points the pair is worth (criteria version 1)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .index import EntrySide, Grid, Marks, StudentSide

# The order in which a reason is looked for; OPEN is no failure.
STAGES = ("none_near", "level", "pathway", "period", "days", "needs", "demands", "full")
OPEN = len(STAGES) - 1
OUT_OF_REACH = len(STAGES)
# Why a student has no place: the stage, or that every place within reach was full before the match began.
REASONS = (*STAGES, "taken")
TAKEN = len(STAGES)
DAYS_IN = np.array([bin(days).count("1") for days in range(128)], np.int64)

Words = NDArray[np.uint64]
Flat = NDArray[np.uint64]
Table = NDArray[np.int64]

# Rules take records and single arrays: reading an array out of a tuple counts a reference, in a loop over pairs at ten times the
# cost of the rule itself. Kernels therefore take the arrays out before their loops, and those that allocate nothing (here and in the
# other modules) are compiled without counting at all (`compiled`). It took a third off a solve.
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
def fits(a: Any, b: Any) -> bool:
    """Level, pathway, period and days at once, without a branch: in a loop over many entries a wrong guess costs more than the rules."""
    return (
        ((b.levels >> (a.level - 1)) & 1 != 0)
        & ((b.pathways >> a.pathway) & 1 != 0)
        & (min(a.until, b.until) - max(a.start, b.start) >= a.duration)
        & (DAYS_IN[a.days & b.days] >= a.days_needed)
    )


@INLINE
def lacks(asked: Words, i: int, given: Words, k: int) -> bool:
    """Whether set i asks for something that set k does not have."""
    missing = np.uint64(0)
    for w in range(asked.shape[1]):
        missing |= asked[i, w] & ~given[k, w]
    return missing != 0


@INLINE
def first_failing(a: Any, i: int, needs: Words, has: Words, b: Any, k: int, offers: Words, demands: Words) -> int:
    """The stage of the first hard rule that fails for a pair within reach; OPEN when none does."""
    if not (b.levels >> (a.level - 1)) & 1:
        return 1
    if not (b.pathways >> a.pathway) & 1:
        return 2
    if min(a.until, b.until) - max(a.start, b.start) < a.duration:
        return 3
    if DAYS_IN[a.days & b.days] < a.days_needed:
        return 4
    if lacks(needs, i, offers, k):
        return 5
    if lacks(demands, k, has, i):
        return 6
    return OPEN


@njit(cache=True, nogil=True, error_model="numpy")
def share(part: Any, whole: Any) -> Any:
    """part // whole for 0 ≤ part ≤ 1000·whole and whole ≤ 10⁹: in doubles the error is below 10⁻¹², the nearest miss 10⁻⁹."""
    return np.int64(np.float64(part) / np.float64(whole))


@INLINE
def distance_points(a: Any, d: int, most: int) -> int:
    return most if a.reach == 0 else share(most * (a.reach - d), a.reach)


@INLINE
def goal_points(a: Any, asked: Flat, b: Any, offered: Flat, words: int, table: Table) -> int:
    met = 0
    for w in range(words):
        met += popcount(asked[a.goal_at + w] & offered[b.goal_at + w])
    return table[a.goal_count, met]


@INLINE
def kind_points(a: Any, b: Any, first: int, second: int) -> int:
    wished = (a.kind1 < 0) | (b.kind == a.kind1)
    return first if wished else second if (b.kind == a.kind2) & (b.kind >= 0) else 0


@INLINE
def support_points(a: Any, b: Any, most: int, step: int) -> int:
    short: Any = np.int64(a.support) - np.int64(b.support)
    return max(0, most - step * max(0, short))


@INLINE
def days_points(a: Any, b: Any, table: Table) -> int:
    return table[DAYS_IN[a.days], DAYS_IN[a.days & b.days]]


@INLINE
def allowance_points(a: Any, b: Any, most: int) -> int:
    return most if b.allowance >= a.allowance else share(most * b.allowance, a.allowance)


@njit(error_model="numpy", **UNCOUNTED)
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


@njit(error_model="numpy", **UNCOUNTED)
def open_entries(s: StudentSide, i: int, e: EntrySide, g: Grid, entry: NDArray[np.int64], squared: NDArray[np.int64]) -> int:
    """Write the entries that student i may have by the hard rules, and the squared distances; returns how many."""
    a, needs, has = s.at[i], s.needs, s.has
    at, offers, demands = e.at, e.offers, e.demands
    cell_start, base, wide = g.cell_start, g.base[a.qualification], g.nx[a.qualification]
    limit = beyond(a)
    y_low, y_high, x_low, x_high = window(a, g)
    count = 0
    for cy in range(y_low, y_high + 1):
        row = base + cy * wide
        for k in range(cell_start[row + x_low], cell_start[row + x_high + 1]):
            b = at[k]
            far = squared_distance(a, b)
            entry[count], squared[count] = k, far
            count += (far < limit) & fits(a, b) & (not lacks(needs, i, offers, k)) & (not lacks(demands, k, has, i))
    return count


@njit(error_model="numpy", **UNCOUNTED)
def score_entries(
    s: StudentSide,
    i: int,
    e: EntrySide,
    g: Grid,
    m: Marks,
    count: int,
    entry: NDArray[np.int64],
    squared: NDArray[np.int64],
    points: NDArray[np.int64],
) -> None:
    """Points 0..1000 of student i at the first `count` of these entries, whose hard rules are met."""
    a, asked, at, offered = s.at[i], s.goals, e.at, e.goals
    words, goal_table, day_table = g.goal_words[a.qualification], m.goals, m.days
    near, first, second, support, step, allowance = m.distance, m.kind, m.kind_second, m.support, m.support_step, m.allowance
    for t in range(count):
        b = at[entry[t]]
        points[t] = (
            distance_points(a, metres(squared[t]), near)
            + goal_points(a, asked, b, offered, words, goal_table)
            + kind_points(a, b, first, second)
            + support_points(a, b, support, step)
            + days_points(a, b, day_table)
            + allowance_points(a, b, allowance)
        )


@njit(cache=True, nogil=True, error_model="numpy")
def pair_points(s: StudentSide, student: NDArray[np.int64], e: EntrySide, entry: NDArray[np.int64], g: Grid, m: Marks) -> NDArray[np.int64]:
    """Distance and the six criteria of each (student, entry) pair: int64 [k, 7]."""
    out = np.empty((len(student), 7), np.int64)
    students, asked, entries, offered = s.at, s.goals, e.at, e.goals
    goal_words, goal_table, day_table = g.goal_words, m.goals, m.days
    for t in range(len(student)):
        a, b = students[student[t]], entries[entry[t]]
        d = metres(squared_distance(a, b))
        out[t, 0] = d
        out[t, 1] = distance_points(a, d, m.distance)
        out[t, 2] = goal_points(a, asked, b, offered, goal_words[a.qualification], goal_table)
        out[t, 3] = kind_points(a, b, m.kind, m.kind_second)
        out[t, 4] = support_points(a, b, m.support, m.support_step)
        out[t, 5] = days_points(a, b, day_table)
        out[t, 6] = allowance_points(a, b, m.allowance)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def why_none(s: StudentSide, student: NDArray[np.int64], e: EntrySide, g: Grid, slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Per student, as a number of REASONS: OPEN when a place meets every rule, else the stage at which the last one *with a slot* drops out.

    A place that was full beforehand would not let the student in whatever else changed, so that what it asks is no reason. slots [m] by
    canonical place.
    """
    out = np.zeros(len(student), np.int64)
    students, needs, has, entries, offers, demands = s.at, s.needs, s.has, e.at, e.offers, e.demands
    cell_start, base, wide = g.cell_start, g.base, g.nx
    for t in range(len(student)):
        i = student[t]
        a = students[i]
        limit, furthest, near, fitting = beyond(a), 0, False, False
        y_low, y_high, x_low, x_high = window(a, g)
        for cy in range(y_low, y_high + 1):
            row = base[a.qualification] + cy * wide[a.qualification]
            for k in range(cell_start[row + x_low], cell_start[row + x_high + 1]):
                if not fitting and squared_distance(a, entries[k]) < limit:
                    stage = first_failing(a, i, needs, has, entries[k], k, offers, demands)
                    near, fitting = True, stage == OPEN
                    if slots[entries[k].place] > 0:
                        furthest = max(furthest, stage)
        out[t] = OPEN if fitting else TAKEN if near and furthest == 0 else furthest
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def judge_entries(s: StudentSide, i: int, e: EntrySide, low: int, high: int) -> NDArray[np.int64]:
    """For one student and entries low:high of the qualification: first failing stage and metres, int64 [k, 2]."""
    out = np.empty((high - low, 2), np.int64)
    a, needs, has, entries, offers, demands = s.at[i], s.needs, s.has, e.at, e.offers, e.demands
    for k in range(low, high):
        squared = squared_distance(a, entries[k])
        failing = first_failing(a, i, needs, has, entries[k], k, offers, demands)
        out[k - low, 0] = OUT_OF_REACH if squared >= beyond(a) else failing
        out[k - low, 1] = metres(squared)
    return out
