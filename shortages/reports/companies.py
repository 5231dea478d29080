"""Searching with the school: recognised companies around a report, with and without open places, and when they were last in touch."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, FloatField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Greatest
from django.http import JsonResponse, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.models import Company, CompanyMembership, CompanyRole, Recognition
from placements.models import Place, PlaceAsk, PlaceSearchRow
from placements.search.map import Frame, beside, frame_of, towns_in
from placements.search.where import Origin
from reference.projection import Point
from reference.travel import road_metres, straight_metres, straight_within
from shortages.models import AdviceTask, ReportStep, ShortageReport
from shortages.reports.workflow import A

MOST = 30
RADII = (5, 10, 20, 40, 75)
RADIUS = 20
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


def radius_of(text: str) -> int:
    """Kilometres to look around, from an address; what is none of the choices is the usual one."""
    return int(text) if text in {str(one) for one in RADII} else RADIUS


def near(report: ShortageReport, km: int) -> list[Near]:
    """The nearest recognised companies within so many kilometres by road, with what they offer in these weeks. Four queries."""
    origin = Point(report.area.x, report.area.y)
    rows: list[Any] = list(_with_contacts(Company.objects.filter(pk__in=_around(report, origin, straight_within(km * 1000))), report))
    keys = [company.pk for company in rows]
    places = _places(report, keys)
    people = defaultdict(list)
    for member in CompanyMembership.objects.filter(company__in=keys, role=CompanyRole.CONTACT, ended_at=None).select_related("user").order_by("pk"):
        people[member.company_id].append(member)
    found = []
    for company in rows:
        last_at, last = max(
            ((getattr(company, name), words) for name, words in CONTACTS.items() if getattr(company, name)), default=(None, ""), key=_when
        )
        metres = road_metres(straight_metres(origin, (company.x, company.y)))
        found.append(Near(company, metres, places[company.pk], people[company.pk], last_at, last))
    return sorted(found, key=lambda one: (one.metres, one.company.pk))


def _when(contact: tuple[Any, Any]) -> Any:
    return contact[0]


def _recognised(report: ShortageReport) -> QuerySet[Recognition]:
    """Recognitions under which a company may train for it: those of the course, or any of the sector for pupils without a crebo."""
    valid = Recognition.objects.valid()
    qualification = report.qualification
    if qualification.is_reserved:
        return valid.filter(qualification__sector_chamber=qualification.sector_chamber_id)
    return valid.filter(qualification=qualification.pk)


def _around(report: ShortageReport, origin: Point, radius: int) -> Any:
    """Keys of the nearest recognised companies within a circle."""
    away = [Cast(F(axis), FloatField()) - float(at) for axis, at in zip(("x", "y"), origin, strict=True)]
    box = {"x__range": (origin.x - radius, origin.x + radius), "y__range": (origin.y - radius, origin.y + radius)}
    found = Company.objects.filter(Exists(_recognised(report).filter(company=OuterRef("pk"))), **box)
    found = found.annotate(away=away[0] * away[0] + away[1] * away[1]).filter(away__lte=float(radius) ** 2)
    return found.order_by("away", "pk").values_list("pk", flat=True)[:MOST]


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


def _places(report: ShortageReport, companies: list[int]) -> dict[int, list[Offer]]:
    """What each offers for the course and the pathway while the place is needed. Two queries."""
    proposed = set(report.steps.filter(act=A.PROPOSE).order_by().values_list("place", flat=True))
    rows = PlaceSearchRow.objects.filter(
        qualification=report.qualification_id, open=True, place__company__in=companies, place__pathways__contains=[report.pathway],
        place__starts_on__lt=report.until, place__ends_on__gt=max(report.needed_from, timezone.localdate()),
    )  # fmt: skip
    found: dict[int, list[Offer]] = defaultdict(list)
    for row in rows.select_related("place__period").order_by("place__starts_on", "place_id"):
        found[row.place.company_id].append(Offer(row.place, row.place_id in proposed))
    return found


def drawing(report: ShortageReport, km: int, page: str, frame: Frame | None = None) -> dict[str, Any]:
    """What the map draws: the circle, names of towns in sight, and a marker for each company that leads to it in the list."""
    origin, radius = report.area, straight_within(km * 1000)
    frame = frame or (origin.x - radius, origin.y - radius, origin.x + radius, origin.y + radius)
    towns = towns_in(frame, Origin(Point(origin.x, origin.y), origin.place))
    here: dict[tuple[int, int], int] = {}
    markers = []
    for one in near(report, km):
        point = (one.company.x, one.company.y)
        turn = here[point] = here.get(point, -1) + 1
        x, y = beside(*point, turn, 2 * radius)
        offer = ngettext("%(n)s place free", "%(n)s places free", one.free) % {"n": one.free} if one.free else _("no open place")
        url = f"{page}#bedrijf-{one.company.public_id}"
        markers.append({"x": x, "y": y, "count": 1, "text": f"{one.company.name}: {offer}", "url": url, "kind": "" if one.free else "none"})
    return {"circle": {"x": origin.x, "y": origin.y, "radius": radius}, "towns": towns, "markers": markers}


def as_json(report: ShortageReport, asked: QueryDict, page: str) -> JsonResponse:
    """The drawing as the map fetches it: `km` around, and `kader`, what is in sight."""
    return JsonResponse(drawing(report, radius_of(asked.get("km", "")), page, frame_of(asked.get("kader", ""))))
