"""The whole search as the URL says it: read leniently, so that no address ever fails; what is not understood is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from placements.search import rows
from reference.travel import TravelMode, max_metres, straight_within
from stagematch.addresses import MOST_NAMED, NOT_A_CHOICE, Ignored, Parameter, Wrong, choice, number, short, text
from stagematch.templatetags import stagematch as shown

LONGEST_TEXT = 100
FURTHEST_KM = 100
LONGEST_MINUTES = 180
LAST_PAGE = 500
DEFAULT_KM = 20
FURTHEST = straight_within(1000 * FURTHEST_KM)
DISTANCES = (5, 10, 20, 40, 75)
ALLOWANCES = (1, 150, 300, 450)
SORTS = {"afstand": _("nearest first"), "passend": _("best fit first"), "nieuw": _("newest first")}
MODES = {"lopend": TravelMode.WALK, "fiets": TravelMode.BIKE, "ov": TravelMode.PUBLIC_TRANSPORT, "auto": TravelMode.CAR}
USUAL = "fiets"
NEAR = {"huis": _("near my home"), "school": _("near my school")}
# Parameters that are not ours but belong to the page or to whoever sent the visitor.
NOT_OURS = ("hx", "utm_", "kader")

TOO_LONG = _("this is too long; only the beginning was used")
UNKNOWN = _("the search has no such part")
TOO_MANY = _("the address has more than %(n)s parts; the others were not read")


@dataclass(frozen=True)
class Query:
    """What is looked for. Tuples hold several answers to one question; names in the URL are Dutch (PARAMETERS)."""

    text: str = ""
    crebo: int = 0
    where: str = ""
    near: str = ""
    km: int = DEFAULT_KM
    minutes: int = 0
    mode: str = ""
    own: str = ""  # how the student who asks travels, if no mode is said; stands in no address
    levels: tuple[int, ...] = ()
    pathways: tuple[str, ...] = ()
    periods: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    goals: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    allowance: int = 0
    support: int = 0
    group: bool = False
    now: bool = False
    sort: str = "afstand"
    page: int = 1
    map: bool = False

    @property
    def travel(self) -> TravelMode:
        """The means of travel in which minutes are counted: what was chosen, else the student's own, else a bicycle."""
        return MODES[self.mode or self.own or USUAL]

    @property
    def modes(self) -> list[tuple[str, Promise | str, bool]]:
        """What can be chosen, each with whether it counts now; what goes without saying has no value."""
        usual = self.own or USUAL
        return [("" if name == usual else name, mode.label, mode == self.travel) for name, mode in MODES.items()]

    @property
    def radius(self) -> int:
        """The straight metres that are searched: kilometres are those of the road, as everywhere where people read them."""
        return min(max_metres(self.minutes, self.travel), FURTHEST) if self.minutes else straight_within(1000 * self.km)

    @property
    def within(self) -> str:
        """How far, as people read it: `20 km`, or `30 min by bicycle`."""
        return f"{shown.minutes(self.minutes)} {self.travel.label}" if self.minutes else f"{self.km}\u00a0km"

    @property
    def straight(self) -> str:
        """The radius as the crow flies: what the circle on the map is."""
        return shown.km(self.radius)

    @property
    def what(self) -> bool:
        """Whether it says what kind of place."""
        return bool(self.text or self.crebo)

    @property
    def asks(self) -> bool:
        """Whether anything is looked for at all: what, or where."""
        return self.what or bool(self.where or self.near)

    @property
    def filtered(self) -> int:
        """How many filters are set, besides what and where."""
        return sum(len(getattr(self, name)) for name in SETS) + sum(bool(getattr(self, name)) for name in ("allowance", "support", "group", "now"))

    def but(self, **changes: Any) -> Query:
        """The same query, changed; on its first page unless that is what changes."""
        return replace(self, **{"page": 1, **changes})

    def without_filters(self) -> Query:
        """Only what, where and how far."""
        return Query(**{name: getattr(self, name) for name in ("text", "crebo", "where", "near", "km", "minutes", "mode", "own", "sort", "map")})

    @property
    def url(self) -> str:
        """The one query string that says this, without anything that goes without saying."""
        pairs = []
        for parameter in PARAMETERS:
            value = getattr(self, parameter.field)
            if value == DEFAULTS[parameter.field] or (parameter.field == "km" and self.minutes):
                continue
            pairs += [(parameter.name, one) for one in (value if isinstance(value, tuple) else [1 if value is True else value])]
        return urlencode(pairs)


DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(Query)}
SETS = tuple(name for name, value in DEFAULTS.items() if value == ())


def _yes(value: str) -> bool:
    if value not in ("1", "on"):
        raise Wrong(NOT_A_CHOICE)
    return True


PARAMETERS = (
    Parameter("wat", "text", text),
    Parameter("opleiding", "crebo", number(10_000, 99_999)),
    Parameter("waar", "where", text),
    Parameter("bij", "near", choice(NEAR)),
    Parameter("km", "km", number(1, FURTHEST_KM)),
    Parameter("minuten", "minutes", number(1, LONGEST_MINUTES)),
    Parameter("vervoer", "mode", choice(MODES)),
    Parameter("niveau", "levels", number(1, 4)),
    Parameter("leerweg", "pathways", choice(rows.PATHWAYS)),
    Parameter("periode", "periods", number(1, 10**9 - 1)),
    Parameter("dag", "days", choice(rows.DAYS)),
    Parameter("doel", "goals", number(0, rows.GOALS - 1)),
    Parameter("soort", "kinds", choice(rows.KINDS)),
    Parameter("kan", "offers", choice(rows.OFFERS)),
    Parameter("zonder", "without", choice(rows.REQUIREMENTS)),
    Parameter("vergoeding", "allowance", number(1, 32_767)),
    Parameter("begeleiding", "support", number(1, 3)),
    Parameter("samen", "group", _yes),
    Parameter("nu", "now", _yes),
    Parameter("volgorde", "sort", choice(SORTS)),
    Parameter("pagina", "page", number(1, LAST_PAGE)),
    Parameter("kaart", "map", _yes),
)
BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}
# More different values of one parameter than any list has are nonsense, and are not all repeated on the page.
MOST_VALUES = 20
# Fewer than Django refuses altogether.
MOST_PARTS = 500


def parse(data: QueryDict) -> tuple[Query, list[Ignored]]:
    """The query of an address, and what in it could not be used (at most MOST_NAMED are named). Never raises."""
    found: dict[str, Any] = {}
    ignored: list[Ignored] = []
    for name, values in data.lists():
        parameter = BY_NAME.get(name)
        if parameter is None:
            if not name.startswith(NOT_OURS):
                ignored.append(Ignored(short(name), short(values[-1] if values else ""), UNKNOWN))
            continue
        several = isinstance(DEFAULTS[parameter.field], tuple)
        good: dict[Any, None] = {}
        for value in values[:MOST_VALUES] if several else values[-1:]:
            if value.strip() == "":
                continue  # a field left empty
            try:
                read = parameter.read(value.strip())
            except Wrong as wrong:
                ignored.append(Ignored(name, short(value), wrong.args[0]))
                continue
            if isinstance(read, str) and len(read) > LONGEST_TEXT:
                ignored.append(Ignored(name, short(read), TOO_LONG))
                read = read[:LONGEST_TEXT].strip()
            good[read] = None
        if good:
            found[parameter.field] = tuple(sorted(good)) if several else next(iter(good))
    if found.get("goals") and not found.get("crebo"):
        ignored.append(Ignored("doel", "", _("choose a qualification first: each has learning goals of its own")))
        del found["goals"]
    return Query(**found), ignored[:MOST_NAMED]


def read(address: str) -> tuple[Query, list[Ignored]]:
    """The same of a raw query string, however many parts it has. Never raises."""
    query, ignored = parse(parts_of(address))
    if address.count("&") >= MOST_PARTS:
        ignored = [Ignored("", "", TOO_MANY % {"n": MOST_PARTS}), *ignored][:MOST_NAMED]
    return query, ignored


def parts_of(address: str) -> QueryDict:
    """The first MOST_PARTS parts of a raw query string: Django refuses an address with a thousand, and says nothing of why."""
    return QueryDict("&".join(address.split("&", MOST_PARTS)[:MOST_PARTS]))
