"""What a digest is about: facts of today beside those of the last mail, and only what differs. Counts and companies, never students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from placements.models import PlacementRequest
from placements.workflow import OPEN_STATES
from reference.models import LabourMarketRegion
from shortages.advice import selectors
from shortages.models import Advice, AdviceTask, Night, PublicFigure, RegionFigure, ShortageReport
from stagematch.links import address

ACTS = 3


@dataclass(frozen=True)
class Line:
    """One thing that changed, what to do about it, and the page that shows it."""

    text: str
    do: str
    url: str


# -- facts


def facts_of_post(actor: Actor, night: Night) -> dict[str, Any]:
    """For an advisor or scout: the sums of the own regions, late tasks, what worked, reports, and the best acts nobody has taken on."""
    regions = [region.pk for region in selectors.regions_of(actor)]
    cells = RegionFigure.objects.filter(night=night, region__in=regions)
    sums = cells.aggregate(seeking=Sum("seeking"), unused=Sum("unused_once"))
    own = AdviceTask.objects.filter(post=actor.object_id)
    reports = ShortageReport.objects.at_desk(actor)
    return {
        "seeking": sums["seeking"] or 0,
        "unused": sums["unused"] or 0,
        "late": own.open().filter(due_on__lt=night.date).count(),
        "worked": own.filter(worked=True).count(),
        "reports_late": reports.late(night.date).count(),
        "reports": reports.open().count(),
        "acts": [_name(act) for act in selectors.best_for(actor, ACTS)],
    }


def facts_of_coordinator(actor: Actor, night: Night) -> dict[str, Any]:
    """For a coordinator: own students without a place, those of them who are not ready, and proposals for own reports."""
    without = PlacementRequest.objects.visible_to(actor).running().filter(ends_on__gt=night.date).exclude(placements__state__in=OPEN_STATES)
    counts = without.aggregate(all=Count("pk"), unready=Count("pk", filter=Q(ready_at=None)))
    proposed = ShortageReport.objects.visible_to(actor).filter(state="proposed").count()
    return {"without": counts["all"], "unready": counts["unready"], "proposed": proposed}


def facts_of_region(region: LabourMarketRegion, night: Night) -> dict[str, Any]:
    """For who has no account: published sums of a region."""
    sums = PublicFigure.objects.filter(night=night, region=region).aggregate(seeking=Sum("seeking"), unused=Sum("unused_once"), placed=Sum("placed"))
    return {name: value or 0 for name, value in sums.items()}


def _name(act: Advice) -> str:
    return f"{act.kind}-{act.company_id}-{act.qualification_id}"


# -- what changed, in words


def lines_for_post(facts: Mapping[str, Any], before: Mapping[str, Any], actor: Actor) -> list[Line]:
    """What changed for an advisor or scout; all that there is when there was no mail before."""
    found = []
    if facts["late"] and facts["late"] != before.get("late"):
        text = ngettext("%(n)s task of yours is late.", "%(n)s tasks of yours are late.", facts["late"]) % {"n": facts["late"]}
        found.append(Line(text, _("Call the company, or write down how it went."), address("shortages:tasks") + "?toon=telaat"))
    if facts["reports_late"] and facts["reports_late"] != before.get("reports_late"):
        n = facts["reports_late"]
        text = ngettext("%(n)s report is past its deadline.", "%(n)s reports are past their deadline.", n) % {"n": n}
        found.append(Line(text, _("Say what was done, propose a place, or close the report."), address("shortages:desk") + "?stand=late"))
    new = [act for act in selectors.best_for(actor, ACTS) if _name(act) not in before.get("acts", [])]
    for act in new:
        words = act.words  # type: ignore[attr-defined]
        found.append(Line(f"{words.what}. {words.brings}", words.why, address("shortages:act", act.public_id)))
    worked = facts["worked"] - before.get("worked", 0)
    if worked > 0:
        text = ngettext("%(n)s task of yours worked: the place is there.", "%(n)s tasks of yours worked: the places are there.", worked) % {
            "n": worked
        }
        found.append(Line(text, _("See what they brought."), address("shortages:tasks")))
    if facts["seeking"] != before.get("seeking") and facts["seeking"]:
        found.append(Line(_students(facts, before), _("See where and for which qualifications."), address("shortages:board")))
    return found


def lines_for_coordinator(facts: Mapping[str, Any], before: Mapping[str, Any]) -> list[Line]:
    """What changed for a coordinator."""
    found = []
    if facts["proposed"] and facts["proposed"] != before.get("proposed"):
        n = facts["proposed"]
        text = ngettext("A place is proposed for your report.", "%(n)s of your reports have a proposed place.", n) % {"n": n}
        found.append(Line(text, _("Look whether it fits, together with the student."), address("shortages:my_reports")))
    if facts["without"] and facts["without"] != before.get("without"):
        n = facts["without"]
        text = ngettext("%(n)s student of yours has no place yet.", "%(n)s students of yours have no place yet.", n) % {"n": n}
        how = _("See how likely a place is, and what you can do today.")
        found.append(Line(text + _was(before.get("without")), how, address("shortages:school_shortages")))
    if facts["unready"] and facts["unready"] != before.get("unready"):
        n = facts["unready"]
        text = ngettext("%(n)s of them is not ready to be matched.", "%(n)s of them are not ready to be matched.", n) % {"n": n}
        found.append(Line(text + _was(before.get("unready")), _("Help them with the preparation."), address("schools:students")))
    return found


def lines_for_reader(facts: Mapping[str, Any], before: Mapping[str, Any], region: LabourMarketRegion) -> list[Line]:
    """What changed in the published figures of a region."""
    here = address("shortages:board") + f"?regio={region.pk}"
    found = []
    if facts["seeking"] != before.get("seeking"):
        found.append(Line(_students(facts, before), _("See for which qualifications."), here))
    if facts["unused"] != before.get("unused"):
        n = facts["unused"]
        text = ngettext("%(n)s slot of companies is free.", "%(n)s slots of companies are free.", n) % {"n": n}
        found.append(Line(text + _was(before.get("unused")), _("See where."), here))
    return found


def _students(facts: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    n = facts["seeking"]
    text = ngettext("%(n)s student is without a place.", "%(n)s students are without a place.", n) % {"n": n}
    return text + _was(before.get("seeking"))


def _was(number: int | None) -> str:
    return "" if number is None else " " + _("It was %(n)s in the last mail.") % {"n": number}
