"""For a coordinator: where a class loses points, which criterion binds, and the three policies side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .criteria import CRITERIA
from .instance import Instance
from .result import POLICIES, Result

LOW = 500
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Figures:
    """What a match means for some students; points are the published ones, metres in a straight line.

    tiers: tier → (students, placed); mean, median_distance: None when nobody is placed; lost: mean points below the full mark per
    criterion, of those placed; binding: the criterion that loses most, None when nothing is lost; reasons: reason → students.
    """

    students: int
    placed: int
    tiers: dict[int, tuple[int, int]]
    mean: float | None
    below_500: int
    median_distance: float | None
    lost: dict[str, float]
    binding: str | None
    reasons: dict[str, int]


@dataclass(frozen=True)
class PolicyRow:
    """One policy in the comparison; differs: students (of those asked for) with another outcome than under the first policy."""

    policy: str
    figures: Figures
    differs: int


def class_summary(instance: Instance, result: Result, student_ids: Iterable[int]) -> Figures:
    """Figures of these students; KeyError when one is unknown."""
    return figures(instance, result, np.array([result.row_of(i) for i in student_ids], np.int64))


def figures(instance: Instance, result: Result, rows: Ints) -> Figures:
    """Figures of the students in these rows."""
    placed = rows[result.place_id[rows] >= 0]
    tier = instance.students.tier
    weights = np.array(instance.criteria.weights)
    lost = (weights - result.points[placed]).mean(axis=0) if len(placed) else np.zeros(len(CRITERIA))
    worst = int(np.argmax(lost))
    distance = metres(instance, result, placed)
    return Figures(
        students=len(rows),
        placed=len(placed),
        tiers={t: (int((tier[rows] == t).sum()), int((tier[placed] == t).sum())) for t in np.unique(tier[rows]).tolist()},
        mean=float(result.score[placed].mean()) if len(placed) else None,
        below_500=int((result.score[placed] < LOW).sum()),
        median_distance=float(np.median(distance)) if len(placed) else None,
        lost=dict(zip(CRITERIA, lost.tolist(), strict=True)),
        binding=CRITERIA[worst] if lost[worst] > 0 else None,
        reasons=dict(Counter(result.reason[row] for row in rows.tolist() if result.place_id[row] < 0)),
    )


def metres(instance: Instance, result: Result, rows: Ints) -> Ints:
    """The straight line from each placed student to the place, from the instance: a result read from a file does not hold it."""
    places = np.array([instance.row_by_place[place] for place in result.place_id[rows].tolist()], np.int64)
    s, p = instance.students, instance.places
    squared = (s.x[rows] - p.x[places]) ** 2 + (s.y[rows] - p.y[places]) ** 2
    return np.floor(np.sqrt(squared)).astype(np.int64)


def compare(
    instance: Instance,
    policies: Sequence[str] = POLICIES,
    *,
    seed: int = 1,
    threads: int = 2,
    student_ids: Iterable[int] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[PolicyRow]:
    """Solve under each policy with the same lots; the figures of all students, or of those asked for. Raises InputError, Cancelled."""
    from .solver import solve  # Numba takes a second to import

    ids = instance.students.id.tolist() if student_ids is None else list(student_ids)
    rows = np.array([instance.row_by_student[i] for i in ids], np.int64)
    found, first = [], None
    for policy in policies:
        result = solve(instance, policy=policy, seed=seed, threads=threads, cancelled=cancelled)
        first = result.place_id if first is None else first
        found.append(PolicyRow(policy, figures(instance, result, rows), int((result.place_id != first)[rows].sum())))
    return found
