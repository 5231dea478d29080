"""A view of the dashboard as its address says it: read leniently, so that no address ever fails; what is not understood is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from reference.models import Pathway, QualificationKind
from shortages.board.measures import MEASURES
from shortages.board.shapes import shapes
from shortages.board.source import COUNTRY
from shortages.groups import TargetGroup
from stagematch.addresses import MOST_NAMED, NOT_A_CHOICE, Ignored, Parameter, Wrong, choice, number, short, text

NO_DATE = _("this is not a date like 21-11-2026")
TOO_EARLY = _("there are no figures of before 2000")
STILL_TO_COME = _("this day is still to come")
REPEATED = _("this was asked more than once: the last one counts")
UNKNOWN = _("the dashboard has no such part")
FIRST_YEAR = 2000
LONGEST_TEXT = 60
# Parameters that belong to the page or to whoever sent the visitor.
NOT_OURS = ("hx", "utm_", "alles")


@dataclass(frozen=True)
class View:
    """What is shown. Names in the address are Dutch (PARAMETERS)."""

    region: str = ""  # empty: the own region first, else the country
    chamber: str = ""
    text: str = ""
    crebo: int = 0
    level: int = 0
    pathway: str = ""
    group: str = ""
    measure: str = "klaar"
    since: date | None = None
    until: date | None = None
    beside: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """Target groups that fit level, pathway and group; empty when none of the three is asked."""
        if not (self.level or self.pathway or self.group):
            return ()
        level, pathway = f"mbo{self.level}" if self.level else "", self.pathway.lower()
        return tuple(
            group.value
            for group in TargetGroup
            if self.group in ("", group.value)
            and group.value.startswith(level)
            and (not pathway or (group.value.startswith("mbo") and group.value.endswith(pathway)))
        )

    @property
    def in_country(self) -> bool:
        """Whether it is about the whole country."""
        return self.region in ("", COUNTRY)

    @property
    def place(self) -> str | None:
        """The code of the region; None for the country."""
        return None if self.in_country else self.region

    @property
    def filtered(self) -> bool:
        """Whether it narrows what is counted, besides the region."""
        return bool(self.chamber or self.crebo or self.groups)

    def of_course(self, qualification: str, pathway: Callable[[str], Q]) -> Q:
        """Rows of the courses of this view: the path from a row to its qualification, and what says that a row has a pathway."""
        chosen = Q()
        if self.crebo:
            chosen &= Q(**{f"{qualification}crebo": self.crebo})
        if self.chamber:
            chosen &= Q(**{f"{qualification}sector_chamber": self.chamber})
        return chosen & self._in_groups(qualification, pathway)

    def _in_groups(self, qualification: str, pathway: Callable[[str], Q]) -> Q:
        """Whether qualification and pathway belong to one of the groups asked for (shortages.groups, the other way round)."""
        if not self.groups:
            return Q()
        chosen = Q(pk__in=[])
        for value in self.groups:
            kind = KINDS.get(TargetGroup(value))
            if kind:
                chosen |= Q(**{f"{qualification}kind": kind})
            else:
                level = Q(**{f"{qualification}kind": QualificationKind.MBO, f"{qualification}level": int(value[3])})
                chosen |= level & pathway(value[4:].upper())
        return chosen

    def but(self, **changes: Any) -> View:
        """The same view, changed."""
        return replace(self, **changes)

    @property
    def url(self) -> str:
        """The one query string that says this, without anything that goes without saying."""
        return urlencode([(one.name, getattr(self, one.field)) for one in PARAMETERS if getattr(self, one.field) != DEFAULTS[one.field]])


KINDS = {TargetGroup.PRO: QualificationKind.PRO, TargetGroup.VSO: QualificationKind.VSO, TargetGroup.VMBO: QualificationKind.VMBO_LWT}
DEFAULTS = {field.name: field.default for field in fields(View)}


def _region(value: str) -> str:
    if value != COUNTRY and value not in shapes():
        raise Wrong(NOT_A_CHOICE)
    return value


def _chamber(value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) == 2):
        raise Wrong(NOT_A_CHOICE)
    return value


def _date(value: str) -> date:
    parts = value.split("-")
    turned = "-".join(reversed(parts)) if len(parts) == 3 and len(parts[2]) == 4 else value
    try:
        found = parse_date(turned)
    except ValueError:
        found = None
    if found is None:
        raise Wrong(NO_DATE)
    if found.year < FIRST_YEAR:
        raise Wrong(TOO_EARLY)
    if found > timezone.localdate():
        raise Wrong(STILL_TO_COME)
    return found


def _text(value: str) -> str:
    return text(value)[:LONGEST_TEXT].strip()


PARAMETERS = (
    Parameter("regio", "region", _region),
    Parameter("kamer", "chamber", _chamber),
    Parameter("wat", "text", _text),
    Parameter("opleiding", "crebo", number(10_000, 99_999)),
    Parameter("niveau", "level", number(1, 4)),
    Parameter("leerweg", "pathway", choice(Pathway.values)),
    Parameter("doelgroep", "group", choice(TargetGroup.values)),
    Parameter("toon", "measure", choice(MEASURES)),
    Parameter("van", "since", _date),
    Parameter("tot", "until", _date),
    Parameter("naast", "beside", _region),
)
BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}


def parse(data: QueryDict) -> tuple[View, list[Ignored]]:
    """The view of an address, and what in it could not be used (at most MOST_NAMED are named). Never raises."""
    found: dict[str, Any] = {}
    ignored: list[Ignored] = []
    for name, values in data.lists():
        parameter, value = BY_NAME.get(name), (values[-1] if values else "").strip()
        if parameter is None:
            if not name.startswith(NOT_OURS):
                ignored.append(Ignored(short(name), short(value), UNKNOWN))
            continue
        if len({one.strip() for one in values} - {""}) > 1:
            ignored.append(Ignored(name, short(values[0].strip()), REPEATED))
        if not value:
            continue  # a field left empty
        try:
            found[parameter.field] = parameter.read(value)
        except Wrong as wrong:
            ignored.append(Ignored(name, short(value), wrong.args[0]))
    view = View(**found)
    if (view.level or view.pathway or view.group) and not view.groups:
        ignored.append(Ignored("doelgroep", view.group, _("no target group has this level and pathway")))
        view = view.but(level=0, pathway="", group="")
    if view.since and view.until and view.since >= view.until:
        ignored.append(Ignored("van", f"{view.since:%d-%m-%Y}", _("the first day must come before the last")))
        view = view.but(since=None)
    if view.beside == (view.region or COUNTRY):
        view = view.but(beside="")
    return view, ignored[:MOST_NAMED]
