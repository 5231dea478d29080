"""Nights of the demo: tonight's is played by the product itself, the weeks before are INVENTED, so that trends have something to show.

Invented are the weeks, not the way: what was "counted" is drawn around tonight's figures, made public by the same lots and added up by
the same statement. Their reason says that they are invented. Never in production: the command refuses without DEMO_LOGINS.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from shortages import demo_desk, forecast
from shortages.board import totals
from shortages.models import COUNTS, Night, NightState, RegionFigure, ShortageReport, Stop
from shortages.night import suppression, writing
from shortages.services import night_here, nights

WEEKS = 20  # a forecast asks for sixteen
SEED = 20_261_122
INVENTED = gettext_noop("Invented for the demo")


def play(weeks: int = WEEKS) -> Night:
    """Let people report, play tonight, invent the weeks before it, look ahead from both, and let people act on it."""
    if not ShortageReport.objects.exists():
        demo_desk.report_some()
    night = night_here.work(nights.start_night(day=timezone.localdate()), threads=1)
    if night.state == NightState.DONE:
        draw = np.random.default_rng(SEED)
        rows = list(RegionFigure.objects.filter(night=night).order_by("pk"))
        table = np.array([[getattr(row, name) for name in COUNTS] for row in rows], np.int64).reshape(-1, len(COUNTS))
        with transaction.atomic():
            for week in range(weeks, 0, -1):
                _invent(night.date - timedelta(weeks=week), rows, earlier(table, week, draw))
            forecast.make(night)
        demo_desk.take_some()
    demo_desk.read_along()
    return night


def earlier(table: np.ndarray, week: int, draw: np.random.Generator) -> np.ndarray:
    """Counts [cells, COUNTS] as they might have been so many weeks ago: more students without a place, fewer slots; parts stay within wholes."""
    at = {name: COUNTS.index(name) for name in COUNTS}
    out = table.copy()
    students = 1 + 0.015 * week + draw.normal(0, 0.06, len(table))
    slots = 1 - 0.008 * week + draw.normal(0, 0.04, len(table))
    for name in ("seeking", *(f"stop_{stop.value}" for stop in Stop)):
        out[:, at[name]] = np.rint(table[:, at[name]] * students)
    for name in ("matched", "placed"):
        out[:, at[name]] = np.rint(table[:, at[name]] * max(0.0, 1 - week / (WEEKS + 2)))
    moved = table[:, at["placed"]] + table[:, at["matched"]] - out[:, at["placed"]] - out[:, at["matched"]]
    out[:, at["seeking"]] += moved
    share = np.divide(table[:, at["ready"]], np.maximum(table[:, at["seeking"]], 1))
    stopped = out[:, [at[f"stop_{stop.value}"] for stop in Stop]].sum(axis=1)
    out[:, at["ready"]] = np.maximum(np.rint(out[:, at["seeking"]] * share * (1 - 0.02 * week)), stopped)
    out[:, at["seeking"]] = np.maximum(out[:, at["seeking"]], out[:, at["ready"]])
    for ending in ("", "_once"):
        confirmed, stale = (np.rint(table[:, at[name + ending]] * slots) for name in ("confirmed", "stale"))
        out[:, at["confirmed" + ending]], out[:, at["stale" + ending]] = confirmed, stale
        out[:, at["offered" + ending]] = confirmed + stale
        out[:, at["unused" + ending]] = np.minimum(np.rint(table[:, at["unused" + ending]] * slots), confirmed + stale)
    some = (table[:, at["reports_open"]] > 0) * draw.uniform(0.3, 1.2, len(table))
    out[:, at["reports_open"]] = np.rint(some * (1 + 0.05 * week))
    out[:, at["reports_new"]], out[:, at["reports_solved"]] = (draw.poisson(some * rate) for rate in (0.5, 0.6))
    return np.maximum(out, 0)


def _invent(day: date, rows: list[RegionFigure], table: np.ndarray) -> None:
    if Night.objects.filter(date=day).exists():
        return
    moment = timezone.now() - timedelta(days=(timezone.localdate() - day).days)
    night = Night.objects.create(
        date=day, reason=INVENTED, state=NightState.DONE, rows=len(rows), started_at=moment, finished_at=moment + timedelta(seconds=9)
    )
    keys = [(row.region_id, row.qualification_id, row.group) for row in rows]
    drawn = suppression.lots(keys, suppression.secret())
    writing.put(night, keys, table, drawn, ([row.median_km for row in rows], [None] * len(rows)), [row.worth for row in rows])
    totals.make(night)
