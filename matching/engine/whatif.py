"""What if: other weights, limits or numbers of slots, without touching the data; the match that gives, next to the one there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .classes import Figures, figures
from .columns import MAX_NUMBER
from .criteria import Criteria
from .errors import InputError, Problem
from .instance import Instance
from .result import Result


@dataclass(frozen=True)
class Difference:
    """The match that is next to the one that would be; students counted by what changes for them.

    placed, unplaced: would get or lose a place; moved: another place; better, worse: placed in both, more or fewer points, by
    the criteria that go with each.
    """

    before: Figures
    after: Figures
    placed: int
    unplaced: int
    moved: int
    better: int
    worse: int


def what_if(
    instance: Instance,
    result: Result,
    *,
    criteria: Criteria | None = None,
    max_distance_factor: float | None = None,
    max_distance_plus: int | None = None,
    capacities: Mapping[int, int] | None = None,
    threads: int = 2,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Result, Difference]:
    """Solve again under the result's policy and lots with these changes; the instance given stays as it is.

    max_distance becomes floor(factor · max) + plus metres, at least 0; capacities: slots by place id. Raises InputError for what
    cannot be (an unknown place, a negative number), Cancelled.
    """
    from .solver import solve  # Numba takes a second to import

    other = changed(instance, criteria, max_distance_factor, max_distance_plus, capacities or {})
    after = solve(other, policy=result.policy, seed=result.seed, threads=threads, cancelled=cancelled)
    return after, difference(instance, result, other, after)


def changed(instance: Instance, criteria: Criteria | None, factor: float | None, plus: int | None, capacities: Mapping[int, int]) -> Instance:
    """A copy of the instance with the changes; raises InputError."""
    problems = [Problem("what if", None, "capacity", f"a place of this instance, not {k}") for k in capacities if k not in instance.row_by_place]
    problems += [Problem("what if", None, "capacity", f"0 to {MAX_NUMBER}, not {n}") for n in capacities.values() if not 0 <= n <= MAX_NUMBER]
    if factor is not None and not 0 <= factor <= 100:
        problems.append(Problem("what if", None, "max_distance_factor", f"0 to 100, not {factor}"))
    if problems:
        raise InputError(problems)
    limit = instance.students.max_distance
    limit = np.floor(limit * factor + 1e-9).astype(np.int64) if factor is not None else limit
    limit = np.clip(limit + (plus or 0), 0, MAX_NUMBER)
    capacity = instance.places.capacity.copy()
    for place, slots in capacities.items():
        capacity[instance.row_by_place[place]] = slots
    return Instance(
        replace(instance.students, max_distance=limit), replace(instance.places, capacity=capacity), criteria or instance.criteria, instance.words
    )


def difference(instance: Instance, result: Result, other: Instance, after: Result) -> Difference:
    """Two matches of the same students compared."""
    rows = np.arange(len(result.student_id))
    had, has = result.place_id >= 0, after.place_id >= 0
    both = had & has
    return Difference(
        before=figures(instance, result, rows),
        after=figures(other, after, rows),
        placed=int((has & ~had).sum()),
        unplaced=int((had & ~has).sum()),
        moved=int((both & (result.place_id != after.place_id)).sum()),
        better=int((both & (after.score > result.score)).sum()),
        worse=int((both & (after.score < result.score)).sum()),
    )
