"""The next eight weeks, if they go as the weeks before: trend and season by MSTL with exponential smoothing (library augurs).

Only the worker imports this: pages read what it wrote. docs/shortages-board.md says how it is made, docs/decisions/0004 why so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from augurs import MSTL
from django.db import transaction
from numpy.typing import NDArray

from shortages.board.source import EXACT, PUBLISHED, Source
from shortages.models.figure import Night
from shortages.models.forecast import ForecastMeasure

Series = NDArray[np.float64]
Slice = tuple[str | None, str | None, str]  # region, chamber, group

WEEKS = 8
# Below this many weeks of figures nothing is said: eight to learn from, eight to be tested on.
FEWEST_WEEKS = 16
YEAR, MONTH = 52, 4
LONGEST = 4 * YEAR
# The band is to hold eight of ten; of a normal error that is 1.28 standard deviations, and 1.6 times the mean error.
WITHIN, BAND_OF_ERROR = 0.8, 1.6
FIVE = 5


@dataclass(frozen=True)
class Ahead:
    """What is expected, a number a week; nothing but the length of the history when that is too short."""

    history: int
    season: int = 0
    values: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    error_last: float | None = None


def ahead(series: Series) -> Ahead:
    """Eight weeks after a weekly series, with the error of the same model on its last eight weeks, which it then had not seen.

    A season of a year needs two years; before that the model knows none but the weeks of a month.
    """
    weeks = len(series)
    if weeks < FEWEST_WEEKS:
        return Ahead(weeks)
    if np.ptp(series) == 0:
        level = (float(series[-1]),) * WEEKS
        return Ahead(weeks, _season(weeks), level, level, level, 0.0)
    season = _season(weeks)
    past, _half = _model(series[:-WEEKS], season)
    error = float(np.abs(past - series[-WEEKS:]).mean())
    values, half = _model(series, season)
    half = np.maximum(half, BAND_OF_ERROR * error)
    return Ahead(weeks, season, _rounded(values), _rounded(values - half), _rounded(values + half), round(error, 2))


def _rounded(values: Series) -> tuple[float, ...]:
    """Whole hundredths, never below nothing."""
    return tuple(round(float(value), 2) for value in np.maximum(0, values))


def _season(weeks: int) -> int:
    # The test of the last weeks has to know the same season.
    return YEAR if weeks >= 2 * YEAR + WEEKS else MONTH


def _model(series: Series, season: int) -> tuple[Series, Series]:
    """The next eight values and half the width of the model's own band around each."""
    if np.ptp(series) == 0:
        return np.full(WEEKS, series[-1]), np.zeros(WEEKS)
    model = MSTL.ets([season])
    model.fit(np.ascontiguousarray(series, np.float64))
    found = model.predict(WEEKS, WITHIN)
    values, upper = np.asarray(found.point()), np.asarray(found.upper())
    if not (np.isfinite(values).all() and np.isfinite(upper).all()):
        return np.full(WEEKS, series[-1]), np.zeros(WEEKS)
    return values, np.abs(upper - values)


def make(night: Night) -> int:
    """Write the forecasts of a night, exact from exact and published from published figures; the number of rows. Safe to repeat."""
    return sum(_write(night, source) for source in (EXACT, PUBLISHED))


def _write(night: Night, source: Source) -> int:
    weekly = _weekly(night)
    outlooks = source.outlooks
    rows = []
    for (region, chamber, group), measured in _histories(source, weekly):
        for measure, series in measured.items():
            found = ahead(series)
            found = found if source.exact else _in_fives(found)
            fields: dict[str, Any] = {"region_id": region, "chamber_id": chamber, "group": group, "measure": measure}
            rows.append(outlooks(night=night, **fields, **{name: _listed(value) for name, value in vars(found).items()}))
    with transaction.atomic():
        outlooks._default_manager.filter(night=night).delete()
        outlooks._default_manager.bulk_create(rows, batch_size=2000)
    return len(rows)


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _weekly(night: Night) -> list[int]:
    """Keys of the nights at whole weeks before this one, the oldest first, without a gap; of a date the last version. One query."""
    earliest = night.date - timedelta(weeks=LONGEST)
    found = Night.objects.done().filter(date__lt=night.date, date__gte=earliest).order_by("date", "version")
    by_date = dict(found.values_list("date", "pk"))
    keys = [night.pk]
    while True:
        week = night.date - timedelta(weeks=len(keys))
        # A night that failed is stood in for by the nearest one of that week.
        near = [week + timedelta(days=away) for away in (0, -1, 1, -2, 2, -3, 3)]
        day = next((day for day in near if day in by_date), None)
        if day is None:
            return keys[::-1]
        keys.append(by_date[day])


def _histories(source: Source, nights: list[int]) -> Iterator[tuple[Slice, dict[str, Series]]]:
    """The series of every slice that had any students or slots: everything, a target group, or a chamber. One query."""
    at = {night: number for number, night in enumerate(nights)}
    rows = source.totals._default_manager.filter(night__in=nights, qualification=None)
    measures = ForecastMeasure.values
    found: dict[Slice, dict[str, Series]] = defaultdict(lambda: {name: np.zeros(len(nights)) for name in measures})
    for key, region, chamber, group, *values in rows.values_list("night_id", "region_id", "chamber_id", "group", *measures).iterator():
        if chamber and group:
            continue  # too small to say anything of
        for name, value in zip(measures, values, strict=True):
            found[region, chamber, group][name][at[key]] = value
    yield from found.items()


def _in_fives(found: Ahead) -> Ahead:
    """Rounded like the published figures that it is made from."""

    def fives(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(float(FIVE * round(value / FIVE)) for value in values)

    error = None if found.error_last is None else float(FIVE * -(-found.error_last // FIVE))
    return Ahead(found.history, found.season, fives(found.values), fives(found.low), fives(found.high), error)
