"""Planning visits, and writing down what was found: on the spot, or by way of exception before there was a visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from companies import notifications, selectors
from companies.errors import InvalidTransition, NotAllowed
from companies.models import Assessment, Company, Finding, Recognition, Visit
from companies.rules import part_of
from companies.services.transitions import decided_already, lock, step
from companies.workflow import VALID_STATES, Condition, R, Who

# What a visit can be about: a request, a recognition whose review is due, or one that was given without a visit.
TO_VISIT = (R.SUBMITTED, R.VISIT_PLANNED, *VALID_STATES, R.SUSPENDED)
# Findings may still be put right until somebody decides on them.
OPEN_TO_FINDINGS = {R.SUBMITTED: R.ASSESSED, R.VISIT_PLANNED: R.ASSESSED, R.RECOGNISED: R.REASSESSED, R.REVIEW_DUE: R.REASSESSED}


@dataclass(frozen=True)
class Found:
    """One condition: whether it is met, and by what that was seen."""

    condition: Condition
    met: bool
    evidence: str


@transaction.atomic
def plan_visit(*, recognitions: Iterable[Recognition], starts_at: datetime, actor: Actor, note: str = "") -> Visit:
    """Plan a visit to one company for these recognitions, or move the one that is planned; its contacts hear the day by mail.

    Raises NotAllowed if the actor does not recognise them, InvalidTransition if there is nothing left to visit for.
    """
    locked = [lock(recognition) for recognition in sorted(recognitions, key=lambda r: r.pk)]
    for recognition in locked:
        if part_of(actor, recognition) != Who.ADVISOR or actor.user is None:
            raise NotAllowed(_("Somebody else has to do this."))
        if recognition.state not in TO_VISIT:
            raise decided_already(recognition)
    company = locked[0].company
    visit = Visit.objects.planned().select_for_update(of=("self",)).filter(company=company, recognitions__in=locked).first()
    if visit and (visit.starts_at, visit.note, visit.advisor_id) == (starts_at, note, actor.user.pk if actor.user else None):
        return visit
    visit = visit or Visit(company=company)
    visit.advisor, visit.starts_at, visit.note = actor.user, starts_at, note  # type: ignore[assignment]  # looked at above
    visit.save()
    visit.recognitions.add(*locked)
    for recognition in locked:
        if recognition.state == R.SUBMITTED:
            step(recognition, R.VISIT_PLANNED, actor)
    notifications.visit_planned(visit=visit)
    return visit


@transaction.atomic
def cancel_visit(*, visit: Visit, actor: Actor) -> Visit:
    """Call a planned visit off; the requests wait again, and the company is told."""
    going, visit = _lock(visit, actor)
    if visit.held_at:
        raise InvalidTransition(_("This visit has been written down already."))
    if visit.cancelled_at is None:
        visit.cancelled_at = timezone.now()
        visit.save(update_fields=["cancelled_at"])
        for recognition in going:
            if recognition.state == R.VISIT_PLANNED:
                step(recognition, R.SUBMITTED, actor)
        notifications.visit_cancelled(visit=visit)
    return visit


@transaction.atomic
def hold_visit(
    *,
    visit: Visit,
    recognitions: Iterable[Recognition],
    findings: list[Found],
    places_offered: int,
    places_note: str,
    key: UUID,
    actor: Actor,
    held_at: datetime | None = None,
) -> Visit:
    """Write down what a visit found for these of its recognitions, and how many places the company can offer.

    key: that of the form. What a phone sends twice is written once; what was mended before it was sent again is written beside the first.
    held_at: when it was filled in, if it was sent later.
    Raises InvalidTransition for a visit that was called off, and for a recognition that was decided since.
    """
    going, visit = _lock(visit, actor)
    if visit.cancelled_at:
        raise InvalidTransition(_("This visit was called off. Plan it again first."))
    key = uuid5(key, repr((findings, places_offered, places_note)))
    known = set(Assessment.objects.filter(key=key).values_list("recognition_id", flat=True))
    asked, open_ = {recognition.pk for recognition in recognitions}, set(selectors.assessable(visit))
    for recognition in going:
        if recognition.pk in asked - known:
            if recognition not in open_:
                raise decided_already(recognition)
            _assess(recognition, visit, findings, key, actor)
    if visit.held_at is None or not known:
        visit.held_at = visit.held_at or min(held_at or timezone.now(), timezone.now())
        visit.places_offered, visit.places_note = places_offered, places_note
        visit.save(update_fields=["held_at", "places_offered", "places_note"])
    return visit


@transaction.atomic
def assess_without_visit(
    *, recognition: Recognition, exception: str, visit_before: date, findings: list[Found], key: UUID, actor: Actor
) -> Recognition:
    """By way of exception: findings from papers and talks, with the reason and the day by which the visit follows.

    It is recognised only when a second, different advisor approves (the table's Need.SECOND).
    """
    recognition = lock(recognition)
    if not Assessment.objects.filter(key=key, recognition=recognition).exists():
        recognition.exception, recognition.visit_before = exception, visit_before
        _assess(recognition, None, findings, key, actor)
        notifications.second_needed(recognition=recognition, assessor=actor.user)
    return recognition


def _assess(recognition: Recognition, visit: Visit | None, findings: list[Found], key: UUID, actor: Actor) -> None:
    """Findings for one locked recognition; those made before it is decided count instead of earlier ones."""
    if part_of(actor, recognition) != Who.ADVISOR:
        raise NotAllowed(_("Somebody else has to do this."))
    made = Assessment.objects.create(recognition=recognition, visit=visit, by=actor.user, key=key)
    Finding.objects.bulk_create([Finding(assessment=made, condition=f.condition, met=f.met, evidence=f.evidence) for f in findings])
    if recognition.state in (R.ASSESSED, R.REASSESSED, R.SUSPENDED):
        recognition.assessed_by = actor.user
        recognition.save(update_fields=["assessed_by", "exception", "visit_before"])
    else:
        step(recognition, OPEN_TO_FINDINGS.get(R(recognition.state), R.ASSESSED), actor)


def _lock(visit: Visit, actor: Actor) -> tuple[list[Recognition], Visit]:
    """What a visit is about, and the visit, in the order in which planning locks them."""
    going = [lock(recognition) for recognition in visit.recognitions.order_by("pk")]
    locked: Visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if not Company.objects.visible_to(actor).filter(pk=locked.company_id).exists():
        raise NotAllowed(_("Somebody else has to do this."))
    return going, locked
