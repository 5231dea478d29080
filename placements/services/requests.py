"""Requests for a placement: opening them, saving the five steps of the preparation, and the order of turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from placements.errors import NotAllowed, PlacementError, ReasonMissing
from placements.models import Period, PlacementRequest, PreparationStep
from placements.rules import coordinates, may_prepare
from placements.workflow import OPEN_STATES, ReasonCode, S
from reference.models import QualificationKind
from schools.models import Student

TIER_FIRST, TIER_DIPLOMA, TIER_OTHERS = 0, 1, 2
LONGEST_WEEKS = 60
# Two requests to open the same within this time are one click.
SAME_CLICK = timedelta(seconds=10)
# What each step asks; saving a step touches these fields and no others.
STEP_FIELDS: dict[PreparationStep, tuple[str, ...]] = {
    PreparationStep.GOALS: ("goals",),
    PreparationStep.TRAVEL: ("travel_mode", "max_minutes"),
    PreparationStep.DAYS: ("days", "days_needed"),
    PreparationStep.KIND: ("kind1", "kind2"),
    PreparationStep.NEEDS: ("needs", "has", "support", "allowance"),
}


def whole_weeks(starts_on: date, ends_on: date) -> int:
    """Whole weeks between two days, as many as a request may ask (1–60)."""
    return max(1, min(LONGEST_WEEKS, (ends_on - starts_on).days // 7))


# By a refusal that the school judged valid, or because the school took the student away from a company that may not train any more.
LOST = Q(state=S.REFUSED) | Q(
    state=S.WITHDRAWN,
    transitions__to_state=S.WITHDRAWN,
    transitions__reason_code=ReasonCode.RECOGNITION_LOST,
    transitions__hat__startswith="coordinator",
)


def tier_for(student: Student, request: PlacementRequest | None = None) -> int:
    """Order of turn by the published rule: 0 first, then 1, then 2.

    0: exit phase of pro, vso or vmbo-lwt, entree (level 1), or a place lost in this period through no fault of the student;
    1: diploma this year; 2: everybody else.
    """
    qualification = student.programme.qualification
    reserved = qualification.kind != QualificationKind.MBO
    entree = not reserved and qualification.level == 1
    lost = request is not None and request.pk and request.placements.filter(LOST).exists()
    if entree or lost or (reserved and student.exit_phase):
        return TIER_FIRST
    return TIER_DIPLOMA if student.exit_phase else TIER_OTHERS


@transaction.atomic
def open_requests(
    *, students: Iterable[Student], period: Period, starts_on: date | None = None, ends_on: date | None = None, weeks: int | None = None
) -> int:
    """Give each of these students a request for a period, where there is none yet; returns how many are new.

    students: with programme and qualification selected. Dates default to the period's, weeks to all of it.
    """
    starts_on, ends_on = starts_on or period.starts_on, ends_on or period.ends_on
    weeks = weeks or whole_weeks(starts_on, ends_on)
    students, now = list(students), timezone.now()
    known = set(PlacementRequest.objects.filter(period=period, student__in=students).values_list("student_id", flat=True))
    new = [
        PlacementRequest(student=student, period=period, starts_on=starts_on, ends_on=ends_on, weeks=weeks, tier=tier_for(student), created_at=now)
        for student in students
        if student.pk not in known
    ]
    PlacementRequest.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@dataclass(frozen=True)
class Opened:
    """What opening requests for a class came to; `at` is the moment of the new ones, by which they can be taken back."""

    at: datetime
    new: list[Student]
    had: list[Student]
    closed: list[Student]


@transaction.atomic
def open_for_class(*, students: Iterable[Student], period: Period, weeks: int | None = None) -> Opened:
    """Open a request for each of these students who has none for the period; a second click answers as the first one."""
    students = list(students)
    open_requests(students=students, period=period, weeks=weeks)
    asked = {request.student_id: request for request in PlacementRequest.objects.filter(period=period, student__in=students)}
    at = max((request.created_at for request in asked.values()), default=timezone.now())
    fresh = timezone.now() - at < SAME_CLICK
    found = Opened(at, [], [], [])
    for student in students:
        request = asked[student.pk]
        part = found.closed if request.closed_at else found.new if fresh and request.created_at == at else found.had
        part.append(student)
    return found


@transaction.atomic
def take_back(*, opened_at: datetime, actor: Actor) -> int:
    """Take back the requests that were opened at that moment for own students, but for those that a student has begun; how many."""
    own = PlacementRequest.objects.visible_to(actor).filter(created_at=opened_at, steps_done=[], ready_at=None, tier_reason="", placements=None)
    gone = list(PlacementRequest.objects.filter(pk__in=own.values("pk")).select_for_update(of=("self",)).values_list("pk", flat=True))
    PlacementRequest.objects.filter(pk__in=gone).delete()
    return len(gone)


@transaction.atomic
def open_request(
    *, student: Student, period: Period, starts_on: date | None = None, ends_on: date | None = None, weeks: int | None = None
) -> PlacementRequest:
    """The student's request for a period; made if there is none yet."""
    open_requests(students=[student], period=period, starts_on=starts_on, ends_on=ends_on, weeks=weeks)
    return PlacementRequest.objects.get(student=student, period=period)


@transaction.atomic
def save_step(*, request: PlacementRequest, step: PreparationStep, data: Mapping[str, Any], actor: Actor) -> PlacementRequest:
    """Save one step of the preparation; the others stay as they are, and so does being ready.

    data: the cleaned fields of the step (STEP_FIELDS). Raises NotAllowed or PlacementError (in a match already).
    """
    request = _lock(request)
    _check(request, actor)
    fields = [name for name in STEP_FIELDS[step] if name != "goals"]
    for name in fields:
        setattr(request, name, data[name])
    if "goals" in STEP_FIELDS[step]:
        request.goals.set(data["goals"])
    if step not in request.steps_done:
        request.steps_done = [s.value for s in PreparationStep if s in {*request.steps_done, step.value}]
    request.save(update_fields=[*fields, "steps_done"])
    return request


@transaction.atomic
def finish_preparation(*, request: PlacementRequest, actor: Actor) -> PlacementRequest:
    """The student is ready: all five steps are done. Twice is once."""
    request = _lock(request)
    _check(request, actor)
    if request.missing_steps:
        names = ", ".join(str(step.label) for step in request.missing_steps)
        raise PlacementError(_("Not all steps are done yet: %(steps)s") % {"steps": names})
    if request.ready_at is None:
        request.ready_at = timezone.now()
        request.save(update_fields=["ready_at"])
    return request


@transaction.atomic
def change_tier(*, request: PlacementRequest, tier: int, reason: str, actor: Actor) -> PlacementRequest:
    """The coordinator gives a student another turn, with a reason that is kept."""
    request = _lock(request)
    if not coordinates(actor, request.student):
        raise NotAllowed(_("Only the coordinator of this student can change the order of turn."))
    if not reason.strip():
        raise ReasonMissing(_("Explain why this student gets another turn."))
    request.tier, request.tier_reason = tier, reason.strip()
    request.save(update_fields=["tier", "tier_reason"])
    return request


def refresh_tier(request: PlacementRequest) -> None:
    """Apply the rule again; a turn that a coordinator gave stays, unless the rule gives an earlier one."""
    tier = tier_for(request.student, request)
    if request.tier_reason:
        tier = min(tier, request.tier)
    if tier != request.tier:
        request.tier = tier
        request.save(update_fields=["tier"])


def _lock(request: PlacementRequest) -> PlacementRequest:
    locked: PlacementRequest = (
        PlacementRequest.objects.select_related("student__programme__qualification").select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    )
    return locked


def _check(request: PlacementRequest, actor: Actor) -> None:
    if not may_prepare(actor, request):
        raise NotAllowed(_("Only the student can fill in the preparation."))
    # A proposal of which the student has not been told must not show here either.
    if request.placements.filter(state__in=OPEN_STATES, told_at__isnull=False).exists():
        raise PlacementError(_("You are in a match now. Ask your school if something has to change."))
