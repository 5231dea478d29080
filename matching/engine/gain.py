"""`gain`: what one slot at each of very many candidate places would do, each on its own, without solving again.

Candidates join the instance as places without slots. One search through the graph, from the unplaced in the order of the lottery,
tells which of them would get a place if a candidate opened (the first who reaches it, directly or through students who
would move); the prices tell what the total gains when nobody more would be placed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .columns import PLACE_COLUMNS, WordSets
from .compiled import UNCOUNTED
from .edges import Graph, build_graph
from .errors import InputError, Problem, Problems
from .files import HEADER_ROW, read_table
from .heap import Heap, heap_pop, heap_push, new_heap
from .index import build_index
from .instance import Instance, Places, by_column, read_columns, renamed, report_duplicates, report_reversed
from .order import student_order
from .result import Result
from .solver import bent_scores

NOBODY = -1
FAR = 1 << 61
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Gains:
    """One row a candidate: its id, the tier of the student who would be placed more (−1: nobody), and the change in points."""

    candidate: Ints
    student_tier: Ints
    points: Ints


class Seating(NamedTuple):
    """A result on a graph: place, u and turn [n] (position in the order), p [m]; sitters of place j: first[j]:first[j + 1]."""

    place: Ints
    u: Ints
    turn: Ints
    p: Ints
    first: Ints
    sitter: Ints


def read_candidates(path: str | Path, instance: Instance) -> Places:
    """Read a file with rows like places.csv; raises InputError."""
    file = Path(path)
    name = file.name.removesuffix(".gz")
    cells = read_table(file.parent, name, PLACE_COLUMNS, instance.warnings)
    return as_places(cells, instance, name, HEADER_ROW + 1)


def as_places(cells: Mapping[str, list[Any]], instance: Instance, file: str, first_row: int) -> Places:
    problems = Problems()
    table = read_columns(file, cells, PLACE_COLUMNS, first_row, problems, instance.words)
    report_duplicates(file, table["id"], first_row, problems)
    report_reversed(file, table, first_row, problems)
    problems.raise_if_any()
    return Places(**renamed(table))


def gain(instance: Instance, result: Result, candidates: Places | Iterable[Mapping[str, Any]], threads: int = 2) -> Gains:
    """What one slot at each candidate alone would do, whatever capacity its row says; policies most and generous.

    Points are on the scale the policy adds up. Raises InputError for wrong rows, or a result without prices.
    """
    if result.u is None or result.p is None:
        raise InputError([Problem("result", None, None, "a result of policy most or generous: stable has no prices")])
    new = candidates if isinstance(candidates, Places) else as_places(by_column(candidates, PLACE_COLUMNS), instance, "candidates", 1)
    result_u = result.u
    both = Instance(instance.students, joined(instance.places, new), instance.criteria, instance.words)
    index, bent = build_index(both), bent_scores(result.policy)
    s, old = instance.students, len(instance.places)
    turn = np.empty(len(s), np.int64)
    turn[student_order(result.seed, s.tier, s.id)] = np.arange(len(s))
    row_of = instance.row_by_place
    place = np.array([row_of[j] if j >= 0 else -1 for j in result.place_id.tolist()], np.int64)
    price = np.concatenate([result.p, np.zeros(len(new), np.int64)])
    tier, points = np.full(len(new), NOBODY, np.int64), np.zeros(len(new), np.int64)

    def weigh(batch: int) -> None:
        students = index.student_row[index.student_cut[batch] : index.student_cut[batch + 1]]
        first = int(index.place_cut[batch])
        places = index.place_row[first : index.place_cut[batch + 1]]
        is_new = places >= old
        if not is_new.any():
            return
        graph = build_graph(index, bent, batch, both.places.capacity[index.place_row], lambda: None)
        seated = np.where(place[students] >= 0, index.place_at[place[students]] - first, -1)
        seating = seat(seated, result_u[students], turn[students], price[places], len(places))
        waiting = np.flatnonzero(seated < 0)
        roots = waiting[np.argsort(turn[students][waiting])]
        root, queue = np.full(len(places), -1, np.int64), np.empty(len(students) + 1, np.int64)
        first_to_reach(graph, seating, roots, root, queue)
        worth, away = np.zeros(len(places), np.int64), np.full(len(places), FAR, np.int64)
        candidate_points(graph, seating, is_new, roots, root, worth, away, new_heap(len(places)))
        tier[places[is_new] - old] = np.where(root >= 0, s.tier[students][root], NOBODY)[is_new]
        points[places[is_new] - old] = worth[is_new]

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(weigh, range(len(index.student_cut) - 1)))
    return Gains(new.id, tier, points)


def joined(places: Places, new: Places) -> Places:
    """Both tables as one; the new places have no slots."""
    parts: dict[str, Any] = {}
    for name in Places.__dataclass_fields__:
        a, b = getattr(places, name), getattr(new, name)
        if isinstance(a, WordSets):
            parts[name] = WordSets(np.concatenate([a.start, a.start[-1] + b.start[1:]]), np.concatenate([a.word, b.word]))
        else:
            parts[name] = np.concatenate([a, np.zeros_like(b) if name == "capacity" else b])
    return Places(**parts)


def seat(place: Ints, u: Ints, turn: Ints, price: Ints, places: int) -> Seating:
    placed = np.flatnonzero(place >= 0)
    sitter = placed[np.argsort(place[placed], kind="stable")]
    return Seating(place, u, turn, price, np.searchsorted(place[sitter], np.arange(places + 1)), sitter)


@njit(**UNCOUNTED)
def first_to_reach(graph: Graph, seating: Seating, roots: Ints, found: Ints, queue: Ints) -> None:
    """Write into `found` [m] the first unplaced student who reaches each place by moving others along; −1 stays where none does.

    Whatever an earlier root has visited stays theirs, so every row is read once. queue: room for every student and one more.
    """
    start, col, first, sitter = graph.start, graph.col, seating.first, seating.sitter
    for root in roots:
        queue[0] = root
        head, tail = 0, 1
        while head < tail:
            i = queue[head]
            head += 1
            for e in range(start[i], start[i + 1]):
                j = col[e]
                if found[j] < 0:
                    found[j] = root
                    for t in range(first[j], first[j + 1]):
                        queue[tail] = sitter[t]
                        tail += 1


@njit(**UNCOUNTED)
def candidate_points(
    graph: Graph, seating: Seating, is_new: NDArray[np.bool_], roots: Ints, root_of: Ints, points: Ints, away: Ints, heap: Heap
) -> None:
    """Write the change in the total when one slot opens at each new place; points [m] come as 0, away [m] as FAR.

    Nobody more placed: max(0, max over placed i of s − u). Else the best chain of moves from the root to the slot: Dijkstra over the
    places of that root alone, since a chain through an earlier root's place would have given the slot to that one.
    """
    start, col, score = graph.start, graph.col, graph.score
    place, u, p, first, sitter = seating.place, seating.u, seating.p, seating.first, seating.sitter
    size = heap.size
    for i in range(len(place)):
        if place[i] >= 0:
            for e in range(start[i], start[i + 1]):
                if score[e] <= u[i]:
                    break
                j = col[e]
                if is_new[j] and root_of[j] < 0:
                    points[j] = max(points[j], score[e] - u[i])
    for j in range(len(points)):
        if is_new[j] and root_of[j] >= 0:
            points[j] = -FAR
    for root in roots:
        base = 0
        for e in range(start[root], start[root + 1]):
            j = col[e]
            if root_of[j] == root and not is_new[j]:
                base = max(base, score[e] - p[j])
        for e in range(start[root], start[root + 1]):
            j = col[e]
            if root_of[j] != root:
                continue
            if is_new[j]:
                points[j] = max(points[j], score[e])
            elif base - score[e] + p[j] < away[j]:
                away[j] = base - score[e] + p[j]
                heap_push(heap, away[j], j)
        while size[0] > 0:
            now, k = heap_pop(heap)
            for t in range(first[k], first[k + 1]):
                i = sitter[t]
                for e in range(start[i], start[i + 1]):
                    j = col[e]
                    if root_of[j] != root:
                        continue
                    if is_new[j]:
                        points[j] = max(points[j], base - now - u[i] + score[e])
                    else:
                        d = now + u[i] + p[j] - score[e]
                        if d < away[j]:
                            away[j] = d
                            heap_push(heap, d, j)


def write_gains(gains: Gains, path: str | Path) -> None:
    """Write GAIN.csv: candidate, student_tier (empty when nobody more would be placed), points."""
    with Path(path).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("candidate", "student_tier", "points"))
        rows = zip(gains.candidate.tolist(), gains.student_tier.tolist(), gains.points.tolist(), strict=True)
        writer.writerows((candidate, "" if tier == NOBODY else tier, points) for candidate, tier, points in rows)
