"""Geometry of the drawings: lines over time and bars, in units of an SVG that the page scales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, log10

from django.utils.dates import MONTHS_3

from shortages.board.measures import Measure

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 78, 14, 16, 40
MOST_TICKS = 5
MOST_ON_A_PHONE = 4

Point = tuple[date, float]


@dataclass(frozen=True)
class Line:
    """One line: its points by date, its words, and its place in the legend (1: the main one)."""

    label: str
    kind: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Drawn:
    """A line as drawn: path data, and its last point."""

    label: str
    kind: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Tick:
    """A mark on an axis; minor ones are left out on a phone."""

    at: float
    text: str
    minor: bool = False


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws."""

    lines: list[Drawn]
    band: str
    across: list[Tick]
    up: list[Tick]
    now: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM
    below: int = HEIGHT - BOTTOM + 26
    top: int = TOP


def draw(lines: Sequence[Line], measure: Measure, band: Sequence[tuple[date, float, float]] = (), now: date | None = None) -> Chart | None:
    """A chart of lines; band: date, low and high of a forecast. None where fewer than two dates have a number."""
    days = sorted({day for line in lines for day, _value in line.points} | {day for day, _low, _high in band})
    if len(days) < 2:
        return None
    highest = max([value for line in lines for _day, value in line.points] + [high for _day, _low, high in band])
    step = _step(highest, whole=measure.is_count)
    top = step * max(1, -(-highest // step))
    first, span = days[0], (days[-1] - days[0]).days

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)

    drawn = []
    for line in lines:
        points = [(x(day), y(value)) for day, value in line.points]
        if points:
            drawn.append(Drawn(line.label, line.kind, "M" + "L".join(f"{px} {py}" for px, py in points), *points[-1]))
    edge = [f"{x(day)} {y(high)}" for day, _low, high in band] + [f"{x(day)} {y(low)}" for day, low, _high in reversed(band)]
    up = [Tick(y(step * number), measure.write(step * number)) for number in range(round(top / step) + 1)]
    return Chart(drawn, "M" + "L".join(edge) + "Z" if band else "", _months(days[0], days[-1], x), up, x(now) if now and band else None)


def _step(highest: float, *, whole: bool) -> float:
    """A round number that divides the axis into at most MOST_TICKS parts."""
    rough = max(highest, 1 if whole else 0.1) / MOST_TICKS
    size = 10.0 ** floor(log10(rough))
    step = next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= rough * 0.999)
    return max(1.0, round(step)) if whole else step


def _months(first: date, last: date, x: Callable[[date], float]) -> list[Tick]:
    """The first of each month, or, of a short span, the first and last day."""
    found = []
    month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while month <= last:
        text = f"{MONTHS_3[month.month]}" + (f" {month.year}" if month.month == 1 else "")
        found.append((month, text))
        month = (month + timedelta(days=32)).replace(day=1)
    if len(found) > 14:
        found = [(month, text) for month, text in found if month.month % 3 == 1]
    if len(found) < 2:
        return [Tick(x(first) + 20, f"{first.day} {MONTHS_3[first.month]}"), Tick(x(last) - 24, f"{last.day} {MONTHS_3[last.month]}")]
    # A word in the corner would be cut off.
    every = next(step for step in (1, 2, 3, 6, 12, 1200) if len(found) <= MOST_ON_A_PHONE * step)
    return [Tick(min(max(x(month), LEFT + 12), WIDTH - RIGHT - 18), text, minor=(month.month - 1) % every != 0) for month, text in found]
