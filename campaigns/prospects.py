"""What a call to a company is worth, for all companies at once: one statement, after every night.

A row for each qualification for which a company is recognised, and for each reserved code of its sectors that somebody needs.
`worth`: students placed more, by the night's advice for this company, else the night's figure of one slot more in its region.
`unmet`: students ready for a place and without one within REACH, less the free slots within REACH (never below 0).
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from companies.models import Recognition
from placements.models import PlacementRequest, PlaceSearchRow
from reference.models import Qualification
from shortages.advice.selectors import last_night
from stagematch import jobs
from stagematch.models import Job, JobState

# Cells of a square grid, metres; within reach is what lies at most so many cells away: 15 km from middle to middle.
CELL, REACH = 5_000, 3


KIND = "campaigns.prospects"


def start_due() -> Job | None:
    """Start weighing unless it was done after the last night; None when there is nothing to do."""
    night = last_night()
    key = f"{timezone.localdate():%Y-%m-%d}-{night.pk if night else 0}"
    if Job.objects.filter(kind=KIND, key=key, state=JobState.DONE).exists():
        return None
    return jobs.start(kind=KIND, key=key)


def run(job: jobs.JobContext) -> None:
    """Weigh; killed and begun again, it finds the same."""
    changed = refresh()
    with job.complete({"changed": changed}):
        pass


def refresh() -> int:
    """Make every row what it should be now; returns how many were made, changed or deleted. Safe to repeat."""
    night = last_night()
    parts = {"recognised": _recognised(), "reserved": _reserved(), "demand": _demand(), "supply": _supply()}
    texts: dict[str, str] = {}
    params: list[Any] = []
    for name, rows in parts.items():
        texts[name], own = rows.query.sql_with_params()
        params += own
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SQL.format(**texts), [*params, *(2 * [night.pk if night else None])])
        changed = sum(cursor.fetchone())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_prospect")
    return changed


def _recognised() -> QuerySet[Recognition, Any]:
    """company, crebo."""
    return Recognition.objects.valid().order_by().values_list("company", "qualification")


def _reserved() -> QuerySet[Qualification, Any]:
    """Reserved crebo, sector chamber."""
    return Qualification.objects.reserved().order_by().values_list("pk", "sector_chamber")


def _demand() -> QuerySet[PlacementRequest, Any]:
    """crebo, first four digits of the postcode, requests."""
    return PlacementRequest.objects.seeking().order_by().values_list("student__programme__qualification", "student__postcode").annotate(n=Count("pk"))


def _supply() -> QuerySet[PlaceSearchRow, Any]:
    """crebo, x, y, free slots."""
    free = Sum(F("place__capacity") - F("place__taken"))
    return PlaceSearchRow.objects.filter(open=True).order_by().values_list("qualification", "x", "y").annotate(n=free)


_SQL = f"""
WITH recognised (company_id, crebo) AS MATERIALIZED ({{recognised}}),
reserved (crebo, chamber) AS ({{reserved}}),
demand (crebo, postcode, n) AS ({{demand}}),
supply (crebo, x, y, n) AS ({{supply}}),
company AS MATERIALIZED (
    SELECT company.id, municipality.region_id, floor(company.x / {CELL}.0)::int AS cx, floor(company.y / {CELL}.0)::int AS cy
    FROM companies_company company LEFT JOIN reference_municipality municipality ON municipality.code = company.municipality_id
),
may_train AS MATERIALIZED (
    SELECT company_id, crebo, true AS own FROM recognised
    UNION ALL
    SELECT DISTINCT recognised.company_id, reserved.crebo, false FROM recognised
    JOIN reference_qualification known ON known.crebo = recognised.crebo
    JOIN reserved ON reserved.chamber = known.sector_chamber_id
),
net AS MATERIALIZED (
    SELECT crebo, cx, cy, sum(n) AS n FROM (
        SELECT crebo, floor(area.x / {CELL}.0)::int AS cx, floor(area.y / {CELL}.0)::int AS cy, n FROM demand
        JOIN reference_postcodearea area ON area.pc4 = left(demand.postcode, 4)::int
        UNION ALL
        SELECT crebo, floor(x / {CELL}.0)::int, floor(y / {CELL}.0)::int, -n FROM supply
    ) cells GROUP BY 1, 2, 3
),
near AS (
    SELECT crebo, asked.cx, asked.cy, greatest(0, sum(net.n))::int AS unmet
    FROM (SELECT DISTINCT crebo, cx, cy FROM may_train JOIN company ON company.id = company_id) asked
    CROSS JOIN (
        SELECT dx, dy FROM generate_series(-{REACH}, {REACH}) dx, generate_series(-{REACH}, {REACH}) dy WHERE dx * dx + dy * dy <= {REACH * REACH}
    ) step
    JOIN net USING (crebo)
    WHERE net.cx = asked.cx + step.dx AND net.cy = asked.cy + step.dy
    GROUP BY 1, 2, 3
),
advised AS (
    SELECT company_id, qualification_id AS crebo, max(students) AS students FROM shortages_advice WHERE night_id = %s GROUP BY 1, 2
),
figure AS (
    SELECT region_id, qualification_id AS crebo, max(worth) AS worth FROM shortages_regionfigure WHERE night_id = %s GROUP BY 1, 2
),
fresh AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY company_id ORDER BY advised DESC, worth DESC, unmet DESC, crebo) = 1 AS best
    FROM (
        SELECT may_train.company_id, may_train.crebo, company.region_id, may_train.own,
            advised.students IS NOT NULL AS advised,
            coalesce(advised.students, figure.worth, 0)::float8 AS worth,
            coalesce(near.unmet, 0) AS unmet
        FROM may_train
        JOIN company ON company.id = may_train.company_id
        LEFT JOIN advised USING (company_id, crebo)
        LEFT JOIN figure ON figure.region_id = company.region_id AND figure.crebo = may_train.crebo
        LEFT JOIN near ON near.crebo = may_train.crebo AND near.cx = company.cx AND near.cy = company.cy
    ) every
    WHERE own OR worth > 0 OR unmet > 0
),
gone AS (
    DELETE FROM campaigns_prospect old
    WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.company_id = old.company_id AND fresh.crebo = old.qualification_id)
    RETURNING 1
),
made AS (
    INSERT INTO campaigns_prospect AS old (company_id, qualification_id, region_id, worth, unmet, advised, best)
    SELECT company_id, crebo, region_id, worth, unmet, advised, best FROM fresh
    ON CONFLICT (company_id, qualification_id) DO UPDATE
    SET region_id = excluded.region_id, worth = excluded.worth, unmet = excluded.unmet, advised = excluded.advised, best = excluded.best
    WHERE (old.region_id, old.worth, old.unmet, old.advised, old.best)
        IS DISTINCT FROM (excluded.region_id, excluded.worth, excluded.unmet, excluded.advised, excluded.best)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM made)
"""  # noqa: S608  numbers of ours and what the ORM wrote
