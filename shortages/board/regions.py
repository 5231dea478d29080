"""The regions on the map and in the table: their numbers, shades, and which numbers have room on the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shortages.board import figures
from shortages.board.measures import EMPTY, NOTHING, Measure, Sums
from shortages.board.nights import Nights
from shortages.board.query import View
from shortages.board.shapes import Shape, shapes

CLASSES = 5
# Sizes of the letters in static/css/board.css, in units of the drawing: on a wide screen, and on a phone.
WIDE, PHONE = 13, 17
# A figure is about so wide for its height, and a line so high.
WIDTH, LINE = 0.58, 1.15
# So far a number may stand out of the widest part of its region.
OUT = 1.25

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Region:
    """A region on the map and in the table."""

    shape: Shape
    value: float | None
    text: str
    change: str
    shade: int
    url: str
    current: bool
    # Whether its number has room on the map: everywhere, on a wide screen only, or nowhere (then the table and the title have it).
    room: str = ""


def regions_of(
    view: View, nights: Nights, found: dict[figures.Key, Sums], measure: Measure, *, single: bool
) -> tuple[list[Region], list[tuple[int, str]]]:
    """The regions with their shade, the most pressing first in the table; and what each shade means."""
    values = {code: found.get((nights.now.pk, code), EMPTY).of(measure, single=single) for code in shapes()}
    ago = {
        code: found[nights.year_ago.pk, code].of(measure, single=single)
        for code in shapes()
        if nights.year_ago and (nights.year_ago.pk, code) in found
    }
    bounds = _bounds([value for value in values.values() if value is not None])
    regions = []
    for code, shape in shapes().items():
        value, before = values[code], ago.get(code)
        shade = 0 if value is None else 1 + sum(round(value, 1) > bound for bound in bounds[:-1])
        change = NOTHING if value is None or before is None else _signed(measure, value - before)
        regions.append(Region(shape, value, measure.write(value), change, shade, view.but(region=code).url, view.region == code))
    lows = [min((v for v in values.values() if v is not None), default=0.0), *bounds]
    legend = [
        (number + 1, f"{measure.write(min(inside))} – {measure.write(max(inside))}" if min(inside) != max(inside) else measure.write(inside[0]))
        for number in range(len(lows) - 1)
        if (inside := [region.value for region in regions if region.shade == number + 1 and region.value is not None])
    ]
    rooms = roomy({region.shape.code: region.text for region in regions}, first=view.region)
    regions = [replace(region, room=rooms[region.shape.code]) for region in regions]
    regions.sort(key=lambda region: (region.value is None, -(region.value or 0), region.shape.name))
    return regions, legend


def _bounds(values: list[float]) -> list[float]:
    """Upper bounds of at most CLASSES shades: one for nothing at all, the others with about as many regions each; equal numbers share one."""
    ordered = sorted(round(value, 1) for value in values)
    some = [value for value in ordered if value]
    shades = CLASSES - (len(some) < len(ordered))
    bounds = {some[-(-len(some) * part // shades) - 1] for part in range(1, shades + 1)} if some else set()
    return sorted(bounds | ({0.0} if len(some) < len(ordered) else set()))


def _signed(measure: Measure, change: float) -> str:
    text = measure.write(abs(change))
    return f"+{text}" if change > 0 and text != measure.write(0) else f"−{text}" if change < 0 and text != measure.write(0) else "="


# -- which numbers have room


def roomy(texts: Mapping[str, str], *, first: str = "") -> dict[str, str]:
    """For each region by code `all`, `wide` (only on a wide screen) or `none`: the chosen one first, then those with most room."""
    wide, phone = _fitting(texts, WIDE, first), _fitting(texts, PHONE, first)
    return {code: "all" if code in phone and code in wide else "wide" if code in wide else "none" for code in texts}


def _fitting(texts: Mapping[str, str], size: float, first: str) -> set[str]:
    drawn = shapes()
    taken: list[Box] = []
    fits = set()
    for code in sorted(texts, key=lambda code: (code != first, -drawn[code].room, code)):
        shape, width = drawn[code], len(texts[code]) * size * WIDTH
        box = (shape.x - width / 2, shape.y - size * LINE / 2, shape.x + width / 2, shape.y + size * LINE / 2)
        if (code == first or width <= shape.room * OUT) and not any(_touch(box, other) for other in taken):
            taken.append(box)
            fits.add(code)
    return fits


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
