"""Load the files of reference/data: write what is new or changed, keep what others may point at."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from reference.folding import fold
from reference.goals import GoalChooser, Kin
from reference.models import (
    RESERVED_FROM,
    RESERVED_GROUPS,
    EstablishmentCount,
    GoalScheme,
    LabourMarketRegion,
    LearningGoal,
    Municipality,
    Pathway,
    PostcodeArea,
    Province,
    Qualification,
    QualificationGoal,
    QualificationKind,
    SchoolRecord,
    SectorChamber,
)
from reference.projection import rd_new

DATA = Path(__file__).resolve().parent / "data"
Row = dict[str, str]
Columns = dict[str, Any]

# Names of the reserved groups as schools know them: data, like the names of the qualifications beside them.
RESERVED_NAMES = {
    QualificationKind.PRO: "Praktijkonderwijs",
    QualificationKind.VSO: "Voortgezet speciaal onderwijs",
    QualificationKind.VMBO_LWT: "Vmbo leer-werktraject",
}


@dataclass(frozen=True)
class Table:
    """One table: what the files answer for, the columns that name a row, and the rows by column."""

    scope: models.QuerySet[Any]
    key: tuple[str, ...]
    rows: Callable[[Path], Iterator[Columns]]


@dataclass(frozen=True)
class Loaded:
    """What one table's load did."""

    model: str
    rows: int
    written: int
    gone: int


@transaction.atomic
def load_reference(*, folder: Path = DATA) -> list[Loaded]:
    """Bring the tables in line with the files; a second time writes nothing.

    Rows that left the files stay: a qualification stops being current, a count or a goal's link is removed, the rest is kept
    because organisations may point at it. Goals that schools added are never touched.
    """
    # Two deployments at once would both insert the same rows.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_reference'))")
    return [sync(table, table.rows(folder)) for table in TABLES]


def read(folder: Path, name: str) -> Iterator[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def sync(table: Table, rows: Iterable[Columns]) -> Loaded:
    """Insert and update rows; compare first, so that no change is no write."""
    model, key = table.scope.model, table.key
    fresh = {tuple(row[name] for name in key): row for row in rows}
    columns = tuple(next(iter(fresh.values())))
    present = {tuple(row[name] for name in key): row for row in table.scope.values(*columns)}
    changed = [model(**row) for value, row in fresh.items() if present.get(value) != row]
    table.scope.bulk_create(
        changed,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=key,
        update_fields=[name for name in columns if name not in key],
    )
    gone = [value for value in present if value not in fresh]
    if gone:
        _leave(table, gone)
    return Loaded(model.__name__, len(fresh), len(changed), len(gone))


def _leave(table: Table, gone: list[tuple[object, ...]]) -> None:
    """What becomes of rows that left the files; nobody points at counts and links, so these may go."""
    condition = models.Q()
    for value in gone:
        condition |= models.Q(**dict(zip(table.key, value, strict=True)))
    if table.scope.model is Qualification:
        table.scope.filter(condition, current=True).update(current=False)
    elif table.scope.model in (EstablishmentCount, QualificationGoal):
        table.scope.filter(condition).delete()


def _named(name: str) -> Callable[[Path], Iterator[Columns]]:
    return lambda folder: ({"code": r["code"], "name": r["name"]} for r in read(folder, name))


def _municipalities(folder: Path) -> Iterator[Columns]:
    for r in read(folder, "municipalities"):
        yield {
            "code": r["code"],
            "name": r["name"],
            "province_id": r["province"],
            "region_id": r["region"],
            "inhabitants": int(r["inhabitants"]),
        }


def _postcode_areas(folder: Path) -> Iterator[Columns]:
    for r in read(folder, "postcode_areas"):
        lat, lon = float(r["lat"]), float(r["lon"])
        point = rd_new(lat, lon)
        yield {
            "pc4": int(r["pc4"]),
            "lat": lat,
            "lon": lon,
            "x": point.x,
            "y": point.y,
            "place": r["place"],
            "municipality_id": r["municipality"],
            "inhabitants": int(r["inhabitants"]),
            "youth": int(r["youth"]),
        }


def _qualifications(folder: Path) -> Iterator[Columns]:
    for r in read(folder, "qualifications"):
        yield {
            "crebo": int(r["crebo"]),
            "name": r["name"],
            "level": int(r["level"]),
            "kind": QualificationKind.MBO.value,
            "dossier": r["dossier"],
            "dossier_code": r["dossier_code"],
            "sector_chamber_id": r["sector_chamber"] or None,
            "pathways": sorted(r["pathways"].split("|")),
            "current": r["current"] == "1",
            "search_text": " ".join((fold(f"{r['name']} {r['dossier']}"), r["crebo"], r["words"])).strip(),
        }
    yield from _reserved(folder)


def _reserved(folder: Path) -> Iterator[Columns]:
    """A code per group and sector chamber for pupils who have no crebo."""
    for chamber in read(folder, "sector_chambers"):
        for kind, group in RESERVED_GROUPS.items():
            crebo = RESERVED_FROM + 100 * group + int(chamber["code"])
            name = f"{RESERVED_NAMES[kind]}: {chamber['name']}"
            yield {
                "crebo": crebo,
                "name": name,
                "level": 1,
                "kind": kind.value,
                "dossier": "",
                "dossier_code": "",
                "sector_chamber_id": chamber["code"],
                "pathways": [Pathway.BOL.value],
                "current": True,
                "search_text": f"{fold(name)} {kind.value} {crebo}",
            }


def _goals(folder: Path) -> Iterator[Columns]:
    for r in read(folder, "learning_goals"):
        yield {"code": r["code"], "text": r["text"], "scheme": GoalScheme.COMPETENT_NL.value}


def _qualification_goals(folder: Path) -> Iterator[Columns]:
    official: dict[int, set[str]] = {}
    for r in read(folder, "qualification_goals"):
        official.setdefault(int(r["crebo"]), set()).add(r["goal"])
    kin = [
        Kin(*row)
        for row in Qualification.objects.order_by("crebo").values_list("crebo", "name", "level", "dossier_code", "sector_chamber_id", "current")
    ]
    ids = dict(LearningGoal.objects.values_list("code", "pk"))
    for choice in GoalChooser(kin, official).all():
        yield {
            "qualification_id": choice.crebo,
            "goal_id": ids[choice.code],
            "position": choice.position,
            "essential": choice.essential,
            "origin": choice.origin.value,
        }


def _schools(folder: Path) -> Iterator[Columns]:
    for r in read(folder, "schools"):
        yield {
            "code": r["code"],
            "brin": r["code"][:4],
            "name": r["name"],
            "kinds": r["kinds"].split("|"),
            "street": r["street"],
            "house_number": r["house_number"],
            "postcode": r["postcode"],
            "place": r["place"],
            "municipality_id": r["municipality"] or None,
            "website": r["website"],
        }


def _establishments(folder: Path) -> Iterator[Columns]:
    for r in read(folder, "establishments"):
        yield {"municipality_id": r["municipality"], "sector": r["sector"], "count": int(r["count"])}


# In the order in which they point at each other. Goals that schools added are outside the files' scope.
TABLES = (
    Table(Province.objects.all(), ("code",), _named("provinces")),
    Table(LabourMarketRegion.objects.all(), ("code",), _named("labour_market_regions")),
    Table(Municipality.objects.all(), ("code",), _municipalities),
    Table(PostcodeArea.objects.all(), ("pc4",), _postcode_areas),
    Table(SectorChamber.objects.all(), ("code",), _named("sector_chambers")),
    Table(Qualification.objects.all(), ("crebo",), _qualifications),
    Table(LearningGoal.objects.exclude(scheme=GoalScheme.SCHOOL), ("code",), _goals),
    Table(
        QualificationGoal.objects.exclude(goal__scheme=GoalScheme.SCHOOL),
        ("qualification_id", "goal_id"),
        _qualification_goals,
    ),
    Table(SchoolRecord.objects.all(), ("code",), _schools),
    Table(EstablishmentCount.objects.all(), ("municipality_id", "sector"), _establishments),
)
