"""What a student and a parent see and do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from placements import selectors
from placements.models import Introduction, Placement
from placements.services import transitions
from placements.workflow import KNOWN_STATES, PlacementState, S
from stagematch.models import OutboxMail
from tests.factories import (
    CoordinatorFactory,
    GuardianFactory,
    PlacementFactory,
    PostcodeAreaFactory,
    RequestFactory,
    StudentFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db
HOME = "/"


@pytest.fixture(autouse=True)
def nijmegen():
    PostcodeAreaFactory()


def url(name, placement):
    return reverse(f"placements:{name}", args=[placement.public_id])


def test_the_home_of_a_new_student_asks_to_start(client):
    login_as(client, StudentFactory())
    page = client.get(HOME)
    assert page.context["next"].url == reverse("placements:preparation")
    assert [step["state"] for step in page.context["steps"]] == ["now", *["todo"] * 6]


def test_the_home_leads_to_the_first_step_that_is_missing(client):
    request = RequestFactory(steps_done=["goals", "travel"])
    login_as(client, request.student)
    assert client.get(HOME).context["next"].url == reverse("placements:preparation_step", args=["dagen"])


@pytest.mark.parametrize("state", [state for state in PlacementState if state != S.PROPOSED])
def test_every_state_has_a_home_and_a_page(client, state):
    placement = PlacementFactory(told=True)
    confirmed = timezone.now() if state in KNOWN_STATES else None
    Placement.objects.filter(pk=placement.pk).update(state=state, confirmed_at=confirmed)
    if state == S.INTRODUCED:
        Introduction.objects.create(placement=placement, at=timezone.now() + timedelta(days=3), where="Waalkade 1")
    login_as(client, placement.request.student)
    assert client.get(HOME).context["next"].title
    assert client.get(url("match", placement)).status_code == 200


def test_a_proposal_is_not_shown_before_it_is_told(client):
    placement = PlacementFactory(approved=True)
    login_as(client, placement.request.student)
    assert placement.place.company.name not in client.get(HOME).content.decode()
    assert client.get(url("match", placement)).status_code == 404


def test_the_match_says_what_where_and_why(client, monkeypatch):
    placement = PlacementFactory(told=True)
    goal = placement.request.student.programme.qualification.goals.first()
    placement.request.goals.add(goal)
    placement.place.goals.add(goal)
    reasons = selectors.Reasons(812, [{"label": "Afstand", "points": 290, "max": 300, "note": "vlakbij"}])
    monkeypatch.setattr(selectors, "_reasons", [lambda found: reasons if found == placement else None])
    login_as(client, placement.request.student)
    page = client.get(url("match", placement)).content.decode()
    for words in (placement.place.title, placement.place.company.street, goal.text, "812", "vlakbij", "2,6"):
        assert words in page


def test_a_student_agrees_and_ticks_what_the_company_may_know(client):
    placement = PlacementFactory(told=True, request__needs=["quiet", "sitting"])
    login_as(client, placement.request.student)
    client.post(url("agree", placement), {"shared_needs": ["sitting"]})
    placement.refresh_from_db()
    assert (placement.state, placement.shared_needs) == (S.CONFIRMED, ["sitting"])
    assert client.post(url("agree", placement), {"shared_needs": []}).status_code == 302
    placement.refresh_from_db()
    assert placement.shared_needs == ["sitting"]


def test_a_student_objects_with_a_reason(client):
    placement = PlacementFactory(told=True)
    login_as(client, placement.request.student)
    assert "reason_code" in client.post(url("object", placement), {}).context["form"].errors
    assert "reason" in client.post(url("object", placement), {"reason_code": "other"}).context["form"].errors
    client.post(url("object", placement), {"reason_code": "too_far", "reason": "De bus rijdt niet."})
    placement.refresh_from_db()
    assert placement.state == S.OBJECTED
    assert placement.transitions.last().reason == "De bus rijdt niet."


def test_who_is_asked_to_look_again_reads_so_first(client):
    placement = PlacementFactory(told=True)
    student = actor_for(placement.request.student)
    transitions.object_(placement=placement, actor=student, reason_code="too_far", reason="")
    coordinator = actor_for(CoordinatorFactory(school=student.user.student.school, programmes=[student.user.student.programme]))
    transitions.judge_objection(placement=placement, justified=False, actor=coordinator, reason_code="other", reason="De bus rijdt wel.")
    login_as(client, placement.request.student)
    assert client.get(HOME).context["next"].title == "Je school vraagt je nog eens te kijken"
    page = client.get(url("match", placement))
    assert "De bus rijdt wel." in page.content.decode()
    assert page.context["answer_before"] is not None
    assert "De bus rijdt wel." in OutboxMail.objects.get(to=placement.request.student.email, subject__contains="bezwaar").body


def test_a_bsn_in_an_explanation_is_refused(client):
    placement = PlacementFactory(told=True)
    login_as(client, placement.request.student)
    page = client.post(url("object", placement), {"reason_code": "other", "reason": "Mijn BSN is 111222333"})
    assert "reason" in page.context["form"].errors


def test_a_student_withdraws_with_a_reason(client):
    placement = PlacementFactory(confirmed=True)
    login_as(client, placement.request.student)
    client.post(url("withdraw", placement), {"reason_code": "changed", "reason": ""})
    placement.refresh_from_db()
    assert placement.state == S.WITHDRAWN


def test_a_late_click_is_answered_with_what_was_decided(client):
    placement = PlacementFactory(told=True)
    Placement.objects.filter(pk=placement.pk).update(state=S.WITHDRAWN)
    login_as(client, placement.request.student)
    page = client.post(url("agree", placement), follow=True)
    assert any(message.level_tag == "error" for message in page.context["messages"])


@pytest.mark.parametrize("name", ["match", "object", "withdraw"])
def test_the_placement_of_another_student_is_not_there(client, name):
    placement = PlacementFactory(told=True)
    login_as(client, StudentFactory())
    assert client.get(url(name, placement)).status_code == 404
    assert client.post(url("agree", placement)).status_code == 404


@pytest.mark.parametrize("name", ["agree"])
def test_reading_never_agrees(client, name):
    placement = PlacementFactory(told=True)
    login_as(client, placement.request.student)
    assert client.get(url(name, placement)).status_code == 405
    placement.refresh_from_db()
    assert placement.state == S.APPROVED


def test_the_school_contact_is_on_the_page(client):
    placement = PlacementFactory(told=True)
    student = placement.request.student
    coordinator = CoordinatorFactory(school=student.school, programmes=[student.programme])
    CoordinatorFactory(school=student.school)
    login_as(client, student)
    assert [user.email for user in client.get(url("match", placement)).context["contacts"]] == [coordinator.user.email]


# -- a parent


def test_a_parent_reads_how_it_goes_and_decides_nothing(client):
    placement = PlacementFactory(told=True, request__student__minor=True)
    guardian = placement.request.student.guardians.get()
    login_as(client, guardian)
    page = client.get(HOME).content.decode()
    assert placement.place.title in page
    assert client.get(url("match", placement)).status_code == 404
    assert client.post(url("agree", placement)).status_code == 404


def test_a_parent_of_a_child_without_a_request_sees_that_it_has_not_begun(client):
    guardian = GuardianFactory()
    login_as(client, guardian)
    assert guardian.student.first_name in client.get(HOME).content.decode()


def test_a_parent_sees_nothing_more_from_the_childs_eighteenth_birthday_on(client):
    placement = PlacementFactory(told=True, request__student__minor=True)
    child = placement.request.student
    login_as(client, child.guardians.get())
    assert placement.place.title in client.get(HOME).content.decode()
    child.adult_on = timezone.localdate()
    child.save()
    page = client.get(HOME).content.decode()
    assert placement.place.title not in page
    assert child.first_name not in page


def test_a_parent_does_not_see_a_proposal_that_the_child_has_not_been_told(client):
    placement = PlacementFactory(approved=True, request__student__minor=True)
    login_as(client, placement.request.student.guardians.get())
    assert placement.place.title not in client.get(HOME).content.decode()
