"""A company that may not train any more: the student's school is asked at once for another place, and the student loses nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from companies.models import Recognition
from companies.services import deadlines
from companies.services import transitions as recognitions
from companies.workflow import R, RecognitionReason
from placements.models import Placement
from placements.replacements import without_recognition
from placements.services import transitions
from placements.workflow import OPEN_STATES, ReasonCode
from stagematch.models import OutboxMail
from tests.factories import ContactFactory, CoordinatorFactory, PlacementFactory, PostFactory, actor_for, login_as

pytestmark = pytest.mark.django_db


def placed() -> tuple[Placement, Recognition]:
    """A definitive placement at a company that is recognised for the student's own qualification."""
    placement: Placement = PlacementFactory(confirmed=True)
    recognition = placement.place.company.recognitions.get()
    if recognition.qualification_id != placement.request.student.programme.qualification_id:
        recognition.qualification = placement.request.student.programme.qualification
        recognition.save()
    return placement, recognition


def end(recognition: Recognition, to: R = R.SUSPENDED) -> None:
    advisor = actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    recognitions.move(recognition=recognition, to=to, actor=advisor, reason_code=RecognitionReason.SAFETY, reason="Onveilig.")


def test_the_school_is_asked_at_once_and_the_student_keeps_the_place_meanwhile(client: Client) -> None:
    placement, recognition = placed()
    student = placement.request.student
    coordinator = CoordinatorFactory(school=student.school, programmes=[student.programme])
    OutboxMail.objects.all().delete()
    end(recognition)
    assert coordinator.user.email in set(OutboxMail.objects.values_list("to", flat=True))
    placement.refresh_from_db()
    assert placement.state in OPEN_STATES
    login_as(client, coordinator)
    assert student.full_name in client.get("/").content.decode()
    page = client.get(reverse("placements:school_placement", args=[placement.public_id]))
    assert (page.context["lost"].reason_code, page.context["may_introduce"]) == (RecognitionReason.SAFETY, False)
    login_as(client, student)
    assert "Je hoeft nu niets te doen" in client.get("/").content.decode()
    login_as(client, ContactFactory(company=recognition.company))
    for address in ("/", reverse("placements:places")):
        assert "sinds" in client.get(address).content.decode()
    assert list(client.get("/").context["due"]) == []
    advisor = actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    before = OutboxMail.objects.count()
    recognitions.move(recognition=recognition, to=R.RECOGNISED, actor=advisor, reason_code=RecognitionReason.SOLVED, reason="Hek geplaatst.")
    assert not without_recognition().exists()
    told = {mail.to: mail.body for mail in OutboxMail.objects.order_by("pk")[before:]}
    assert student.full_name in told[coordinator.user.email]
    assert "Hek geplaatst." in told[coordinator.user.email]


def test_whom_the_school_takes_away_for_that_reason_comes_first_next_time() -> None:
    placement, recognition = placed()
    student = placement.request.student
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    end(recognition, R.WITHDRAWN)
    transitions.withdraw(placement=placement, actor=coordinator, reason_code=ReasonCode.RECOGNITION_LOST)
    placement.request.refresh_from_db()
    assert placement.request.tier == 0


def test_four_years_without_students_lapse_and_one_student_keeps_it() -> None:
    placement, recognition = placed()
    Recognition.objects.update(first_recognised_on=timezone.localdate() - timedelta(days=5 * 365))
    assert deadlines.run_due()["no_students"] == 0
    long_ago = timezone.localdate() - timedelta(days=1500)
    Placement.objects.filter(pk=placement.pk).update(ends_on=long_ago, starts_on=long_ago - timedelta(days=100))
    assert deadlines.run_due()["no_students"] == 1
    recognition.refresh_from_db()
    assert recognition.state == R.LAPSED


def test_several_students_who_need_another_place_are_listed(client: Client) -> None:
    (first, recognition), (second, other) = placed(), placed()
    second.request.student.school = first.request.student.school
    second.request.student.programme.school = first.request.student.school
    second.request.student.programme.save()
    second.request.student.save()
    own = [placement.request.student.programme for placement in (first, second)]
    login_as(client, CoordinatorFactory(school=first.request.student.school, programmes=own))
    end(recognition)
    assert reverse("placements:school_placement", args=[first.public_id]) in client.get("/").content.decode()
    end(other)
    address = f"{reverse('schools:students')}?ready=lost"
    assert address in client.get("/").content.decode()
    page = client.get(address).content.decode()
    for placement in (first, second):
        assert placement.request.student.full_name in page
    assert page.count("heeft een andere plek nodig") >= 2
