"""Recognition before a visit: a second advisor, a day by which the visit follows, and what the night does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.actor import Actor
from accounts.hats import HatKind
from companies.errors import NeedMissing
from companies.models import Recognition
from companies.services import deadlines, transitions, visits
from companies.workflow import ExceptionReason, R, RecognitionReason
from stagematch.models import OutboxMail
from tests.companies.test_recognition import advisor, findings, found, visited
from tests.factories import ContactFactory, PostFactory, RecognitionFactory, actor_for, login_as

pytestmark = pytest.mark.django_db
SOON = timedelta(days=30)


def assessed_by(actor: Actor) -> Recognition:
    """A request that was assessed from papers."""
    asked = RecognitionFactory(requested=True)
    day = timezone.localdate() + SOON
    return visits.assess_without_visit(
        recognition=asked, exception=ExceptionReason.MOVING, visit_before=day, findings=found(), key=uuid4(), actor=actor
    )


def test_the_advisor_who_assessed_cannot_approve_and_another_can() -> None:
    first, second = advisor(), advisor()
    asked = assessed_by(first)
    with pytest.raises(NeedMissing):
        transitions.recognise(recognition=asked, actor=first)
    assert not Recognition.objects.valid().exists()
    recognised = transitions.recognise(recognition=asked, actor=second)
    assert (recognised.state, recognised.approved_by) == (R.RECOGNISED, second.user)


def test_who_assessed_may_refuse_and_keeps_what_was_typed_when_recognising(client: Client) -> None:
    first, second = (PostFactory(kind=HatKind.ADVISOR_PRACTICE) for _ in range(2))
    asked = assessed_by(actor_for(first))
    url = reverse("companies:decide", args=[asked.public_id])
    login_as(client, first)
    page = client.post(url, {"decision": "recognise", "reason": "Ruim een jaar bekend."})
    assert set(page.context["form"].errors) == {"decision"}
    assert "Ruim een jaar bekend." in page.content.decode()
    login_as(client, second)
    page = client.get(url)
    assert "recognise" in dict(page.context["form"].fields["decision"].choices)
    assert date_format(asked.visit_before) in page.content.decode()


def test_the_database_refuses_one_advisor_as_both() -> None:
    asked = assessed_by(advisor())
    with pytest.raises(IntegrityError, match="the_second_advisor_is_another_one"), transaction.atomic():
        Recognition.objects.filter(pk=asked.pk).update(approved_by=asked.assessed_by)


def test_other_advisors_are_asked_and_the_list_names_the_day(client: Client) -> None:
    other = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    asked = assessed_by(advisor())
    assert OutboxMail.objects.get().to == other.user.email
    login_as(client, other)
    client.post(reverse("companies:decide", args=[asked.public_id]), {"decision": "recognise"})
    page = client.get(reverse("companies:recognitions"), {"state": "without_visit"})
    assert asked.company.name in page.content.decode()


def test_the_form_asks_a_reason_and_a_day_that_is_not_far(client: Client) -> None:
    asked = RecognitionFactory(requested=True)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    url = reverse("companies:assess", args=[asked.public_id])
    late = findings() | {"visit_before": f"{timezone.localdate() + timedelta(days=400)}"}
    assert set(client.post(url, late).context["form"].errors) == {"exception", "visit_before"}
    client.post(url, late | {"exception": "closed", "visit_before": f"{timezone.localdate() + SOON}"})
    asked.refresh_from_db()
    assert (asked.state, asked.exception) == (R.ASSESSED, "closed")


def test_it_lapses_on_its_day_when_nobody_came_and_once() -> None:
    asked = transitions.recognise(recognition=assessed_by(advisor()), actor=advisor())
    contact = ContactFactory(company=asked.company)
    assert deadlines.run_due(today=asked.visit_before)["not_visited"] == 0
    for lapsed in (1, 0):
        assert deadlines.run_due(today=asked.visit_before + timedelta(days=1))["not_visited"] == lapsed
    asked.refresh_from_db()
    assert (asked.state, asked.transitions.last().reason_code) == (R.LAPSED, RecognitionReason.NOT_VISITED)
    assert OutboxMail.objects.filter(to=contact.user.email).count() == 1


def test_visited_in_time_it_goes_on_as_any_other() -> None:
    first = advisor()
    asked = transitions.recognise(recognition=assessed_by(first), actor=advisor())
    visited(asked, first)
    day = asked.visit_before + timedelta(days=1)
    assert deadlines.run_due(today=day)["not_visited"] == 0
    again = transitions.recognise(recognition=asked, actor=first)  # visited by now: no second advisor
    assert (again.state, again.exception, again.visit_before) == (R.RECOGNISED, "", None)


def test_a_visit_first_takes_the_exception_away() -> None:
    second = advisor()
    asked = assessed_by(advisor())
    back = transitions.move(recognition=asked, to=R.SUBMITTED, actor=second, reason_code=RecognitionReason.VISIT_FIRST)
    assert (back.state, back.exception, back.visit_before) == (R.SUBMITTED, "", None)


def test_a_review_is_due_after_four_years_and_the_company_goes_on() -> None:
    recognition = RecognitionFactory(review_due_on=timezone.localdate())
    assert deadlines.run_due()["review_due"] == 1
    recognition.refresh_from_db()
    assert (recognition.state, recognition.valid) == (R.REVIEW_DUE, True)
    reviewer = advisor()
    visited(recognition, reviewer)
    again = transitions.recognise(recognition=recognition, actor=reviewer)
    assert again.review_due_on == transitions.years_on(timezone.localdate(), 4)


def test_a_decision_that_is_due_is_mailed_once_a_day() -> None:
    RecognitionFactory(requested=True, decide_before=timezone.localdate() + timedelta(days=2))
    RecognitionFactory(requested=True)  # has time
    post = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    for _ in range(2):
        deadlines.run_due()
    assert OutboxMail.objects.get().to == post.user.email
