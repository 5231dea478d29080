"""Who gets a place: students in the order of the lottery, each kept if all kept so far can still be placed together.

The students who can be placed together form a matroid, so this greedy order always ends with as many as possible, in every tier. A
search that fails closes a region: its places are full of students who can go nowhere else, now and in any assignment of
the students kept. The number of that search is the region's *layer*; no later search needs to enter it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED
from .edges import Graph

SEARCHES = 2000
STEPS = 1000
UNIT = 64
FAR = 1 << 61


class Walk(NamedTuple):
    """How hard each place seems to pass on [m], whose turn it is to leave there [m], and the moves of this walk to undo."""

    label: NDArray[np.int64]
    turn: NDArray[np.int64]
    slot: NDArray[np.int64]
    left: NDArray[np.int32]


class Seats(NamedTuple):
    """Who sits where. Slots of place j: first[j]:first[j + 1], of which the first used[j] are taken.

    match, at [n]: place and slot of a student, −1 without; sitter [slots]; layer [m]: 0 open, else the search that closed it.
    """

    first: NDArray[np.int64]
    used: NDArray[np.int64]
    sitter: NDArray[np.int32]
    match: NDArray[np.int32]
    at: NDArray[np.int64]
    layer: NDArray[np.int32]


@njit(cache=True, nogil=True)
def degrees(col: NDArray[np.int32], places: int) -> NDArray[np.int64]:
    out = np.zeros(places, np.int64)
    for j in col:
        out[j] += 1
    return out


def empty_seats(graph: Graph) -> Seats:
    """No one placed. A place never needs more slots than it has pairs, however large its capacity."""
    students, places = len(graph.start) - 1, len(graph.cap)
    slots = np.minimum(graph.cap, degrees(graph.col, places))
    first = np.zeros(places + 1, np.int64)
    np.cumsum(slots, out=first[1:])
    return Seats(
        first=first,
        used=np.zeros(places, np.int64),
        sitter=np.full(int(first[-1]), -1, np.int32),
        match=np.full(students, -1, np.int32),
        at=np.full(students, -1, np.int64),
        layer=np.zeros(places, np.int32),
    )


def place_in_order(graph: Graph, seats: Seats, order: NDArray[np.int64], tick: Callable[[], None]) -> int:
    """Fill `seats` with the students kept, going through `order`; returns the number of layers closed."""
    look = graph.start[:-1].copy()
    seen = np.zeros(len(graph.cap), np.int32)
    parent = np.full(len(graph.cap), -1, np.int32)
    queue = np.empty(len(order) + 1, np.int32)
    visited = np.empty(len(graph.cap) + 1, np.int32)
    walk = Walk(np.zeros(len(graph.cap), np.int64), np.zeros(len(graph.cap), np.int64), np.empty(STEPS, np.int64), np.empty(STEPS, np.int32))
    layers = 0
    for low in range(0, len(order), SEARCHES):
        layers = augment(graph, seats, order[low : low + SEARCHES], look, walk, seen, parent, queue, visited, low, layers)
        tick()
    return layers


@njit(**UNCOUNTED)
def next_free(graph: Graph, seats: Seats, look: NDArray[np.int64], i: int) -> int:
    """The best place of student i with a free slot, −1 if none; places never become free again, so look only moves on."""
    start, col, first, used = graph.start, graph.col, seats.first, seats.used
    e = look[i]
    while e < start[i + 1]:
        j = col[e]
        if first[j] + used[j] < first[j + 1]:
            look[i] = e
            return j
        e += 1
    look[i] = e
    return -1


@njit(**UNCOUNTED)
def shift(seats: Seats, parent: NDArray[np.int32], root: int, i: int, free: int) -> None:
    """Seat i at the free place, whoever led to i's old place there, and so on back to the root."""
    sitter, match, at = seats.sitter, seats.match, seats.at
    slot = seats.first[free] + seats.used[free]
    seats.used[free] += 1
    place = free
    while True:
        old, old_slot = match[i], at[i]
        sitter[slot], match[i], at[i] = i, place, slot
        if i == root:
            return
        place, slot, i = old, old_slot, parent[old]


@njit(**UNCOUNTED)
def walk_on(graph: Graph, seats: Seats, look: NDArray[np.int64], walk: Walk, i: int) -> tuple[int, int]:
    """Seat i at the place that seems easiest, send on who leaves it, and so on; who is left without a slot (−1: nobody), and the moves.

    A place gets a label above the second easiest of the student who took it, as in an auction without scores: labels grow where
    slots are far, and later walks avoid those places.
    """
    start, col = graph.start, graph.col
    first, used, sitter, match, at, layer = seats.first, seats.used, seats.sitter, seats.match, seats.at, seats.layer
    labels, turn, slots, left = walk.label, walk.turn, walk.slot, walk.left
    steps = len(slots)
    for move in range(steps + 1):
        free = next_free(graph, seats, look, i)
        if free >= 0:
            slot = first[free] + used[free]
            used[free] += 1
            sitter[slot], match[i], at[i] = i, free, slot
            return -1, 0
        if move == steps:
            return i, move
        choice, least, second = -1, FAR, FAR
        for e in range(start[i], start[i + 1]):
            j = col[e]
            if layer[j] > 0 or used[j] == 0:
                continue
            label = labels[j]
            if label < least:
                choice, least, second = j, label, least
            elif label < second:
                second = label
        if choice < 0:
            return i, move
        room = used[choice]
        slot = first[choice] + turn[choice] % room
        turn[choice] += 1
        labels[choice] += max(1, (min(second, least + UNIT) + UNIT - least) // room)
        out = sitter[slot]
        slots[move], left[move] = slot, out
        sitter[slot], match[i], at[i] = i, choice, slot
        i = out
    return i, steps


@njit(**UNCOUNTED)
def undo(seats: Seats, walk: Walk, moves: int) -> None:
    """Take a walk back: everyone sits where they sat before it, and the one who began it nowhere."""
    for move in range(moves - 1, -1, -1):
        slot = walk.slot[move]
        came, went = seats.sitter[slot], walk.left[move]
        seats.sitter[slot], seats.match[went], seats.at[went] = went, seats.match[came], slot
        seats.match[came], seats.at[came] = -1, -1


@njit(**UNCOUNTED)
def augment(
    graph: Graph,
    seats: Seats,
    order: NDArray[np.int64],
    look: NDArray[np.int64],
    walk: Walk,
    seen: NDArray[np.int32],
    parent: NDArray[np.int32],
    queue: NDArray[np.int32],
    visited: NDArray[np.int32],
    done: int,
    layers: int,
) -> int:
    """A short walk from each student of `order` to a free slot, else a breadth-first search; a failed one closes its region.

    The walk seats the student in somebody's slot, who walks on. If then nobody can be reached who finds a slot, it is undone: all before
    were placed without this student, so it is this one who must stay out.
    """
    start, col = graph.start, graph.col
    first, used, sitter, layer = seats.first, seats.used, seats.sitter, seats.layer
    for turn in range(len(order)):
        stamp = done + turn + 1
        root, moves = walk_on(graph, seats, look, walk, order[turn])
        if root < 0:
            continue
        free = next_free(graph, seats, look, root)
        last = root
        head, tail, count = 0, 1, 0
        queue[0] = root
        while free < 0 and head < tail:
            i = queue[head]
            head += 1
            for e in range(start[i], start[i + 1]):
                j = col[e]
                if seen[j] == stamp or layer[j] > 0:
                    continue
                seen[j], parent[j] = stamp, i
                visited[count] = j
                count += 1
                for t in range(first[j], first[j] + used[j]):
                    last = sitter[t]
                    free = next_free(graph, seats, look, last)
                    if free >= 0:
                        break
                    queue[tail] = last
                    tail += 1
                if free >= 0:
                    break
        if free >= 0:
            shift(seats, parent, root, last, free)
        else:
            layers += 1
            for t in range(count):
                layer[visited[t]] = layers
            undo(seats, walk, moves)
    return layers
