"""Below the region, counted now and kept nowhere: municipalities, and in one of them courses and companies.

Only for those who are responsible for the region; shortages.views.local sees to that. The rules of what counts are the night's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet
from django.db.models.functions import Cast, Substr

from companies.models import Company
from placements.models import PlacementRequest
from placements.workflow import OPEN_STATES
from reference.models import Municipality, PostcodeArea
from shortages.board.query import View
from shortages.night.counting import offered_rows, running

MOST = 40


@dataclass
class Town:
    """A municipality and what is counted in it."""

    code: str
    name: str
    ready: int = 0
    seeking: int = 0
    offered: int = 0
    unused: int = 0


@dataclass(frozen=True)
class Inside:
    """What lies in one municipality: courses of its students, and companies with slots."""

    courses: list[dict[str, Any]] = field(default_factory=list)
    companies: list[dict[str, Any]] = field(default_factory=list)


def towns(region: str, view: View, day: date) -> list[Town]:
    """Municipalities of a region, those with most students without a place first. Three queries."""
    areas = PostcodeArea.objects.filter(municipality__region=region).values_list("pc4", "municipality_id", "municipality__name")
    of_area = {pc4: code for pc4, code, _name in areas}
    found = {code: Town(code, name) for _pc4, code, name in areas}
    asked: QuerySet[Any] = _without_place(view, day, list(of_area))
    for pc4, seeking, ready in asked.values_list("pc4").annotate(n=Count("pk"), ready=Count("ready_at")).order_by():
        found[of_area[pc4]].seeking += seeking
        found[of_area[pc4]].ready += ready
    # A place counts once, whatever the number of its qualifications: by its first row.
    once = _places(view, day).filter(place__company__municipality__region=region).order_by("place_id").distinct("place_id")
    for code, capacity, taken in once.values_list("place__company__municipality_id", "place__capacity", "place__taken"):
        if code in found:
            found[code].offered += capacity
            found[code].unused += capacity - taken
    return sorted(found.values(), key=lambda town: (-town.ready, -town.seeking, town.name))


def inside(municipality: Municipality, view: View, day: date) -> Inside:
    """Courses of students without a place there, and companies there with the most unused slots. Three queries."""
    areas = list(PostcodeArea.objects.filter(municipality=municipality).values_list("pc4", flat=True))
    course = ("student__programme__qualification_id", "student__programme__qualification__name", "student__programme__pathway")
    asked = _without_place(view, day, areas).values_list(*course).annotate(n=Count("pk"), ready=Count("ready_at")).order_by("-ready", "-n", course[0])
    rows = _places(view, day).filter(place__company__municipality=municipality).order_by("place_id").distinct("place_id")
    offered: Counter[int] = Counter()
    unused: Counter[int] = Counter()
    for company, capacity, taken in rows.values_list("place__company_id", "place__capacity", "place__taken"):
        offered[company] += capacity
        unused[company] += capacity - taken
    named = Company.objects.in_bulk([key for key, _n in unused.most_common(MOST)])
    companies = [{"company": named[key], "unused": n, "offered": offered[key]} for key, n in unused.most_common(MOST) if key in named]
    courses = [{"crebo": crebo, "name": name, "pathway": pathway, "seeking": n, "ready": ready} for crebo, name, pathway, n, ready in asked[:MOST]]
    return Inside(courses, companies)


def _without_place(view: View, day: date, areas: list[int]) -> QuerySet[PlacementRequest]:
    """Requests that count, without an open placement, of students who live there; `pc4` beside each."""
    asked = running(day).exclude(placements__state__in=OPEN_STATES)
    if areas:
        # Postcodes begin with their area: the range lets an index serve.
        asked = asked.filter(student__postcode__gte=str(min(areas)), student__postcode__lt=str(max(areas) + 1))
    asked = asked.annotate(pc4=Cast(Substr("student__postcode", 1, 4), IntegerField())).filter(pc4__in=areas)
    return asked.filter(view.of_course("student__programme__qualification__", lambda pathway: Q(student__programme__pathway=pathway)))


def _places(view: View, day: date) -> QuerySet[Any]:
    return offered_rows(day).filter(view.of_course("qualification__", lambda pathway: Q(place__pathways__contains=[pathway])))
