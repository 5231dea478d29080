"""Writes the country: reference rows stay, everything else comes by COPY with its indexes made afterwards."""

from __future__ import annotations

import resource
import time
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from companies.models import Company, Recognition
from placements.country.copying import Copier, escape, pick, sets, uuids
from placements.country.demand import MODES, Demand, make_demand
from placements.country.land import Courses, Land
from placements.country.supply import COMING, NEXT, OPEN, PAST, Supply, make_supply
from placements.country.words import COMPANY_NAMES, FIRST_NAMES, LAST_NAMES, PLACE_TITLES, STREETS, company_name
from placements.models import Period, Place, PlacementRequest, PlaceSearchRow, PreparationStep
from placements.search.rows import DAYS, KINDS, OFFERS, PATHWAYS, REQUIREMENTS
from reference.models import LearningGoal, Pathway, PostcodeArea, SchoolRecord
from reference.selectors import postcode_point
from schools.models import Programme, School, SchoolState, Student

LETTERS = "ABCEGHJKLMNPRTVWXZ"
PAIRS = [a + b for a in LETTERS for b in LETTERS]
TASKS = "Je werkt mee in het team en leert stap voor stap. Elke week kijken we terug op wat goed ging."
TABLES = (Student, PlacementRequest, PlacementRequest.goals.through, Company, Recognition, Place, Place.goals.through, PlaceSearchRow)
REFRESH = 20_000


def seed(scale: float, number: int) -> dict[str, Any]:
    """Fill the database with a share of the country and say how long everything took."""
    began, copier = time.perf_counter(), Copier()
    draw = np.random.default_rng(number)
    land, courses = Land(scale), Courses(draw)
    supply = make_supply(draw, land, courses, scale)
    schools = _school_records()
    points = np.array([postcode_point(record.postcode) or (155_000, 463_000) for record in schools], float)
    demand = make_demand(draw, land, courses, points, scale)
    copier.note("drawing", len(demand.home) + len(supply.company), time.perf_counter() - began)
    with transaction.atomic():
        indexes = _set_aside()
        periods = _periods()
        _companies(copier, draw, land, courses, supply)
        _places(copier, draw, land, courses, supply, periods)
        _students(copier, draw, land, courses, demand, schools, periods[COMING])
        _refresh(copier, len(supply.company))
        _put_back(copier, indexes)
    _tidy(copier)
    return {
        "scale": scale,
        "seconds": round(time.perf_counter() - began, 1),
        "students": len(demand.home),
        "companies": len(supply.spot),
        "places": len(supply.company),
        "open_coming": PlaceSearchRow.objects.filter(open=True, main=True, place__period=periods[COMING]).count(),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "tables": copier.figures,
    }


def _school_records() -> list[SchoolRecord]:
    """Real mbo schools; without a postcode in the register the middle of their town stands for it."""
    found = list(SchoolRecord.objects.filter(kinds__contains=["mbo"]).order_by("code"))
    towns: dict[str, int] = {}
    for pc4, place, municipality in PostcodeArea.objects.order_by("-inhabitants").values_list("pc4", "place", "municipality__name"):
        towns.setdefault(place, pc4)
        towns.setdefault(municipality, pc4)
    for record in found:
        record.postcode = record.postcode or f"{towns.get(record.place, 3811)}AA"
    return found


def _periods() -> dict[int, Period]:
    """The half years around today: the coming one, the one after, and the one before."""
    today = timezone.localdate()
    made = []
    for year in range(today.year - 1, today.year + 2):
        made.append((f"Voorjaar {year}", date(year, 2, 1), date(year, 7, 9)))
        made.append((f"Najaar {year}", date(year, 8, 30), date(year + 1, 1, 29)))
    for name, first, last in made:
        Period.objects.get_or_create(name=name, defaults={"starts_on": first, "ends_on": last})
    coming = list(Period.objects.filter(starts_on__gt=today).order_by("starts_on")[:2])
    past = Period.objects.filter(ends_on__lt=today).order_by("-ends_on")[0]
    return {COMING: coming[0], NEXT: coming[1], PAST: past}


def _set_aside() -> list[str]:
    """Silence triggers and foreign keys (a superuser may) and drop the indexes that are quicker to make at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for model in TABLES:
                cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute(
            """
            SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
             WHERE i.indrelid = ANY (%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
               AND NOT i.indisunique
            """,
            [[model._meta.db_table for model in TABLES]],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
    return [definition for _name, definition in found]


def _put_back(copier: Copier, indexes: list[str]) -> None:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        for model in TABLES:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ENABLE TRIGGER USER")
    copier.note("indexes", len(indexes), time.perf_counter() - began)


def _postcodes(draw: np.random.Generator, land: Land, spot: np.ndarray[Any, Any]) -> list[str]:
    area, letters = np.array(land.pc4, object)[spot], np.array(PAIRS, object)[draw.integers(0, len(PAIRS), len(spot))]
    return (area + letters).tolist()


def _companies(copier: Copier, draw: np.random.Generator, land: Land, courses: Courses, supply: Supply) -> None:
    n = len(supply.spot)
    town = pick(land.town, supply.spot)
    surname, pattern = draw.integers(0, len(LAST_NAMES), n).tolist(), draw.random(n).tolist()
    names = []
    for kind, where, who, which in zip(supply.kind.tolist(), town, surname, pattern, strict=True):
        options = COMPANY_NAMES[KINDS[kind]]
        names.append(escape(company_name(options[int(which * len(options))], LAST_NAMES[who], where)))
    street = [f"{name} {number}" for name, number in zip(pick(STREETS, draw.integers(0, len(STREETS), n)), draw.integers(1, 200, n), strict=True)]
    columns: dict[str, Any] = {
        "public_id": uuids(draw, n), "name": names, "kvk": np.arange(10_000_000, 10_000_000 + n), "branch": [f"{k:012d}" for k in range(1, n + 1)],
        "kind": pick(KINDS, supply.kind), "street": street, "postcode": _postcodes(draw, land, supply.spot), "place": town,
        "municipality_id": pick(land.municipality, supply.spot), "x": land.x[supply.spot], "y": land.y[supply.spot],
    }  # fmt: skip
    copier.copy(Company, n, columns)
    owner, course = supply.recognised
    now = timezone.now()
    columns = {
        "public_id": uuids(draw, len(owner)), "company_id": owner + 1, "qualification_id": pick(courses.codes, course), "state": "recognised",
        "requested_at": str(now - timedelta(days=400)), "decide_before": str((now - timedelta(days=386)).date()),
        "decided_at": str(now - timedelta(days=390)), "review_due_on": str((now + timedelta(days=1000)).date()),
    }  # fmt: skip
    copier.copy(Recognition, len(owner), columns)


def _places(copier: Copier, draw: np.random.Generator, land: Land, courses: Courses, supply: Supply, periods: dict[int, Period]) -> None:
    n = len(supply.company)
    now = timezone.now()
    titles = [PLACE_TITLES[kind] for kind in KINDS]
    which = draw.random(n).tolist()
    title = [escape(titles[kind][int(part * len(titles[kind]))]) for kind, part in zip(supply.kind[supply.company].tolist(), which, strict=True)]
    of = [periods[number] for number in (COMING, NEXT, PAST)]
    columns: dict[str, Any] = {
        "public_id": uuids(draw, n), "company_id": supply.company + 1, "title": title, "tasks": escape(TASKS),
        "period_id": pick([str(period.pk) for period in of], supply.period),
        "starts_on": pick([str(period.starts_on) for period in of], supply.period),
        "ends_on": pick([str(period.ends_on) for period in of], supply.period), "pathways": sets(supply.pathways, PATHWAYS),
        "days": sets(supply.days, DAYS), "capacity": supply.capacity, "taken": supply.taken, "applying": supply.applying,
        "requirements": sets(supply.requirements, REQUIREMENTS), "offers": sets(supply.offers, OFFERS), "support": supply.support,
        "allowance": supply.allowance, "expenses": supply.expenses, "group_size": supply.group,
        "state": pick(["open", "paused"], (supply.state != OPEN).astype(np.int64)),
        "confirmed_at": _days_ago(now, supply.confirmed), "created_at": _days_ago(now, supply.created),
    }  # fmt: skip
    copier.copy(Place, n, columns)
    keys = dict(LearningGoal.objects.values_list("code", "pk"))
    place, goal = supply.goals
    goal_key = np.array([keys[code] for code in courses.goal_codes])[goal]
    copier.copy(Place.goals.through, len(place), {"place_id": place + 1, "learninggoal_id": goal_key})
    place, course = supply.taught
    spot = supply.spot[supply.company[place]]
    # In the order of the map, so that what lies together is read together.
    order = np.lexsort((place, land.x[spot] // 5000, land.y[spot] // 5000))
    place, course, spot = place[order], course[order], spot[order]
    dates = supply.period[place]
    columns = {
        "place_id": place + 1, "qualification_id": pick(courses.codes, course), "x": land.x[spot], "y": land.y[spot],
        "starts_on": pick([str(period.starts_on) for period in of], dates), "ends_on": pick([str(period.ends_on) for period in of], dates),
    }  # fmt: skip
    copier.copy(PlaceSearchRow, len(place), columns)


def _days_ago(now: datetime, days: np.ndarray[Any, Any]) -> list[str]:
    different, at = np.unique(days, return_inverse=True)
    return pick([str(now - timedelta(days=day)) for day in different.tolist()], at)


def _students(
    copier: Copier, draw: np.random.Generator, land: Land, courses: Courses, demand: Demand, records: list[SchoolRecord], period: Period
) -> None:
    n = len(demand.home)
    columns: dict[str, Any] = {
        "public_id": uuids(draw, len(records)), "brin": [record.code[:6] for record in records], "name": [escape(record.name) for record in records],
        "kind": "mbo", "postcode": [record.postcode for record in records], "place": [escape(record.place) for record in records],
        "state": SchoolState.VERIFIED.value,
    }  # fmt: skip
    copier.copy(School, len(records), columns)
    wide = 2 * len(courses.codes)
    programmes, of = np.unique(demand.school * wide + 2 * demand.course + demand.bbl, return_inverse=True)
    school, rest = programmes // wide, programmes % wide
    columns = {
        "public_id": uuids(draw, len(programmes)), "school_id": school + 1, "qualification_id": pick(courses.codes, rest // 2),
        "pathway": pick([Pathway.BOL.value, Pathway.BBL.value], rest % 2), "name": pick([escape(name) for name in courses.names], rest // 2),
    }  # fmt: skip
    copier.copy(Programme, len(programmes), columns)
    columns = {
        "public_id": uuids(draw, n), "school_id": demand.school + 1, "programme_id": of + 1, "number": np.arange(1_000_001, 1_000_001 + n),
        "first_name": pick(FIRST_NAMES, draw.integers(0, len(FIRST_NAMES), n)), "last_name": pick(LAST_NAMES, draw.integers(0, len(LAST_NAMES), n)),
        "email": [f"s{number}@leerling.example" for number in range(1_000_001, 1_000_001 + n)],
        "postcode": _postcodes(draw, land, demand.home),
    }  # fmt: skip
    copier.copy(Student, n, columns)
    kinds = [*KINDS, ""]
    ready = str(timezone.now())
    columns = {
        "public_id": uuids(draw, n), "student_id": np.arange(1, n + 1), "period_id": str(period.pk), "starts_on": str(period.starts_on),
        "ends_on": str(period.ends_on), "weeks": pick(["10", "18", "20"], draw.integers(0, 3, n)), "travel_mode": pick(MODES, demand.mode),
        "max_minutes": demand.minutes, "days": sets(demand.days, DAYS), "days_needed": demand.days_needed, "kind1": pick(kinds, demand.kind1),
        "kind2": pick(kinds, demand.kind2), "needs": pick([*(f"{{{offer}}}" for offer in OFFERS), "{}"], demand.need),
        "has": sets(demand.has, REQUIREMENTS[:2]), "support": demand.support, "allowance": demand.allowance, "tier": demand.tier,
        "steps_done": "{" + ",".join(PreparationStep.values) + "}", "ready_at": ready,
    }  # fmt: skip
    copier.copy(PlacementRequest, n, columns)
    keys = dict(LearningGoal.objects.values_list("code", "pk"))
    student, goal = demand.goals
    goal_key = np.array([keys[code] for code in courses.goal_codes])[goal]
    copier.copy(PlacementRequest.goals.through, len(student), {"placementrequest_id": student + 1, "learninggoal_id": goal_key})


def _refresh(copier: Copier, places: int) -> None:
    """Let the database fill the search rows as it does for every other place; it needs a few indexes for that."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX seed_goals ON placements_place_goals (place_id) INCLUDE (learninggoal_id)")
        cursor.execute("CREATE INDEX seed_rows ON placements_placesearchrow (place_id)")
        cursor.execute("CREATE INDEX seed_recognitions ON companies_recognition (company_id)")
        for table in ("placements_place_goals", "placements_placesearchrow", "companies_recognition", "placements_place"):
            cursor.execute(f"ANALYZE {table}")
        for start in range(1, places + 1, REFRESH):
            wanted = [start, min(places, start + REFRESH - 1)]
            cursor.execute("SELECT placements_refresh_search(array_agg(n)) FROM generate_series(%s::bigint, %s::bigint) AS n", wanted)
            cursor.execute("SELECT placements_refresh_words(array_agg(n)) FROM generate_series(%s::bigint, %s::bigint) AS n", wanted)
        cursor.execute("DROP INDEX seed_goals, seed_rows, seed_recognitions")
    copier.note("search rows", places, time.perf_counter() - began)


def _tidy(copier: Copier) -> None:
    """Lay the search rows in the order of the map and tell the planner what there is; neither can run inside a transaction."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute("VACUUM (FULL) placements_placesearchrow")  # every row was written twice
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("RESET maintenance_work_mem")
    copier.note("vacuum and analyze", 1, time.perf_counter() - began)
