"""The cells of a view as rows, read a few thousand at a time, for CSV, XLSX and JSON: the same filters and the same source as the page."""

from __future__ import annotations

import codecs
import csv
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from shortages.board import figures
from shortages.board.measures import EMPTY, MEASURES, Sums
from shortages.board.page import Board, name_of
from shortages.board.shapes import shapes
from shortages.board.source import COUNTRY
from shortages.groups import TargetGroup
from shortages.models.figure import COUNTS
from stagematch.tabular import csv_safe

# What JSON promises: it grows, but nothing in it changes its name or meaning without a new number here.
JSON_VERSION = 1
CHUNK = 2000
# A workbook is kept on disk while it is written, and few programs open a larger one.
MOST_IN_WORKBOOK = 100_000

WORDS: dict[str, Promise] = {
    "seeking": gettext_lazy("students without a place"),
    "ready": gettext_lazy("students ready for a place"),
    "matched": gettext_lazy("students with a proposal"),
    "placed": gettext_lazy("students placed"),
    "ended_early": gettext_lazy("placements ended early"),
    "offered": gettext_lazy("slots offered"),
    "confirmed": gettext_lazy("slots confirmed"),
    "unused": gettext_lazy("slots unused"),
    "stale": gettext_lazy("slots not confirmed for long"),
    "offered_once": gettext_lazy("slots offered, counted once"),
    "confirmed_once": gettext_lazy("slots confirmed, counted once"),
    "unused_once": gettext_lazy("slots unused, counted once"),
    "stale_once": gettext_lazy("slots not confirmed for long, counted once"),
    "stop_distance": gettext_lazy("stopped by distance"),
    "stop_recognition": gettext_lazy("stopped by recognition"),
    "stop_period": gettext_lazy("stopped by period"),
    "stop_days": gettext_lazy("stopped by days"),
    "stop_requirement": gettext_lazy("stopped by a requirement"),
    "stop_capacity": gettext_lazy("stopped by capacity"),
    "reports_open": gettext_lazy("reports open"),
    "reports_new": gettext_lazy("reports that day"),
    "reports_solved": gettext_lazy("reports solved that day"),
    "median_km": gettext_lazy("median distance in km"),
    "chance": gettext_lazy("chance of a place in per cent"),
    "worth": gettext_lazy("worth of one more place"),
}
EXACT = gettext_lazy("exact, for those responsible: do not pass on counts below five")
ROUNDED = gettext_lazy("rounded to fives; totals are sums of rounded numbers")
NUMBERS = (*COUNTS, "median_km", "chance", "worth")
FIXED = (
    gettext_lazy("date"), gettext_lazy("version"), gettext_lazy("region code"), gettext_lazy("region"), gettext_lazy("crebo"),
    gettext_lazy("course"), gettext_lazy("level"), gettext_lazy("sector"), gettext_lazy("target group"),
)  # fmt: skip
COLUMNS = (
    "night__date", "night__version", "region_id", "region__name", "qualification_id", "qualification__name", "qualification__level",
    "qualification__sector_chamber__name", "group", *NUMBERS,
)  # fmt: skip


def headings() -> list[str]:
    """The words above the columns."""
    return [str(word) for word in (*FIXED, *(WORDS[name] for name in NUMBERS))]


def cells(board: Board, *, all_weeks: bool = False) -> Iterator[tuple[Any, ...]]:
    """The rows of a view with a server-side cursor: of its night, or of each week of its trend."""
    if board.nights is None:
        return iter(())
    keys = [night.pk for night in board.nights.weekly] if all_weeks else [board.nights.now.pk]
    rows: QuerySet[Any] = board.source.cells._default_manager.filter(night__in=keys)
    view = board.view
    if view.place:
        rows = rows.filter(region=view.place)
    if view.chamber:
        rows = rows.filter(qualification__sector_chamber=view.chamber)
    if view.crebo:
        rows = rows.filter(qualification=view.crebo)
    if view.groups:
        rows = rows.filter(group__in=view.groups)
    # Without an order the database need not hold what it has sorted.
    return rows.order_by().values_list(*COLUMNS).iterator(chunk_size=CHUNK)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    """A CSV that Dutch Excel opens by double click, a line at a time."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield codecs.BOM_UTF8 + str(writer.writerow([csv_safe(heading) for heading in headings()])).encode()
    for row in rows:
        yield str(writer.writerow([_cell(value) for value in row])).encode()


def _cell(value: object) -> str:
    """A number as a Dutch spreadsheet reads it, a date, or text that it will not execute."""
    return str(value).replace(".", ",") if isinstance(value, float) else csv_safe(value)


def workbook(board: Board, rows: Iterable[tuple[Any, ...]], about: list[tuple[str, str]]) -> IO[bytes]:
    """The same as a workbook in a temporary file, at its beginning: what it is, and the rows; written as it goes."""
    book = Workbook(write_only=True)
    first, second = book.create_sheet(_("About")), book.create_sheet(_("Figures"))
    for line in about:
        first.append([csv_safe(part) for part in line])
    second.append(headings())
    for number, row in enumerate(rows):
        if number == MOST_IN_WORKBOOK:
            second.append([_("A workbook holds no more rows; the CSV file has all of them.")])
            break
        second.append([csv_safe(value) if isinstance(value, str) else value for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return file


def about(board: Board, address: str) -> list[tuple[str, str]]:
    """What a file is: the view in words, its date, whether it is rounded, and where it comes from."""
    view, groups = board.view, dict(TargetGroup.choices)
    day = f"{board.nights.now.date:%d-%m-%Y}, {_('version')} {board.nights.now.version}" if board.nights else "–"
    said = [
        (_("Shortages of placements"), board.name),
        (_("Figures of"), day),
        (_("Sector"), next((one.name for one in board.chambers if one.pk == view.chamber), "")),
        (_("Course"), ", ".join(str(one) for one in board.meant[:1])),
        (_("Target group"), ", ".join(str(groups[group]) for group in view.groups)),
        (_("Numbers"), EXACT if board.exact else ROUNDED),
        (_("Address"), address),
    ]  # fmt: skip
    return [(str(name), str(value)) for name, value in said if value]


# -- JSON


def document(board: Board, address: str) -> dict[str, Any]:
    """The page as data; docs/shortages-board.md and /tekorten/uitleg/ say what each name means."""
    view, nights = board.view, board.nights
    found: dict[str, Any] = {
        "format": JSON_VERSION,
        "address": address,
        "rounded_to": None if board.exact else 5,
        "region": view.place,
        "chamber": view.chamber or None,
        "qualification": view.crebo or None,
        "groups": list(view.groups),
        "ignored": [{"name": one.name, "value": one.value} for one in board.ignored],
        "date": None,
    }
    if nights is None:
        return found
    here = figures.sums(board.source, view, figures.Wanted((nights.now.pk, *(night.pk for night in nights.weekly)), (view.place,)))
    everywhere = board.reach.source(COUNTRY)
    regions = figures.sums(everywhere, view, figures.Wanted((nights.now.pk,)))
    outlook = board.outlook
    return found | {
        "date": nights.now.date,
        "version": nights.now.version,
        "total": _numbers(here.get((nights.now.pk, view.place))),
        "regions": [{"code": code, "name": name_of(code), **_numbers(regions.get((nights.now.pk, code), EMPTY))} for code in sorted(shapes())],
        "regions_rounded_to": None if everywhere.exact else 5,
        "weeks": [{"date": night.date, **_numbers(here.get((night.pk, view.place)))} for night in nights.weekly],
        "forecast": outlook and {
            "measure": outlook.measure, "weeks_of_history": outlook.history, "season": outlook.season, "values": outlook.values, "low": outlook.low,
            "high": outlook.high, "mean_error_of_last_eight_weeks": outlook.error_last,
        },
        "qualifications": [
            {"crebo": row["line"].crebo, "name": row["line"].name, "level": row["line"].level, **_numbers(row["line"].sums)} for row in board.lines
        ],
    }  # fmt: skip


def _numbers(sums: Sums | None) -> dict[str, float | None]:
    """Counts as they are, means rounded as the page shows them; nothing where no row is."""
    if sums is None:
        return {}
    means = {"chance": (MEASURES["kans"], 0), "worth": (MEASURES["waarde"], 1), "median_km": (None, 1)}
    rounded = {name: None if (value := sums.get(name)) is None else round(value, places or None) for name, (_measure, places) in means.items()}
    return {name: int(sums.counts[name]) for name in COUNTS} | rounded
