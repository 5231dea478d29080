"""Policy `stable`: student-proposing deferred acceptance (Gale and Shapley 1962), so that no pair would rather have each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .bidding import sink, sort_row, swim
from .compiled import UNCOUNTED
from .edges import Scratch, new_scratch
from .index import EntrySide, Grid, Index, Marks, StudentSide
from .rules import days_points, goal_points, metres, open_entries, score_entries, squared_distance

PLACE_BITS = 22
NEAR = 100
TIER = 1000

Ints = NDArray[np.int64]


class Wishes(NamedTuple):
    """Rows of places by falling preference: weight holds score, draw and place id in one number; cap [m]."""

    start: Ints
    col: NDArray[np.int32]
    weight: Ints
    cap: Ints


@njit(cache=True, nogil=True)
def mix(x: np.uint64) -> np.uint64:
    """splitmix64, compiled; `order` has the words on it."""
    z = x + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(**UNCOUNTED)
def fill_wishes(
    s: StudentSide,
    e: EntrySide,
    g: Grid,
    m: Marks,
    hashes: NDArray[np.uint64],
    place_id: NDArray[np.uint64],
    id_rank: Ints,
    low: int,
    high: int,
    first_place: int,
    start: Ints,
    col: NDArray[np.int32],
    weight: Ints,
    scratch: Scratch,
) -> None:
    """Rows of students low:high: score, then the pair's hash, then the lower place id; each row sorted."""
    room = np.int64(1) << PLACE_BITS
    at, entry, squared, points = e.at, scratch.entry, scratch.squared, scratch.points
    for i in range(low, high):
        found = start[i - low]
        count = open_entries(s, i, e, g, entry, squared)
        score_entries(s, i, e, g, m, count, entry, squared, points)
        for t in range(count):
            j = at[entry[t]].place
            drawn = np.int64(mix(hashes[i] ^ place_id[j]) >> np.uint64(34))
            weight[found + t] = (points[t] << 52) | (drawn << PLACE_BITS) | (room - 1 - id_rank[j])
            col[found + t] = j - first_place
        start[i - low + 1] = found + count
        sort_row(col, weight, found, found + count)


@njit(**UNCOUNTED)
def merit(s: StudentSide, i: int, e: EntrySide, k: int, g: Grid, m: Marks, tier_points: int) -> int:
    """What a place ranks by: 1000·(T − tier) + goals + days + 100·(max − d)//max."""
    a, b = s.at[i], e.at[k]
    asked, offered, goal_words, goal_table, day_table = s.goals, e.goals, g.goal_words, m.goals, m.days
    near = NEAR if a.reach == 0 else NEAR * (a.reach - metres(squared_distance(a, b))) // a.reach
    goals = goal_points(a, asked, b, offered, goal_words[a.qualification], goal_table)
    return tier_points + goals + days_points(a, b, day_table) + near


@njit(cache=True, nogil=True)
def propose(
    s: StudentSide,
    e: EntrySide,
    g: Grid,
    m: Marks,
    low: int,
    first_place: int,
    entry_start: Ints,
    entry_of: Ints,
    tier_points: Ints,
    rank: Ints,
    wishes: Wishes,
) -> tuple[Ints, int]:
    """Everyone proposes down the row; a full place keeps the better ones.

    Returns the place per student, −1 without, and the number of pairs that would rather have each other, which must be 0.
    """
    start, wished, cap, student_at = wishes.start, wishes.col, wishes.cap, s.at
    students, places = len(start) - 1, len(cap)
    first = np.zeros(places + 1, np.int64)
    for j in wished:
        first[j + 1] += 1
    for j in range(places):
        first[j + 1] = first[j] + min(first[j + 1], cap[j])
    key, sitter = np.zeros(first[places], np.int64), np.zeros(first[places], np.int32)
    used, cursor = np.zeros(places, np.int64), start[:-1].copy()
    match, stack = np.full(students, -1, np.int64), np.empty(students + 1, np.int32)
    for i in range(students):
        stack[i] = students - 1 - i
    left = students
    while left > 0:
        left -= 1
        i = stack[left]
        while cursor[i] < start[i + 1]:
            j = wished[cursor[i]]
            cursor[i] += 1
            at, room = first[j], first[j + 1] - first[j]
            if room == 0:
                continue
            entry = entry_for(e, entry_start, entry_of, j + first_place, student_at[low + i].qualification)
            worth = merit(s, low + i, e, entry, g, m, tier_points[low + i])
            offer = (np.int64(worth) << 32) | (((np.int64(1) << 32) - 1) - rank[low + i])
            if used[j] < room:
                swim(key, sitter, at, used[j], offer, i)
                used[j] += 1
                match[i] = j
                break
            if key[at] < offer:
                out = sitter[at]
                match[out] = -1
                sink(key, sitter, at, room, 0, offer, i)
                match[i] = j
                stack[left] = out
                left += 1
                break
    blocking = 0
    for i in range(students):
        for t in range(start[i], start[i + 1]):
            j = wished[t]
            if j == match[i]:
                break
            if first[j] == first[j + 1]:
                continue
            entry = entry_for(e, entry_start, entry_of, j + first_place, student_at[low + i].qualification)
            worth = merit(s, low + i, e, entry, g, m, tier_points[low + i])
            offer = (np.int64(worth) << 32) | (((np.int64(1) << 32) - 1) - rank[low + i])
            blocking += used[j] < first[j + 1] - first[j] or key[first[j]] < offer
    return match, blocking


@njit(**UNCOUNTED)
def entry_for(e: EntrySide, entry_start: Ints, entry_of: Ints, place: int, qualification: int) -> int:
    """The entry of a place under a qualification; −1 when it has none."""
    for t in range(entry_start[place], entry_start[place + 1]):
        if e.at[entry_of[t]].qualification == qualification:
            return entry_of[t]
    return -1


def stable_match(
    index: Index,
    batch: int,
    bound: Ints,
    hashes: NDArray[np.uint64],
    place_ids: Ints,
    capacity: Ints,
    tier_points: Ints,
    rank: Ints,
) -> tuple[Ints, Ints, int]:
    """Place per student and its score, by the batch's own numbers, and the number of pairs.

    hashes, tier_points and rank by canonical student; place_ids and capacity by canonical place.
    """
    low, high = int(index.student_cut[batch]), int(index.student_cut[batch + 1])
    first, last = int(index.place_cut[batch]), int(index.place_cut[batch + 1])
    if last - first >= 1 << PLACE_BITS:
        raise AssertionError("more places in a batch than the preference number has room for")
    id_rank = np.zeros(len(place_ids), np.int64)
    id_rank[first:last] = np.argsort(np.argsort(place_ids[first:last]))
    room = int(bound.sum())
    start, col, weight = np.zeros(high - low + 1, np.int64), np.empty(room, np.int32), np.empty(room, np.int64)
    sides = (index.students, index.entries, index.grid, index.marks)
    fill_wishes(*sides, hashes, place_ids.astype(np.uint64), id_rank, low, high, first, start, col, weight, new_scratch(bound))
    found = int(start[-1])
    wishes = Wishes(start, col[:found], weight[:found], capacity[first:last])
    match, blocking = propose(*sides, low, first, index.entry_start, index.entry_of, tier_points, rank, wishes)
    if blocking:
        raise AssertionError(f"certificate refuted: {blocking} pairs would rather have each other")
    return match, own_scores(wishes, match), found


@njit(cache=True, nogil=True)
def own_scores(wishes: Wishes, match: Ints) -> Ints:
    out = np.full(len(match), -1, np.int64)
    for i in range(len(match)):
        for t in range(wishes.start[i], wishes.start[i + 1]):
            if wishes.col[t] == match[i]:
                out[i] = wishes.weight[t] >> 52
    return out
