"""Figures of a match as one column of a table: what each way of matching gives, or what a change would do."""

from collections.abc import Mapping
from typing import Any

from matching import words
from matching.engine import CRITERIA
from matching.figures import percent
from reference.travel import road_metres


def column(figures: Mapping[str, Any], weights: Mapping[str, int]) -> dict[str, Any]:
    """engine.classes.Figures as it stands in a job's result, with what the rows of a table show."""
    tiers = sorted((int(tier), students, placed) for tier, (students, placed) in figures["tiers"].items())
    return dict(figures) | {
        "percent": percent(figures["placed"], figures["students"]),
        "road": None if figures["median_distance"] is None else road_metres(round(figures["median_distance"])),
        "turns": [(words.TIERS.get(tier, tier), placed, students) for tier, students, placed in tiers],
        "points": [(words.CRITERION[name], round(weights[name] - figures["lost"][name]), weights[name]) for name in CRITERIA],
    }
