"""The same search in plain SQL, a query per facet: the slow reference that the tests and the benchmark hold the fast one against.

It reads places, companies and recognitions themselves, never the packed rows. It takes what a text means (qualifications, tsquery)
as the fast search does; everything after that is its own. `indexed` lets it use the same indexes as the fast search to find the
places of a circle: what the benchmark calls naive is then only that every facet is counted by a query of its own.
"""

# ruff: noqa: S608  the parts are constants of ours, values are parameters

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from placements.models import Requirement
from placements.models.place import CELL
from placements.search.facets import LIFTED
from placements.search.find import PAGE, What
from placements.search.query import ALLOWANCES, Query
from placements.search.rows import cells_around
from reference.projection import Point

# One row a place: the levels are those of the rows that match, all its open ones when its own words do.
_BASE = """
    SELECT p.id, floor(sqrt((c.x::float8 - %(x)s) ^ 2 + (c.y::float8 - %(y)s) ^ 2))::int AS metres, p.pathways, p.days, p.requirements,
           p.offers, p.period_id, p.support, p.allowance, p.group_size, p.starts_on, p.created_at, c.kind, p.capacity - p.taken AS free,
           p.applying, p.answer_penalty, array_agg(DISTINCT q.level) AS levels
      FROM placements_place p
      JOIN companies_company c ON c.id = p.company_id
      JOIN placements_placesearchrow r ON r.place_id = p.id
      JOIN reference_qualification q ON q.crebo = r.qualification_id
     WHERE p.state = 'open' AND p.taken < p.capacity AND p.ends_on > %(today)s AND p.confirmed_at >= %(since)s
       AND {recognised}
       AND (%(near)s IS FALSE OR floor(sqrt((c.x::float8 - %(x)s) ^ 2 + (c.y::float8 - %(y)s) ^ 2)) <= %(radius)s)
       AND ({what})
     GROUP BY p.id, c.id
"""
_RECOGNISED = """
    EXISTS (SELECT FROM companies_recognition v JOIN reference_qualification vq ON vq.crebo = v.qualification_id
             WHERE v.company_id = c.id AND v.valid
               AND (vq.crebo = q.crebo OR q.kind <> 'mbo' AND vq.sector_chamber_id = q.sector_chamber_id))
"""
_WORDS = "to_tsvector('dutch', p.title || ' ' || c.name || ' ' || p.tasks) @@ %(words)s::tsquery"

# Question → the test of one row.
_TESTS = {
    "levels": "levels && %(levels)s::smallint[]",
    "pathways": "pathways && %(pathways)s::varchar[]",
    "periods": "period_id = ANY (%(periods)s)",
    "kinds": "kind = ANY (%(kinds)s)",
    "allowance": "allowance >= %(allowance)s",
    "support": "support >= %(support)s",
    "days": "days @> %(days)s::varchar[]",
    "offers": "offers @> %(offers)s::varchar[]",
    "without": "NOT requirements && %(without)s::varchar[]",
    "group": "group_size > 1",
    "now": "starts_on <= %(today)s",
    "goals": """(SELECT count(DISTINCT g.position) FROM placements_place_goals pg JOIN reference_qualificationgoal g ON g.goal_id = pg.learninggoal_id
                  WHERE pg.place_id = base.id AND g.qualification_id = %(crebo)s AND g.position = ANY (%(goals)s)) = cardinality(%(goals)s::int[])""",
}
_COUNTS = {
    "levels": "SELECT value, count(*) FROM base, unnest(levels) AS value WHERE {tests} GROUP BY 1",
    "pathways": "SELECT value, count(*) FROM base, unnest(pathways) AS value WHERE {tests} GROUP BY 1",
    "periods": "SELECT period_id, count(*) FROM base WHERE {tests} GROUP BY 1",
    "kinds": "SELECT kind, count(*) FROM base WHERE {tests} GROUP BY 1",
    "allowance": "SELECT least, count(*) FROM base, unnest(%(allowances)s::int[]) AS least WHERE allowance >= least AND {tests} GROUP BY 1",
    "support": "SELECT least, count(*) FROM base, generate_series(1, 3) AS least WHERE support >= least AND {tests} GROUP BY 1",
    "days": "SELECT value, count(*) FROM base, unnest(days) AS value WHERE {tests} GROUP BY 1",
    "offers": "SELECT value, count(*) FROM base, unnest(offers) AS value WHERE {tests} GROUP BY 1",
    "without": "SELECT value, count(*) FROM base, unnest(%(asked)s::text[]) AS value WHERE NOT value = ANY (requirements) AND {tests} GROUP BY 1",
    "group": "SELECT 1, count(*) FROM base WHERE group_size > 1 AND {tests}",
    "now": "SELECT 1, count(*) FROM base WHERE starts_on <= %(today)s AND {tests}",
    "goals": """SELECT g.position, count(DISTINCT base.id) FROM base JOIN placements_place_goals pg ON pg.place_id = base.id
                  JOIN reference_qualificationgoal g ON g.goal_id = pg.learninggoal_id AND g.qualification_id = %(crebo)s AND g.position < 16
                 WHERE {tests} GROUP BY 1""",
}
_ORDER = {
    "afstand": "metres, 16 * applying / greatest(free, 1) + 16 * answer_penalty, id",
    "nieuw": "(created_at AT TIME ZONE 'Europe/Amsterdam')::date DESC, id DESC",
}


class Plain:
    """One search in plain SQL; every answer is a query of its own."""

    def __init__(self, what: What, origin: Point | None, query: Query, today: date, *, indexed: bool = False) -> None:
        self.query = query
        parts = ["r.qualification_id = ANY (%(crebos)s::int[])"] if what.crebos else []
        if what.stems:
            parts.append("r.words @@ %(words)s::tsquery" if indexed else _WORDS)
        recognised = _RECOGNISED
        if indexed:
            recognised = "r.open AND r.cell = ANY (%(cells)s::int[])" if origin else "r.open"
        self.base = f"WITH base AS NOT MATERIALIZED ({_BASE.format(what=' OR '.join(parts) or 'TRUE', recognised=recognised)})"
        since = today - timedelta(weeks=settings.PLACE_HIDDEN_WEEKS)
        self.values: dict[str, Any] = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(query).items()}
        self.values |= {
            "x": origin.x if origin else 0, "y": origin.y if origin else 0, "near": origin is not None, "radius": query.radius, "today": today,
            "since": f"{since} 00:00 Europe/Amsterdam", "crebos": list(what.crebos), "words": what.stems, "allowances": list(ALLOWANCES),
            "asked": list(Requirement.values),
            "cells": cells_around(origin, query.radius, CELL) if origin else [],
        }  # fmt: skip

    def _tests(self, lifted: str = "") -> str:
        asked = [test for name, test in _TESTS.items() if getattr(self.query, name) and name != lifted]
        return " AND ".join(asked) or "TRUE"

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(f"{self.base} {sql}", self.values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def total(self) -> int:
        """How many places."""
        return int(self._ask(f"SELECT count(*) FROM base WHERE {self._tests()}")[0][0])

    def page(self) -> list[tuple[int, int]]:
        """Key and metres of the places of the page, in order."""
        sort = self.query.sort if self.query.sort in _ORDER else "afstand"
        first = PAGE * (self.query.page - 1)
        return self._ask(f"SELECT id, metres FROM base WHERE {self._tests()} ORDER BY {_ORDER[sort]} OFFSET {first} LIMIT {PAGE}")

    def keys(self) -> set[int]:
        """All of them."""
        return {key for (key,) in self._ask(f"SELECT id FROM base WHERE {self._tests()}")}

    def counts(self) -> dict[str, dict[Any, int]]:
        """The number beside every choice: one query a facet. Choices that nothing has are left out."""
        found = {}
        for name, sql in _COUNTS.items():
            if name != "goals" or self.query.crebo:
                rows = self._ask(sql.format(tests=self._tests(name if name in LIFTED else "")))
                found[name] = {value: number for value, number in rows if number}
        return found
