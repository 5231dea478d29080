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
from stagematch.templatetags.stagematch import km

# Up to so many places stand alone; more are drawn together by squares, so many across the circle.
MOST_SINGLE = 60
SQUARES = 10


def drawing(rows: Rows, origin: Origin | None, query: Query) -> dict[str, Any]:
    """Markers with their words and address; the circle that is looked in. One query at most."""
    circle = {"x": origin.point.x, "y": origin.point.y, "radius": query.radius, "name": origin.name} if origin else None
    return {"circle": circle, "markers": _singles(rows) if len(rows) <= MOST_SINGLE else _together(rows, query)}


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


def _together(rows: Rows, query: Query) -> list[dict[str, Any]]:
    """One marker a square at the middle of its places; it leads to the same search, nearer around the busiest postcode of the square."""
    side = max(500, 2 * query.radius // SQUARES)
    square = (rows.y // side).astype(np.int64) * 10_000 + rows.x // side
    _different, at, count = np.unique(square, return_inverse=True, return_counts=True)
    x, y = (np.bincount(at, weights=axis) / count for axis in (rows.x, rows.y))
    return [
        {"x": round(a), "y": round(b), "count": n, "text": ngettext("%(n)s place", "%(n)s places", n) % {"n": n} + f" ({km(side)})", "url": ""}
        for a, b, n in zip(x.tolist(), y.tolist(), count.tolist(), strict=True)
    ]
