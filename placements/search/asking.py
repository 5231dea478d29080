"""Companies nearby that are recognised for a qualification and offer nothing for it now: whom a student may ask for a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, FloatField, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from companies.models import Company, CompanyMembership, CompanyRole, Recognition
from placements.models import Period, PlaceAsk, PlacementRequest, PlaceSearchRow
from placements.search.query import Query
from reference.models import Qualification
from reference.projection import Point
from reference.travel import road_metres, straight_metres
from schools.models import Student

MOST = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Askable:
    """A company, how far it is by road, for which qualification it would be asked, and when this student asked, if so."""

    company: Company
    metres: int
    qualification: Qualification
    asked_at: datetime | None


def offers_of(company: Any, today: date) -> QuerySet[PlaceSearchRow]:
    """What a company offers now (also an OuterRef), by qualification."""
    return PlaceSearchRow.objects.filter(place__company=company, open=True, place__ends_on__gt=today)


def may_be_asked(crebos: Sequence[int], today: date) -> QuerySet[Company]:
    """Recognised for one of these, offering nothing for them, reachable by mail, and not against being asked; `crebo` says for which."""
    valid = Recognition.objects.valid().filter(company=OuterRef("pk"), qualification__in=crebos)
    people = CompanyMembership.objects.filter(company=OuterRef("pk"), role=CompanyRole.CONTACT, ended_at=None, user__is_active=True)
    offers = offers_of(OuterRef("pk"), today).filter(qualification__in=crebos)
    found: QuerySet[Company] = Company.objects.filter(Exists(valid), Exists(people), ~Exists(offers), wants_no_asks=False)
    return found.annotate(crebo=Subquery(valid.order_by("qualification").values("qualification")[:1]))


def this_week(now: datetime) -> Q:
    """Asks of the last seven days."""
    return Q(created_at__gt=now - WEEK)


def companies_near(crebos: Sequence[int], origin: Point, radius: int, student: Student | None, period: Period | None) -> list[Askable]:
    """The nearest companies to ask; one that was asked often enough this week comes back next week. Two queries."""
    if not crebos:
        return []
    now, today = timezone.now(), timezone.localdate()
    asks = PlaceAsk.objects.filter(company=OuterRef("pk"))
    often = asks.filter(this_week(now)).order_by().values("company").annotate(n=Count("pk")).values("n")
    mine = asks.filter(student=student, period=period).values("created_at") if student and period else None
    away = [Cast(F(axis), FloatField()) - float(at) for axis, at in zip(("x", "y"), origin, strict=True)]
    box = {"x__range": (origin.x - radius, origin.x + radius), "y__range": (origin.y - radius, origin.y + radius)}
    found = may_be_asked(crebos, today).filter(**box).annotate(
        asked_at=Subquery(mine[:1]) if mine is not None else Subquery(PlaceAsk.objects.none().values("created_at")),
        week=Coalesce(Subquery(often, output_field=IntegerField()), 0),
        away=away[0] * away[0] + away[1] * away[1],
    )  # fmt: skip
    near = found.filter(Q(week__lt=settings.ASKS_A_WEEK) | Q(asked_at__isnull=False), away__lte=float(radius) ** 2).order_by("away", "pk")[:MOST]
    companies: list[Any] = list(near)
    names = {one.pk: one for one in Qualification.objects.filter(pk__in={one.crebo for one in companies})} if companies else {}
    return [Askable(one, road_metres(straight_metres(origin, (one.x, one.y))), names[one.crebo], one.asked_at) for one in companies]


def period_for(student: Student | None, query: Query) -> Period | None:
    """When the student needs a place: the one period of the search, else that of the own open request, else the next. One query."""
    today = timezone.localdate()
    running = Period.objects.filter(ends_on__gt=today)
    if len(query.periods) == 1:
        return running.filter(pk=query.periods[0]).first()
    own = PlacementRequest.objects.running().filter(student=student, period=OuterRef("pk")) if student else PlacementRequest.objects.none()
    return running.annotate(own=Exists(own)).order_by("-own", "starts_on", "pk").first()
