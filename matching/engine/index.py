"""The instance laid out for speed: who lives near what, per qualification.

An *entry* is a place under one of its qualifications. Students, entries and places are put in one canonical order (batch,
qualification, grid cell, id), so that neighbours in space are neighbours in memory and row order cannot matter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .bits import fill_bits
from .columns import WordSets
from .criteria import Criteria
from .instance import Instance

STUDENTS_PER_BATCH = 10_000
MOST_BATCHES = 24
SMALLEST_CELL = 500

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]


# One record a student and an entry: a rule reads a few neighbouring bytes, and compiled code handles one array, not twenty.
STUDENT = np.dtype(
    [
        *((name, np.int32) for name in ("qualification", "x", "y", "start", "until", "duration", "reach", "allowance")),
        *((name, np.int32) for name in ("kind1", "kind2")),
        ("goal_at", np.int64),
        *((name, np.int8) for name in ("level", "pathway", "days", "days_needed", "goal_count", "support")),
    ],
    align=True,
)
ENTRY = np.dtype(
    [
        *((name, np.int32) for name in ("place", "x", "y", "start", "until", "kind", "allowance", "qualification")),
        ("goal_at", np.int64),
        *((name, np.int8) for name in ("levels", "pathways", "days", "support")),
    ],
    align=True,
)


class StudentSide(NamedTuple):
    """Students in canonical order: at [n] of STUDENT; needs and has [n, w] as bits; goals as bits, flat from `goal_at`."""

    at: NDArray[np.void]
    needs: U64
    has: U64
    goals: U64


class EntrySide(NamedTuple):
    """Entries in canonical order: at [k] of ENTRY (`place` is the canonical number); offers and demands [k, w]; goals."""

    at: NDArray[np.void]
    offers: U64
    demands: U64
    goals: U64


class Grid(NamedTuple):
    """Cells per qualification [q]: origin, size, counts; entries of cell c are cell_start[c]:cell_start[c + 1]."""

    x0: I64
    y0: I64
    size: I64
    nx: I64
    ny: I64
    base: I64
    goal_words: I64
    cell_start: I64


class Marks(NamedTuple):
    """The criteria as numbers: weights, and points for goals [65, 65] and days [8, 8] as asked × met."""

    distance: int
    kind: int
    kind_second: int
    support: int
    support_step: int
    allowance: int
    goals: I64
    days: I64


class Index(NamedTuple):
    """All of it, with the batches: students student_cut[b]:student_cut[b + 1], places likewise, are independent."""

    students: StudentSide
    entries: EntrySide
    grid: Grid
    marks: Marks
    student_row: I64
    place_row: I64
    student_at: I64
    place_at: I64
    entry_start: I64
    entry_of: I64
    student_cut: I64
    place_cut: I64


def build_index(instance: Instance) -> Index:
    """Sort an instance into canonical order. Time is linear but for the sorts."""
    s, p = instance.students, instance.places
    names = instance.words.qualifications.words
    kinds = max(1, len(names))
    alphabetical = inverse(np.array(sorted(range(len(names)), key=names.__getitem__), np.int64))
    student_qualification = alphabetical[s.qualification]
    entry_place = np.repeat(np.arange(len(p)), p.qualifications.sizes())
    entry_qualification = alphabetical[p.qualifications.word]
    batch = batches(student_qualification, entry_place, entry_qualification, kinds)
    rank = np.empty(kinds, np.int64)
    rank[np.argsort(batch, kind="stable")] = np.arange(kinds)  # qualifications of a batch become neighbours
    batch_of_rank = np.empty(kinds, np.int64)
    batch_of_rank[rank] = batch

    grid = lay_grid(p.x[entry_place], p.y[entry_place], rank[entry_qualification], kinds)
    entry_cell = cells(grid, p.x[entry_place], p.y[entry_place], rank[entry_qualification])
    order = np.lexsort((p.id[entry_place], entry_cell))
    entry_place, entry_rank = entry_place[order], rank[entry_qualification][order]
    grid = grid._replace(cell_start=np.searchsorted(entry_cell[order], np.arange(grid.base[-1] + 1)))

    place_row, place_at = first_seen(entry_place, len(p))
    student_rank = rank[student_qualification]
    student_row = np.lexsort((s.id, cells(grid, s.x, s.y, student_rank)))
    student_rank = student_rank[student_row]
    students, entries, goal_words = sides(instance, student_row, student_rank, entry_place, entry_rank, place_at)
    canonical = entries.at["place"].astype(np.int64)
    count = int(batch.max(initial=0)) + 1
    place_batch = np.zeros(len(p), np.int64)
    place_batch[canonical] = batch_of_rank[entry_rank]
    return Index(
        students=students,
        entries=entries,
        grid=grid._replace(goal_words=goal_words),
        marks=marks(instance.criteria),
        student_row=student_row,
        place_row=place_row,
        student_at=inverse(student_row),
        place_at=place_at,
        entry_start=offsets(np.bincount(canonical, minlength=len(p))),
        entry_of=np.argsort(canonical, kind="stable"),
        student_cut=np.searchsorted(batch_of_rank[student_rank], np.arange(count + 1)),
        place_cut=np.searchsorted(place_batch, np.arange(count + 1)),
    )


def offsets(counts: NDArray[np.int64]) -> I64:
    out = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=out[1:])
    return out


def inverse(order: I64) -> I64:
    out = np.empty(len(order), np.int64)
    out[order] = np.arange(len(order))
    return out


def first_seen(entry_place: I64, places: int) -> tuple[I64, I64]:
    """Places in the order of their first entry: row per canonical number, and canonical number per row."""
    seen = np.full(places, len(entry_place), np.int64)
    np.minimum.at(seen, entry_place, np.arange(len(entry_place)))
    row = np.argsort(seen, kind="stable")
    return row, inverse(row)


def batches(students: I64, entry_place: I64, entry_qualification: I64, kinds: int) -> I64:
    """A batch number per qualification; qualifications that share a place share a batch; batches are about equal."""
    block = linked(entry_place, entry_qualification, kinds)
    return spread(block, students, entry_qualification, min(MOST_BATCHES, max(1, -(-len(students) // STUDENTS_PER_BATCH))))


def spread(block: I64, students: I64, entries: I64, count: int) -> I64:
    """A number below `count` per qualification: blocks stay whole, and the work is about equal.

    block: per qualification; students and entries: the qualification of each.
    """
    kinds = len(block)
    per_student = np.bincount(students, minlength=kinds).astype(np.float64)
    weight = np.bincount(block, per_student * (np.bincount(entries, minlength=kinds) + 1), minlength=kinds)
    load = np.zeros(count)
    bin_of_block = np.zeros(kinds, np.int64)
    for heavy in np.argsort(-weight, kind="stable"):
        lightest = int(np.argmin(load))
        bin_of_block[heavy] = lightest
        load[lightest] += weight[heavy]
    return bin_of_block[block]


def linked(entry_place: I64, entry_qualification: I64, kinds: int) -> I64:
    """The lowest qualification in the same connected block, per qualification."""
    parent = list(range(kinds))

    def root(q: int) -> int:
        while parent[q] != q:
            parent[q] = parent[parent[q]]
            q = parent[q]
        return q

    same = np.flatnonzero(entry_place[1:] == entry_place[:-1])
    pairs = np.unique(entry_qualification[same] * kinds + entry_qualification[same + 1])
    for pair in pairs.tolist():
        a, b = sorted((root(pair // kinds), root(pair % kinds)))
        parent[b] = a
    return np.array([root(q) for q in range(kinds)], np.int64)


def lay_grid(x: I64, y: I64, rank: I64, kinds: int) -> Grid:
    """A grid per qualification with at most about three cells an entry."""
    count = np.bincount(rank, minlength=kinds)
    big = np.int64(1) << 40
    low_x, low_y = np.full(kinds, big), np.full(kinds, big)
    high_x, high_y = np.full(kinds, -big), np.full(kinds, -big)
    np.minimum.at(low_x, rank, x)
    np.minimum.at(low_y, rank, y)
    np.maximum.at(high_x, rank, x)
    np.maximum.at(high_y, rank, y)
    low_x[count == 0] = low_y[count == 0] = high_x[count == 0] = high_y[count == 0] = 0
    width, height, some = high_x - low_x, high_y - low_y, np.maximum(count, 1)
    side = np.sqrt(width.astype(np.float64) * height / some).astype(np.int64)
    size = np.maximum.reduce([side, width // some, height // some, np.full(kinds, SMALLEST_CELL - 1)]) + 1
    nx, ny = width // size + 1, height // size + 1
    empty = np.zeros(0, np.int64)
    return Grid(low_x, low_y, size, nx, ny, offsets(nx * ny), empty, empty)


def cells(grid: Grid, x: I64, y: I64, rank: I64) -> I64:
    """The cell of each point in the grid of its qualification; points outside count in the border cell."""
    cx = np.clip((x - grid.x0[rank]) // grid.size[rank], 0, grid.nx[rank] - 1)
    cy = np.clip((y - grid.y0[rank]) // grid.size[rank], 0, grid.ny[rank] - 1)
    return grid.base[rank] + cy * grid.nx[rank] + cx


def marks(criteria: Criteria) -> Marks:
    asked = np.arange(65)[:, None]
    met = np.arange(65)[None, :]
    goals = np.where(asked == 0, criteria.goals, criteria.goals * met // np.maximum(asked, 1))
    days = np.where(asked == 0, criteria.days, criteria.days * met // np.maximum(asked, 1))[:8, :8]
    c = criteria
    return Marks(c.distance, c.kind, c.kind_second, c.support, c.support_step, c.allowance, goals, np.ascontiguousarray(days))


def sides(instance: Instance, row: I64, student_rank: I64, entry_place: I64, entry_rank: I64, place_at: I64) -> tuple[StudentSide, EntrySide, I64]:
    """Gather both sides in canonical order; sets become bit words over what the other side can ask."""
    s, p = instance.students, instance.places
    tags = len(instance.words.tags.words)
    needed, demanded = used_words(s.needs, tags), used_words(p.demands, tags)
    goal_key, goal_words = goal_bits(s.goals, row, student_rank, instance)
    total_goals = max(1, len(instance.words.goals.words))
    student_goal_at = offsets(goal_words[student_rank])
    entry_goal_at = offsets(goal_words[entry_rank])
    at = np.empty(len(row), STUDENT)
    for name in ("x", "y", "start", "until", "allowance", "kind1", "kind2", "level", "pathway", "days", "days_needed", "support"):
        at[name] = getattr(s, name)[row]
    at["qualification"], at["reach"], at["duration"] = student_rank, s.max_distance[row], 7 * s.weeks[row]
    at["goal_at"], at["goal_count"] = student_goal_at[:-1], s.goals.sizes()[row]
    students = StudentSide(
        at,
        needs=tag_bits(s.needs, row, needed),
        has=tag_bits(s.has, row, demanded),
        goals=fill_bits(s.goals.start, s.goals.word, row, student_rank, total_goals, goal_key, student_goal_at),
    )
    e = entry_place
    at = np.empty(len(e), ENTRY)
    for name in ("x", "y", "start", "until", "kind", "allowance", "levels", "pathways", "days", "support"):
        at[name] = getattr(p, name)[e]
    at["place"], at["qualification"], at["goal_at"] = place_at[e], entry_rank, entry_goal_at[:-1]
    entries = EntrySide(
        at,
        offers=tag_bits(p.offers, e, needed),
        demands=tag_bits(p.demands, e, demanded),
        goals=fill_bits(p.goals.start, p.goals.word, e, entry_rank, total_goals, goal_key, entry_goal_at),
    )
    return students, entries, goal_words


def used_words(sets: WordSets, total: int) -> I64:
    """A bit number per word that occurs in the sets, −1 for the others; int64 [total]."""
    bit = np.full(total, -1, np.int64)
    used = np.unique(sets.word)
    bit[used] = np.arange(len(used))
    return bit


def tag_bits(sets: WordSets, rows: I64, bit: I64) -> U64:
    """The sets of these rows as bit words [len(rows), w]; words without a bit are left out: nobody asks for them."""
    width = max(1, -(-(int(bit.max(initial=-1)) + 1) // 64))
    out = np.zeros((len(sets.start) - 1, width), np.uint64)
    owner = np.repeat(np.arange(len(sets.start) - 1), sets.sizes())
    bits = bit[sets.word]
    owner, bits = owner[bits >= 0], bits[bits >= 0]
    np.bitwise_or.at(out, (owner, bits >> 6), np.uint64(1) << (bits & 63).astype(np.uint64))
    return out[rows]


def goal_bits(goals: WordSets, row: I64, rank: I64, instance: Instance) -> tuple[I64, I64]:
    """Sorted keys rank·G + goal that students of each qualification have, and 64-bit words needed per qualification."""
    total = np.int64(max(1, len(instance.words.goals.words)))
    kinds = max(1, len(instance.words.qualifications.words))
    rank_of_row = np.empty(len(row), np.int64)
    rank_of_row[row] = rank
    keys = np.unique(np.repeat(rank_of_row, goals.sizes()) * total + goals.word)
    return keys, np.maximum(1, -(-np.bincount(keys // total, minlength=kinds) // 64))
