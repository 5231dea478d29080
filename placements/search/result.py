"""One search, from the address to everything the page shows: at most six queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.hats import HatKind
from placements.models import PlacementRequest
from placements.search import find, names, words
from placements.search.cards import Card, cards
from placements.search.choices import Group, groups
from placements.search.facets import Facets, narrow
from placements.search.fit import fits_of
from placements.search.query import DEFAULTS, MODES, SORTS, Query
from placements.search.relax import Hint, hints
from placements.search.rows import Rows
from placements.search.where import Origin, find_origin
from reference.selectors import postcode_point
from schools.models import School, Student
from stagematch.addresses import Ignored

# Fewer results than this, and the page says how to find more.
FEW = 5


@dataclass(frozen=True)
class Result:
    """What the page shows."""

    query: Query
    origin: Origin | None
    total: int
    cards: list[Card]
    groups: list[Group]
    sort: str
    page: int
    pages: int
    ignored: list[Ignored]
    meant: Sequence[Meant] = field(default_factory=list)
    guessed: bool = False
    hints: list[Hint] = field(default_factory=list)
    can_fit: bool = False
    landing: bool = False  # nothing was asked: the newest of the country, and no filters

    @property
    def orders(self) -> list[tuple[str, Promise | str]]:
        """What it can be ordered by, with its words; without somewhere to count from the newest come first, which no address says."""
        if self.origin is None:
            return [("", SORTS["nieuw"]), *((name, words) for name, words in SORTS.items() if name == "passend" and self.can_fit)]
        return [(name, words) for name, words in SORTS.items() if name != "passend" or self.can_fit]

    @property
    def unknown(self) -> bool:
        """Whether nothing is called what was typed."""
        return bool(self.query.text) and not self.total and (self.guessed or not self.meant)

    @property
    def few(self) -> bool:
        """Whether so little was found that the page says how to find more."""
        return self.total < FEW


@dataclass(frozen=True)
class Found:
    """The rows of a query before they are put into words; `rows` are what is left after the filters."""

    query: Query
    origin: Origin | None
    student: Student | None
    what: find.What
    facets: Facets
    landing: bool = False

    @property
    def rows(self) -> Rows:
        """The places found."""
        return self.facets.found


def rows_of(query: Query, ignored: list[Ignored], actor: Actor, today: date | None = None) -> Found:
    """The places of a query for whoever asks; what could not be used is added to `ignored`.

    A student who asks nothing gets the own course near home.
    """
    today = today or timezone.localdate()
    student = student_of(actor) if actor.is_(HatKind.STUDENT) else None
    if student:
        query = replace(query, own=own_mode(student))
    if not query.asks and student:
        query = query.but(near="huis", crebo=student.programme.qualification_id, page=query.page)
    origin = origin_of(query, actor, student, ignored)
    if not query.what and origin is None:
        return Found(query, None, student, find.What(), narrow(find.newest(today), Query(), today), landing=True)
    what = find.What.of(query.crebo, words.understand(query.text) if query.text and not query.crebo else None)
    # A text of signs only means nothing, and nothing is like it.
    nothing = query.text and what == find.What()
    rows = find.unpack(None, None) if nothing else find.find(what, origin.point if origin else None, query.radius, today)
    return Found(query, origin, student, what, narrow(rows, query, today))


def search(query: Query, ignored: list[Ignored], actor: Actor, today: date | None = None) -> Result:
    """Run a query for whoever asks."""
    today, ignored = today or timezone.localdate(), list(ignored)
    found = rows_of(query, ignored, actor, today)
    if found.landing:
        return _landing(found, ignored)
    query, origin, rows = found.query, found.origin, found.rows
    fits = fits_of(found.student, _under_own(found, today), today) if found.student and query.sort == "passend" else None
    if query.sort == "passend" and fits is None:
        ignored.append(Ignored("volgorde", "passend", _("only a student who has done the preparation can sort by fit")))
    if origin is None:
        ignored += _needs_a_place(query)
    pages = max(1, -(-len(rows) // find.PAGE))
    page = min(query.page, pages)
    if fits is not None:
        sort, shown = "passend", fits.page(page)
    else:
        sort = "nieuw" if origin is None or query.sort == "nieuw" else "afstand"
        shown = find.page_of(rows, sort, page)
    known = names.known()
    meant = [Meant(one.name, one.level, query.but(crebo=one.pk, text="").url) for one in known.of(found.what.crebos)]
    return Result(
        query=query,
        origin=origin,
        total=len(rows),
        cards=cards(shown, origin, query, fits.of if fits else {}),
        groups=groups(query, found.facets.counts, len(rows), known.qualifications.get(query.crebo)),
        sort=sort,
        page=page,
        pages=pages,
        ignored=ignored,
        meant=meant,
        guessed=found.what.guessed,
        hints=hints(query, found.what, known.siblings(found.what.crebos), origin, found.facets, today) if len(rows) < FEW else [],
        can_fit=found.student is not None,
    )


def _needs_a_place(query: Query) -> list[Ignored]:
    """What says how far when nobody said from where."""
    why = _("enter a postcode or town, then this counts")
    far = [("minuten", query.minutes, 0), ("km", query.km, DEFAULTS["km"])]
    return [Ignored(name, str(value), why) for name, value, usual in far if value != usual]


def _under_own(found: Found, today: date) -> Rows:
    """The rows found, under the student's own course where the place offers that too: its goals count there. One query, or none."""
    crebo = found.student.programme.qualification_id if found.student else 0
    rows = found.rows
    if not len(rows) or found.query.crebo == crebo:
        return rows
    own = find.find(find.What((crebo,)), found.origin.point if found.origin else None, found.query.radius, today)
    order = np.argsort(own.place)
    at = np.searchsorted(own.place[order], rows.place).clip(max=max(len(own) - 1, 0))
    words = rows.words.copy()
    if len(own):
        same = own.place[order][at] == rows.place
        words[same] = own.words[order][at[same]]
    return Rows(words, rows.metres)


@dataclass(frozen=True)
class Meant:
    """A course that the words mean, and the query for it alone."""

    name: str
    level: int
    url: str


def _landing(found: Found, ignored: list[Ignored]) -> Result:
    """Nothing asked yet: the newest places of the country, and no filters, because they would count everything."""
    if found.query.filtered:
        ignored.append(Ignored("", "", _("say what or where first; then you can choose filters")))
    query, rows = found.query.without_filters(), found.rows.of(slice(0, find.PAGE))
    return Result(query, None, len(rows), cards(rows, None, query), [], "nieuw", 1, 1, ignored, landing=True)


def page_links(result: Result) -> list[tuple[int, str]]:
    """Number and address of the pages to offer: first, last, and those around this one; 0 stands for dots."""
    wanted = sorted({1, result.pages, *range(max(1, result.page - 1), min(result.pages, result.page + 1) + 1)})
    links: list[tuple[int, str]] = []
    for number in wanted:
        if links and number > links[-1][0] + 1:
            links.append((0, ""))
        links.append((number, result.query.but(page=number).url))
    return links


def student_of(actor: Actor) -> Student | None:
    """The student who is signed in, with school and programme, and `travels`: by what, in the request under way. One query."""
    running = PlacementRequest.objects.running().filter(student=OuterRef("pk")).exclude(travel_mode="").order_by("period__starts_on", "pk")
    own = Student.objects.select_related("school", "programme").annotate(travels=Subquery(running.values("travel_mode")[:1]))
    return own.filter(pk=actor.student_id or 0).first()


def own_mode(student: Any) -> str:
    """How a student (of `student_of`) travels, as the address calls it; empty when that is not known yet."""
    return next((name for name, mode in MODES.items() if mode == student.travels), "")


def origin_of(query: Query, actor: Actor, student: Student | None, ignored: list[Ignored]) -> Origin | None:
    """Where to look from; what cannot be found is named."""
    if query.near:
        point, name = None, ""
        if query.near == "huis" and student:
            point, name = postcode_point(student.postcode), _("your home")
        elif query.near == "school" and (school := student.school if student else School.objects.filter(pk=actor.school_id or 0).first()):
            point, name = postcode_point(school.postcode), school.name
        if point:
            return Origin(point, name)
        ignored.append(Ignored("bij", query.near, _("sign in as a student or at a school for this, or enter a postcode or town")))
    if not query.where:
        return None
    origin = find_origin(query.where)
    if origin is None:
        ignored.append(Ignored("waar", query.where, _("we know no postcode or town like this; try four digits of a postcode")))
    return origin
