"""Load the files of reference/data: write what is new or changed, keep what others may point at."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

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

# Names of the reserved groups as schools know them: data, like the names of the qualifications beside them.
RESERVED_NAMES = {
    QualificationKind.PRO: "Praktijkonderwijs",
    QualificationKind.VSO: "Voortgezet speciaal onderwijs",
    QualificationKind.VMBO_LWT: "Vmbo leer-werktraject",
}


@dataclass(frozen=True)
class Loaded:
    """What one table's load did."""

    table: str
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
    return [sync(model, build(folder)) for model, build in TABLES.items()]


def read(folder: Path, name: str) -> Iterator[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def sync(model: type[models.Model], rows: Iterable[dict[str, object]]) -> Loaded:
    """Insert and update rows, each a dict of column values that holds its key; compare first, so that no change is no write."""
    key = KEYS.get(model, (model._meta.pk.attname,))  # type: ignore[union-attr]
    fresh = {tuple(row[name] for name in key): row for row in rows}
    columns = tuple(next(iter(fresh.values())))
    scope = SCOPES.get(model, model._default_manager.all())
    present = {tuple(row[name] for name in key): row for row in scope.values(*columns)}
    changed = [model(**row) for value, row in fresh.items() if present.get(value) != row]
    model._default_manager.bulk_create(
        changed,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=key,
        update_fields=[name for name in columns if name not in key] or None,
    )
    gone = [value for value in present if value not in fresh]
    if gone:
        _leave(model, scope, key, gone)
    return Loaded(model._meta.db_table, len(fresh), len(changed), len(gone))


def _leave(model: type[models.Model], scope: models.QuerySet, key: tuple[str, ...], gone: list[tuple]) -> None:
    """What becomes of rows that left the files; nobody points at counts and links, so these may go."""
    condition = models.Q()
    for value in gone:
        condition |= models.Q(**dict(zip(key, value, strict=True)))
    if model is Qualification:
        scope.filter(condition, current=True).update(current=False)
    elif model in (EstablishmentCount, QualificationGoal):
        scope.filter(condition).delete()


def _named(name: str) -> Callable[[Path], Iterator[dict[str, object]]]:
    return lambda folder: ({"code": r["code"], "name": r["name"]} for r in read(folder, name))


def _municipalities(folder: Path) -> Iterator[dict[str, object]]:
    for r in read(folder, "municipalities"):
        yield {
            "code": r["code"],
            "name": r["name"],
            "province_id": r["province"],
            "region_id": r["region"],
            "inhabitants": int(r["inhabitants"]),
        }


def _postcode_areas(folder: Path) -> Iterator[dict[str, object]]:
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


def _qualifications(folder: Path) -> Iterator[dict[str, object]]:
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


def _reserved(folder: Path) -> Iterator[dict[str, object]]:
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


def _goals(folder: Path) -> Iterator[dict[str, object]]:
    for r in read(folder, "learning_goals"):
        yield {"code": r["code"], "text": r["text"], "scheme": GoalScheme.COMPETENT_NL.value}


def _qualification_goals(folder: Path) -> Iterator[dict[str, object]]:
    official: dict[int, set[str]] = {}
    for r in read(folder, "qualification_goals"):
        official.setdefault(int(r["crebo"]), set()).add(r["goal"])
    kin = [
        Kin(*row)
        for row in Qualification.objects.order_by("crebo").values_list(
            "crebo", "name", "level", "dossier_code", "sector_chamber_id", "current"
        )
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


def _schools(folder: Path) -> Iterator[dict[str, object]]:
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


def _establishments(folder: Path) -> Iterator[dict[str, object]]:
    for r in read(folder, "establishments"):
        yield {"municipality_id": r["municipality"], "sector": r["sector"], "count": int(r["count"])}


# In the order in which they point at each other.
TABLES: dict[type[models.Model], Callable[[Path], Iterator[dict[str, object]]]] = {
    Province: _named("provinces"),
    LabourMarketRegion: _named("labour_market_regions"),
    Municipality: _municipalities,
    PostcodeArea: _postcode_areas,
    SectorChamber: _named("sector_chambers"),
    Qualification: _qualifications,
    LearningGoal: _goals,
    QualificationGoal: _qualification_goals,
    SchoolRecord: _schools,
    EstablishmentCount: _establishments,
}
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    LearningGoal: ("code",),
    QualificationGoal: ("qualification_id", "goal_id"),
    EstablishmentCount: ("municipality_id", "sector"),
}
# What the files answer for; the rest of the table belongs to schools.
SCOPES: dict[type[models.Model], models.QuerySet] = {
    LearningGoal: LearningGoal.objects.exclude(scheme=GoalScheme.SCHOOL),
    QualificationGoal: QualificationGoal.objects.exclude(goal__scheme=GoalScheme.SCHOOL),
}
