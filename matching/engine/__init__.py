"""StageMatch's matching engine: who gets a place and where, with proof. NumPy and Numba only; see docs/engine.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .criteria import CRITERIA, Criteria
from .errors import Cancelled, InputError, Problem, TooManyEdges
from .explicit import EdgeProblem, read_edges, solve_edges
from .files import read_instance, write_instance
from .instance import Instance
from .order import lottery_rank, pair_hash, splitmix64
from .result import POLICIES, Result, read_result, write_result

if TYPE_CHECKING:
    from .explanation import Miss, Option
    from .verifier import Finding

__all__ = [
    "CRITERIA", "POLICIES", "Cancelled", "Criteria", "EdgeProblem", "InputError", "Instance", "Problem", "Result", "TooManyEdges",
    "lottery_rank", "misses", "pair_hash", "reach", "read_edges", "read_instance", "read_result", "solve", "solve_edges", "splitmix64", "verify",
    "write_instance", "write_result",
]  # fmt: skip


# Numba takes a second to import: pages that only name the engine must not wait for it.


def solve(
    instance: Instance,
    *,
    policy: str = "most",
    seed: int = 1,
    threads: int = 2,
    on_progress: Callable[[str, float, float | None], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    max_edges: int = 200_000_000,
) -> Result:
    """Match an instance. Raises InputError, TooManyEdges, Cancelled."""
    from . import solver

    return solver.solve(
        instance,
        policy=policy,
        seed=seed,
        threads=threads,
        on_progress=on_progress,
        cancelled=cancelled,
        max_edges=max_edges,
    )


def verify(instance: Instance | EdgeProblem, result: Result) -> list[Finding]:
    """Everything about the result that is not proven; an empty list means proven."""
    from . import verifier

    return verifier.verify(instance, result)


def reach(instance: Instance, result: Result, student_id: int) -> list[Option]:
    """Every place whose hard rules the student meets, best score first; KeyError when unknown."""
    from . import explanation

    return explanation.reach(instance, result, student_id)


def misses(instance: Instance, student_id: int, limit: int = 20) -> list[Miss]:
    """The nearest places for the student's qualification that fail a hard rule; KeyError when unknown."""
    from . import explanation

    return explanation.misses(instance, student_id, limit)
