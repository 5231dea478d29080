"""The places of a list as cards: one narrow query, and the words of each made once, because a page has twenty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from placements.models.place import Weekday
from placements.search.fit import Fit
from placements.search.query import Query
from placements.search.rows import Rows
from placements.search.where import Origin
from reference import travel
from stagematch.moments import weeks_ago
from stagematch.templatetags import stagematch as shown

NO_FITS: Mapping[int, Fit] = {}
# In SQL, because Django would write this very query anew for every page, which takes it longer than the database to answer.
_PLACES = """
    SELECT p.id, p.public_id, p.title, p.days, p.allowance, p.capacity, p.taken, p.confirmed_at, p.created_at, c.name, c.place, w.name,
           ARRAY(SELECT q.name FROM placements_placesearchrow r JOIN reference_qualification q ON q.crebo = r.qualification_id
                  WHERE r.place_id = p.id ORDER BY q.level, q.name)
      FROM placements_place p JOIN companies_company c ON c.id = p.company_id JOIN placements_period w ON w.id = p.period_id
     WHERE p.id = ANY(%(keys)s)
"""


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
    def html(self) -> SafeString:
        """What stands on it, but for buttons; here and not in a template, because twenty of them took a fifth of the page's time."""
        link = f'<a class="nl-link sm-card__link" href="{escape(self.url)}">{escape(self.title)}</a>'
        facts = "".join(f"<li>{escape(fact)}</li>" for fact in self._facts() if fact)
        return SafeString(
            f'<div class="sm-card__head"><h3>{link}</h3>{self._badges()}</div>\n'
            f'<p>{escape(self.company)}, {escape(self.town)}{self._way()}</p>\n<ul class="sm-card__meta">{facts}</ul>'
        )

    def _way(self) -> str:
        """How far it is: kilometres by road, and minutes."""
        if self.metres is None:
            return ""
        return f" · <strong>{shown.km(self.metres)}</strong>, {shown.minutes(self.minutes)} {escape(str(self.mode.label))}"

    def _badges(self) -> str:
        """How well it fits, and whether it was confirmed lately."""
        found = ""
        if self.fit:
            found += shown.badge("warning", self.fit.obstacle) if self.fit.obstacle else shown.badge("success", self.fit.words)
        return found + shown.badge("warning", _("not confirmed lately")) if self.stale else found

    def _facts(self) -> list[str]:
        """What one compares by."""
        return [
            ", ".join(self.taught),
            self.period,
            on_days(self.days),
            _("%(amount)s a month") % {"amount": shown.euro(self.allowance)} if self.allowance else "",
            ngettext("%(n)s free", "%(n)s free", self.free) % {"n": self.free},
        ]


def cards(rows: Rows, origin: Origin | None, query: Query, fits: Mapping[int, Fit] = NO_FITS) -> list[Card]:
    """The places of the rows, in their order. One query, or none for none."""
    if not len(rows):
        return []
    straight = dict(zip(rows.place.tolist(), rows.metres.tolist(), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"keys": list(straight)})
        found = {row[0]: row for row in cursor.fetchall()}
    stale = weeks_ago(settings.PLACE_STALE_WEEKS)
    asked = query.but(map=False).url
    made = []
    for key, metres in straight.items():
        if key not in found:  # removed since the search
            continue
        _key, public_id, title, days, allowance, capacity, taken, confirmed_at, created_at, company, town, period, taught = found[key]
        made.append(Card(
            pk=key, public_id=public_id, title=title, company=company, town=town, period=period,
            taught=taught, days=days, allowance=allowance, free=max(0, capacity - taken),
            created_at=created_at, stale=confirmed_at < stale,
            metres=travel.road_metres(metres) if origin else None, minutes=travel.minutes(metres, query.travel) if origin else None,
            mode=query.travel, fit=fits.get(key), query=asked,
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
