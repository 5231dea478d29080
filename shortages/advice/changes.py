"""What a digest is about: facts of today beside those of the last mail, and only what differs. Counts and companies, never students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from placements.models import PlacementRequest
from placements.workflow import OPEN_STATES
from reference.models import LabourMarketRegion
from shortages.advice import selectors
from shortages.models import Advice, AdviceTask, Night, PublicFigure, RegionFigure, ShortageReport
from shortages.reports.doing import ADVISORS
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
    """For an advisor or scout: the sums of the own regions, late tasks, what worked, late reports, and the best acts nobody has taken on.

    Reports and acts are those of the reader's kind of advisor, as on the home; of scouts, who have none, all.
    """
    regions = [region.pk for region in selectors.regions_of(actor)]
    cells = RegionFigure.objects.filter(night=night, region__in=regions)
    sums = cells.aggregate(seeking=Sum("seeking"), unused=Sum("unused_once"))
    own = AdviceTask.objects.filter(post=actor.object_id)
    return {
        "date": f"{night.date:%Y-%m-%d}",
        "seeking": sums["seeking"] or 0,
        "unused": sums["unused"] or 0,
        "late": own.open().filter(due_on__lt=night.date).count(),
        "worked": own.filter(worked=True).count(),
        "reports_late": ShortageReport.objects.at_desk(actor).of_own_kind(actor).late(night.date).count(),
        "acts": [_name(act) for act in _best(actor)],
    }


def facts_of_coordinator(actor: Actor, night: Night) -> dict[str, Any]:
    """For a coordinator: own students without a place, those of them who are not ready, and proposals for own reports."""
    without = PlacementRequest.objects.visible_to(actor).running().filter(ends_on__gt=night.date).exclude(placements__state__in=OPEN_STATES)
    counts = without.aggregate(all=Count("pk"), unready=Count("pk", filter=Q(ready_at=None)))
    return {"date": f"{night.date:%Y-%m-%d}", "without": counts["all"], "unready": counts["unready"], "proposed": len(_proposed(actor))}


def facts_of_region(region: LabourMarketRegion, night: Night) -> dict[str, Any]:
    """For who has no account: published sums of a region."""
    sums = PublicFigure.objects.filter(night=night, region=region).aggregate(seeking=Sum("seeking"), unused=Sum("unused_once"), placed=Sum("placed"))
    return {"date": f"{night.date:%Y-%m-%d}", **{name: value or 0 for name, value in sums.items()}}


def _best(actor: Actor) -> list[Advice]:
    return selectors.best_for(actor, ACTS, own_kind=True)


def _name(act: Advice) -> str:
    return f"{act.kind}-{act.company_id}-{act.qualification_id}"


def _proposed(actor: Actor) -> list[UUID]:
    """Reports of the reader with a place proposed, by their addresses."""
    found = ShortageReport.objects.visible_to(actor).filter(state="proposed").order_by("pk")
    return list(found.values_list("public_id", flat=True))


# -- what changed, in words


def lines_for_post(facts: Mapping[str, Any], before: Mapping[str, Any], actor: Actor) -> list[Line]:
    """What changed for an advisor or scout; all that there is when there was no mail before."""
    found = []
    if n := _changed("late", facts, before):
        text = ngettext("%(n)s task of yours is late%(than)s.", "%(n)s tasks of yours are late%(than)s.", n)
        found.append(
            _line(text, "late", facts, before, _("Call the company, or write down how it went."), address("shortages:tasks") + "?toon=telaat")
        )
    if n := _changed("reports_late", facts, before):
        # Scouts have nothing to do at a report, but companies to look for.
        acts = actor.is_(*ADVISORS)
        text = ngettext("%(n)s report is past its deadline%(than)s.", "%(n)s reports are past their deadline%(than)s.", n)
        if acts:
            do, url = _("Say what was done, propose a place, or close the report."), "?stand=late&work=mine"
        else:
            do, url = _("For your information: the advisor has them. See what is looked for where."), "?stand=late"
        found.append(_line(text, "reports_late", facts, before, do, address("shortages:desk") + url))
    new = [act for act in _best(actor) if _name(act) not in before.get("acts", [])]
    for act in new:
        words = act.words  # type: ignore[attr-defined]
        found.append(Line(f"{words.what}. {words.brings}", words.why, address("shortages:act", act.public_id)))
    worked = facts["worked"] - before.get("worked", 0)
    if worked > 0:
        text = ngettext("%(n)s task of yours worked: the place is there.", "%(n)s tasks of yours worked: the places are there.", worked)
        found.append(Line(text % {"n": worked}, _("See what they brought."), address("shortages:tasks")))
    if n := _changed("seeking", facts, before):
        do = _("See where and for which qualifications.")
        found.append(_line(_students(n), "seeking", facts, before, do, address("shortages:board") + "?toon=zonder"))
    return found


def lines_for_coordinator(facts: Mapping[str, Any], before: Mapping[str, Any], actor: Actor) -> list[Line]:
    """What changed for a coordinator."""
    found = []
    if n := _changed("proposed", facts, before):
        text = ngettext("A place is proposed for your report.", "%(n)s of your reports have a proposed place%(than)s.", n)
        url = address("shortages:my_report", _proposed(actor)[0]) if n == 1 else address("shortages:my_reports")
        found.append(_line(text, "proposed", facts, before, _("Look whether it fits, together with the student."), url))
    if n := _changed("without", facts, before):
        text = ngettext("%(n)s student of yours has no place yet%(than)s.", "%(n)s students of yours have no place yet%(than)s.", n)
        how = _("See how likely a place is, and what you can do today.")
        found.append(_line(text, "without", facts, before, how, address("shortages:school_shortages") + "#who-title"))
    if n := _changed("unready", facts, before):
        text = ngettext("%(n)s of them is not ready to be matched%(than)s.", "%(n)s of them are not ready to be matched%(than)s.", n)
        found.append(_line(text, "unready", facts, before, _("Help them with the preparation."), address("schools:students") + "?ready=busy"))
    return found


def lines_for_reader(facts: Mapping[str, Any], before: Mapping[str, Any], region: LabourMarketRegion) -> list[Line]:
    """What changed in the published figures of a region."""
    here = address("shortages:board") + f"?regio={region.pk}"
    found = []
    if n := _changed("seeking", facts, before):
        found.append(_line(_students(n), "seeking", facts, before, _("See for which qualifications."), f"{here}&toon=zonder"))
    if n := _changed("unused", facts, before):
        text = ngettext("%(n)s slot of companies is free%(than)s.", "%(n)s slots of companies are free%(than)s.", n)
        found.append(_line(text, "unused", facts, before, _("See where."), f"{here}&toon=ongebruikt"))
    return found


def _changed(name: str, facts: Mapping[str, Any], before: Mapping[str, Any]) -> int:
    """The number if it differs from that of the last mail; 0 if it does not, or if there is nothing to say any more."""
    return facts[name] if facts[name] != before.get(name) else 0


def _students(n: int) -> str:
    return ngettext("%(n)s student is without a place%(than)s.", "%(n)s students are without a place%(than)s.", n)


def _line(text: str, name: str, facts: Mapping[str, Any], before: Mapping[str, Any], do: str, url: str) -> Line:
    """The number first, and by how much it differs from that of the last mail."""
    return Line(text % {"n": facts[name], "than": _than(facts[name], before.get(name))}, do, url)


def _than(now: int, then: int | None) -> str:
    if then is None:
        return ""
    return _(": %(n)s more than in the last mail") % {"n": now - then} if now > then else _(": %(n)s fewer than in the last mail") % {"n": then - now}
