"""Which programmes lack places most: cells of the last night, added up by qualification × pathway over regions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Case, F, Max, Q, Sum, Value, When
from django.db.models.fields import CharField

from reference.models import LabourMarketRegion, Pathway, Qualification
from shortages.groups import TargetGroup
from shortages.models import Night, RegionFigure, Stop

BBL = tuple(group for group in TargetGroup.values if group.endswith("bbl"))
STOPS = [f"stop_{stop.value}" for stop in Stop]
# Of a student's programme the pathway follows from the target group; pupils without a crebo follow none and count as BOL.
PATHWAY = Case(When(group__in=BBL, then=Value(Pathway.BBL.value)), default=Value(Pathway.BOL.value), output_field=CharField())
WITHOUT = reduce(add, [F(stop) for stop in STOPS])


@dataclass(frozen=True)
class Need:
    """What one programme lacks in one region: without: ready and nothing within reach; worth: students placed more by one slot more, a mean."""

    region: str
    seeking: int
    ready: int
    without: int
    unused: int
    worth: float | None


def programmes(night: Night | None, regions: list[str], *, chamber: str = "", words: str = "") -> list[dict[str, Any]]:
    """One row a programme, the largest shortage first: how many look, how many of them nothing reaches, slots unused, worth of one more.

    All of them, a thousand at most: adding up once is cheaper than counting first. One query.
    """
    cells = RegionFigure.objects.filter(night=night, region__in=regions)
    if chamber:
        cells = cells.filter(qualification__sector_chamber=chamber)
    for word in words.split():
        cells = cells.filter(Q(qualification__name__icontains=word) | Q(qualification__pk=int(word) if word.isdecimal() and len(word) == 5 else 0))
    rows = cells.annotate(pathway=PATHWAY).values("qualification", "qualification__name", "qualification__kind", "pathway").order_by()
    summed = rows.annotate(seek=Sum("seeking"), without=Sum(WITHOUT), free=Sum("unused"), best=Max("worth")).filter(seek__gt=0)
    return [dict(row) for row in summed.order_by("-without", F("best").desc(nulls_last=True), "-seek", "qualification", "pathway")]


def needs(night: Night | None, qualification: Qualification, pathway: str, regions: list[LabourMarketRegion]) -> list[Need]:
    """What a programme lacks in each of these regions, the largest shortage first; regions without anybody count 0. One query."""
    cells = (
        RegionFigure.objects.filter(night=night, qualification=qualification, region__in=regions).annotate(pathway=PATHWAY).filter(pathway=pathway)
    )
    sums = cells.order_by().values("region").annotate(
        seek=Sum("seeking"), prepared=Sum("ready"), without=Sum(WITHOUT), free=Sum("unused"), best=Max("worth")
    )  # fmt: skip
    found = {row[0]: Need(*row) for row in sums.values_list("region", "seek", "prepared", "without", "free", "best")}
    every = [found.get(region.pk) or Need(region.pk, 0, 0, 0, 0, None) for region in regions]
    return sorted(every, key=lambda need: (-need.without, -(need.worth or 0), -need.seeking))
