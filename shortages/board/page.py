"""Builds the page of a view: figures, map, trend, causes, and what lies one step deeper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reference.models import Qualification, SectorChamber
from reference.selectors import search_qualifications
from shortages.board import figures
from shortages.board.chart import Chart, Line, draw
from shortages.board.measures import EMPTY, MEASURES, NOTHING, Measure, Sums
from shortages.board.nights import WEEKS, Dated, Nights, nights_of
from shortages.board.query import View
from shortages.board.regions import Region, regions_of
from shortages.board.shapes import HEIGHT, WIDTH, shapes
from shortages.board.source import COUNTRY, EXACT, Reach, Source
from shortages.models.figure import Stop
from shortages.models.forecast import ForecastMeasure, Outlook
from stagematch.addresses import NOT_A_CHOICE, Ignored

MOST_MEANT = 5
CARDS: tuple[tuple[str, Promise], ...] = (
    ("klaar", gettext_lazy("students ready for a place")),
    ("zonder", gettext_lazy("students without a place, ready or not")),
    ("ongebruikt", gettext_lazy("slots unused")),
    ("kans", gettext_lazy("chance of a place per region and course (our own formula)")),
    ("waarde", gettext_lazy("students placed by one more place")),
    ("meldingen", gettext_lazy("reports open")),
)


@dataclass(frozen=True)
class Card:
    """A number large, and how it was a year ago."""

    key: str
    label: Promise | str
    value: str
    note: str
    url: str
    current: bool


@dataclass(frozen=True)
class Bar:
    """A cause, or a flow, with its number out of the largest."""

    label: Promise | str
    value: float
    text: str
    of: float


@dataclass(frozen=True)
class Board:
    """All that the page shows of one view; `nights` is None while there are no figures."""

    view: View
    ignored: list[Ignored]
    reach: Reach
    source: Source
    measure: Measure
    name: str
    chambers: list[SectorChamber]
    nights: Nights | None = None
    cards: list[Card] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    legend: list[tuple[int, str]] = field(default_factory=list)
    own_exact: bool = False
    chart: Chart | None = None
    weeks: list[dict[str, Any]] = field(default_factory=list)
    outlook: Outlook | None = None
    outlook_possible: bool = True
    ahead: list[tuple[date, str, str, str]] = field(default_factory=list)
    causes: list[Bar] = field(default_factory=list)
    flows: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    beside: str = ""
    meant: list[Qualification] = field(default_factory=list)
    now: Sums = EMPTY
    map_width: int = WIDTH
    map_height: int = HEIGHT

    @property
    def exact(self) -> bool:
        """Whether the reader is responsible for what is shown."""
        return self.source.exact

    @property
    def year_known(self) -> bool:
        """Whether any region has figures of a year ago."""
        return any(region.change != NOTHING for region in self.regions)

    @property
    def map_note(self) -> str:
        """Whose numbers map and table per region are, where not all are of one kind."""
        if not self.own_exact:
            return ""
        return _("In the map and per region your own regions are exact; the other regions are rounded to fives.")

    @property
    def outlook_error(self) -> str:
        """How far the forecast was off, what it is made from, and whether it knows the seasons; empty without a forecast."""
        if not self.outlook or not self.outlook.season:
            return ""
        error, history = self.measure.write(self.outlook.error_last), {"n": self.outlook.history}
        if self.outlook.season < WEEKS:
            made = _("The forecast is made from %(n)s weeks and does not know the seasons of a year yet.") % history
        else:
            made = _("The forecast is made from %(n)s weeks and knows the seasons of a year.") % history
        return _("Over the last eight weeks the same model was %(error)s off on average.") % {"error": error} + " " + made

    @property
    def own(self) -> str:
        """The code of the region whose advice and reports belong here; empty for the country."""
        return self.view.region if self.view.place and self.exact else ""


def name_of(region: str) -> str:
    """A region's name by its code; the country's for anything else."""
    return shapes()[region].name if region in shapes() else _("the Netherlands")


def settled(view: View, ignored: list[Ignored], reach: Reach, offered: list[SectorChamber]) -> tuple[View, list[Ignored], list[Qualification]]:
    """The view with what it left open: the own region first, words turned into a qualification. Two queries at most."""
    if not view.region:
        view = view.but(region=reach.regions[0] if reach.regions else COUNTRY)
    if view.chamber and all(chamber.pk != view.chamber for chamber in offered):
        ignored, view = [*ignored, Ignored("kamer", view.chamber, NOT_A_CHOICE)], view.but(chamber="")
    meant: list[Qualification] = []
    if view.text:  # newly typed words win over the qualification of before
        meant = list(search_qualifications(view.text)[:MOST_MEANT])
        if not meant:
            ignored = [*ignored, Ignored("wat", view.text, _("no qualification is called anything like this"))]
        view = view.but(crebo=meant[0].pk if meant else view.crebo, text="")
    if view.crebo and not meant:
        meant = list(Qualification.objects.filter(pk=view.crebo))
        if not meant:
            ignored = [*ignored, Ignored("opleiding", str(view.crebo), _("there is no qualification with this number"))]
            view = view.but(crebo=0)
    return view, ignored, meant


def whole(view: View) -> View:
    """The region of a view without any filter, on the same day."""
    return View(region=view.region, until=view.until)


def chambers() -> list[SectorChamber]:
    """What the filter offers. One query."""
    return list(SectorChamber.objects.order_by("name"))


def board_of(view: View, ignored: list[Ignored], reach: Reach) -> Board:
    """The whole page of a view."""
    offered = chambers()
    view, ignored, meant = settled(view, ignored, reach, offered)
    source, measure = reach.source(view.region), MEASURES[view.measure]
    frame: dict[str, Any] = {
        "view": view, "ignored": ignored, "reach": reach, "source": source, "measure": measure, "name": name_of(view.region), "meant": meant,
        "chambers": offered,
    }  # fmt: skip
    nights = nights_of(view)
    if nights is None:
        return Board(**frame)
    read = _read(view, nights, reach)
    series = read.series
    now = series.get((nights.now.pk, view.place), EMPTY)
    ago = series.get((nights.year_ago.pk, view.place)) if nights.year_ago else None
    outlook = _outlook(source, view, nights.now, measure)
    lines, band, ahead = _trend(view, nights, read, measure, outlook)
    single = bool(view.crebo)
    shown = regions_of(view, nights, read.regions, measure, single=single)
    return Board(
        **frame,
        nights=nights,
        cards=_cards(view, now, ago),
        regions=shown[0],
        legend=shown[1],
        own_exact=bool(reach.regions),
        chart=draw(lines, measure, band, nights.now.date),
        weeks=_weeks(lines, measure),
        outlook=outlook,
        outlook_possible=_forecast_measure(measure) is not None and _slice(view) is not None,
        ahead=ahead,
        causes=_causes(now),
        flows=_flows(view, nights, series),
        lines=_qualifications(source, view, nights, measure),
        beside=name_of(view.beside) if view.beside else "",
        now=now,
    )


@dataclass(frozen=True)
class Read:
    """What a page reads: all regions on one night and a year before, its own series, and another region's beside it."""

    regions: dict[figures.Key, Sums]
    series: dict[figures.Key, Sums]
    beside: dict[figures.Key, Sums]


def _read(view: View, nights: Nights, reach: Reach) -> Read:
    """Each part from the source that the reader has for it: of the map's regions the own ones exactly. A query a source."""
    spots = (nights.now.pk, *((nights.year_ago.pk,) if nights.year_ago else ()))
    parts = [
        (reach.source(COUNTRY), figures.Wanted(spots)),
        (reach.source(view.region), figures.Wanted(tuple(nights.keys), (view.place,))),
    ]
    if reach.regions:
        parts.append((EXACT, figures.Wanted(spots, reach.regions)))
    if view.beside:
        weeks = tuple(night.pk for night in nights.weekly)
        parts.append((reach.source(view.beside), figures.Wanted(weeks, (view.but(region=view.beside).place,))))
    sources = dict.fromkeys(source for source, _wanted in parts)
    found = {source: figures.sums(source, view, *(wanted for own, wanted in parts if own == source)) for source in sources}
    exact = {key: sums for key, sums in found[EXACT].items() if key[1] in reach.regions} if reach.regions else {}
    return Read({**found[parts[0][0]], **exact}, found[parts[1][0]], found[parts[-1][0]] if view.beside else {})


def _cards(view: View, now: Sums, ago: Sums | None) -> list[Card]:
    found = []
    for key, label in CARDS:
        measure, single = MEASURES[key], bool(view.crebo)
        value, before = now.of(measure, single=single), ago.of(measure, single=single) if ago else None
        note = _("a year ago %(n)s") % {"n": measure.write(before)} if before is not None else ""
        found.append(Card(key, label, measure.write(value), note, view.but(measure=key).url, view.measure == key))
    return found


# -- the trend


def _trend(
    view: View, nights: Nights, read: Read, measure: Measure, outlook: Outlook | None
) -> tuple[list[Line], list[tuple[date, float, float]], list[tuple[date, str, str, str]]]:
    """Lines of the chart (now, a year earlier, another region, forecast), the band of the forecast, and it in words."""

    def points(found: dict[figures.Key, Sums], place: str | None, keys: Sequence[tuple[date, int | None]]) -> list[tuple[date, float]]:
        numbers = ((day, found[key, place].of(measure, single=bool(view.crebo))) for day, key in keys if key and (key, place) in found)
        return [(day, value) for day, value in numbers if value is not None]

    weeks = [(night.date, night.pk) for night in nights.weekly]
    main = points(read.series, view.place, weeks)
    lines = [
        Line(name_of(view.region), "main", main),
        Line(_("a year earlier"), "ago", points(read.series, view.place, [(day, nights.before.get(key)) for day, key in weeks])),
        Line(name_of(view.beside), "beside", points(read.beside, view.but(region=view.beside).place, weeks)),
    ]
    band: list[tuple[date, float, float]] = []
    ahead: list[tuple[date, str, str, str]] = []
    if outlook and outlook.values and main:
        last, value = main[-1]
        days = [nights.now.date + timedelta(weeks=number) for number in range(1, len(outlook.values) + 1)]
        lines.append(Line(_("forecast"), "ahead", [(last, value), *zip(days, outlook.values, strict=True)]))
        band = [(last, value, value), *zip(days, outlook.low, outlook.high, strict=True)]
        ahead = [
            (day, *(measure.write(number) for number in numbers))  # type: ignore[misc]
            for day, *numbers in zip(days, outlook.values, outlook.low, outlook.high, strict=True)
        ]
    return [line for line in lines if line.points], band, ahead


def _weeks(lines: list[Line], measure: Measure) -> list[dict[str, Any]]:
    """The same numbers as a table: a row a week, a cell a line."""
    past = [line for line in lines if line.kind != "ahead"]
    numbers = [dict(line.points) for line in past]
    days = sorted({day for line in numbers for day in line}, reverse=True)
    return [{"day": day, "cells": [measure.write(line.get(day)) for line in numbers]} for day in days]


def _forecast_measure(measure: Measure) -> str | None:
    return measure.column if measure.column in ForecastMeasure.values else None


def _slice(view: View) -> tuple[str | None, str] | None:
    """Chamber and group of the forecast that is about this view; None where none is made."""
    if view.crebo or len(view.groups) > 1 or (view.groups and view.chamber):
        return None
    return view.chamber or None, view.groups[0] if view.groups else ""


def _outlook(source: Source, view: View, night: Dated, measure: Measure) -> Outlook | None:
    """The forecast of this very view, made in the night shown. One query at most."""
    about, name = _slice(view), _forecast_measure(measure)
    if about is None or name is None:
        return None
    rows = source.outlooks._default_manager.filter(night=night.pk, region=view.place, chamber=about[0], group=about[1], measure=name)
    return rows.first()


# -- causes, flows, one step deeper


def _causes(now: Sums) -> list[Bar]:
    """What keeps students without a place from one, the most frequent first."""
    counts = [(stop.label, now.counts[f"stop_{stop.value}"]) for stop in Stop]
    most, write = max(count for _label, count in counts), MEASURES["klaar"].write
    return sorted((Bar(label, count, write(count), most) for label, count in counts if count), key=lambda bar: -bar.value)


def _flows(view: View, nights: Nights, series: dict[figures.Key, Sums]) -> list[dict[str, Any]]:
    """Reports that came and reports that were solved, by week, the last week first; empty without any."""
    weeks: dict[tuple[int, int], dict[str, Any]] = {}
    for night in nights.daily:
        counts = series.get((night.pk, view.place), EMPTY).counts
        week = weeks.setdefault(night.date.isocalendar()[:2], {"new": 0, "solved": 0, "open": 0})
        week |= {"day": night.date, "new": week["new"] + counts["reports_new"], "solved": week["solved"] + counts["reports_solved"]}
        week["open"] = counts["reports_open"]
    rows = list(weeks.values())[::-1]
    most = max([max(row["new"], row["solved"]) for row in rows], default=0)
    return [row | {"most": most} for row in rows] if any(row["new"] or row["solved"] or row["open"] for row in rows) else []


def _qualifications(source: Source, view: View, nights: Nights, measure: Measure) -> list[dict[str, Any]]:
    found = figures.qualifications(source, view, nights.now.pk, measure)
    shown = ("klaar", "zonder", "ongebruikt", "kans", "waarde")
    return [
        {
            "line": line,
            "url": view.but(crebo=line.crebo).url,
            "cells": [(MEASURES[key].short, MEASURES[key].write(line.sums.of(MEASURES[key], single=True))) for key in shown],
        }
        for line in found
        if line.sums.get("seeking") or line.sums.get("unused")
    ]


def own_regions(board: Board) -> list[tuple[str, str, bool]]:
    """Address, name and whether it is shown now, of the regions of the reader's post and the country; empty without a post for some."""
    if not board.reach.regions:
        return []
    codes = [*board.reach.regions, COUNTRY]
    return [(board.view.but(region=code).url, name_of(code), board.view.region == code) for code in codes]
