"""What a company sees: nothing of a student before CONFIRMED, name and contact from then on."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from placements.models import Placement
from placements.workflow import S
from stagematch.models import OutboxMail
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    PlaceFactory,
    PlacementFactory,
    PostcodeAreaFactory,
    StudentFactory,
    TrainerFactory,
    login_as,
)

pytestmark = pytest.mark.django_db
HOME, WHO_COMES = "/", "/bedrijf/wie-komt/"


@pytest.fixture(autouse=True)
def nijmegen():
    PostcodeAreaFactory()


def url(name, placement):
    return reverse(f"placements:{name}", args=[placement.public_id])


def secrets_of(student):
    return [student.first_name, student.last_name, student.email, student.number, student.postcode, str(student.public_id)]


@pytest.mark.parametrize("state", [S.PROPOSED, S.APPROVED, S.OBJECTED, S.DECLINED, S.WITHDRAWN])
@pytest.mark.parametrize("factory", [ContactFactory, TrainerFactory])
def test_a_company_sees_nothing_of_a_student_before_the_student_agreed(client, state, factory):
    placement = PlacementFactory(told=True, request__needs=["quiet"])
    Placement.objects.filter(pk=placement.pk).update(state=state)
    login_as(client, factory(company=placement.place.company))
    for address in (HOME, WHO_COMES):
        page = client.get(address).content.decode()
        for secret in [*secrets_of(placement.request.student), str(placement.public_id)]:
            assert secret not in page
    for name in ("who_comes_detail", "introduction", "claim_refusal"):
        assert client.get(url(name, placement)).status_code == 404
    assert client.post(url("introduction", placement), {"where": "x"}).status_code == 404
    assert client.post(url("claim_refusal", placement), {"ground": "safety", "evidence": "x"}).status_code == 404
    assert not OutboxMail.objects.exists()


def test_a_company_is_told_that_a_student_is_being_asked(client):
    placement = PlacementFactory(told=True)
    login_as(client, ContactFactory(company=placement.place.company))
    assert [place.asked for place in client.get(WHO_COMES).context["asked"]] == [1]


def test_a_company_sees_who_comes_once_the_student_has_agreed(client):
    placement = PlacementFactory(confirmed=True)
    login_as(client, ContactFactory(company=placement.place.company))
    student = placement.request.student
    assert student.full_name in client.get(HOME).content.decode()
    assert student.full_name in client.get(WHO_COMES).content.decode()
    page = client.get(url("who_comes_detail", placement)).content.decode()
    assert student.email in page
    for secret in (student.number, student.postcode):
        assert secret not in page


def test_needs_are_shown_only_as_far_as_the_student_ticked_them(client):
    placement = PlacementFactory(confirmed=True, request__needs=["quiet", "sitting"], shared_needs=["sitting"])
    login_as(client, ContactFactory(company=placement.place.company))
    assert len(client.get(url("who_comes_detail", placement)).context["needs"]) == 1


def test_contact_with_a_minor_runs_through_the_school(client):
    placement = PlacementFactory(confirmed=True, request__student__minor=True)
    student = placement.request.student
    coordinator = CoordinatorFactory(school=student.school, programmes=[student.programme])
    login_as(client, ContactFactory(company=placement.place.company))
    page = client.get(url("who_comes_detail", placement)).content.decode()
    assert student.email not in page
    assert coordinator.user.email in page


def test_who_comes_to_another_company_is_not_there(client):
    placement = PlacementFactory(confirmed=True)
    login_as(client, ContactFactory())
    for name in ("who_comes_detail", "introduction", "claim_refusal"):
        assert client.get(url(name, placement)).status_code == 404


def test_students_and_schools_have_no_company_pages(client):
    placement = PlacementFactory(confirmed=True)
    student = placement.request.student
    for person in (student, StudentFactory(), CoordinatorFactory(school=student.school, programmes=[student.programme])):
        login_as(client, person)
        assert client.get(WHO_COMES).status_code == 404
        assert client.get(url("who_comes_detail", placement)).status_code == 404


def test_a_first_meeting_is_proposed_with_the_company_address_filled_in(client):
    placement = PlacementFactory(confirmed=True)
    login_as(client, TrainerFactory(company=placement.place.company))
    form = client.get(url("introduction", placement)).context["form"]
    assert placement.place.company.street in form["where"].value()
    at = timezone.localtime(timezone.now() + timedelta(days=5))
    client.post(url("introduction", placement), {"at": f"{at:%Y-%m-%dT%H:%M}", "where": "Balie", "note": ""})
    placement.refresh_from_db()
    assert placement.state == S.INTRODUCED
    assert placement.introduction.where == "Balie"
    assert OutboxMail.objects.filter(to=placement.request.student.email).count() == 1


def test_a_first_meeting_in_the_past_is_refused_and_the_form_keeps_what_was_typed(client):
    placement = PlacementFactory(confirmed=True)
    login_as(client, ContactFactory(company=placement.place.company))
    page = client.post(url("introduction", placement), {"at": "01-01-2020 10:00", "where": "Balie", "note": "Vraag naar Sam"})
    assert "at" in page.context["form"].errors
    assert "Vraag naar Sam" in page.content.decode()


def test_a_refusal_is_claimed_with_a_coded_ground_and_evidence(client):
    placement = PlacementFactory(confirmed=True)
    login_as(client, ContactFactory(company=placement.place.company))
    assert {"ground", "evidence"} <= set(client.post(url("claim_refusal", placement), {"ground": "no_click"}).context["form"].errors)
    for _ in range(2):
        client.post(url("claim_refusal", placement), {"ground": "trainer_gone", "evidence": "Sinds 1 mei is er geen praktijkopleider."})
    refusal = placement.refusals.get()
    assert (refusal.ground, refusal.from_state, refusal.verdict) == ("trainer_gone", "confirmed", "waiting")
    assert client.get(url("who_comes_detail", placement)).status_code == 200


def test_a_placement_that_is_over_shows_no_contact_any_more(client):
    placement = PlacementFactory(confirmed=True)
    Placement.objects.filter(pk=placement.pk).update(state=S.WITHDRAWN)
    login_as(client, ContactFactory(company=placement.place.company))
    page = client.get(url("who_comes_detail", placement)).content.decode()
    assert placement.request.student.email not in page


def test_the_list_takes_no_more_queries_with_more_rows(client, django_assert_max_num_queries):
    company = CompanyFactory()
    for _ in range(10):
        PlacementFactory(confirmed=True, place=PlaceFactory(company=company))
    login_as(client, ContactFactory(company=company))
    with django_assert_max_num_queries(8):
        page = client.get(WHO_COMES)
    assert len(page.context["page"].object_list) == 10


def test_nobody_comes_yet_says_what_to_do(client):
    login_as(client, ContactFactory())
    assert "sm-empty" in client.get(WHO_COMES).content.decode()


def test_a_visitor_is_sent_to_sign_in(client):
    assert client.get(url("who_comes_detail", PlacementFactory(confirmed=True))).status_code == 302
