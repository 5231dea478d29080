"""The places around a point for some qualifications or words: one query, answered by an index alone, as packed rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from psycopg import Cursor
from psycopg.pq import Format

from placements.models.place import CELL
from placements.search.rows import Rows, cells_around, day_number, once_each, unpack, with_own_level
from placements.search.words import Words
from placements.search.words import around as words_around
from reference.projection import Point

PAGE = 20

_ROWS = "SELECT string_agg(packed, ''::bytea) FROM placements_placesearchrow WHERE open"
_CELLS = " AND cell = ANY(%(cells)s::int[])"
_CREBOS = f"{_ROWS} AND qualification_id = ANY(%(crebos)s::int[])"
_MAIN = f"{_ROWS} AND main"
# The words first (OFFSET keeps the planner from beginning with the cells, of which it expects too few rows), then the place.
_WORDS = """
    SELECT string_agg(packed, ''::bytea) FROM (
        SELECT packed, cell FROM placements_placesearchrow WHERE open AND main AND words @@ %(words)s::tsquery OFFSET 0
    ) AS said WHERE TRUE
"""
_OTHERS = f"{_ROWS} AND qualification_id = ANY(%(others)s::int[]) AND cell = ANY(%(near)s::int[])"
_EVERY = f"{_MAIN} AND cell = ANY(%(near)s::int[])"
_NEWEST = """
    SELECT string_agg(packed, ''::bytea) FROM (
        SELECT packed FROM placements_placesearchrow WHERE open AND main ORDER BY place_id DESC LIMIT %(most)s::int
    ) AS newest
"""


@dataclass(frozen=True)
class What:
    """Which places: under one of these qualifications, or with these words in their own texts; neither means all.

    Qualifications that were guessed count only where no place has the words themselves.
    """

    crebos: tuple[int, ...] = ()
    stems: str = ""
    guessed: bool = False

    @classmethod
    def of(cls, crebo: int, words: Words | None) -> What:
        """A chosen qualification counts; without one the words."""
        if crebo:
            return cls((crebo,))
        return cls(words.crebos, words.stems, words.guessed) if words else cls()


def find(what: What, origin: Point | None, radius: int, today: date) -> Rows:
    """Every place that is open, not over and not too stale, within so many straight metres, once. One query.

    Without an origin: in the whole country, for what there must be something.
    """
    parts: list[str] = []
    where = _CELLS if origin else ""
    if what.crebos:
        parts.append(_CREBOS + where)
    if what.stems:
        parts.append(_WORDS + where)
    if not parts:
        parts.append(_MAIN + where)
    values: dict[str, Any] = {"crebos": list(what.crebos), "words": what.stems, "cells": []}
    if origin:
        values |= {"words": words_around(what.stems, origin, radius), "cells": cells_around(origin, radius, CELL)}
    found = [visible(unpack(part, origin), today, radius if origin else None) for part in _ask(_several(parts), values)]
    if what.crebos:
        found[0] = with_own_level(found[0])
    if what.guessed and what.stems and len(found[1]):
        return found[1]
    if len(found) == 1 and len(what.crebos) < 2:
        return found[0]
    return once_each(_together(found))


def around(what: What, others: tuple[int, ...], origin: Point, near: int, wide: int, today: date, *, anything: bool) -> tuple[Rows, Rows, Rows]:
    """For a search that found little: the same within a wider circle; each of other qualifications within its own; anything there. One query."""
    values: dict[str, Any] = {
        "crebos": list(what.crebos), "words": words_around(what.stems, origin, wide), "cells": cells_around(origin, wide, CELL),
        "others": list(others), "near": cells_around(origin, near, CELL),
    }  # fmt: skip
    parts = [_CREBOS + _CELLS] if what.crebos else []
    parts += [_WORDS + _CELLS] if what.stems else []
    # Words that mean nothing (only signs) are nowhere; no words at all are everywhere.
    parts = parts or [_MAIN + (" AND FALSE" if anything else _CELLS)]
    *found, beside, every = (unpack(part, origin) for part in _ask(_several([*parts, _OTHERS, _EVERY if anything else "NULL"]), values))
    if what.crebos:
        found[0] = with_own_level(found[0])
    return visible(once_each(_together(found)), today, wide), visible(with_own_level(beside), today, near), visible(every, today, near)


def _together(parts: Sequence[Rows]) -> Rows:
    return Rows(np.concatenate([rows.words for rows in parts]), np.concatenate([rows.metres for rows in parts]))


def _several(parts: list[str]) -> str:
    return f"SELECT {', '.join(f'({part})' for part in parts)}"


def newest(today: date, most: int = PAGE) -> Rows:
    """The places offered last in the whole country, of which the company said lately that they are right. One query."""
    rows = visible(unpack(_ask(_NEWEST, {"most": 10 * most})[0], None), today, None)
    rows = rows.of(np.lexsort((-rows.place, is_stale(rows, today))))
    return rows.of(slice(0, most))


def visible(rows: Rows, today: date, radius: int | None) -> Rows:
    """Those within the radius that are not over, and confirmed lately enough to be shown (PLACE_HIDDEN_WEEKS)."""
    shown = (rows.ends > day_number(today)) & (rows.confirmed >= day_number(today - timedelta(weeks=settings.PLACE_HIDDEN_WEEKS)))
    if radius is not None:
        shown &= rows.metres <= radius
    return rows if shown.all() else rows.of(shown)


def is_stale(rows: Rows, today: date) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Those confirmed so long ago that the page says so (PLACE_STALE_WEEKS)."""
    return rows.confirmed < day_number(today - timedelta(weeks=settings.PLACE_STALE_WEEKS))


def page_of(rows: Rows, sort: str, page: int) -> Rows:
    """The rows of one page: nearest first or newest first; equals by the shortest line, so that everybody gets a turn."""
    ranks = (rows.place, rows.queue, rows.metres) if sort == "afstand" else (-rows.place, -rows.created)
    first, end = PAGE * (page - 1), PAGE * page
    if end < len(rows):
        leading = ranks[-1]
        limit = np.partition(leading, end - 1)[end - 1]
        near = np.flatnonzero(leading <= limit)
        order = near[np.lexsort([rank[near] for rank in ranks])]
    else:
        order = np.lexsort(ranks)
    return rows.of(order[first:end])


def _ask(sql: str, values: Mapping[str, Any]) -> tuple[bytes | None, ...]:
    """One row, as bytes: of psycopg's cursors only the one that binds on the server reads binary answers, half the size of the text."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.make_cursor(Cursor(connection.connection)) as cursor:  # type: ignore[arg-type]
        cursor.cursor.format = Format.BINARY
        cursor.execute(sql, values)
        row: tuple[bytes | None, ...] = cursor.fetchone()
        return row
