"""Never a dead end: what to change when a search finds little, each with how many places that would show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from placements.search.facets import Facets, narrow
from placements.search.find import What, around, find
from placements.search.query import DEFAULTS, DISTANCES, FURTHEST, FURTHEST_KM, Query
from placements.search.where import Origin
from reference.models import Qualification
from reference.projection import Point
from reference.travel import straight_within

MOST_HINTS = 6
MOST_SIBLINGS = 4


@dataclass(frozen=True)
class Hint:
    """One way to find more: what it does, the query that does it, and how many places it shows."""

    text: str
    query: Query
    count: int


def hints(query: Query, what: What, siblings: Sequence[Qualification], origin: Origin | None, facets: Facets, today: date) -> list[Hint]:
    """The ways that show more than is found now, the nearest to what was asked first. One query, and none without an origin."""
    now = len(facets.found)
    found = [*_without_one(query, facets), *(_around(query, what, siblings, origin.point, today, now) if origin else ())]
    return [hint for hint in found if hint.count > now][:MOST_HINTS]


def _without_one(query: Query, facets: Facets) -> Iterator[Hint]:
    """Other periods first, then each question left unanswered."""
    words = {
        "periods": _("in any period"), "levels": _("on any level"), "pathways": _("along any pathway"), "days": _("on other days"),
        "goals": _("with other learning goals"), "kinds": _("at any kind of company"), "offers": _("without what must be possible"),
        "without": _("also where something is required"), "allowance": _("whatever the allowance"), "support": _("whatever the guidance"),
        "group": _("also outside group projects"), "now": _("also places that begin later"),
    }  # fmt: skip
    for name, text in words.items():
        if name in facets.lifted:
            yield Hint(text, query.but(**{name: DEFAULTS[name]}), facets.lifted[name])


def _anywhere(query: Query, what: What, today: date, now: int) -> Iterator[Hint]:
    """The same in the whole country, for what is nowhere near at all. One query, or none."""
    if query.what and what != What() and not now:
        yield Hint(
            _("in the whole country"),
            query.but(where="", near="", km=DEFAULTS["km"], minutes=0),
            len(narrow(find(what, None, 0, today), query, today).found),
        )


def _around(query: Query, what: What, siblings: Sequence[Qualification], origin: Point, today: date, now: int) -> Iterator[Hint]:
    """Further away, qualifications of the same file within the same distance, any work here, and everything here without any filter."""
    # Courses are looked up quickly in half the country; words and everything only somewhat further than asked.
    wide = min(FURTHEST, (2 if not what.crebos else 3) * query.radius) if what.stems or not what.crebos else FURTHEST
    # What the words mean nowhere is left out at last: every place here is many rows, so only when there is nothing at all.
    anything = bool(query.text) and not now
    same, beside, every = around(what, tuple(one.pk for one in siblings), origin, query.radius, wide, today, anything=anything)
    for distance in (*DISTANCES, FURTHEST_KM):
        if query.radius < straight_within(1000 * distance) <= wide:
            count = len(narrow(same.of(same.metres <= straight_within(1000 * distance)), query, today).found)
            if count > now:
                wider = query.but(km=distance, minutes=0)
                yield Hint(_("within %(km)s") % {"km": wider.within}, wider, count)
                break
    else:
        yield from _anywhere(query, what, today, now)
    others = []
    for sibling in siblings:
        other = query.but(crebo=sibling.pk, text="", goals=())
        count = len(narrow(beside.of(beside.crebo == sibling.pk), other, today).found)
        others.append(Hint(_("%(name)s (level %(level)s)") % {"name": sibling.name, "level": sibling.level}, other, count))
    yield from sorted(others, key=lambda hint: -hint.count)[:MOST_SIBLINGS]
    if query.filtered:
        yield Hint(_("without any filter"), query.without_filters(), int((same.metres <= query.radius).sum()))
    if anything:
        other = query.but(text="")
        yield Hint(_("all work here, without “%(text)s”") % {"text": query.text}, other, len(narrow(every, other, today).found))
