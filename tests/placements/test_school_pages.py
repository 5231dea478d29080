"""What school staff see and do about the placements of their own students."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from placements import readiness
from placements.models import Placement
from placements.services import transitions as services
from placements.workflow import PlacementState, ReasonCode, S
from schools.models import Student
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    PlacementFactory,
    PostcodeAreaFactory,
    ProgrammeFactory,
    RequestFactory,
    StudentFactory,
    SupervisorFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nijmegen():
    PostcodeAreaFactory()


def url(name, placement):
    return reverse(f"placements:{name}", args=[placement.public_id])


def coordinator_of(student):
    return CoordinatorFactory(school=student.school, programmes=[student.programme])


@pytest.mark.parametrize("state", PlacementState)
def test_every_state_has_a_page_with_its_story(client, state):
    placement = PlacementFactory(told=True)
    coordinator = coordinator_of(placement.request.student)
    services.object_(placement=placement, actor=actor_for(placement.request.student), reason_code=ReasonCode.OTHER, reason="Te vroeg op.")
    Placement.objects.filter(pk=placement.pk).update(state=state, confirmed_at=timezone.now())
    login_as(client, coordinator)
    page = client.get(url("school_placement", placement)).content.decode()
    assert "Te vroeg op." in page
    assert placement.request.student.full_name in page


def test_a_coordinator_plans_the_first_meeting_and_both_sides_are_told(client):
    placement = PlacementFactory(confirmed=True)
    ContactFactory(company=placement.place.company)
    login_as(client, coordinator_of(placement.request.student))
    at = timezone.localtime(timezone.now() + timedelta(days=5))
    client.post(url("school_introduction", placement), {"at": f"{at:%d-%m-%Y %H:%M}", "where": "Balie", "note": ""})
    placement.refresh_from_db()
    assert (placement.state, placement.first_meeting.where) == (S.INTRODUCED, "Balie")


def test_a_coordinator_withdraws_with_a_reason(client):
    placement = PlacementFactory(told=True)
    login_as(client, coordinator_of(placement.request.student))
    assert "reason_code" in client.post(url("school_withdraw", placement), {}).context["form"].errors
    client.post(url("school_withdraw", placement), {"reason_code": "left_programme", "reason": ""})
    placement.refresh_from_db()
    assert placement.state == S.WITHDRAWN


def test_a_supervisor_reads_and_does_not_decide(client):
    placement = PlacementFactory(told=True)
    student = placement.request.student
    login_as(client, SupervisorFactory(school=student.school, programmes=[student.programme]))
    assert client.get(url("school_placement", placement)).status_code == 200
    assert client.get(url("school_withdraw", placement)).status_code == 404
    assert client.get(url("school_introduction", placement)).status_code == 404
    assert client.get(reverse("placements:tier", args=[placement.request.public_id])).status_code == 404


def test_the_placements_of_another_programme_are_not_there(client):
    placement = PlacementFactory(told=True)
    login_as(client, CoordinatorFactory(school=placement.request.student.school))
    for name in ("school_placement", "school_withdraw", "school_introduction"):
        assert client.get(url(name, placement)).status_code == 404
    assert client.get(reverse("placements:tier", args=[placement.request.public_id])).status_code == 404


def test_a_coordinator_gives_another_turn(client):
    request = RequestFactory()
    login_as(client, coordinator_of(request.student))
    assert client.get(reverse("placements:tier", args=[request.public_id])).status_code == 200
    client.post(reverse("placements:tier", args=[request.public_id]), {"tier": "0", "reason": "Moet voor mei klaar zijn."})
    request.refresh_from_db()
    assert (request.tier, request.tier_reason) == (0, "Moet voor mei klaar zijn.")


def test_the_page_of_a_student_shows_what_is_missing(client):
    request = RequestFactory(steps_done=["goals"])
    login_as(client, coordinator_of(request.student))
    page = client.get(reverse("schools:student", args=[request.student.public_id]))
    assert page.status_code == 200
    assert readiness.rows([request.student_id])[request.student_id].missing


def test_the_page_of_a_student_shows_the_placement(client):
    placement = PlacementFactory(told=True)
    login_as(client, coordinator_of(placement.request.student))
    page = client.get(reverse("schools:student", args=[placement.request.student.public_id]))
    assert url("school_placement", placement) in page.content.decode()


def test_readiness_is_the_same_in_badge_and_filter():
    programme = ProgrammeFactory()
    made = {
        readiness.NONE: StudentFactory(programme=programme),
        readiness.BUSY: RequestFactory(student__programme=programme).student,
        readiness.READY: RequestFactory(ready=True, student__programme=programme).student,
        readiness.ASKED: PlacementFactory(request__student__programme=programme).request.student,
        readiness.PLACED: PlacementFactory(confirmed=True, request__student__programme=programme).request.student,
    }
    students = Student.objects.filter(programme=programme)
    for value, student in made.items():
        assert list(readiness.narrow(students, value)) == [student]
    words = dict(readiness.CHOICES)
    rows = readiness.rows([student.pk for student in made.values()])
    assert [str(rows[made[value].pk].text) for value in (readiness.NONE, readiness.READY, readiness.ASKED, readiness.PLACED)] == [
        str(words[value]) for value in (readiness.NONE, readiness.READY, readiness.ASKED, readiness.PLACED)
    ]


def test_readiness_of_a_page_of_students_takes_two_queries(django_assert_num_queries):
    students = [RequestFactory(ready=True).student.pk for _ in range(8)]
    with django_assert_num_queries(2):
        readiness.rows(students)


def test_a_student_who_keeps_silent_is_a_task_for_the_coordinator(client):
    placement = PlacementFactory(told=True)
    long_ago = timezone.now() - timedelta(days=8)
    Placement.objects.filter(pk=placement.pk).update(told_at=long_ago, state_since=long_ago)
    coordinator = coordinator_of(placement.request.student)
    (task,) = readiness.tasks(actor_for(coordinator))
    assert task.url == url("school_placement", placement)
    assert readiness.tasks(actor_for(CoordinatorFactory(school=coordinator.school))) == []
