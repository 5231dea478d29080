"""A coordinator's own programmes: who has nothing yet, how likely a place is, what can be done today."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from placements.models import PlacementRequest
from reference.formats import pc4
from reference.models import LabourMarketRegion
from schools.models import Programme, School
from shortages.board.home import without_place
from shortages.board.source import PUBLISHED
from shortages.groups import group_of
from shortages.models.figure import Cell, Night

MOST_NAMES = 50


@dataclass(frozen=True)
class Row:
    """A programme: own students without a place, of whom ready for one; what the region offers them, in published numbers."""

    programme: Programme
    students: int
    seeking: int
    ready: int
    region: Cell | None

    @property
    def name(self) -> str:
        """Kok (BOL)."""
        return self.programme.qualification.along(self.programme.pathway, self.programme.name)

    @property
    def short(self) -> int:
        """How many more are ready than there are slots unused in the region."""
        return max(0, self.ready - (self.region.unused if self.region else 0))


@dataclass(frozen=True)
class Action:
    """Something to do today: how many students it could help, why, and where."""

    helps: int
    text: str
    why: str
    url: str


@dataclass(frozen=True)
class Own:
    """The page of a school."""

    rows: list[Row]
    names: list[PlacementRequest]
    more: int
    region: LabourMarketRegion | None
    night: Night | None

    @property
    def actions(self) -> list[Action]:
        """What can be done today, what helps most students first."""
        ready, short = sum(row.ready for row in self.rows), sum(row.short for row in self.rows)
        unready = sum(row.seeking for row in self.rows) - ready
        found = [
            Action(
                ready - short,
                ngettext(
                    "Find a place for %(n)s student who is ready: a round", "Find places for %(n)s students who are ready: a round", ready - short
                )
                % {"n": ready - short},
                _("There are slots unused in the region. A round is the fastest way to places for many students at once."),
                reverse("matching:rounds"),
            ),
            Action(
                unready,
                ngettext("Help %(n)s student with the preparation", "Help %(n)s students with the preparation", unready) % {"n": unready},
                _("Who is not ready takes part in no round and cannot be matched."),
                f"{reverse('schools:students')}?ready=busy",
            ),
            Action(
                short,
                ngettext("Report a shortage of %(n)s place", "Report a shortage of %(n)s places", short) % {"n": short},
                _("More students are ready than there are slots unused in the region. The advisor for your region searches with you."),
                reverse("shortages:report"),
            ),
        ]
        return sorted((action for action in found if action.helps), key=lambda action: -action.helps)


def of_school(actor: Actor) -> Own:
    """Programmes and students by what is hardest: most students without a place first; those who are ready before the others. Six queries."""
    school = School.objects.get(pk=actor.school_id or 0)
    region = LabourMarketRegion.objects.filter(municipalities__postcode_areas__pc4=pc4(school.postcode)).first()
    night = Night.objects.current().order_by("-date").first()
    without = without_place(actor)
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
    rows = sorted((_row(programme, counts, cells) for programme in programmes), key=lambda row: (-row.short, -row.seeking, row.name))
    # Those whose programme has the least room come first, and of them those who can be matched today.
    order = Case(*(When(student__programme=row.programme.pk, then=Value(number)) for number, row in enumerate(rows)), default=Value(len(rows)))
    names = without.annotate(order=order, waits=Case(When(ready_at=None, then=Value(1)), default=Value(0)))
    names = names.select_related("student__programme", "period").order_by("order", "waits", "student__last_name", "student__first_name", "pk")
    seeking = sum(n for n, _ready in counts.values())
    return Own(rows, list(names[:MOST_NAMES]), seeking - MOST_NAMES, region, night)


def _row(programme: Programme, counts: dict[int, tuple[int, int]], cells: dict[tuple[int, str], Cell]) -> Row:
    qualification = programme.qualification
    seeking, ready = counts.get(programme.pk, (0, 0))
    cell = cells.get((qualification.pk, group_of(qualification.kind, qualification.level, programme.pathway)))
    return Row(programme, programme.active, seeking, ready, cell)  # type: ignore[attr-defined]
