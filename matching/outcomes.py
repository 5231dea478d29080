"""The outcomes of a run by published groups: how many were placed, how well and how far, with intervals, small cells hidden.

Worked out once, when the result is stored, and kept as it may be shown: never per person, no count of one to four. Whoever
holds other groups runs `python -m matching.engine audit RESULT groups.csv` on an exported run.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.engine import Instance, Result
from matching.engine.audit import audit
from matching.engine.columns import PATHWAYS
from matching.models import Run
from placements.models import PlacementRequest
from reference.models import Pathway, PostcodeArea, SchoolKind
from reference.travel import road_metres

# A student who can travel at most so many kilometres by road; above the last there is one more band.
BANDS = (5, 10, 20, 40)


class Column(models.TextChoices):
    """What a group is made by."""

    LEVEL = "level", _("Level")
    PATHWAY = "pathway", _("Pathway")
    SCHOOL_KIND = "school_kind", _("Kind of school")
    REACH = "reach", _("How far the student can travel")
    REGION = "region", _("Labour-market region of the home")
    ADJUSTMENTS = "adjustments", _("Adjustments asked for")


def by_group(run: Run, instance: Instance, result: Result) -> list[dict[str, Any]]:
    """Rows of engine.audit fit for JSON: column, group, n, share, points, distance; needs the run's proposals stored. Two queries."""
    s = instance.students
    ids = s.id.tolist()
    kinds, regions = _from_database(run)
    groups: dict[str, dict[int, str]] = {
        Column.LEVEL: dict(zip(ids, map(str, s.level.tolist()), strict=True)),
        Column.PATHWAY: {key: PATHWAYS[code] for key, code in zip(ids, s.pathway.tolist(), strict=True)},
        Column.SCHOOL_KIND: kinds,
        Column.REACH: {key: _band(metres) for key, metres in zip(ids, s.max_distance.tolist(), strict=True)},
        Column.REGION: regions,
        Column.ADJUSTMENTS: {key: "yes" if n else "no" for key, n in zip(ids, s.needs.sizes().tolist(), strict=True)},
    }
    rows: list[dict[str, Any]] = audit(result, groups, instance).as_dict()["rows"]
    return rows


def _from_database(run: Run) -> tuple[dict[int, str], dict[int, str]]:
    """Kind of school and region of the home, per request of the run."""
    asked = PlacementRequest.objects.filter(proposals__run=run).order_by()
    rows = list(asked.values_list("pk", "student__school__kind", "student__postcode"))
    areas = {int(postcode[:4]) for _pk, _kind, postcode in rows}
    names = dict(PostcodeArea.objects.filter(pc4__in=areas).values_list("pc4", "municipality__region__name"))
    homes = {pk: names.get(int(postcode[:4]), "") for pk, _kind, postcode in rows}
    return {pk: kind for pk, kind, _postcode in rows}, {pk: region for pk, region in homes.items() if region}


def _band(metres: int) -> str:
    """Key of a band, such that keys sort as the bands do."""
    return next((f"{km:02}" for km in BANDS if road_metres(metres) <= 1000 * km), "more")


def tables(run: Run) -> list[dict[str, Any]]:
    """The stored rows as tables to show: one a column with two groups or more; metres by road."""
    stored = run.figures.get("outcomes", [])
    found = []
    for column in Column:
        rows = [_shown(row, column) for row in stored if row["column"] == column]
        if len(rows) > 1:
            found.append({"label": column.label, "rows": rows})
    return found


def _shown(row: dict[str, Any], column: Column) -> dict[str, Any]:
    return {
        "group": _name(column, row["group"]),
        "n": row["n"],
        "share": _interval(row["share"], lambda value: round(100 * value)),
        "points": _interval(row["points"], round),
        "road": _interval(row["distance"], lambda value: road_metres(max(0, round(value)))),
    }


def _interval(value: dict[str, float] | None, scale: Any) -> dict[str, int] | None:
    return None if value is None else {name: scale(number) for name, number in value.items()}


def _name(column: Column, group: str) -> str:
    """The group in words."""
    if column == Column.REACH:
        return str(_("over %(km)s km") % {"km": BANDS[-1]} if group == "more" else _("up to %(km)s km") % {"km": int(group)})
    if column == Column.ADJUSTMENTS:
        return str(_("yes") if group == "yes" else _("no"))
    if column == Column.LEVEL:
        return str(_("level %(n)s") % {"n": group})
    labels = {Column.PATHWAY: Pathway, Column.SCHOOL_KIND: SchoolKind}
    return str(labels[column](group).label) if column in labels else group
