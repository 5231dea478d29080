"""Who is told what about a placement: mails in the outbox, written in the transaction of what caused them.

No mail to a company says anything of a student before CONFIRMED; each key names one transition, so that nothing goes twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from companies.models import CompanyMembership, RecognitionTransition
from companies.workflow import R
from placements.models import Application, Introduction, Placement, PlacementTransition, Refusal
from placements.selectors import school_contacts
from placements.workflow import S
from schools.models import Guardian
from stagematch.links import address
from stagematch.outbox import queue


def match_found(placement: Placement) -> None:
    """The student hears which place it is, and is asked to agree or object; a parent gets a copy."""
    key = f"placement-{placement.pk}-told-{placement.told_at.timestamp() if placement.told_at else 0}"
    # A yes to an own application is no match: nobody has to be told why this place.
    applied = Application.objects.filter(placement=placement).exists()
    _to_student(placement, "application_approved" if applied else "match_found", key)
    _to_guardians(placement, "guardian_match_found", key)


def who_comes(placement: Placement, step: PlacementTransition) -> None:
    """The company learns who comes; the parent of a minor that the child has agreed."""
    key = f"placement-step-{step.pk}"
    student = placement.request.student
    _to_company(placement, "who_comes", key, student=student, minor=student.is_minor(), school=school_contacts(student))
    _to_guardians(placement, "guardian_confirmed", key)


def objection(placement: Placement, step: PlacementTransition) -> None:
    """The coordinators hear that there is an objection to judge."""
    _to_coordinators(placement, "objection", f"placement-step-{step.pk}", step=step)


def objection_judged(placement: Placement, step: PlacementTransition) -> None:
    """The student hears what became of the objection, and why."""
    _to_student(placement, "objection_judged", f"placement-step-{step.pk}", step=step, declined=step.to_state == S.DECLINED)


def introduction(placement: Placement, planned: Introduction, *, before: datetime | None, by_company: bool) -> None:
    """The student (and parent) hear when they meet the company; the company too when the school proposed it.

    before: the moment that was agreed until now, if this is another one.
    """
    key = f"introduction-{planned.pk}-{planned.proposed_at.timestamp()}"
    student = placement.request.student
    _to_student(placement, "introduction", key, introduction=planned, before=before, school=school_contacts(student)[:1])
    _to_guardians(placement, "guardian_introduction", key, introduction=planned, before=before)
    if not by_company:
        _to_company(placement, "company_introduction", key, introduction=planned, student=student)


def replacement_needed(placement: Placement, lost: RecognitionTransition) -> None:
    """The coordinators hear that the company may not train any more, and that the student needs another place."""
    _to_coordinators(
        placement,
        "replacement_needed",
        f"replacement-{placement.pk}-{lost.pk}",
        suspended=lost.to_state == R.SUSPENDED,
        trained=lost.recognition.qualification,
    )


def replacement_over(placement: Placement, step: RecognitionTransition) -> None:
    """The coordinators hear that the suspension was lifted, so that the student can stay."""
    _to_coordinators(placement, "replacement_over", f"replacement-over-{placement.pk}-{step.pk}", trained=step.recognition.qualification, step=step)


def refusal_claimed(placement: Placement, step: PlacementTransition) -> None:
    """The coordinators hear that a company asks to refuse; the student hears nothing until it is judged."""
    _to_coordinators(placement, "refusal_claimed", f"placement-step-{step.pk}", step=step)


def refusal_judged(placement: Placement, refusal: Refusal, step: PlacementTransition) -> None:
    """The company hears the verdict; the student only if the place is lost, and that it is not their fault."""
    key, valid = f"placement-step-{step.pk}", refusal.verdict == Refusal.Verdict.VALID
    _to_company(placement, "refusal_judged", key, refusal=refusal, valid=valid)
    if valid:
        _to_student(placement, "place_lost", key, refusal=refusal)
        _to_guardians(placement, "guardian_place_lost", key)


def withdrawn(placement: Placement, step: PlacementTransition) -> None:
    """Everybody who knew of the placement, but for whoever ended it, hears that it is over."""
    key, by_student = f"placement-step-{step.pk}", step.hat.startswith("student:")
    if by_student:
        _to_coordinators(placement, "withdrawn_by_student", key, step=step)
    elif placement.told_at:
        _to_student(placement, "withdrawn", key, step=step)
    if placement.told_at:
        _to_guardians(placement, "guardian_withdrawn", key)
    if placement.confirmed_at:
        _to_company(placement, "company_withdrawn", key, student=placement.request.student)


def silence(placement: Placement, days: int, since: object) -> None:
    """Remind a student who has neither agreed nor objected after so many days; nothing confirms itself."""
    _to_student(placement, "reminder", f"placement-{placement.pk}-silent-{since}-{days}", days=days)


def ask_to_call(placement: Placement, days: int, since: object) -> None:
    """Ask the coordinators to call a student who keeps silent."""
    _to_coordinators(placement, "silent_student", f"placement-{placement.pk}-silent-{since}-{days}", days=days)


def _send(to: Iterable[tuple[str, str, str]], template: str, key: str, context: dict[str, Any]) -> None:
    """to: (e-mail address, name, language) of each; the key gets the template and the first behind it."""
    for email, name, language in to:
        queue(
            to=email,
            template=f"placements/mail/{template}.txt",
            context={"name": name, **context},
            language=language,
            key=f"{key}-{template}-{email.lower()}",
        )


def _context(placement: Placement, **more: Any) -> dict[str, Any]:
    return {"placement": placement, "place": placement.place, "company": placement.place.company, **more}


def _to_student(placement: Placement, template: str, key: str, **more: Any) -> None:
    student = placement.request.student
    language = student.user.language if student.user else settings.LANGUAGE_CODE
    link = address("placements:match", placement.public_id)
    _send([(student.email, student.first_name, language)], template, key, _context(placement, student=student, link=link, **more))


def _to_guardians(placement: Placement, template: str, key: str, **more: Any) -> None:
    """Copies for the parents of a minor; a parent of an adult gets nothing."""
    student = placement.request.student
    if not student.is_minor():
        return
    guardians = Guardian.objects.filter(student=student).select_related("user").order_by("pk")
    to = [(g.email, g.name, g.user.language if g.user else settings.LANGUAGE_CODE) for g in guardians]
    _send(to, template, key, _context(placement, student=student, link=address("home"), **more))


def _to_company(placement: Placement, template: str, key: str, **more: Any) -> None:
    """Contacts and trainers of the company; only ever about a placement that the student has agreed to."""
    if placement.confirmed_at is None:
        raise ValueError("A company is told nothing of a placement before the student has agreed.")
    members = CompanyMembership.objects.filter(company=placement.place.company_id, ended_at=None).select_related("user").order_by("pk")
    users = {m.user_id: m.user for m in members}.values()
    link = address("placements:who_comes_detail", placement.public_id)
    _send([(u.email, u.name, u.language) for u in users], template, key, _context(placement, link=link, **more))


def _to_coordinators(placement: Placement, template: str, key: str, **more: Any) -> None:
    student = placement.request.student
    to = [(u.email, u.name, u.language) for u in school_contacts(student)]
    _send(to, template, key, _context(placement, student=student, link=address("placements:school_placement", placement.public_id), **more))
