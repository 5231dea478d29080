"""What scouts' work brought, per month: docs/campaigns.md says when a place counts for whom, so that anybody can recount it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.calls.workflow import SPOKEN, Outcome
from campaigns.scouting.workflow import LeadState
from placements.workflow import KNOWN_STATES
from shortages.models import TaskOutcome

MONTHS = 12


@dataclass
class Month:
    """One month of one scout, or of one region: what was done, and what it brought.

    places, slots: new places that count, and how many students fit; placed: students who have agreed to come to these, until now.
    """

    month: date
    region: str = ""
    calls: int = 0
    tasks: int = 0
    leads: int = 0
    recognised: int = 0
    places: int = 0
    slots: int = 0
    placed: int = 0

    def plus(self, name: str, n: int) -> None:
        """Add to one of the counts."""
        setattr(self, name, getattr(self, name) + n)


COUNTS = tuple(field.name for field in fields(Month) if field.name not in ("month", "region"))


def since(today: date) -> date:
    """The first day of the first month shown."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


# Everything by month, region and sort. `mine`: companies at which the scout, or anybody in the regions, did something.
_SQL = """
WITH post AS (SELECT id FROM accounts_post WHERE %(user)s::bigint IS NULL OR user_id = %(user)s),
at_work AS (
    SELECT company_id, post_id FROM campaigns_callresult WHERE post_id IN (SELECT id FROM post)
    UNION SELECT company_id, post_id FROM shortages_advicetask WHERE post_id IN (SELECT id FROM post)
    UNION SELECT company_id, post_id FROM campaigns_lead WHERE company_id IS NOT NULL AND post_id IN (SELECT id FROM post)
),
mine AS MATERIALIZED (
    SELECT DISTINCT c.id, m.region_id FROM at_work w JOIN companies_company c ON c.id = w.company_id
      JOIN reference_municipality m ON m.code = c.municipality_id
     WHERE %(regions)s::text[] IS NULL OR m.region_id = ANY(%(regions)s)
),
contact AS MATERIALIZED (
    SELECT post_id, company_id, at AS first, at + make_interval(days => %(days)s) AS last FROM campaigns_callresult
     WHERE undone_at IS NULL AND post_id IS NOT NULL AND outcome = ANY(%(spoken)s) AND company_id IN (SELECT id FROM mine)
    UNION ALL
    SELECT post_id, company_id, taken_at, COALESCE(ended_at, taken_at) + make_interval(days => %(days)s) FROM shortages_advicetask
     WHERE (outcome = %(done)s OR worked) AND company_id IN (SELECT id FROM mine)
    UNION ALL
    SELECT l.post_id, l.company_id, s.at, s.at + make_interval(days => %(days)s) FROM campaigns_lead l JOIN campaigns_leadstep s ON s.lead_id = l.id
     WHERE s.to_state = %(recognised)s AND l.company_id IN (SELECT id FROM mine)
),
candidate AS (
    SELECT p.id, p.company_id, p.capacity, p.created_at, c.post_id, 1 AS rank, c.first FROM placements_place p
      JOIN contact c ON c.company_id = p.company_id AND p.created_at >= c.first AND p.created_at < c.last
     WHERE p.created_at >= %(since)s
    UNION ALL
    SELECT p.id, p.company_id, p.capacity, p.created_at, r.post_id, 0, r.at FROM campaigns_callresult r
      JOIN campaigns_callresult_places x ON x.callresult_id = r.id JOIN placements_place p ON p.id = x.place_id
     WHERE r.undone_at IS NULL AND r.post_id IS NOT NULL AND p.created_at >= %(since)s AND r.company_id IN (SELECT id FROM mine)
),
found AS (SELECT DISTINCT ON (id) * FROM candidate ORDER BY id, rank, first DESC, post_id),
counted AS (
    SELECT f.created_at AS at, mine.region_id, 'places' AS sort, 1 AS n, f.capacity AS slots,
           (SELECT count(*) FROM placements_placement q WHERE q.place_id = f.id AND q.state = ANY(%(known)s)) AS placed
      FROM found f JOIN mine ON mine.id = f.company_id WHERE f.post_id IN (SELECT id FROM post)
    UNION ALL
    SELECT r.at, mine.region_id, 'calls', 1, 0, 0 FROM campaigns_callresult r JOIN mine ON mine.id = r.company_id
     WHERE r.undone_at IS NULL AND r.post_id IN (SELECT id FROM post) AND r.at >= %(since)s
    UNION ALL
    SELECT t.ended_at, mine.region_id, 'tasks', 1, 0, 0 FROM shortages_advicetask t JOIN mine ON mine.id = t.company_id
     WHERE t.outcome <> '' AND t.post_id IN (SELECT id FROM post) AND t.ended_at >= %(since)s
    UNION ALL
    SELECT s.at, l.region_id, CASE WHEN s.from_state = '' THEN 'leads' ELSE 'recognised' END, 1, 0, 0
      FROM campaigns_lead l JOIN campaigns_leadstep s ON s.lead_id = l.id
     WHERE (s.from_state = '' OR s.to_state = %(recognised)s) AND l.post_id IN (SELECT id FROM post) AND s.at >= %(since)s
       AND (%(regions)s::text[] IS NULL OR l.region_id = ANY(%(regions)s))
)
SELECT date_trunc('month', at AT TIME ZONE %(zone)s)::date, region_id, sort, sum(n), sum(slots), sum(placed) FROM counted GROUP BY 1, 2, 3
"""


def months(*, user: int | None = None, regions: list[str] | None = None, today: date | None = None) -> list[Month]:
    """Months up to this one, newest first: of one scout (user), or of regions, each month then a row a region with something in it. One query."""
    day = today or timezone.localdate()
    found: dict[tuple[date, str], Month] = {} if regions is not None else {(month, ""): Month(month) for month in _every(day)}
    for month, region, sort, n, slots, placed in _rows(user, regions, day):
        key = (month, region if regions is not None else "")
        row = found.setdefault(key, Month(*key))
        for name, more in ((sort, n), ("slots", slots), ("placed", placed)):
            row.plus(name, int(more))
    return sorted(found.values(), key=lambda row: (-row.month.toordinal(), row.region))


def _every(day: date) -> Iterator[date]:
    month = since(day)
    while month <= day:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _rows(user: int | None, regions: list[str] | None, day: date) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {
            "user": user, "regions": regions, "since": since(day), "days": settings.SCOUT_RESULT_DAYS, "zone": settings.TIME_ZONE,
            "spoken": [outcome.value for outcome in SPOKEN if outcome != Outcome.OPTED_OUT], "done": TaskOutcome.DONE.value,
            "recognised": LeadState.RECOGNISED.value, "known": [state.value for state in KNOWN_STATES],
        })  # fmt: skip
        return cursor.fetchall()


def total(rows: list[Month]) -> Month:
    """All rows added up."""
    summed = Month(date.min)
    for row in rows:
        for name in COUNTS:
            summed.plus(name, getattr(row, name))
    return summed
