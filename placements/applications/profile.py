"""What a company reads of an applicant: goals, skills and days from lists, frozen when the application is sent. Nothing else.

Name, photo, age, address, distance, school, class, e-mail, needs, wanted guidance and hoped-for allowance never get in here:
the whole dictionary is made in this one function, and everything a company reads is in it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from placements.applications.changes import facts_of
from placements.hooks import Fit
from placements.models import Place, Weekday
from placements.models.place import counted_goals
from reference.models import LearningGoal

# Of the engine's criteria only these speak of what the profile shows anyway: the others would tell of home, guidance or money.
SHOWN = ("goals", "days")


@dataclass(frozen=True)
class Profile:
    """A profile in words: texts of goals (with whether the place offers them) and skills, labels of days, and the fit for both."""

    goals: list[tuple[str, bool]]
    skills: list[str]
    days: list[str | Promise]
    days_needed: int
    fit: list[dict[str, Any]]
    total: int
    most: int


def snapshot(
    *, place: Place, goals: Collection[LearningGoal], skills: Collection[LearningGoal], days: Collection[str], days_needed: int, fit: Fit | None
) -> dict[str, Any]:
    """The profile as it is stored with the application; `fit` gives its points for goals and days; `place` is what the student decided on."""
    offered = set(counted_goals().filter(place=place).values_list("learninggoal", flat=True))
    return {
        "goals": [{"text": goal.text, "here": goal.pk in offered} for goal in goals],
        "goal_ids": [goal.pk for goal in goals],
        "skills": [goal.text for goal in skills],
        "skill_ids": [goal.pk for goal in skills],
        "days": [day.value for day in Weekday if day in set(days)],
        "days_needed": days_needed,
        "place": facts_of(place),
        "fit": [{"name": name, "points": fit.points[name], "most": fit.most[name]} for name in SHOWN if fit and name in fit.points],
    }


def read(stored: dict[str, Any]) -> Profile:
    """A stored profile in words; no query."""
    from placements.applications.words import CRITERIA

    fit = [{"label": CRITERIA[row["name"]], "points": row["points"], "max": row["most"], "note": ""} for row in stored.get("fit", [])]
    return Profile(
        goals=[(goal["text"], goal["here"]) for goal in stored.get("goals", [])],
        skills=list(stored.get("skills", [])),
        days=[Weekday(day).label for day in stored.get("days", [])],
        days_needed=stored.get("days_needed", 0),
        fit=fit,
        total=sum(row["points"] for row in fit),
        most=sum(row["max"] for row in fit),
    )
