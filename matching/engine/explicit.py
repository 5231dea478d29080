"""A problem given as pairs with scores, made by others: solved and proven by the same code, without rules."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import InputError, Problem, Problems

if TYPE_CHECKING:
    from .result import Result

MOST_SCORE = 1_000_000
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class EdgeStudents:
    """Students of a file of edges: id is index + 1."""

    id: Ints
    tier: Ints

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class EdgePlaces:
    """Places of a file of edges: id is index + 1."""

    id: Ints
    capacity: Ints

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class EdgeProblem:
    """Pairs i, j (0-based) with their score."""

    students: EdgeStudents
    places: EdgePlaces
    i: Ints
    j: Ints
    score: Ints

    @classmethod
    def of(cls, i: Any, j: Any, score: Any, cap: Any, tier: Any, n: int, *, file: str = "edges") -> EdgeProblem:
        """Check and take arrays i, j, score [k], cap [m], tier [n]; raises InputError."""
        found = {"i": i, "j": j, "score": score, "cap": cap, "tier": tier}
        arrays = {name: np.asarray(value) for name, value in found.items()}
        check(arrays, n, file)
        whole = {name: value.astype(np.int64) for name, value in arrays.items()}
        return cls(
            EdgeStudents(np.arange(1, n + 1), whole["tier"]),
            EdgePlaces(np.arange(1, len(whole["cap"]) + 1), whole["cap"]),
            whole["i"],
            whole["j"],
            whole["score"],
        )

    @cached_property
    def input_digest(self) -> str:
        """SHA-256 over little-endian int64: n, m, tiers, capacities, and (i, j, score) sorted by i, j."""
        order = np.lexsort((self.j, self.i))
        digest = hashlib.sha256(np.array([len(self.students), len(self.places)], "<i8").tobytes())
        rows = np.stack([self.i[order], self.j[order], self.score[order]], axis=1)
        for part in (self.students.tier, self.places.capacity, rows):
            digest.update(part.astype("<i8").tobytes())
        return digest.hexdigest()


def check(arrays: dict[str, NDArray[Any]], n: int, file: str) -> None:
    problems = Problems()
    for name, array in arrays.items():
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            problems.add(file, None, name, "a row of whole numbers")
    problems.raise_if_any()
    i, j, score, cap, tier = (arrays[name] for name in ("i", "j", "score", "cap", "tier"))
    if not len(i) == len(j) == len(score):
        problems.add(file, None, "i, j, score", f"the same length, not {len(i)}, {len(j)}, {len(score)}")
        problems.raise_if_any()
    if n < 0 or len(tier) != n:
        problems.add(file, None, "tier", f"{n} numbers (n), not {len(tier)}")
    for name, array, low, high in (
        ("i", i, 0, n - 1), ("j", j, 0, len(cap) - 1), ("score", score, 0, MOST_SCORE), ("cap", cap, 0, 10**9), ("tier", tier, 0, 9),
    ):  # fmt: skip
        for row in np.flatnonzero((array < low) | (array > high))[:20].tolist():
            problems.add(file, row, name, f"from {low} to {high}, not {array[row]}")
    pair = np.sort(i.astype(np.int64) * max(1, len(cap)) + j)
    twice = np.flatnonzero(pair[1:] == pair[:-1])
    for at in twice[:20].tolist():
        a, b = divmod(int(pair[at]), max(1, len(cap)))
        problems.add(file, None, "i, j", f"no pair twice; ({a}, {b}) is")
    problems.raise_if_any()


def read_edges(path: str | Path) -> EdgeProblem:
    """Read an .npz with i, j, score, cap, tier and n; raises InputError."""
    file = Path(path)
    try:
        with np.load(file, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
    except (OSError, ValueError, EOFError) as error:
        raise InputError([Problem(file.name, None, None, f"a readable .npz file: {error}")]) from None
    missing = [name for name in ("i", "j", "score", "cap", "tier", "n") if name not in arrays]
    if missing:
        raise InputError([Problem(file.name, None, name, "an array of this name") for name in missing])
    n = int(arrays.pop("n"))
    return EdgeProblem.of(**{name: arrays[name] for name in ("i", "j", "score", "cap", "tier")}, n=n, file=file.name)


def solve_edges(problem: EdgeProblem, *, policy: str = "most", seed: int = 1, tick: Callable[[], None] = lambda: None) -> Result:
    """Match a file of edges; policy most, or generous when no score exceeds 1000. Raises InputError."""
    from .edge_solver import solve_edges as solve

    return solve(problem, policy=policy, seed=seed, tick=tick)
