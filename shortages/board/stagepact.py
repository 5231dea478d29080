"""Figures of the Stagepact MBO where the data exist: whether there are places enough, and what they pay.

Places are in public in the search, so what they pay may be told of any region; of students only their own school hears.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum

from accounts.actor import Actor
from placements.models import Place, Placement, PlacementRequest, PlaceState
from placements.workflow import KNOWN_STATES, OPEN_STATES, S
from schools.models import Programme, school_year
from shortages.board.measures import Sums
from shortages.night.counting import running

FEWEST = 5


@dataclass(frozen=True)
class Share:
    """So many of so many; the share in per cent is None where too few stand behind it."""

    part: int
    of: int

    @property
    def percent(self) -> int | None:
        """Whole per cent."""
        return round(100 * self.part / self.of) if self.of >= FEWEST else None


@dataclass(frozen=True)
class Region:
    """A region: students with a place of all who need one, slots unused, and what offered places pay (shares in per cent)."""

    placed: Share
    unused: int
    allowance: int | None
    expenses: int | None


def of_region(region: str, now: Sums, day: date) -> Region:
    """From the figures that the reader may see, and from the places that are offered. One query."""
    placed = int(now.counts["placed"])
    needing = placed + int(now.counts["seeking"]) + int(now.counts["matched"])
    offered = Place.objects.filter(state=PlaceState.OPEN, ends_on__gt=day, company__municipality__region=region)
    paid = offered.aggregate(n=Count("pk"), allowance=Count("pk", filter=Q(allowance__gt=0)), expenses=Count("pk", filter=Q(expenses__gt=0)))
    return Region(
        Share(placed, needing),
        int(now.counts["unused_once"]),
        Share(paid["allowance"], paid["n"]).percent,
        Share(paid["expenses"], paid["n"]).percent,
    )


@dataclass(frozen=True)
class School:
    """The own students of this school year: with a place, and with allowance and expenses among those; slots for their courses."""

    year: int
    placed: Share
    waiting: int
    not_ready: int
    allowance: Share
    expenses: Share
    offered: int
    unused: int


AFTER_YES = (*KNOWN_STATES, S.COMPLETED)


def of_school(actor: Actor, day: date) -> School:
    """Of the programmes that a coordinator or administrator of a school has. Three queries."""
    own = PlacementRequest.objects.visible_to(actor)
    asked = running(day).filter(pk__in=own.values("pk")).annotate(held=Count("placements", filter=Q(placements__state__in=OPEN_STATES)))
    counts = asked.aggregate(
        n=Count("pk"), without=Count("pk", filter=Q(held=0)), not_ready=Count("pk", filter=Q(held=0, ready_at=None)),
    )  # fmt: skip
    year = school_year(day)
    began = Placement.objects.visible_to(actor).filter(state__in=AFTER_YES, starts_on__gte=date(year, 8, 1), starts_on__lt=date(year + 1, 8, 1))
    paid = began.aggregate(
        n=Count("pk"), allowance=Count("pk", filter=Q(place__allowance__gt=0)), expenses=Count("pk", filter=Q(place__expenses__gt=0)),
    )  # fmt: skip
    programmes = Programme.objects.visible_to(actor).values("qualification")
    places = Place.objects.filter(state=PlaceState.OPEN, ends_on__gt=day, pk__in=Place.objects.filter(qualifications__in=programmes).values("pk"))
    slots = places.aggregate(offered=Sum("capacity"), unused=Sum(F("capacity") - F("taken")))
    return School(
        year=year,
        placed=Share(counts["n"] - counts["without"], counts["n"]),
        waiting=counts["without"] - counts["not_ready"],
        not_ready=counts["not_ready"],
        allowance=Share(paid["allowance"], paid["n"]),
        expenses=Share(paid["expenses"], paid["n"]),
        offered=slots["offered"] or 0,
        unused=slots["unused"] or 0,
    )
