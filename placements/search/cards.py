"""The places of a list as cards: one narrow query, and the words of each made once, because a page has twenty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from placements.models.place import Place, PlaceSearchRow, Weekday
from placements.search.fit import Fit
from placements.search.names import Names
from placements.search.query import Query
from placements.search.rows import Rows
from placements.search.where import Origin
from reference import travel
from stagematch.templatetags import stagematch as shown

NO_FITS: Mapping[int, Fit] = {}
FIELDS = (
    "pk", "public_id", "title", "days", "allowance", "capacity", "taken", "confirmed_at", "created_at",
    "company__name", "company__place", "period__name",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A place in a list; metres (by road) and minutes only when there is somewhere to count from."""

    pk: int
    public_id: UUID
    title: str
    company: str
    town: str
    period: str
    taught: Sequence[str]
    days: Sequence[str]
    allowance: int
    free: int
    created_at: datetime
    stale: bool
    metres: int | None = None
    minutes: int | None = None
    mode: travel.TravelMode = travel.TravelMode.BIKE
    fit: Fit | None = None
    query: str = ""

    @property
    def url(self) -> str:
        """Its own page, which counts from the same point as the list."""
        address = _address().format(self.public_id)
        return f"{address}?{self.query}" if self.query else address

    @property
    def way(self) -> SafeString | str:
        """How far it is: kilometres by road, and minutes."""
        if self.metres is None:
            return ""
        return format_html(" · <strong>{}</strong>, {} {}", shown.km(self.metres), shown.minutes(self.minutes), self.mode.label)

    @property
    def badges(self) -> SafeString | str:
        """How well it fits, and whether it was confirmed lately."""
        fit = SafeString("")
        if self.fit:
            fit = shown.badge("warning", self.fit.obstacle) if self.fit.obstacle else shown.badge("success", self.fit.words)
        return SafeString(fit + shown.badge("warning", _("not confirmed lately"))) if self.stale else fit

    @property
    def facts(self) -> SafeString:
        """What one compares by, as items of a list."""
        facts = [
            ", ".join(self.taught),
            self.period,
            on_days(self.days),
            _("%(amount)s a month") % {"amount": shown.euro(self.allowance)} if self.allowance else "",
            ngettext("%(n)s free", "%(n)s free", self.free) % {"n": self.free},
        ]
        return format_html_join("", "<li>{}</li>", ((fact,) for fact in facts if fact))


def cards(rows: Rows, origin: Origin | None, query: Query, known: Names, fits: Mapping[int, Fit] = NO_FITS) -> list[Card]:
    """The places of the rows, in their order. One query."""
    straight = dict(zip(rows.place.tolist(), rows.metres.tolist(), strict=True))
    taught = PlaceSearchRow.objects.filter(place=OuterRef("pk")).order_by("qualification").values("qualification")
    found = {row[0]: row for row in Place.objects.filter(pk__in=list(straight)).values_list(*FIELDS, ArraySubquery(taught))}
    stale = timezone.now() - timedelta(weeks=settings.PLACE_STALE_WEEKS)
    where = Query(where=query.where, near=query.near, minutes=query.minutes, mode=query.mode).url
    made = []
    for key, metres in straight.items():
        if key not in found:  # removed since the search
            continue
        _key, public_id, title, days, allowance, capacity, taken, confirmed_at, created_at, company, town, period, crebos = found[key]
        made.append(Card(
            pk=key, public_id=public_id, title=title, company=company, town=town, period=period,
            taught=[one.name for one in known.of(crebos)], days=days, allowance=allowance, free=max(0, capacity - taken),
            created_at=created_at, stale=confirmed_at < stale,
            metres=travel.road_metres(metres) if origin else None, minutes=travel.minutes(metres, query.travel) if origin else None,
            mode=query.travel, fit=fits.get(key), query=where,
        ))  # fmt: skip
    return made


_ANY = UUID(int=0)


@lru_cache(maxsize=1)
def _address() -> str:
    """The address of a place's page with a mark in it: it is looked up once, and not for every card."""
    return reverse("placements:place_page", args=[_ANY]).replace(str(_ANY), "{}")


def on_days(days: Sequence[str]) -> str:
    """On which days a place can have somebody: `possible Mon to Fri`; a student works on some of them."""
    return _on_days(tuple(days), get_language())


@lru_cache(maxsize=512)
def _on_days(days: tuple[str, ...], _language: str) -> str:
    at = [number for number, day in enumerate(Weekday.values) if day in days]
    words = [str(WEEKDAYS_ABBR[number]) for number in at]
    if len(at) > 2 and at[-1] - at[0] == len(at) - 1:
        return _("possible %(first)s to %(last)s") % {"first": words[0], "last": words[-1]}
    return _("possible %(days)s") % {"days": ", ".join(words)}
