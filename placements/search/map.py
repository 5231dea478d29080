"""What the map draws: single places, or how many lie together, on the national grid in metres."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import ngettext

from placements.models.place import Place
from placements.search.query import Query
from placements.search.rows import Rows
from placements.search.where import Origin

# Up to so many places stand alone; more are drawn together by squares, so many across the part of the map in sight.
MOST_SINGLE = 60
SQUARES = 10
SMALLEST_SQUARE = 250

Frame = tuple[int, int, int, int]


def frame_of(text: str) -> Frame | None:
    """West, south, east and north in metres, from `kader=…`; None for anything else."""
    parts = text[:60].split(",")
    if len(parts) != 4 or not all(part.lstrip("-").isascii() and part.lstrip("-").isdigit() for part in parts):
        return None
    west, south, east, north = (max(-(10**6), min(10**6, int(part))) for part in parts)
    return (west, south, east, north) if west < east and south < north else None


def drawing(rows: Rows, origin: Origin | None, query: Query, frame: Frame | None = None) -> dict[str, Any]:
    """Markers within the frame with their words and address; the circle that is looked in. One query at most."""
    circle = {"x": origin.point.x, "y": origin.point.y, "radius": query.radius} if origin else None
    if frame:
        west, south, east, north = frame
        rows = rows.of((rows.x >= west) & (rows.x <= east) & (rows.y >= south) & (rows.y <= north))
    if len(rows) <= MOST_SINGLE:
        return {"circle": circle, "markers": _singles(rows)}
    side = (frame[2] - frame[0] if frame else 2 * query.radius) // SQUARES
    return {"circle": circle, "markers": _together(rows, max(SMALLEST_SQUARE, side))}


def _singles(rows: Rows) -> list[dict[str, Any]]:
    places = {place.pk: place for place in Place.objects.filter(pk__in=rows.place.tolist()).select_related("company")}
    return [
        {
            "x": x, "y": y, "count": 1, "text": f"{places[key].title}, {places[key].company.name}",
            "url": reverse("placements:place_page", args=[places[key].public_id]),
        }
        for key, x, y in zip(rows.place.tolist(), rows.x.tolist(), rows.y.tolist(), strict=True)
        if key in places
    ]  # fmt: skip


def _together(rows: Rows, side: int) -> list[dict[str, Any]]:
    """One marker a square, at the middle of its places."""
    square = (rows.y // side).astype(np.int64) * 100_000 + rows.x // side
    _different, at, count = np.unique(square, return_inverse=True, return_counts=True)
    x, y = (np.bincount(at, weights=axis) / count for axis in (rows.x, rows.y))
    return [
        {"x": round(a), "y": round(b), "count": n, "text": ngettext("%(n)s place", "%(n)s places", n) % {"n": n}, "url": ""}
        for a, b, n in zip(x.tolist(), y.tolist(), count.tolist(), strict=True)
    ]
