"""Moving recognitions: one gate (`move`) that applies the table of `companies.workflow`, and the actions people take."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from companies import notifications
from companies.errors import InvalidTransition, NeedMissing, NotAllowed, ReasonMissing
from companies.hooks import recognition_gained, recognition_lost
from companies.models import Company, Recognition, RecognitionTransition
from companies.rules import part_of
from companies.services.needs import missing
from companies.workflow import ENDED_STATES, TRANSITIONS, VALID_STATES, R, RecognitionReason, RecognitionState
from reference.models import LearningGoal, Qualification

# SBB decides within two weeks and assesses again every four years (DOMAIN.md, "Recognition").
DECIDE_WITHIN = timedelta(weeks=2)
REVIEW_AFTER_YEARS = 4
DECISIONS = (*VALID_STATES, *ENDED_STATES, R.SUSPENDED)


def years_on(day: date, years: int) -> date:
    """The same day some years on (or back); 28 February for a 29th that has no namesake."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


@transaction.atomic
def move(*, recognition: Recognition, to: RecognitionState, actor: Actor, reason_code: str = "", reason: str = "") -> Recognition:
    """Move a recognition as the table allows, write down who did it and why, and tell the company what was decided.

    Moving it where the same person has put it already changes nothing (a double click).
    Raises InvalidTransition, NotAllowed, ReasonMissing or NeedMissing.
    """
    recognition = lock(recognition)
    step(recognition, to, actor, reason_code, reason)
    return recognition


@transaction.atomic
def request_recognition(*, company: Company, qualifications: Iterable[Qualification], actor: Actor | None = None) -> list[Recognition]:
    """Ask for recognition for qualifications; those that run already are left as they are.

    Without an actor they are chosen and not sent yet: nobody has shown so far that they speak for the company.
    """
    Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    running = set(company.recognitions.running().values_list("qualification_id", flat=True))
    before = timezone.localdate() + DECIDE_WITHIN
    wanted = [
        Recognition(company=company, qualification=qualification, state=R.DRAFT, decide_before=before)
        for qualification in qualifications
        if qualification.pk not in running
    ]
    Recognition.objects.bulk_create(wanted)
    if actor is None:
        return wanted
    for draft in wanted:
        step(draft, R.SUBMITTED, actor)
    return wanted


@transaction.atomic
def submit_drafts(*, company: Company, actor: Actor) -> int:
    """Send what the company chose when it registered; returns how many. The two weeks run from now."""
    drafts = list(company.recognitions.filter(state=R.DRAFT).order_by("pk"))
    for draft in drafts:
        step(lock(draft), R.SUBMITTED, actor)
    return len(drafts)


@transaction.atomic
def recognise(
    *, recognition: Recognition, actor: Actor, goals: list[LearningGoal] | None = None, shared_with: Company | None = None, reason: str = ""
) -> Recognition:
    """Recognise an assessed company; goals: only for these work processes, the rest at `shared_with` if it is named.

    Raises NeedMissing when a condition is not met, or a second advisor has to approve.
    """
    recognition = lock(recognition)
    if recognition.state != R.RECOGNISED:  # before the step, whose mail names them
        recognition.shared_with = shared_with if goals else None
        recognition.goals.set(goals or [])
    step(recognition, R.RECOGNISED, actor, reason=reason)
    return recognition


def lock(recognition: Recognition) -> Recognition:
    """The recognition as it is now, locked; a caller's stale copy decides nothing.

    Its company is read once it is locked: a row joined while waiting drops out when a merge gives the recognition another company.
    """
    Recognition.objects.select_for_update(of=("self",)).get(pk=recognition.pk)
    found: Recognition = Recognition.objects.select_related("company", "qualification").get(pk=recognition.pk)
    return found


def decided_already(recognition: Recognition) -> InvalidTransition:
    """What is raised when a recognition has moved on since somebody looked."""
    return InvalidTransition(_("This was decided already: %(state)s.") % {"state": recognition.get_state_display()})


def step(recognition: Recognition, to: RecognitionState, actor: Actor, reason_code: str = "", reason: str = "") -> RecognitionTransition | None:
    """Make one move of a locked recognition; None if the same person has made it already."""
    start, part = R(recognition.state), part_of(actor, recognition)
    if part is not None and start == to and _made_by(recognition, actor):
        return None
    rule = TRANSITIONS.get((start, to))
    if rule is None:
        raise decided_already(recognition)
    if part is None or part not in rule.who:
        raise NotAllowed(_("Somebody else has to do this."))
    if rule.reasons and reason_code not in rule.reasons:
        raise ReasonMissing(_("Choose a reason from the list."))
    if lacking := next((text for need in rule.needs if (text := missing(need, recognition, actor, reason))), ""):
        raise NeedMissing(lacking)
    now = timezone.now()
    recognition.state = to
    _carry(recognition, start, actor, reason_code, reason.strip(), now)
    recognition.save()
    written = write_step(recognition, start, to, actor, reason_code, reason.strip(), now)
    if R.MERGED in (start, to):  # what the company may do is what it was: the other record of it has the same
        return written
    if to in DECISIONS and to not in (R.REVIEW_DUE, R.REASSESSED):
        notifications.recognition_decided(recognition=recognition, step=written)
    if start in VALID_STATES and to not in VALID_STATES:
        recognition_lost.send(Recognition, recognition=recognition, step=written)
    if start not in VALID_STATES and to in VALID_STATES:
        recognition_gained.send(Recognition, recognition=recognition, step=written)
    return written


def write_step(
    recognition: Recognition, start: R, to: R, actor: Actor, reason_code: str, reason: str = "", at: datetime | None = None
) -> RecognitionTransition:
    """One line of the trail, which never changes."""
    hat = actor.hat.key if actor.hat else actor.kind
    facts = {"from_state": start, "to_state": to, "reason_code": reason_code, "reason": reason, "at": at or timezone.now()}
    return RecognitionTransition.objects.create(recognition=recognition, by=actor.user, hat=hat, **facts)


def _carry(recognition: Recognition, start: R, actor: Actor, reason_code: str, reason: str, now: datetime) -> None:
    """What else changes with the state: dates, who decided, and whether it still rests on an exception."""
    today, to = timezone.localdate(now), recognition.state
    if R.MERGED in (start, to):
        recognition.decided_at = recognition.decided_at or now
        return
    if (start, to) == (R.DRAFT, R.SUBMITTED):
        recognition.requested_at, recognition.decide_before = now, today + DECIDE_WITHIN
    if to in (R.ASSESSED, R.REASSESSED):
        recognition.assessed_by = actor.user
    if reason_code == RecognitionReason.VISIT_FIRST or to == R.REASSESSED:  # visited by then
        recognition.exception, recognition.visit_before, recognition.approved_by = "", None, None
    if to in (*ENDED_STATES, R.RECOGNISED, R.SUSPENDED):
        recognition.decided_by, recognition.decided_at, recognition.reason = actor.user, now, reason
    if to == R.RECOGNISED and start != R.SUSPENDED:
        recognition.review_due_on = years_on(today, REVIEW_AFTER_YEARS)
        recognition.first_recognised_on = recognition.first_recognised_on or today
        recognition.approved_by = actor.user if recognition.exception else None


def _made_by(recognition: Recognition, actor: Actor) -> bool:
    """Whether the recognition stands where this very person has put it."""
    last = recognition.transitions.last()
    return last is not None and last.to_state == recognition.state and last.by_id == (actor.user.pk if actor.user else None)
