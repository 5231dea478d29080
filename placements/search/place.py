"""A place's own page: what everybody may know about it, and what is like it nearby."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import HatKind
from companies.models import CompanyRole
from placements.applications.obstacles import SHORT
from placements.applications.workflow import RUNNING_STATES, A
from placements.forms.places import SUPPORT_LEVELS
from placements.models.place import Adjustment, Place, PlaceState, Requirement
from placements.search import find
from placements.search.cards import Card, cards, on_days
from placements.search.fit import Fit, fits_of
from placements.search.own import Marks
from placements.search.query import Query, parse
from placements.search.result import origin_of, own_mode, student_of
from placements.search.rows import Rows, unpack
from placements.search.where import Origin
from reference import travel
from reference.models import QualificationKind
from reference.projection import Point
from stagematch.moments import weeks_ago

SIMILAR = 4
SIMILAR_WITHIN = 15_000
# In SQL, as in `cards`: writing it anew took Django a third of the page's time.
_FACTS = """
    WITH taught AS (
        SELECT q.crebo, q.name, q.kind, q.level FROM placements_placesearchrow r JOIN reference_qualification q ON q.crebo = r.qualification_id
         WHERE r.place_id = %(place)s
    )
    SELECT ARRAY(SELECT crebo FROM taught), ARRAY(SELECT name FROM taught ORDER BY level, name), ARRAY(SELECT kind FROM taught),
           ARRAY(SELECT g.text FROM placements_place_goals l JOIN reference_learninggoal g ON g.id = l.learninggoal_id WHERE l.place_id = %(place)s
                  AND NOT EXISTS (SELECT FROM companies_withheldgoal w WHERE w.company_id = %(company)s AND w.goal_id = g.id)
                  ORDER BY g.text),
           (SELECT count(*) FROM companies_companymembership WHERE company_id = %(company)s AND role = %(trainer)s AND ended_at IS NULL),
           EXISTS (SELECT FROM placements_favourite WHERE place_id = %(place)s AND student_id = %(student)s),
           ARRAY(SELECT a.place_id FROM placements_application a JOIN placements_placementrequest w ON w.id = a.request_id
                  WHERE w.student_id = %(student)s AND (a.state = ANY(%(running)s) OR a.state = %(declined)s AND a.told_at IS NULL))
"""


@dataclass(frozen=True)
class PlacePage:
    """What the page of a place shows."""

    place: Place
    goals: list[str]
    taught: list[str]
    has_pathways: bool
    days: str
    requirements: list[Any]
    offers: list[Any]
    support: Any
    trainers: int
    full: bool
    paused: bool  # or stopped: only who applied still sees it
    over: bool
    stale: bool
    hidden: bool  # not confirmed for so long that no search shows it
    metres: int | None  # by road
    minutes: list[tuple[Any, int]]
    origin: Origin | None
    query: Query
    similar: list[Card]
    fit: Fit | None
    is_kept: bool | None  # None for who keeps no places
    marks: Marks  # of the places like it

    @property
    def offered(self) -> bool:
        """Whether somebody can still get it."""
        return not (self.full or self.over or self.hidden or self.paused)


def page_of_place(public_id: UUID, data: QueryDict, actor: Actor) -> PlacePage | None:
    """The page of a place that is offered, full or over; None for one that its company has taken back or not offered yet.

    Who applied there still reads it, whatever its company has done with it since.
    """
    place = Place.objects.select_related("company", "period").filter(public_id=public_id).first()
    facts = _facts(place, actor) if place else None
    if place is None or facts is None or not (place.state == PlaceState.OPEN or place.pk in facts.applied):
        return None
    today = timezone.localdate()
    near = find.find(find.What(tuple(facts.crebos)), _here(place), SIMILAR_WITHIN, today) if facts.crebos else unpack(None, None)
    query, _ignored = parse(data)
    student = student_of(actor) if actor.is_(HatKind.STUDENT) else None
    origin = origin_of(query if query.where or query.near else query.but(near="huis" if student else ""), actor, student, [])
    if student:
        query = replace(query, own=own_mode(student))
    straight = travel.straight_metres(origin.point, _here(place)) if origin else None
    return PlacePage(
        place=place,
        goals=facts.goals,
        taught=facts.names,
        has_pathways=QualificationKind.MBO in facts.kinds,
        days=on_days(place.days),
        requirements=[Requirement(one).label for one in place.requirements],
        offers=[Adjustment(one).label for one in place.offers],
        support=dict(SUPPORT_LEVELS).get(place.support, ""),
        trainers=facts.trainers,
        full=place.free == 0,
        paused=place.state != PlaceState.OPEN,
        over=place.ends_on <= today,
        hidden=place.confirmed_at < weeks_ago(settings.PLACE_HIDDEN_WEEKS),
        stale=place.confirmed_at < weeks_ago(settings.PLACE_STALE_WEEKS),
        metres=travel.road_metres(straight) if straight is not None else None,
        minutes=[(mode.label, travel.minutes(straight, mode)) for mode in _own_first(query)] if straight is not None else [],
        origin=origin,
        query=query,
        similar=_similar(place, query, near, origin),
        fit=_fit(place, facts.crebos, student, near) if student else None,
        is_kept=facts.kept if student else None,
        marks=Marks(applied=frozenset(facts.applied)),
    )


class Facts(NamedTuple):
    """What the page counts and lists besides the place itself."""

    crebos: list[int]
    names: list[str]
    kinds: list[str]
    goals: list[str]
    trainers: int
    kept: bool  # by who looks
    applied: list[int]  # places for which an application of who looks stands (`Application.objects.standing`)


def _facts(place: Place, actor: Actor) -> Facts:
    """One query."""
    values = {"place": place.pk, "company": place.company_id, "student": actor.student_id, "running": list(RUNNING_STATES), "declined": A.DECLINED}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, values | {"trainer": CompanyRole.TRAINER})
        return Facts(*cursor.fetchone())


def _here(place: Place) -> Point:
    return Point(place.company.x, place.company.y)


def _own_first(query: Query) -> list[travel.TravelMode]:
    """All means of travel, the reader's own before the others."""
    return sorted(travel.TravelMode, key=lambda mode: mode != query.travel)


def _similar(place: Place, query: Query, near: Rows, origin: Origin | None) -> list[Card]:
    """Places near this one for the same qualifications, as far as they are from the reader. One query."""
    others = find.page_of(near.of(near.place != place.pk), "afstand", 1).of(slice(0, SIMILAR))
    return cards(others.seen_from(origin.point) if origin else others, origin, query)


def _fit(place: Place, crebos: list[int], student: Any, near: Rows) -> Fit | None:
    """How well it fits the student who looks, by the engine; nothing for a place that cannot be had."""
    today = timezone.localdate()
    crebo = student.programme.qualification_id
    if crebo not in crebos:
        return Fit(0, rule="qualification", obstacle=str(SHORT["qualification"]))
    # Under one qualification the row is among those nearby already; of several it must be the student's own.
    rows = near if len(crebos) == 1 else find.find(find.What((crebo,)), _here(place), 0, today)
    fits = fits_of(student, rows.of(rows.place == place.pk), today)
    if fits is None or not len(fits.rows):
        return None
    fits.page(1)
    return fits.of.get(place.pk)
