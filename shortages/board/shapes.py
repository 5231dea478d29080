"""Outlines of the labour-market regions as paths for the map, read once from static/geo/regions.json."""

import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.conf import settings

# One unit of the drawing is 500 metres: half the size of the file, and no difference on a screen.
UNIT = 500
LEFT, TOP = 10_000, 622_000
WIDTH, HEIGHT = 540, 640


@dataclass(frozen=True)
class Shape:
    """A region as drawn: its path, and the point where its number stands, with so much room on either side together."""

    code: str
    name: str
    path: str
    x: int
    y: int
    room: float


@lru_cache(maxsize=1)
def shapes() -> dict[str, Shape]:
    """The 35 regions by code, in the order of their names."""
    text = (settings.BASE_DIR / "static" / "geo" / "regions.json").read_text(encoding="utf-8")
    return {region["code"]: _shape(region) for region in sorted(json.loads(text), key=lambda region: region["name"])}


def _shape(region: dict[str, object]) -> Shape:
    rings = [_points(ring) for ring in region["rings"]]  # type: ignore[attr-defined]
    rings = [ring for ring in rings if len(ring) > 3]
    room, x, y = _middle(max(rings, key=_size))
    return Shape(str(region["code"]), str(region["name"]), "".join(_drawn(ring) for ring in rings), x, y, room)


def _points(ring: list[int]) -> list[tuple[int, int]]:
    points = [(round((x - LEFT) / UNIT), round((TOP - y) / UNIT)) for x, y in zip(ring[::2], ring[1::2], strict=True)]
    return [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]


def _drawn(points: list[tuple[int, int]]) -> str:
    """A closed path in small steps: `M12 30l1-2 3 0z`."""
    steps = [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(points)]
    return f"M{points[0][0]} {points[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps) + "z"


def _size(points: list[tuple[int, int]]) -> float:
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True))) / 2


def _middle(points: list[tuple[int, int]]) -> tuple[float, int, int]:
    """Width and middle of the widest horizontal stretch within the outline, of those near its middle: there a number fits."""
    ys = sorted(y for _x, y in points)
    low, high = ys[len(ys) // 4], ys[3 * len(ys) // 4]
    best = (0.0, 0.0, 0)
    for line in range(low, high + 1, max(1, (high - low) // 12)):
        crossings = sorted(
            x0 + (line + 0.5 - y0) * (x1 - x0) / (y1 - y0)
            for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True)
            if (y0 > line + 0.5) != (y1 > line + 0.5)
        )
        for start, end in zip(crossings[::2], crossings[1::2], strict=False):
            best = max(best, (end - start, (start + end) / 2, line))
    return best[0], round(best[1]), best[2]
