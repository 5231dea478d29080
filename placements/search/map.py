"""What the map draws: single places, or how many lie together, on the national grid in metres."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import ngettext

from placements.models.place import Place
from placements.search.query import Query
from placements.search.rows import Rows
from placements.search.where import Origin, by_size

# Markers nearer to each other than this part of the width in sight would overlap, and are drawn as one.
APART = 12
# Many places are first counted by squares, so many across.
MOST_SINGLE = 300
SQUARES = 24
# So many towns are named on the map, and none nearer to another than this part of the width in sight.
MOST_NAMES = 14
NAMES_APART = 7
# So near that what still lies together lies at one postcode: there every place gets its own marker, around the point.
NEAR = 6_000

Frame = tuple[int, int, int, int]


def frame_of(text: str) -> Frame | None:
    """West, south, east and north in metres, from `kader=…`; None for anything else."""
    if not re.fullmatch(r"(-?[0-9]{1,9},){3}-?[0-9]{1,9}", text):
        return None
    west, south, east, north = (max(-(10**6), min(10**6, int(part))) for part in text.split(","))
    return (west, south, east, north) if west < east and south < north else None


def drawing(rows: Rows, origin: Origin | None, query: Query, frame: Frame | None = None) -> dict[str, Any]:
    """Markers within the frame with their words and address, names of towns, the circle that is looked in. One query at most."""
    circle = {"x": origin.point.x, "y": origin.point.y, "radius": query.radius, "name": origin.name} if origin else None
    if frame is None and origin:
        frame = (origin.point.x - query.radius, origin.point.y - query.radius, origin.point.x + query.radius, origin.point.y + query.radius)
    if frame:
        west, south, east, north = frame
        rows = rows.of((rows.x >= west) & (rows.x <= east) & (rows.y >= south) & (rows.y <= north))
    width = frame[2] - frame[0] if frame else 2 * query.radius
    groups = _groups(rows, width)
    alone = np.array([at for group in groups for at in group.members if len(group.members) == 1 or width <= NEAR], np.intp)
    markers = [_marker(group, rows) for group in groups if len(group.members) > 1 and width > NEAR]
    return {"circle": circle, "towns": towns_in(frame, origin) if frame else [], "markers": markers + _singles(rows.of(alone), width)}


def towns_in(frame: Frame, origin: Origin | None) -> list[dict[str, Any]]:
    """The largest towns in sight, so that everybody knows where they look; the one that is searched around goes first."""
    west, south, east, north = frame
    apart = (east - west) / NAMES_APART
    named: list[Origin] = [origin] if origin else []
    for town in by_size():
        x, y = town.point
        if west < x < east and south < y < north and all(max(abs(x - one.point.x), 2 * abs(y - one.point.y)) > apart for one in named):
            named.append(town)
            if len(named) > MOST_NAMES:
                break
    return [{"x": one.point.x, "y": one.point.y, "text": one.name} for one in named]


@dataclass
class Group:
    """Places that are drawn as one: the sum of their points, and which rows."""

    x: float
    y: float
    members: list[int]


def _groups(rows: Rows, width: int) -> list[Group]:
    """Rows by squares when they are many, then whatever would overlap together; the largest group takes the others in."""
    if len(rows) > MOST_SINGLE:
        side = max(1, width // SQUARES)
        square = (rows.y // side).astype(np.int64) * 1_000_000 + rows.x // side
    else:
        square = np.arange(len(rows))
    _different, at = np.unique(square, return_inverse=True)
    order = np.argsort(at, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(at[order])) + 1) if len(rows) else []
    groups: list[Group] = []
    for part in sorted(parts, key=len, reverse=True):
        x, y = float(rows.x[part].mean()), float(rows.y[part].mean())
        near = next((group for group in groups if max(abs(group.x - x), abs(group.y - y)) < width / APART), None)
        if near:
            near.members += part.tolist()
        else:
            groups.append(Group(x, y, part.tolist()))
    return groups


def _marker(group: Group, rows: Rows) -> dict[str, Any]:
    n, x, y = len(group.members), rows.x[group.members], rows.y[group.members]
    box = [int(x.min()), int(y.min()), int(x.max()), int(y.max())]
    return {"x": round(group.x), "y": round(group.y), "count": n, "text": ngettext("%(n)s place", "%(n)s places", n) % {"n": n}, "box": box}


def _singles(rows: Rows, width: int) -> list[dict[str, Any]]:
    """A marker each; those at one point stand around it. One query, or none."""
    keys = rows.place.tolist()
    places = {place.pk: place for place in Place.objects.filter(pk__in=keys).select_related("company")} if keys else {}
    here: dict[tuple[int, int], int] = {}
    found = []
    for key, x, y in zip(keys, rows.x.tolist(), rows.y.tolist(), strict=True):
        turn = here[x, y] = here.get((x, y), -1) + 1
        if key in places:
            text, url = f"{places[key].title}, {places[key].company.name}", reverse("placements:place_page", args=[places[key].public_id])
            drawn_x, drawn_y = beside(x, y, turn, width)
            found.append({"x": drawn_x, "y": drawn_y, "count": 1, "text": text, "url": url})
    return found


def beside(x: int, y: int, turn: int, width: int) -> tuple[int, int]:
    """Where the marker of the turn-th thing (from 0) at one point stands, so that none covers another: around the point."""
    away, angle = (width / APART if turn else 0) * (1 + turn // 8), turn * pi / 4
    return round(x + away * cos(angle)), round(y + away * sin(angle))
