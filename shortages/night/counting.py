"""What is so, counted by the database in one pass over students and one over places; docs/shortages.md has the rules in words.

Per region the same statements would cost twenty times as much: they read whole tables, and a region is everywhere in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Case, FilteredRelation, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Substr

from matching.columnar import numbers
from matching.instances import recognised_rows
from placements.models import Placement, PlacementRequest, PlaceState
from placements.workflow import KNOWN_STATES, OPEN_STATES, S
from schools.models import school_year
from shortages.night.cells import GROUPS, PATHWAYS, Axes, Ints
from shortages.reports.selectors import counts as report_counts
from stagematch.moments import midnight

Counts = dict[str, Ints]
# Where an open placement stands: the student has not agreed yet, or has.
NONE, WAITING, AGREED = 0, 1, 2

# Names become numbers after the adding up, where there are twenty times fewer rows.
_STUDENTS = """
SELECT array_position(%s::text[], region::text) - 1, crebo, array_position(%s::text[], pathway::text) - 1, seeking, ready, matched, placed
  FROM (SELECT m.region_id, t.crebo, t.pathway,
               count(*) FILTER (WHERE t.held = 0), count(*) FILTER (WHERE t.held = 0 AND t.ready = 1),
               count(*) FILTER (WHERE t.held = 1), count(*) FILTER (WHERE t.held = 2)
          FROM ({inner}) AS t(pc4, crebo, pathway, ready, held)
          JOIN reference_postcodearea a ON a.pc4 = t.pc4 JOIN reference_municipality m ON m.code = a.municipality_id
         GROUP BY 1, 2, 3) AS counted(region, crebo, pathway, seeking, ready, matched, placed)
"""
_ENDED = """
SELECT array_position(%s::text[], m.region_id::text) - 1, t.crebo, array_position(%s::text[], t.pathway::text) - 1, count(DISTINCT t.student)
  FROM ({inner}) AS t(pc4, crebo, pathway, student)
  JOIN reference_postcodearea a ON a.pc4 = t.pc4 JOIN reference_municipality m ON m.code = a.municipality_id
 GROUP BY 1, 2, 3
"""
# A place under each qualification for which its company is recognised; `first` marks one of them.
_PLACES = """
SELECT array_position(%s::text[], m.region_id::text) - 1, t.crebo,
       ('BOL' = ANY (t.pathways))::integer + 2 * ('BBL' = ANY (t.pathways))::integer, t.first::integer,
       sum(t.offered), sum(t.confirmed), sum(t.unused), sum(t.offered - t.confirmed)
  FROM (SELECT c.municipality_id, r.crebo, r.pathways, r.first,
               sum(r.capacity), sum(CASE WHEN r.confirmed >= %s THEN r.capacity ELSE 0 END), sum(r.capacity - r.taken)
          FROM (SELECT *, crebo = min(crebo) OVER (PARTITION BY place) AS first
                  FROM ({inner}) AS offered(place, crebo, company, pathways, capacity, taken, confirmed)) AS r
          JOIN companies_company c ON c.id = r.company
         GROUP BY 1, 2, 3, 4) AS t(municipality, crebo, pathways, first, offered, confirmed, unused)
  JOIN reference_municipality m ON m.code = t.municipality
 GROUP BY 1, 2, 3, 4
"""


def running(day: date) -> QuerySet[PlacementRequest]:
    """Requests that count: of students who have not left, not closed, not over on the day."""
    return PlacementRequest.objects.running().filter(ends_on__gt=day)


def offered_rows(day: date) -> QuerySet[Any]:
    """Search rows of places that count: offered, not over on the day, the company recognised for the row's qualification."""
    return recognised_rows().filter(place__state=PlaceState.OPEN, place__ends_on__gt=day)


def fresh_since(day: date) -> datetime:
    """A place confirmed since then is confirmed; before, it is stale, as the search marks it."""
    return midnight(day - timedelta(weeks=settings.PLACE_STALE_WEEKS))


def students(axes: Axes, day: date) -> Counts:
    """seeking, ready, matched, placed and ended_early, by where the students live."""
    held = Case(
        When(open__state__isnull=True, then=Value(NONE)),
        When(open__state__in=KNOWN_STATES, then=Value(AGREED)),
        default=Value(WAITING),
        output_field=IntegerField(),
    )
    asked = running(day).alias(open=FilteredRelation("placements", condition=Q(placements__state__in=OPEN_STATES)))
    asked = asked.annotate(
        pc4=Cast(Substr("student__postcode", 1, 4), IntegerField()),
        is_ready=Case(When(ready_at__isnull=False, then=Value(1)), default=Value(0)),
        held=held,
    )
    inner = asked.order_by().values_list("pc4", "student__programme__qualification_id", "student__programme__pathway", "is_ready", "held")
    found = _rows(_STUDENTS, [axes.regions, list(PATHWAYS)], inner, 7)
    cell = axes.cell(found[0], found[1], axes.groups_of(found[1], found[2]))
    counts = {name: axes.sums(cell, found[at]) for at, name in enumerate(("seeking", "ready", "matched", "placed"), 3)}
    return counts | {"ended_early": _ended_early(axes, day)}


def _ended_early(axes: Axes, day: date) -> Ints:
    """Students of whom a placement ended early in the school year of the day, up to its end."""
    began, over = midnight(date(school_year(day), 8, 1)), midnight(day + timedelta(days=1))
    ended = Placement.objects.filter(state=S.ENDED_EARLY, state_since__gte=began, state_since__lt=over)
    ended = ended.annotate(pc4=Cast(Substr("request__student__postcode", 1, 4), IntegerField()))
    programme = "request__student__programme__"
    inner = ended.order_by().values_list("pc4", f"{programme}qualification_id", f"{programme}pathway", "request__student_id")
    found = _rows(_ENDED, [axes.regions, list(PATHWAYS)], inner, 4)
    return axes.sums(axes.cell(found[0], found[1], axes.groups_of(found[1], found[2])), found[3])


def places(axes: Axes, day: date) -> Counts:
    """Slots offered, confirmed, unused and stale, by where the companies are: in every cell that a place serves, and once each."""
    names = ("offered", "confirmed", "unused", "stale")
    inner = (
        offered_rows(day)
        .order_by()
        .values_list("place_id", "qualification_id", "place__company_id", "place__pathways", "place__capacity", "place__taken", "place__confirmed_at")
    )
    region, crebo, mask, first, *amounts = _rows(_PLACES, [axes.regions, fresh_since(day)], inner, 8)
    bol, bbl = axes.groups_of(crebo, np.zeros_like(crebo)), axes.groups_of(crebo, np.ones_like(crebo))
    in_bol = mask & 1 == 1
    # Pupils are one group whatever the pathway: a place for both is not counted twice.
    in_bbl = (mask & 2 == 2) & ~(in_bol & (bol == bbl))
    counts: Counts = {}
    for name, amount in zip(names, amounts, strict=True):
        counts[name] = sum(
            (axes.sums(axes.cell(region[which], crebo[which], group[which]), amount[which]) for which, group in ((in_bol, bol), (in_bbl, bbl))),
            np.zeros(axes.size, np.int64),
        )
        own = (first == 1) & (mask > 0)
        group = np.where(in_bol, bol, bbl)
        counts[f"{name}_once"] = axes.sums(axes.cell(region[own], crebo[own], group[own]), amount[own])
    return counts


def reports(axes: Axes, day: date) -> Counts:
    """Reports of shortages: open at the end of the day, new and solved on it."""
    number = {code: at for at, code in enumerate(axes.regions)}
    groups = {group.value: at for at, group in enumerate(GROUPS)}
    rows = [
        (number[region], crebo, groups[group], *amounts)
        for region, crebo, group, *amounts in report_counts(day)
        if region in number and group in groups
    ]
    table = np.array(rows, np.int64).reshape(-1, 6).T
    cell = axes.cell(*table[:3])
    return {name: axes.sums(cell, table[at]) for at, name in enumerate(("reports_open", "reports_new", "reports_solved"), 3)}


def _rows(query: str, params: Sequence[Any], inner: QuerySet[Any], width: int) -> Ints:
    sql, own = inner.query.sql_with_params()
    # Sums of nothing are null in SQL.
    names = [f"c{at}" for at in range(width)]
    whole = f"SELECT {', '.join(f'COALESCE({name}, 0)' for name in names)} FROM ({query.format(inner=sql)}) AS all_of_it({', '.join(names)})"  # noqa: S608 - all of it ours
    return numbers(whole, [*params, *own], width)
