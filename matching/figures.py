"""Figures of a run: how many got a place, how far, how well it fits; stored with the run, shown everywhere."""

from collections import Counter
from typing import Any

import numpy as np

from matching.engine import CRITERIA, Instance, Result
from matching.models import LOW_SCORE

# Counts of one to four people could be traced to them: pages that everybody may read hide those.
SMALL = range(1, 5)


def figures_of(instance: Instance, result: Result) -> dict[str, Any]:
    """Numbers about one result, fit for JSON.

    distance_mean, distance_median: straight-line metres of those placed; goals_percent: of the goals of placed students
    who have any, the share that the place offers (mean over students); None where nobody is placed.
    """
    placed = result.place_id >= 0
    with_goals = placed & (instance.students.goals.sizes() > 0)
    goals = result.points[with_goals, CRITERIA.index("goals")]
    weight = instance.criteria.goals
    return {
        "students": len(placed),
        "placed": int(placed.sum()),
        "slots": int(instance.places.capacity.sum()),
        "places": len(instance.places),
        "score_mean": _mean(result.score[placed]),
        "low": int((result.score[placed] < LOW_SCORE).sum()),
        "distance_mean": _mean(result.distance[placed]),
        "distance_median": round(float(np.median(result.distance[placed]))) if placed.any() else None,
        "goals_percent": _mean(goals * 100 / weight) if weight else None,
        "tiers": result.summary["tiers"],
        "reasons": dict(Counter(reason for reason in result.reason if reason)),
        "seconds": round(result.summary["seconds"]["total"], 2),
    }


def percent(part: int, whole: int) -> int | None:
    """Whole per cent, or None of nothing."""
    return round(100 * part / whole) if whole else None


def public(part: int, whole: int) -> str | None:
    """`part` as everybody may read it: None when it or the rest is so small that it could be traced to people."""
    return None if part in SMALL or whole - part in SMALL else str(part)


def _mean(values: Any) -> int | None:
    return round(float(np.mean(values))) if len(values) else None
