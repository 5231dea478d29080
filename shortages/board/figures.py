"""Reads the figures of a view: from the sums of a night where those suffice, from its cells where one qualification is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from reference.models import RESERVED_FROM
from shortages.board.measures import COLUMNS, Measure, Sums
from shortages.board.query import View
from shortages.board.shapes import shapes
from shortages.board.source import Source
from shortages.board.totals import WEIGHT
from shortages.models.figure import COUNTS

Key = tuple[int, str | None]


def _of_cells(column: str) -> Sum:
    """A column of sums (COLUMNS), made from cells."""
    if column in COUNTS:
        return Sum(column)
    name, part = column.rsplit("_", 1)
    if part == "sum":
        return Sum(Cast(F(name), FloatField()) * F(WEIGHT))
    return Sum(WEIGHT, filter=Q(**{f"{name}__isnull": False}))


# The same columns, in the same order, from sums and from cells.
OF_SUMS: dict[str, Any] = {f"n_{name}": Sum(name) for name in COLUMNS}
OF_CELLS: dict[str, Any] = {f"n_{name}": _of_cells(name) for name in COLUMNS}


@dataclass(frozen=True)
class Wanted:
    """Sums of some nights: of the country (None) and regions named, or, without names, of all regions."""

    nights: tuple[int, ...]
    places: tuple[str | None, ...] = ()


def sums(source: Source, view: View, *wanted: Wanted) -> dict[Key, Sums]:
    """Sums by night and region (None: the country). One query, whatever is wanted."""
    parts = [part for one in wanted for part in _parts(source, view, one)]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {(row[0], row[1]): Sums({name: value or 0 for name, value in zip(COLUMNS, row[2:], strict=True)}) for row in rows}


def _parts(source: Source, view: View, wanted: Wanted) -> list[QuerySet[Any]]:
    """Of one qualification: its cells, and its rows of the country; else the sums of the night."""
    codes = [code for code in wanted.places or shapes() if code]
    if not view.crebo:
        rows = source.totals._default_manager.filter(night__in=wanted.nights, qualification=None, chamber=view.chamber or None)
        rows = _in_groups(rows, view, sums=True)
        within = [rows.filter(region__in=codes)] if codes else []
        return [_grouped(part, OF_SUMS) for part in ([*within, rows.filter(region=None)] if None in wanted.places else within)]
    parts = []
    if codes:
        cells = source.cells._default_manager.filter(night__in=wanted.nights, region__in=codes, qualification=view.crebo)
        parts.append(_grouped(_in_groups(cells, view, sums=False), OF_CELLS))
    if None in wanted.places:
        country = source.totals._default_manager.filter(night__in=wanted.nights, region=None, chamber=None, qualification=view.crebo)
        parts.append(_grouped(_in_groups(country, view, sums=False), OF_SUMS))
    return parts


def _in_groups(rows: QuerySet[Any], view: View, *, sums: bool) -> QuerySet[Any]:
    """Rows of the target groups asked for; of sums, else, the row of all of them."""
    if view.groups:
        return rows.filter(group__in=view.groups)
    return rows.filter(group="") if sums else rows


def _grouped(rows: QuerySet[Any], columns: dict[str, Any]) -> QuerySet[Any]:
    return rows.order_by().values_list("night_id", "region_id").annotate(**columns)


@dataclass(frozen=True)
class Line:
    """One qualification of a view."""

    crebo: int
    name: str
    level: int
    sums: Sums

    @property
    def is_reserved(self) -> bool:
        """Whether its number is one of ours, for pupils without a crebo."""
        return self.crebo >= RESERVED_FROM


MOST_LINES = 25


def qualifications(source: Source, view: View, night: int, measure: Measure) -> list[Line]:
    """Where the measure is highest, by qualification, at most MOST_LINES; nothing when one qualification is asked already. One query."""
    if view.crebo:
        return []
    if view.place:
        rows: QuerySet[Any] = source.cells._default_manager.filter(night=night, region=view.place)
    else:
        rows = source.totals._default_manager.filter(night=night, region=None, chamber=None, qualification__isnull=False)
    if view.chamber:
        rows = rows.filter(qualification__sector_chamber=view.chamber)
    rows = _in_groups(rows, view, sums=False)
    columns = OF_CELLS if view.place else OF_SUMS
    # What is added up is what is counted: means are ordered by the students they are about.
    by = f"n_{measure.column.removesuffix('_once')}" if measure.is_count else "n_ready"
    grouped = rows.order_by().values_list("qualification_id", "qualification__name", "qualification__level").annotate(**columns)
    grouped = grouped.order_by(F(by).desc(), "qualification_id")[:MOST_LINES]
    return [Line(row[0], row[1], row[2], Sums({name: value or 0 for name, value in zip(COLUMNS, row[3:], strict=True)})) for row in grouped]
