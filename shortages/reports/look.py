"""First the platform looks itself: what is free nearby, further away, and for kindred qualifications."""

from dataclasses import dataclass, field

from django.utils import timezone

from accounts.actor import Actor
from placements.models import Period, Place
from placements.search import find, result
from placements.search.facets import narrow
from placements.search.query import Query
from placements.search.relax import Hint, hints
from placements.search.rows import Rows
from placements.search.where import Origin
from reference import travel
from reference.models import Qualification
from reference.projection import Point
from shortages.models import ShortageReport
from shortages.services.reports import Need

SHOWN = 3


@dataclass(frozen=True)
class Looked:
    """What was found: how many, the nearest with their metres by road, and what shows more, each with its number and its search."""

    query: Query
    origin: Origin | None
    total: int
    places: list[tuple[Place, int]] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)


def query_of(need: Need | ShortageReport) -> Query:
    """The search for a need: course, pathway, the periods that overlap, around the home. One query."""
    periods = Period.objects.filter(starts_on__lt=need.until, ends_on__gt=need.needed_from).values_list("pk", flat=True)
    return Query(crebo=need.qualification.pk, where=str(need.area.pk), pathways=(need.pathway,), periods=tuple(sorted(periods)))


def places_within(need: Need | ShortageReport, km: int) -> Rows:
    """What that search finds within so many kilometres by road, for the desk: an advisor never sees less than whoever reported. Two queries."""
    today, what = timezone.localdate(), find.What((need.qualification.pk,))
    around = find.find(what, Point(need.area.x, need.area.y), travel.straight_within(km * 1000), today)
    return narrow(around, query_of(need), today).found


def look(need: Need, actor: Actor) -> Looked:
    """Run the search, and its own ways to find more. Five queries at most."""
    today = timezone.localdate()
    found = result.rows_of(query_of(need), [], actor, today)
    nearest = find.page_of(found.rows, "afstand", 1).of(slice(0, SHOWN))
    pairs = list(zip(nearest.place.tolist(), nearest.metres.tolist(), strict=True))
    places = Place.objects.select_related("company", "period").in_bulk([key for key, _metres in pairs])
    shown = [(places[key], travel.road_metres(metres)) for key, metres in pairs if key in places]
    dossier = need.qualification.dossier_code
    kindred = Qualification.objects.current().filter(dossier_code=dossier).exclude(pk=need.qualification.pk) if dossier else ()
    more = hints(found.query, found.what, list(kindred), found.origin, found.facets, today)
    return Looked(found.query, found.origin, len(found.rows), shown, more)
