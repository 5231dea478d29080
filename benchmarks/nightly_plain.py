"""The plain aggregate of the night in DuckDB, over the same rows as Parquet: what the counting is measured against."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
from django.db import connection

TABLES = {
    "request": ("placements_placementrequest", "id, student_id, ends_on, closed_at, ready_at"),
    "student": ("schools_student", "id, programme_id, postcode, left_at"),
    "programme": ("schools_programme", "id, qualification_id, pathway"),
    "area": ("reference_postcodearea", "pc4, municipality_id"),
    "municipality": ("reference_municipality", "code, region_id"),
    "placement": ("placements_placement", "id, request_id, state, state_since"),
    "place": ("placements_place", "id, company_id, state, ends_on, capacity, taken, confirmed_at, pathways"),
    "entry": ("placements_placesearchrow", "place_id, qualification_id"),
    "company": ("companies_company", "id, municipality_id"),
    "recognition": ("companies_recognition", "company_id, qualification_id, valid"),
    "qualification": ("reference_qualification", "crebo, kind, level, sector_chamber_id"),
}
OPEN = "('proposed', 'approved', 'objected', 'confirmed', 'introduced', 'refusal_claimed', 'agreed', 'active')"
STUDENTS = f"""
SELECT m.region_id, p.qualification_id, p.pathway,
       count(*) FILTER (WHERE pl.id IS NULL), count(*) FILTER (WHERE pl.id IS NULL AND r.ready_at IS NOT NULL),
       count(*) FILTER (WHERE pl.state IN ('proposed', 'approved', 'objected')),
       count(*) FILTER (WHERE pl.state NOT IN ('proposed', 'approved', 'objected'))
  FROM request r JOIN student s ON s.id = r.student_id JOIN programme p ON p.id = s.programme_id
  JOIN area a ON a.pc4 = left(s.postcode, 4)::integer JOIN municipality m ON m.code = a.municipality_id
  LEFT JOIN placement pl ON pl.request_id = r.id AND pl.state IN {OPEN}
 WHERE r.closed_at IS NULL AND s.left_at IS NULL AND r.ends_on > $day::date GROUP BY 1, 2, 3
"""  # noqa: S608 - all of it ours
ENDED = """
SELECT m.region_id, p.qualification_id, p.pathway, count(DISTINCT s.id)
  FROM placement pl JOIN request r ON r.id = pl.request_id JOIN student s ON s.id = r.student_id JOIN programme p ON p.id = s.programme_id
  JOIN area a ON a.pc4 = left(s.postcode, 4)::integer JOIN municipality m ON m.code = a.municipality_id
 WHERE pl.state = 'ended_early' AND pl.state_since::date <= $day::date GROUP BY 1, 2, 3
"""
PLACES = """
SELECT region_id, crebo, pathways, first,
       sum(capacity), sum(capacity) FILTER (WHERE fresh), sum(capacity - taken), sum(capacity) FILTER (WHERE NOT fresh)
  FROM (
    SELECT m.region_id, e.qualification_id AS crebo, p.pathways, p.capacity, p.taken,
           p.confirmed_at::date >= $day::date - INTERVAL 91 DAY AS fresh,
           e.qualification_id = min(e.qualification_id) OVER (PARTITION BY p.id) AS first
      FROM entry e JOIN place p ON p.id = e.place_id JOIN company c ON c.id = p.company_id
      JOIN municipality m ON m.code = c.municipality_id JOIN qualification q ON q.crebo = e.qualification_id
     WHERE p.state = 'open' AND p.ends_on > $day::date
       AND (EXISTS (
                SELECT 1 FROM recognition v
                 WHERE v.company_id = p.company_id AND v.qualification_id = e.qualification_id AND v.valid)
            OR q.kind <> 'mbo' AND EXISTS (
                SELECT 1 FROM recognition v JOIN qualification vq ON vq.crebo = v.qualification_id
                 WHERE v.company_id = p.company_id AND vq.sector_chamber_id = q.sector_chamber_id AND v.valid))
  ) GROUP BY 1, 2, 3, 4
"""


def export(folder: Path) -> None:
    """The rows that a night counts, as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (table, columns) in TABLES.items():
        text = folder / f"{name}.csv"
        query = f"COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT CSV, HEADER)"  # noqa: S608 - all of it ours
        with connection.cursor() as cursor, text.open("wb") as out, cursor.copy(query) as pipe:
            out.writelines(bytes(chunk) for chunk in pipe)
        with duckdb.connect() as duck:
            kinds = "types = {'state_since': 'TIMESTAMPTZ', 'state': 'VARCHAR'}, " if name == "placement" else ""
            source = f"read_csv('{text}', header = true, {kinds}sample_size = 100000)"
            duck.execute(f"COPY (SELECT * FROM {source}) TO '{folder / name}.parquet' (FORMAT PARQUET)")  # noqa: S608 - all of it ours
        text.unlink()


def seconds(folder: Path, day: str, threads: int = 2, rounds: int = 3) -> float:
    """How long the aggregate takes, warm: the best of a few."""
    with duckdb.connect() as duck:
        duck.execute(f"SET threads = {threads}")
        for name in TABLES:
            duck.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM '{folder / name}.parquet'")  # noqa: S608 - all of it ours
        taken = []
        for _round in range(rounds):
            began = time.perf_counter()
            for query in (STUDENTS, ENDED, PLACES):
                duck.execute(query, {"day": day}).fetchall()
            taken.append(time.perf_counter() - began)
    return round(min(taken), 2)
