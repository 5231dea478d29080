"""Searching with the school: recognised companies around a report, with and without open places, and when they were last in touch."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, FloatField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Greatest
from django.http import JsonResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.models import Company, CompanyMembership, CompanyRole, Recognition
from placements.models import Place, PlaceAsk
from placements.search.map import NEAR, Frame, beside, frame_of, towns_in
from placements.search.where import Origin
from reference.projection import Point
from reference.travel import road_metres, straight_metres, straight_within
from shortages.models import AdviceTask, ReportStep, ShortageReport
from shortages.reports.look import places_within
from shortages.reports.workflow import A

MOST = 30
FURTHEST_SHOWN = 10 * MOST
RADII = (5, 10, 20, 40, 75)
RADIUS = 20
# Markers nearer to each other than this part of what is in sight would cover each other, on a phone as on a laptop.
COVERED = 10
_CHOICES = {"km": {str(km) for km in RADII}, "toon": {str(most) for most in range(MOST, FURTHEST_SHOWN + 1, MOST)}}
CONTACTS: dict[str, Promise] = {
    "confirmed": gettext_lazy("confirmed a place"),
    "asked": gettext_lazy("was asked for a place by a student"),
    "stepped": gettext_lazy("was in touch about a report"),
    "advised": gettext_lazy("was called about an advice"),
    "decided": gettext_lazy("was recognised"),
}


@dataclass(frozen=True)
class Offer:
    """A place that is offered now, and whether it was proposed for this report already: then proposing it again says nothing new."""

    place: Place
    proposed: bool = False


@dataclass(frozen=True)
class Near:
    """A recognised company: how far by road, what it offers now, whom to call, and the last contact that is known."""

    company: Any
    metres: int
    places: list[Offer] = field(default_factory=list)
    people: list[CompanyMembership] = field(default_factory=list)
    last_at: datetime | None = None
    last: Promise | str = ""

    @property
    def free(self) -> int:
        """Slots that are free now."""
        return sum(offer.place.free for offer in self.places)


@dataclass(frozen=True)
class Sight:
    """How far to look, in kilometres by road, and how many companies to show; as the address says it."""

    km: int = RADIUS
    most: int = MOST

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        """From an address; what is none of the choices is the usual one."""
        chosen = {name: int(text) for name in ("km", "toon") if (text := str(asked.get(name, ""))) in _CHOICES[name]}
        return cls(chosen.get("km", RADIUS), chosen.get("toon", MOST))

    @property
    def url(self) -> str:
        """The query string that says this."""
        return urlencode({"km": self.km, "toon": self.most})

    @property
    def more(self) -> Self | None:
        """The next so many as well."""
        return replace(self, most=self.most + MOST) if self.most < FURTHEST_SHOWN else None


@dataclass(frozen=True)
class Nearby:
    """Companies within sight: those with a free place first, then the nearest without; and how many there are in all."""

    sight: Sight
    total: int
    companies: list[Near]

    @property
    def more(self) -> Sight | None:
        """What shows more of them, if there are more."""
        return self.sight.more if self.total > len(self.companies) else None


def nearby(report: ShortageReport, sight: Sight) -> Nearby:
    """Recognised companies within sight, with the places that the search of whoever reported finds too. Six queries."""
    origin = Point(report.area.x, report.area.y)
    # Never an empty list: Django makes nothing of it, and of the order by it a condition that is always true.
    places = Place.objects.filter(pk__in=places_within(report, sight.km).place.tolist() or [0])
    around = _around(report, origin, straight_within(sight.km * 1000), places)
    everyone = around.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    shown = Company.objects.filter(pk__in=around.values_list("pk", flat=True)[: sight.most])
    rows: list[Any] = list(_with_contacts(shown, report).annotate(total=Subquery(everyone)))
    keys = [company.pk for company in rows]
    offers, people = _offers(report, places, keys), defaultdict(list)
    for member in CompanyMembership.objects.filter(company__in=keys, role=CompanyRole.CONTACT, ended_at=None).select_related("user").order_by("pk"):
        people[member.company_id].append(member)
    found = []
    for company in rows:
        last_at, last = max(
            ((getattr(company, name), words) for name, words in CONTACTS.items() if getattr(company, name)), default=(None, ""), key=_when
        )
        metres = road_metres(straight_metres(origin, (company.x, company.y)))
        found.append(Near(company, metres, offers[company.pk], people[company.pk], last_at, last))
    found.sort(key=lambda one: (not one.places, one.metres, one.company.pk))
    return Nearby(sight, rows[0].total if rows else 0, found)


def _when(contact: tuple[Any, Any]) -> Any:
    return contact[0]


def _recognised(report: ShortageReport) -> QuerySet[Recognition]:
    """Recognitions under which a company may train for it: those of the course, or any of the sector for pupils without a crebo."""
    valid = Recognition.objects.valid()
    qualification = report.qualification
    if qualification.is_reserved:
        return valid.filter(qualification__sector_chamber=qualification.sector_chamber_id)
    return valid.filter(qualification=qualification.pk)


def _around(report: ShortageReport, origin: Point, radius: int, places: QuerySet[Place]) -> Any:
    """Companies within a circle that are recognised, or offer a place: those with a place first, then the nearest."""
    away = [Cast(F(axis), FloatField()) - float(at) for axis, at in zip(("x", "y"), origin, strict=True)]
    box = {"x__range": (origin.x - radius, origin.x + radius), "y__range": (origin.y - radius, origin.y + radius)}
    with_place = Q(pk__in=places.values("company"))
    recognised = Exists(_recognised(report).filter(company=OuterRef("pk")))
    near = Company.objects.filter(**box).annotate(away=away[0] * away[0] + away[1] * away[1]).filter(away__lte=float(radius) ** 2)
    found = Company.objects.standing().filter(with_place | Q(recognised, pk__in=near.values("pk")))
    return found.annotate(away=away[0] * away[0] + away[1] * away[1], without=~with_place).order_by("without", "away", "pk")


def _with_contacts(companies: Any, report: ShortageReport) -> Any:
    """When each was last in touch, by kind (CONTACTS)."""

    def last(rows: Any, at: str) -> Subquery:
        return Subquery(rows.filter(company=OuterRef("pk")).order_by().values("company").annotate(last=Max(at)).values("last"))

    talks = ReportStep.objects.filter(act=A.LOG)
    before = talks.filter(company__merged_into=OuterRef("pk")).order_by()  # under a record that was merged into this one: a log stays where it is
    return companies.annotate(
        confirmed=last(Place.objects.all(), "confirmed_at"),
        asked=last(PlaceAsk.objects.all(), "created_at"),
        stepped=Greatest(last(talks, "at"), Subquery(before.values("company__merged_into").annotate(last=Max("at")).values("last"))),
        advised=last(AdviceTask.objects.all(), "ended_at"),
        decided=last(_recognised(report), "decided_at"),
    )


def _offers(report: ShortageReport, found: QuerySet[Place], companies: list[int]) -> dict[int, list[Offer]]:
    """What each of these companies offers, by its key. One query."""
    proposed = Exists(report.steps.filter(act=A.PROPOSE, place=OuterRef("pk")))
    offers: dict[int, list[Offer]] = defaultdict(list)
    rows: Any = found.filter(company__in=companies).select_related("period").annotate(proposed=proposed)
    for place in rows.order_by("starts_on", "pk"):
        offers[place.company_id].append(Offer(place, place.proposed))
    return offers


def drawing(report: ShortageReport, sight: Sight, page: str, frame: Frame | None = None) -> dict[str, Any]:
    """What the map draws: the circle, names of towns in sight, and a marker for each company that leads to it in the list."""
    origin, radius = report.area, straight_within(sight.km * 1000)
    # At first the circle is fitted into the map by whole steps: up to twice as much is in sight.
    side = min(frame[2] - frame[0], frame[3] - frame[1]) if frame else 4 * radius
    west, south, east, north = frame = frame or (origin.x - radius, origin.y - radius, origin.x + radius, origin.y + radius)
    shown = [one for one in nearby(report, sight).companies if west <= one.company.x <= east and south <= one.company.y <= north]
    towns = towns_in(frame, Origin(Point(origin.x, origin.y), origin.place))
    return {"circle": {"x": origin.x, "y": origin.y, "radius": radius}, "towns": towns, "markers": _markers(shown, page, side)}


def _markers(shown: list[Near], page: str, side: int) -> list[dict[str, Any]]:
    """A marker each, and one for those that would cover each other; seen from near, those at one point stand around it.

    side: metres in sight along the shorter side of the map.
    """
    groups: list[list[Near]] = []
    for one in shown:
        at = one.company
        apart = side / COVERED if side > NEAR else 1
        beside_it = (group for group in groups if max(abs(group[0].company.x - at.x), abs(group[0].company.y - at.y)) < apart)
        group = next(beside_it, None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return [marker for group in groups for marker in ([_together(group)] if len(group) > 1 and side > NEAR else _singles(group, page, side))]


def _together(group: list[Near]) -> dict[str, Any]:
    xs, ys = ([getattr(one.company, axis) for one in group] for axis in ("x", "y"))
    n, free = len(group), sum(bool(one.places) for one in group)
    text = ngettext("%(n)s company", "%(n)s companies", n) % {"n": n}
    offer = ngettext("%(n)s with a free place", "%(n)s with a free place", free) % {"n": free} if free else _("no open place")
    box = [min(xs), min(ys), max(xs), max(ys)]
    # At the first one, not in the middle: the first ones are far enough from each other.
    return {"x": xs[0], "y": ys[0], "count": n, "text": f"{text}: {offer}", "box": box, "kind": "" if free else "none"}


def _singles(group: list[Near], page: str, side: int) -> list[dict[str, Any]]:
    markers = []
    for turn, one in enumerate(group):
        x, y = beside(one.company.x, one.company.y, turn, side)
        offer = ngettext("%(n)s place free", "%(n)s places free", one.free) % {"n": one.free} if one.free else _("no open place")
        url = f"{page}#bedrijf-{one.company.public_id}"
        markers.append({"x": x, "y": y, "count": 1, "text": f"{one.company.name}: {offer}", "url": url, "kind": "" if one.free else "none"})
    return markers


def as_json(report: ShortageReport, asked: QueryDict, page: str) -> JsonResponse:
    """The drawing as the map fetches it: what is in sight in the list, and `kader`, what is in sight on the map."""
    sight = Sight.of(asked)
    return JsonResponse(drawing(report, sight, f"{page}?{sight.url}", frame_of(asked.get("kader", ""))))
