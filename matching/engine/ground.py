"""The part of an instance around one student: its pairs, and who sits where in a result. Built once per part, in milliseconds for a school."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .again import Block, block_of
from .edges import Graph, build_graph, candidates
from .explanation import cached_index
from .index import Index, offsets
from .instance import Instance
from .order import student_order
from .result import Result
from .solver import bent_scores

Ints = NDArray[np.int64]
MOST_PAIRS = 30_000_000  # 240 MB; a part larger than this is not looked into for one student


@dataclass(frozen=True)
class Ground:
    """A part with its graph; students and places by the numbers of `index`, which holds this part alone."""

    block: Block
    index: Index
    graph: Graph
    batch: int

    def student(self, student_id: int) -> int:
        return int(self.index.student_at[self.block.instance.row_by_student[student_id]])

    def place(self, place_id: int) -> int:
        return int(self.index.place_at[self.block.instance.row_by_place[place_id]])


@dataclass(frozen=True)
class Seated:
    """Who sits where in a result, by the ground's numbers: match [n] (−1 without), turn [n] in the order, sitters of each place."""

    match: Ints
    turn: Ints
    first: Ints
    sitter: Ints


def ground_of(instance: Instance, student_id: int, policy: str) -> Ground | None:
    """The ground a student stands on; None when it is too large to be worth it. KeyError when the student is unknown."""
    block = block_of(instance, instance.row_by_student[student_id])
    kept: dict[str, Ground] = block.instance.__dict__.setdefault("_grounds", {})
    if policy not in kept:
        index = cached_index(block.instance)
        if int(candidates(index.students, index.grid, 0, len(index.student_row)).sum()) > MOST_PAIRS:
            return None
        batch = int(np.argmax(np.diff(index.student_cut)))  # qualifications that share places are never split
        capacity = block.instance.places.capacity[index.place_row]
        graph = build_graph(index, bent_scores(policy), batch, capacity, lambda: None)
        first, last = index.place_cut[batch], index.place_cut[batch + 1]
        kept[policy] = Ground(block, index, graph._replace(cap=capacity[first:last].copy()), batch)
    return kept[policy]


def seated(ground: Ground, result: Result) -> Seated:
    """The seats of a result of the whole instance, on this ground."""
    part, index = ground.block.instance, ground.index
    place = result.place_id[ground.block.students][index.student_row]
    match = place_numbers(ground, place)
    turn = np.empty(len(place), np.int64)
    turn[student_order(result.seed, part.students.tier, part.students.id)] = np.arange(len(place))
    sitter = np.argsort(match, kind="stable")
    return Seated(match, turn[index.student_row], np.searchsorted(match[sitter], np.arange(len(part.places) + 1)), sitter)


def place_numbers(ground: Ground, place_id: Ints) -> Ints:
    """The ground's number of each place id; −1 stays −1."""
    ids = ground.block.instance.places.id[ground.index.place_row]
    order = np.argsort(ids)
    if not len(order):
        return np.full(len(place_id), -1, np.int64)
    found = order[np.minimum(np.searchsorted(ids[order], place_id), len(order) - 1)]
    return np.where(place_id >= 0, found, -1)


@njit(cache=True, nogil=True)
def shut_in(graph: Graph, first: Ints, sitter: Ints, root: int) -> NDArray[np.bool_]:
    """Places the root reaches through students who would move; bool [m]."""
    found = np.zeros(len(graph.cap), np.bool_)
    queue = np.empty(len(graph.start), np.int64)
    queue[0] = root
    head, tail = 0, 1
    while head < tail:
        i = queue[head]
        head += 1
        for e in range(graph.start[i], graph.start[i + 1]):
            j = graph.col[e]
            if not found[j]:
                found[j] = True
                for t in range(first[j], first[j + 1]):
                    queue[tail] = sitter[t]
                    tail += 1
    return found


@njit(cache=True, nogil=True)
def bound_to(graph: Graph, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Students who have a place in reach, and none outside these places; bool [n]."""
    out = np.zeros(len(graph.start) - 1, np.bool_)
    for i in range(len(out)):
        out[i] = graph.start[i + 1] > graph.start[i]
        for e in range(graph.start[i], graph.start[i + 1]):
            if not inside[graph.col[e]]:
                out[i] = False
                break
    return out


def wanters(graph: Graph) -> tuple[Ints, Ints]:
    """The graph the other way round: students with a pair at place j are student[start[j]:start[j + 1]]."""
    owner = np.repeat(np.arange(len(graph.start) - 1), np.diff(graph.start))
    order = np.argsort(graph.col, kind="stable")
    return offsets(np.bincount(graph.col, minlength=len(graph.cap))), owner[order]


@njit(cache=True, nogil=True)
def within_turn(start: Ints, student: Ints, cap: Ints, match: Ints, first: Ints, sitter: Ints, turn: Ints, own: int) -> NDArray[np.bool_]:
    """Places that would let in a student whose turn is `own`: bool [m].

    They have a free slot or somebody of a later turn, or somebody there could move to such a place.
    """
    out = np.zeros(len(cap), np.bool_)
    queue = np.empty(len(cap), np.int64)
    tail = 0
    for j in range(len(cap)):
        free = first[j + 1] - first[j] < cap[j]
        for t in range(first[j], first[j + 1]):
            free = free or turn[sitter[t]] > own
        if free:
            out[j] = True
            queue[tail] = j
            tail += 1
    head = 0
    while head < tail:
        j = queue[head]
        head += 1
        for t in range(start[j], start[j + 1]):
            k = match[student[t]]
            if k >= 0 and not out[k]:
                out[k] = True
                queue[tail] = k
                tail += 1
    return out
