"""The answers of a preparation in words, step by step: for the student's overview, and for whoever helps them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import CompanyKind
from placements.forms.preparation import SUPPORT
from placements.journey import STEP_SLUGS
from placements.models import Adjustment, PlacementRequest, PreparationStep, Requirement, Weekday
from reference.travel import TravelMode
from stagematch.templatetags.stagematch import euro
from stagematch.templatetags.stagematch import minutes as in_minutes

Words = str | Promise


@dataclass(frozen=True)
class Answer:
    """One step: its question, whether it is done, and what was answered (nothing before it is done)."""

    step: PreparationStep
    slug: str
    done: bool
    lines: list[Words]


def answers(request: PlacementRequest) -> list[Answer]:
    """All five steps, in order."""
    lines = {
        PreparationStep.GOALS: _goals,
        PreparationStep.TRAVEL: _travel,
        PreparationStep.DAYS: _days,
        PreparationStep.KIND: _kind,
        PreparationStep.NEEDS: _needs,
    }
    done = request.steps_done
    return [Answer(step, STEP_SLUGS[step], step in done, lines[step](request) if step in done else []) for step in PreparationStep]


def _goals(request: PlacementRequest) -> list[Words]:
    return [goal.text for goal in request.goals.all()] or [_("Your programme has no list to choose from.")]


def _travel(request: PlacementRequest) -> list[Words]:
    if not request.travel_mode:
        return []
    words = {"time": in_minutes(request.max_minutes), "mode": TravelMode(request.travel_mode).label}
    return [_("At most %(time)s %(mode)s") % words]


def _days(request: PlacementRequest) -> list[Words]:
    names = ", ".join(str(day.label) for day in Weekday if day in request.days)
    week = ngettext("%(n)s day a week", "%(n)s days a week", request.days_needed) % {"n": request.days_needed}
    return [names, week]


def _kind(request: PlacementRequest) -> list[Words]:
    wishes: list[Words] = [CompanyKind(kind).label for kind in (request.kind1, request.kind2) if kind]
    return wishes or [_("No wish: anything is fine")]


def _needs(request: PlacementRequest) -> list[Words]:
    needs = ", ".join(str(need.label) for need in Adjustment if need in request.needs)
    has = ", ".join(str(item.label) for item in Requirement if item in request.meets)
    lines: list[Words] = [_("Adjustments: %(needs)s") % {"needs": needs} if needs else _("No adjustments needed")]
    if has:
        lines.append(_("Already there: %(has)s") % {"has": has})
    lines.append(_("Guidance: %(support)s") % {"support": dict(SUPPORT)[request.support]})
    if request.allowance:
        lines.append(_("Hoped for: %(amount)s a month") % {"amount": euro(request.allowance)})
    return lines
