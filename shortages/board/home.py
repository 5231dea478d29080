"""What homes say of the figures: the own region (else the country) for SBB's people, who has nothing yet for coordinators."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.homes import Task, Text
from placements.models import PlacementRequest
from placements.workflow import OPEN_STATES
from shortages.board.measures import MEASURES, NOTHING
from shortages.board.page import name_of
from shortages.board.source import COUNTRY, reach_of
from shortages.models.figure import Night
from shortages.night.counting import running

WITHOUT_PLACE = 30


def figures(actor: Actor) -> list[tuple[Text, object]]:
    """Students ready for a place, slots unused and reports open last night; nothing before the first night. Two queries."""
    reach = reach_of(actor)
    region = reach.regions[0] if reach.regions else COUNTRY
    last = Night.objects.current().order_by("-date").values("pk")[:1]
    place = None if region == COUNTRY else region
    totals = reach.source(region).totals._default_manager.filter(night__in=last, region=place, chamber=None, qualification=None, group="")
    shown = [MEASURES[key] for key in ("klaar", "ongebruikt", "meldingen")]
    counts = totals.values(*(measure.column for measure in shown)).first()
    if counts is None:
        return []
    where = name_of(region)
    return [(f"{where}: {measure.short}", measure.write(counts[measure.column]) or NOTHING) for measure in shown]


def without_place(actor: Actor) -> QuerySet[PlacementRequest]:
    """Requests of own students who have no place yet."""
    own = PlacementRequest.objects.visible_to(actor).values("pk")
    return running(timezone.localdate()).filter(pk__in=own).exclude(placements__state__in=OPEN_STATES)


def to_see(n: int) -> list[Task]:
    """The task of a coordinator with so many students without a place; shortages.reports.home counts them with what it counts."""
    if not n:
        return []
    title = ngettext("%(n)s student has no place yet", "%(n)s students have no place yet", n) % {"n": n}
    text = _("See who, how likely a place is, and what you can do today.")
    return [Task(title, text, reverse("shortages:school_shortages"), _("Look"), WITHOUT_PLACE, n)]
