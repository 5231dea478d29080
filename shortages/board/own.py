"""A coordinator's own programmes: who has nothing yet, how likely a place is, what can be done today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accounts.actor import Actor
from placements.models import PlacementRequest
from placements.workflow import OPEN_STATES
from reference.formats import pc4
from reference.models import LabourMarketRegion
from schools.models import Programme, School
from shortages.board.source import PUBLISHED
from shortages.groups import group_of
from shortages.models.figure import Cell, Night
from shortages.night.counting import running

MOST_NAMES = 50


@dataclass(frozen=True)
class Row:
    """A programme: own students without a place, of whom ready; what the region offers them, in published numbers."""

    programme: Programme
    students: int
    waiting: int
    ready: int
    region: Cell | None


@dataclass(frozen=True)
class Own:
    """The page of a school."""

    rows: list[Row]
    names: list[PlacementRequest]
    more: int
    region: LabourMarketRegion | None
    night: Night | None


def of_school(actor: Actor, day: date) -> Own:
    """Programmes with most students without a place first, and those students by name. Six queries."""
    school = School.objects.get(pk=actor.school_id or 0)
    region = LabourMarketRegion.objects.filter(municipalities__postcode_areas__pc4=pc4(school.postcode)).first()
    night = Night.objects.current().order_by("-date").first()
    own = running(day).filter(pk__in=PlacementRequest.objects.visible_to(actor).values("pk"))
    without = own.exclude(placements__state__in=OPEN_STATES)
    counts = {
        programme: (n, ready)
        for programme, n, ready in without.values_list("student__programme").annotate(n=Count("pk"), r=Count("ready_at")).order_by()
    }
    programmes = (
        Programme.objects.visible_to(actor).select_related("qualification").annotate(active=Count("students", filter=Q(students__left_at=None)))
    )
    cells = {}
    if region and night:
        found = PUBLISHED.cells._default_manager.filter(
            night=night, region=region, qualification__in=Programme.objects.visible_to(actor).values("qualification")
        )
        cells = {(cell.qualification_id, cell.group): cell for cell in found}
    rows = [_row(programme, counts, cells) for programme in programmes]
    names = list(
        without.select_related("student__programme", "period").order_by(
            "student__programme__name", "student__last_name", "student__first_name", "pk"
        )[:MOST_NAMES]
    )
    waiting = sum(n for n, _ready in counts.values())
    return Own(sorted(rows, key=lambda row: (-row.waiting, row.programme.name)), names, waiting - len(names), region, night)


def _row(programme: Programme, counts: dict[int, tuple[int, int]], cells: dict[tuple[int, str], Cell]) -> Row:
    qualification = programme.qualification
    waiting, ready = counts.get(programme.pk, (0, 0))
    cell = cells.get((qualification.pk, group_of(qualification.kind, qualification.level, programme.pathway)))
    return Row(programme, programme.active, waiting, ready, cell)  # type: ignore[attr-defined]
