"""The engine's words in people's words: criteria, reasons for having no place, rules that a place fails."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CRITERION = {
    "distance": _("Distance"),
    "goals": _("Learning goals"),
    "kind": _("Kind of company"),
    "support": _("Guidance"),
    "days": _("Days"),
    "allowance": _("Allowance"),
}

# Steps of guidance, 0 to 3: what a student asks, what a place gives.
SUPPORT_WANTED = (_("none in particular"), _("somebody to ask"), _("an explanation every day"), _("somebody always near"))
SUPPORT_OFFERED = (_("little"), _("normal"), _("every day"), _("somebody always near"))

# Two numbers inside a criterion.
CRITERION_MORE = {
    "kind_second": _("Points for the second wish of a kind of company"),
    "support_step": _("Points off for each step of guidance too little"),
}


class Reason(models.TextChoices):
    """Why a student has no place, as the engine says it; `full` only when a place exists that fits, the rules about places with a slot."""

    NONE_NEAR = "none_near", _("nothing within reach")
    LEVEL = "level", _("no place for this level")
    PATHWAY = "pathway", _("no place for this pathway")
    PERIOD = "period", _("no place with enough weeks")
    DAYS = "days", _("no place with enough days in common")
    NEEDS = "needs", _("no place offers the adjustments")
    DEMANDS = "demands", _("places ask something the student does not have")
    FULL = "full", _("all places that fit are taken")
    TAKEN = "taken", _("places within reach were full before the round")


@dataclass(frozen=True)
class NoPlace:
    """What a reason means, and what the coordinator can do about it."""

    meaning: Promise
    advice: Promise


NO_PLACE = {
    Reason.NONE_NEAR: NoPlace(
        _("No recognised company within this student's travel limit offers a place for the qualification in this period."),
        _("Talk with the student about a longer journey or other transport, or ask the SBB advisor to look for a place nearby."),
    ),
    Reason.LEVEL: NoPlace(
        _("The places within reach are for another level."),
        _("Ask companies nearby whether they also take students of this level."),
    ),
    Reason.PATHWAY: NoPlace(
        _("The places within reach are for the other pathway (BOL or BBL)."),
        _("Ask companies nearby whether they also take students of this pathway."),
    ),
    Reason.PERIOD: NoPlace(
        _("No place within reach is open for as many weeks as the student needs."),
        _("Check the dates and the number of weeks of the student, or ask companies nearby for other dates."),
    ),
    Reason.DAYS: NoPlace(
        _("No place within reach is open on enough of the days on which the student can work."),
        _("Talk with the student about other days."),
    ),
    Reason.NEEDS: NoPlace(
        _("No place within reach offers all adjustments that the student needs."),
        _("Call companies nearby and ask what is possible: often more than they filled in. Or talk with the student about what is really needed."),
    ),
    Reason.DEMANDS: NoPlace(
        _("The places within reach ask for something that the student does not have, like a certificate of conduct."),
        _("See below what is asked, and help the student to arrange it in time."),
    ),
    Reason.TAKEN: NoPlace(
        _("All places for the qualification within this student's travel limit were full before the round."),
        _("Talk with the student about a longer journey, or ask the companies below or the SBB advisor for an extra place."),
    ),
    Reason.FULL: NoPlace(
        _("There are places that fit, but too few: all went to students who came earlier in the order of turn. Score plays no part in that."),
        _(
            "Look for an extra place at one of the companies below, or talk with the student about a longer journey. "
            "In the next round the order is drawn again."
        ),
    ),
}

# Under the policy that leaves no pair who would both rather have each other, places rank students too.
FULL_STABLE = NoPlace(
    _(
        "There are places that fit, but all are taken by students who stand higher on the list of that place, "
        "or are left free by this way of matching."
    ),
    _("Compare the other ways of matching: they place as many students as possible. Or look for an extra place at one of the companies below."),
)

# The first rule that a place fails for a student.
MISSES = {
    "distance": _("further than the student can travel"),
    "level": _("for another level"),
    "pathway": _("for the other pathway"),
    "period": _("not enough weeks in common"),
    "days": _("not enough days in common"),
    "needs": _("does not offer all adjustments"),
    "demands": _("asks something the student does not have"),
}


class Obstacle(models.TextChoices):
    """Why a proposal could not be taken over, or not be approved: what has changed since the run. The last eight are the engine's rules."""

    FULL = "full", _("place filled up meanwhile")
    WITHDRAWN = "withdrawn", _("place no longer offered")
    PLACED = "placed", _("student has another place")
    STOPPED = "stopped", _("student no longer looks for a place")
    RECOGNITION = "recognition", _("company no longer recognised for it")
    QUALIFICATION = "qualification", _("place no longer for this qualification")
    DISTANCE = "distance", _("now further than the student can travel")
    LEVEL = "level", _("place now for another level")
    PATHWAY = "pathway", _("place now for the other pathway")
    PERIOD = "period", _("now too few weeks in common")
    DAYS = "days", _("now too few days in common")
    NEEDS = "needs", _("place no longer offers all adjustments")
    DEMANDS = "demands", _("place now asks something the student does not have")


# Kinds of jobs, for the administrator.
JOBS = {
    "matching.run": _("Run of a round"),
    "matching.part": _("Part of a run"),
    "matching.compare": _("Comparing the ways of matching"),
    "matching.what_if": _("Trial on a run"),
}

TIERS = {
    0: _("first: last phase of practical or special education, vmbo work-study or entree, or a place lost through no fault of their own"),
    1: _("second: this placement decides on the diploma this school year"),
    2: _("third: everyone else"),
}

# What each criterion measures, for everybody.
MEANING = {
    "distance": _("The closer, the more points; a place at your own limit gets none. Further than your limit never happens."),
    "goals": _("Which part of your learning goals you can practise there."),
    "kind": _("Full marks for your first wish, a part for your second."),
    "support": _("Whether the company offers the guidance you want; each step less costs points."),
    "days": _("Which part of your days the place is open."),
    "allowance": _("Whether the allowance is as high as you hoped; a part if it is lower."),
}

# What each way of matching decides, and what the second program checks about it, for everybody.
PROVEN = {
    "most": (
        _("As many students as possible"),
        _("No other division of the students with a place gives more points in total."),
    ),
    "generous": (
        _("Fewer students far from their wishes"),
        _("Just as many students get a place. A student far from the wishes counts for more. Counted like that, no other division is better."),
    ),
    "stable": (
        _("Nobody and no place would both rather have each other"),
        _("Places have an order of students too, by group, goals, days and distance. No student and place would both rather have each other. "
          "Fewer students get a place, and another division can give more points in total."),
    ),
}  # fmt: skip
