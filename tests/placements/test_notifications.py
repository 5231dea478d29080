"""Who is told what: nobody twice, parents of minors too, a company only from CONFIRMED on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from placements import notifications
from placements.models import Placement
from placements.services import reminders
from placements.services import transitions as services
from placements.workflow import ReasonCode
from stagematch.models import OutboxMail
from tests.factories import ContactFactory, CoordinatorFactory, PlacementFactory, TrainerFactory, actor_for

pytestmark = pytest.mark.django_db


def around(**kwargs):
    """A placement with its coordinator and company contact as actors."""
    placement = PlacementFactory(**kwargs)
    student = placement.request.student
    coordinator = CoordinatorFactory(school=student.school, programmes=[student.programme])
    contact = ContactFactory(company=placement.place.company)
    return placement, actor_for(student), actor_for(coordinator), actor_for(contact)


def mails_to(actor):
    return list(OutboxMail.objects.filter(to=actor.user.email).order_by("pk"))


def test_an_approval_tells_the_student_and_the_parent_of_a_minor_but_no_company():
    placement, student, coordinator, contact = around(request__student__minor=True)
    services.approve(placement=placement, actor=coordinator)
    guardian = placement.request.student.guardians.get()
    assert len(mails_to(student)) == 1
    assert OutboxMail.objects.filter(to=guardian.email).count() == 1
    assert mails_to(contact) == []


def test_a_parent_of_an_adult_gets_no_copy():
    placement, _student, coordinator, _contact = around(request__student__minor=True)
    child = placement.request.student
    child.adult_on = timezone.localdate()
    child.save()
    services.approve(placement=placement, actor=coordinator)
    assert not OutboxMail.objects.filter(to=child.guardians.get().email).exists()


def test_a_company_is_told_who_comes_when_the_student_agrees():
    placement, student, _coordinator, contact = around(told=True)
    trainer = actor_for(TrainerFactory(company=placement.place.company))
    services.agree(placement=placement, actor=student)
    for person in (contact, trainer):
        (mail,) = mails_to(person)
        assert placement.request.student.full_name in mail.body
        assert placement.request.student.email in mail.body
        assert str(placement.public_id) in mail.body


def test_the_address_of_a_minor_is_not_mailed_to_the_company():
    placement, student, coordinator, contact = around(told=True, request__student__minor=True)
    services.agree(placement=placement, actor=student)
    (mail,) = mails_to(contact)
    assert placement.request.student.email not in mail.body
    assert coordinator.user.email in mail.body


def test_no_mail_to_a_company_can_be_made_before_the_student_agreed():
    placement, _student, _coordinator, _contact = around(told=True)
    step = placement.transitions.create(to_state="approved", hat="system")
    with pytest.raises(ValueError, match="company"):
        notifications.who_comes(placement, step)


def test_an_objection_goes_to_the_coordinators_of_the_programme_alone():
    placement, student, coordinator, contact = around(told=True)
    other = CoordinatorFactory(school=placement.request.student.school)
    services.object_(placement=placement, actor=student, reason_code=ReasonCode.EARLIER_EXPERIENCE, reason="Er is iets gebeurd.")
    (mail,) = mails_to(coordinator)
    assert "Er is iets gebeurd" not in mail.body
    assert mails_to(contact) == mails_to(actor_for(other)) == []


def test_a_refusal_is_told_to_the_school_and_its_verdict_to_the_company():
    placement, student, coordinator, contact = around(confirmed=True)
    refusal = services.claim_refusal(placement=placement, ground=ReasonCode.SAFETY, evidence="Zie brief.", actor=contact)
    assert len(mails_to(coordinator)) == 1
    assert mails_to(student) == []
    for _ in range(2):
        services.judge_refusal(refusal=refusal, valid=False, actor=coordinator, reason_code=ReasonCode.EVIDENCE_MISSING, reason="Stuur de brief.")
    (mail,) = mails_to(contact)
    assert "Stuur de brief." in mail.body
    assert mails_to(student) == []


def test_a_student_who_lost_a_place_hears_that_it_is_not_their_fault():
    placement, student, coordinator, contact = around(confirmed=True)
    refusal = services.claim_refusal(placement=placement, ground=ReasonCode.TRAINER_GONE, evidence="Vertrokken.", actor=contact)
    services.judge_refusal(refusal=refusal, valid=True, actor=coordinator, reason_code=ReasonCode.GROUND_VALID)
    assert len(mails_to(student)) == len(mails_to(contact)) == 1


def test_a_company_that_never_knew_hears_nothing_of_a_withdrawal():
    placement, student, coordinator, contact = around(told=True)
    services.withdraw(placement=placement, actor=student, reason_code=ReasonCode.CHANGED)
    assert mails_to(contact) == []
    assert len(mails_to(coordinator)) == 1


def test_silence_is_answered_with_two_reminders_and_then_a_call():
    placement, student, coordinator, _contact = around(told=True)
    told = timezone.now()
    Placement.objects.filter(pk=placement.pk).update(told_at=told, state_since=told)
    counts = []
    for day in (1, 2, 3, 3, 4, 5, 6, 7, 8, 9):
        reminders.remind_due(now=told + timedelta(days=day, hours=1))
        counts.append((len(mails_to(student)), len(mails_to(coordinator))))
    assert counts == [(0, 0), (0, 0), (1, 0), (1, 0), (1, 0), (2, 0), (2, 0), (2, 1), (2, 1), (2, 1)]
    placement.refresh_from_db()
    assert placement.state == "approved"


def test_nobody_is_reminded_who_has_answered_or_was_not_told():
    placement, student, _coordinator, _contact = around(told=True)
    PlacementFactory(approved=True)
    services.agree(placement=placement, actor=student)
    before = OutboxMail.objects.count()
    assert reminders.remind_due(now=timezone.now() + timedelta(days=4)) == 0
    assert OutboxMail.objects.count() == before


def test_mails_are_in_the_language_of_the_reader():
    placement, student, coordinator, _contact = around()
    student.user.language = "en"
    student.user.save()
    services.approve(placement=placement, actor=coordinator)
    assert "There is a place for you" in mails_to(student)[0].subject
