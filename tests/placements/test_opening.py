"""A coordinator opens requests for a class at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from placements.models import PlacementRequest
from tests.factories import CoordinatorFactory, PeriodFactory, ProgrammeFactory, RequestFactory, StudentFactory, login_as

pytestmark = pytest.mark.django_db
OPEN, UNDO = reverse("placements:open_requests"), reverse("placements:undo_open_requests")


@pytest.fixture
def programme(client):
    found = ProgrammeFactory()
    login_as(client, CoordinatorFactory(school=found.school, programmes=[found]))
    return found


def text(response):
    return response.content.decode()


def test_ticked_students_get_a_request_and_the_answer_says_who_not(client, programme):
    period, new = PeriodFactory(), StudentFactory.create_batch(2, programme=programme)
    had, closed = RequestFactory(student__programme=programme), RequestFactory(student__programme=programme, closed_at=timezone.now())
    PlacementRequest.objects.update(created_at=timezone.now() - timedelta(days=1))
    stranger = StudentFactory()
    ids = [student.public_id for student in (*new, had.student, closed.student, stranger)]
    asked = client.post(OPEN, {"students": ids})
    assert asked.context["count"] == 4
    response = client.post(OPEN, {"students": asked.context["students"], "period": period.pk, "weeks": "8"})
    opened = response.context["opened"]
    assert [len(opened.new), opened.had, opened.closed] == [2, [had.student], [closed.student]]
    assert set(PlacementRequest.objects.filter(weeks=8).values_list("student_id", flat=True)) == {student.pk for student in new}
    again = client.post(OPEN, {"students": ids, "period": period.pk}).context["opened"]
    assert len(again.new) == 2  # the same click twice
    assert client.post(UNDO, {"at": opened.at.isoformat()}, follow=True).status_code == 200
    assert set(PlacementRequest.objects.all()) == {had, closed}


def test_the_whole_list_as_it_is_narrowed_gets_one(client, programme):
    StudentFactory.create_batch(3, programme=programme, group="4A")
    StudentFactory(programme=programme, group="4B")
    page = text(client.get(reverse("schools:students"), {"group": "4A"}))
    assert 'value="group=4A"' in page
    assert OPEN in page
    data = {"whole": "1", "filter": "group=4A", "period": PeriodFactory().pk}
    assert len(client.post(OPEN, data).context["opened"].new) == 3


def test_a_request_that_a_student_has_begun_is_not_taken_back(client, programme):
    student = StudentFactory(programme=programme)
    opened = client.post(OPEN, {"students": student.public_id, "period": PeriodFactory().pk}).context["opened"]
    PlacementRequest.objects.update(steps_done=["goals"])
    client.post(UNDO, {"at": opened.at.isoformat()})
    assert PlacementRequest.objects.count() == 1


def test_more_weeks_than_the_period_has_are_mended_near_the_field(client, programme):
    student = StudentFactory(programme=programme)
    response = client.post(OPEN, {"students": student.public_id, "period": PeriodFactory().pk, "weeks": "59"})
    assert response.context["form"].errors.keys() == {"weeks"}
    assert str(student.public_id) in text(response)
    assert "---------" not in text(response)


def test_nobody_chosen_is_said(client, programme):
    assert client.post(OPEN, {}).url == reverse("schools:students")


def test_a_class_costs_no_more_queries_than_two(client, programme):
    period = PeriodFactory()

    def queries(students):
        with CaptureQueriesContext(connection) as seen:
            client.post(OPEN, {"students": [student.public_id for student in students], "period": period.pk})
        return len(seen)

    assert queries(StudentFactory.create_batch(2, programme=programme)) == queries(StudentFactory.create_batch(12, programme=programme))
