"""A place's own page: what everybody may know about it, and what is like it nearby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.hats import HatKind
from companies.models import CompanyMembership, CompanyRole
from placements.forms.places import SUPPORT_LEVELS
from placements.models import Favourite
from placements.models.place import Adjustment, Place, PlaceState, Requirement, Weekday
from placements.search import find
from placements.search.fit import Fit, fits_of
from placements.search.query import Query, parse
from placements.search.result import Card, cards, origin_of, student_of, with_names
from placements.search.rows import Rows, unpack
from placements.search.where import Origin
from reference import travel
from reference.models import LearningGoal
from reference.projection import Point

SIMILAR = 4
SIMILAR_WITHIN = 15_000


@dataclass(frozen=True)
class PlacePage:
    """What the page of a place shows."""

    place: Place
    goals: list[str]
    days: list[Any]
    requirements: list[Any]
    offers: list[Any]
    support: Any
    trainers: int
    full: bool
    over: bool
    stale: bool
    metres: int | None
    minutes: list[tuple[Any, int]]
    origin: Origin | None
    query: Query
    similar: list[Card]
    fit: Fit | None
    is_kept: bool | None  # None for who keeps no places

    @property
    def offered(self) -> bool:
        """Whether somebody can still get it."""
        return not (self.full or self.over)


def page_of_place(public_id: UUID, data: QueryDict, actor: Actor) -> PlacePage | None:
    """The page of a place that is offered, full or over; None for one that its company has taken back or not offered yet."""
    goals = LearningGoal.objects.filter(places=OuterRef("pk"))
    trainers = CompanyMembership.objects.filter(company=OuterRef("company"), role=CompanyRole.TRAINER, ended_at=None)
    kept = Favourite.objects.filter(place=OuterRef("pk"), student=actor.student_id)
    facts: dict[str, Any] = {
        "learned": ArraySubquery(goals.values("text")),
        "trainers": ArraySubquery(trainers.values("pk")),
        "is_kept": Exists(kept),
    }
    place = with_names(Place.objects.filter(public_id=public_id, state=PlaceState.OPEN)).annotate(**facts).first()
    if place is None:
        return None
    today = timezone.localdate()
    near = find.find(find.What(tuple(place.crebos)), _here(place), SIMILAR_WITHIN, today) if place.crebos else unpack(None, None)
    query, _ignored = parse(data)
    student = student_of(actor) if actor.is_(HatKind.STUDENT) else None
    origin = origin_of(query if query.where or query.near else query.but(near="huis" if student else ""), actor, student, [])
    metres = travel.straight_metres(origin.point, (place.company.x, place.company.y)) if origin else None
    return PlacePage(
        place=place,
        goals=place.learned,
        days=[Weekday(day).label for day in place.days],
        requirements=[Requirement(one).label for one in place.requirements],
        offers=[Adjustment(one).label for one in place.offers],
        support=dict(SUPPORT_LEVELS).get(place.support, ""),
        trainers=len(place.trainers),
        full=place.free == 0,
        over=place.ends_on <= today,
        stale=place.confirmed_at < timezone.now() - timedelta(weeks=settings.PLACE_STALE_WEEKS),
        metres=metres,
        minutes=[(mode.label, travel.minutes(metres, mode)) for mode in travel.TravelMode] if metres is not None else [],
        origin=origin,
        query=query,
        similar=_similar(place, query, near),
        fit=_fit(place, student, near) if student else None,
        is_kept=place.is_kept if student else None,
    )


def _here(place: Place) -> Point:
    return Point(place.company.x, place.company.y)


def _similar(place: Any, query: Query, near: Rows) -> list[Card]:
    """Places nearby for the same qualifications, of other companies first. One query."""
    others = find.page_of(near.of(near.place != place.pk), "afstand", 1)
    return cards(others.of(slice(0, SIMILAR)), Origin(_here(place), _("this place")), query, timezone.localdate(), {})


def _fit(place: Any, student: Any, near: Rows) -> Fit | None:
    """How well it fits the student who looks, by the engine; nothing for a place that cannot be had, or that is for another course."""
    today = timezone.localdate()
    crebo = student.programme.qualification_id
    if crebo not in place.crebos:
        return None
    # Under one qualification the row is among those nearby already; of several it must be the student's own.
    rows = near if len(place.crebos) == 1 else find.find(find.What((crebo,)), _here(place), 0, today)
    fits = fits_of(student, rows.of(rows.place == place.pk), today)
    if fits is None or not len(fits.rows):
        return None
    fits.page(1)
    return fits.of.get(place.pk)
