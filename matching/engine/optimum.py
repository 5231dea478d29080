"""The optimum of one graph: who, where, smallest prices and the draw between equals, in that order."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .edges import Graph
from .lottery import draw
from .prices import gains, smallest_prices
from .where import assign, split_rows
from .who import empty_seats, place_in_order

Ints = NDArray[np.int64]


class Solved(NamedTuple):
    """place [n] and the value of the own pair, u [n], by the graph's own numbers (−1 and 0 without a place); p [m]."""

    place: Ints
    value: Ints
    u: Ints
    p: Ints
    edges: int
    unique: bool


class Clock(Protocol):
    """Is told when a phase ends."""

    def end(self, phase: str) -> None: ...


class Stopwatch:
    """A clock for a graph on its own."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.began = time.perf_counter()

    def end(self, phase: str) -> None:
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self.began
        self.began = now


def optimum(
    graph: Graph,
    order: Ints,
    hashes: NDArray[np.uint64],
    place_ids: Ints,
    top: int,
    clock: Clock,
    tick: Callable[[], None],
) -> Solved:
    """Solve a graph, whose rows get rearranged, and check the certificate on its pairs.

    order [n]: students as they come; hashes [n]: splitmix64(seed XOR student); top: the highest score that can occur.
    """
    seats = empty_seats(graph)
    layers = place_in_order(graph, seats, order, tick)
    clock.end("who")
    ties = assign(graph, seats, split_rows(graph, seats), top + 1, tick)
    clock.end("where")
    smallest_prices(graph, seats, ties, layers)
    clock.end("prices")
    unique = draw(graph, seats, ties, hashes, place_ids, tick)
    clock.end("lottery")
    solved = Solved(seats.match.astype(np.int64), ties.value, gains(seats, ties), ties.price, len(graph.col), bool(unique))
    check_totals(graph, solved)
    return solved


def check_totals(graph: Graph, solved: Solved) -> None:
    """Capacities, p ≥ 0 and only where full, and no gap between what is reached and what the prices prove."""
    placed = solved.place >= 0
    taken = np.bincount(solved.place[placed], minlength=len(graph.cap))
    over = bool(np.any(taken > graph.cap))
    priced = bool(np.any((taken < graph.cap) & (solved.p != 0)) or np.any(solved.p < 0))
    gap = int(solved.u.sum() + (taken * solved.p).sum() - solved.value[placed].sum())
    if over or priced or gap:
        raise AssertionError(f"certificate refuted: {over=} {priced=} {gap=}")
