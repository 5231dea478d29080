"""Adds the cells of a night up for the pages: one statement a table, in the database."""

from django.db import connection, transaction

from shortages.models.figure import COUNTS, Cell, Night, PublicFigure, RegionFigure
from shortages.models.total import MEANS, PublicTotal, RegionTotal, Total

# A mean over cells weighs each by its students who are ready and have no place: those whom it is about.
WEIGHT = "ready"


def make(night: Night) -> int:
    """Write the sums of a night again, exact from exact and published from published cells; the number of rows. Safe to repeat."""
    with transaction.atomic():
        return _add_up(night, RegionFigure, RegionTotal) + _add_up(night, PublicFigure, PublicTotal)


def _add_up(night: Night, cells: type[Cell], totals: type[Total]) -> int:
    totals._default_manager.filter(night=night).delete()
    counts = ", ".join(COUNTS)
    means = ", ".join(f"{name}_sum, {name}_of" for name in MEANS)
    sums = ", ".join(f"sum(f.{name})" for name in COUNTS)
    weighed = ", ".join(
        f"coalesce(sum(f.{name} * f.{WEIGHT}), 0), coalesce(sum(f.{WEIGHT}) FILTER (WHERE f.{name} IS NOT NULL), 0)" for name in MEANS
    )
    # Qualifications that belong to no chamber count in everything but the rows of a chamber.
    statement = f"""
        INSERT INTO {totals._meta.db_table} (night_id, region_id, chamber_id, qualification_id, "group", {counts}, {means})
        SELECT f.night_id, f.region_id, q.sector_chamber_id, f.qualification_id, coalesce(f."group", ''), {sums}, {weighed}
        FROM {cells._meta.db_table} f JOIN reference_qualification q ON q.crebo = f.qualification_id
        WHERE f.night_id = %s
        GROUP BY f.night_id, GROUPING SETS (CUBE (f.region_id, q.sector_chamber_id, f."group"), (f.qualification_id, f."group"))
        HAVING grouping(q.sector_chamber_id) = 1 OR q.sector_chamber_id IS NOT NULL
    """  # noqa: S608  names of our own tables and columns
    with connection.cursor() as cursor:
        cursor.execute(statement, [night.pk])
        return cursor.rowcount
