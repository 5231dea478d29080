"""`solve --edges`: the optimum of a graph given by others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .digest import result_digest
from .edges import TOP, Graph
from .errors import InputError, Problem
from .explicit import EdgeProblem
from .optimum import Stopwatch, optimum
from .order import lottery_ranks, student_order
from .result import Result
from .solver import bent_scores, versions


def solve_edges(problem: EdgeProblem, *, policy: str, seed: int, tick: Callable[[], None]) -> Result:
    """Match a file of edges; the result has scores and prices, but no points per criterion."""
    clock = Stopwatch()
    value = policy_values(problem, policy)
    order = np.lexsort((problem.j, -value, problem.i))
    n, top = len(problem.students), int(value.max(initial=0))
    graph = Graph(
        np.searchsorted(problem.i[order], np.arange(n + 1)),
        problem.j[order].astype(np.int32),
        value[order].astype(np.int32),
        problem.places.capacity,
    )
    clock.end("edges")
    turns = student_order(seed, problem.students.tier, problem.students.id)
    hashes = lottery_ranks(seed, problem.students.id)
    solved = optimum(graph, turns, hashes, problem.places.id, top, clock, tick)
    placed = solved.place >= 0
    score = np.full(n, -1, np.int64)
    own = problem.j == solved.place[problem.i]
    score[problem.i[own]] = problem.score[own]
    some = np.isin(np.arange(n), problem.i)
    result = Result(
        policy=policy,
        seed=seed,
        student_id=problem.students.id,
        place_id=np.where(placed, solved.place + 1, -1),
        score=score,
        distance=np.full(n, -1, np.int64),
        points=np.full((n, 6), -1, np.int64),
        reason=["" if placed[row] else "full" if some[row] else "none_near" for row in range(n)],
        places=problem.places.id,
        u=solved.u,
        p=solved.p,
    )
    result.summary.update(
        policy=policy,
        seed=seed,
        students=n,
        places=len(problem.places),
        slots=int(problem.places.capacity.sum()),
        placed=int(placed.sum()),
        score=int(score[placed].sum()),
        edges=len(problem.i),
        lottery_unique=solved.unique,
        input_digest=problem.input_digest,
        result_digest=result_digest(result.student_id, result.place_id),
        seconds={name: round(seconds, 4) for name, seconds in clock.seconds.items()} | {"total": round(sum(clock.seconds.values()), 4)},
        versions=versions(),
    )
    return result


def policy_values(problem: EdgeProblem, policy: str) -> np.ndarray:
    if policy == "most":
        return problem.score
    if policy == "generous" and problem.score.max(initial=0) <= TOP:
        return bent_scores(policy)[problem.score].astype(np.int64)
    expected = "most, or generous with scores up to 1000: given edges do not say what places prefer"
    raise InputError([Problem("policy", None, None, expected)])
