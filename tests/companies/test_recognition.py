"""Asking for recognition and deciding on it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.hats import HatKind
from companies.models import Recognition, RecognitionState
from companies.services import AlreadyDecided, decide_recognition, request_recognition
from stagematch.models import OutboxMail
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    MunicipalityFactory,
    PostFactory,
    QualificationFactory,
    RecognitionFactory,
    RegionFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db


def advisor(**fields: object) -> Actor:
    return actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE, **fields))


def test_asking_twice_for_the_same_qualification_asks_once() -> None:
    company, qualification = CompanyFactory(), QualificationFactory()
    request_recognition(company=company, qualifications=[qualification])
    request_recognition(company=company, qualifications=[qualification])
    asked = Recognition.objects.get()
    assert (asked.decide_before - asked.requested_at.date()).days in {13, 14, 15}


def test_a_company_finds_a_qualification_in_its_own_words(client: Client) -> None:
    wanted = QualificationFactory(name="Bakker", search_text="bakker brood 25182")
    contact = ContactFactory()
    login_as(client, contact)
    page = client.get(reverse("companies:request_recognition"), {"q": "Brood"})
    assert str(wanted.crebo).encode() in page.content
    client.post(reverse("companies:request_recognition") + "?q=brood", {"qualifications": [wanted.pk]})
    assert contact.company.recognitions.get().qualification == wanted


def test_recognising_sets_the_next_review_in_four_years_and_tells_the_company() -> None:
    contact = ContactFactory()
    asked = RecognitionFactory(company=contact.company, requested=True)
    decided = decide_recognition(recognition=asked, state=RecognitionState.RECOGNISED, reason="", actor=advisor())
    assert decided.review_due_on.year == decided.decided_at.year + 4
    assert OutboxMail.objects.get().to == contact.user.email


def test_a_request_is_decided_once() -> None:
    asked = RecognitionFactory(requested=True)
    decide_recognition(recognition=asked, state=RecognitionState.RECOGNISED, reason="", actor=advisor())
    with pytest.raises(AlreadyDecided):
        decide_recognition(recognition=asked, state=RecognitionState.REFUSED, reason="Onveilig", actor=advisor())


def test_a_refusal_without_a_reason_is_asked_for_one(client: Client) -> None:
    asked = RecognitionFactory(requested=True)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    page = client.post(reverse("companies:recognition", args=[asked.public_id]), {"state": "refused", "reason": ""})
    assert "reason" in page.context["form"].errors
    asked.refresh_from_db()
    assert asked.state == RecognitionState.REQUESTED


def test_an_advisor_of_target_groups_looks_and_does_not_decide(client: Client) -> None:
    asked = RecognitionFactory(requested=True)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_TARGET_GROUPS))
    assert client.get("/").context["decides"] is False
    assert client.get(reverse("companies:recognition", args=[asked.public_id])).status_code == 200
    page = client.post(reverse("companies:recognition", args=[asked.public_id]), {"state": "recognised"})
    assert b"<textarea" not in page.content
    asked.refresh_from_db()
    assert asked.state == RecognitionState.REQUESTED


def test_an_advisor_sees_the_own_regions_only(client: Client) -> None:
    here, there = RegionFactory(), RegionFactory(code="AM99", name="Elders")
    asked = RecognitionFactory(requested=True, company__municipality=MunicipalityFactory(code="GM9999", region=there))
    post = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    post.regions.add(here)
    login_as(client, post)
    assert client.get(reverse("companies:recognition", args=[asked.public_id])).status_code == 404
    post.regions.add(there)
    assert client.get(reverse("companies:recognition", args=[asked.public_id])).status_code == 200


@pytest.mark.parametrize("many", [3, 24])
def test_the_list_costs_the_same_queries_however_long(client: Client, many: int, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(many):
        RecognitionFactory(requested=True)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    with django_assert_max_num_queries(9):
        page = client.get(reverse("companies:recognitions"))
    assert page.content.count(b"sm-card") + page.content.count(b"<tr>") >= many


def test_a_new_company_is_asked_for_a_recognition_before_anything_else(client: Client) -> None:
    login_as(client, ContactFactory())
    page = client.get(reverse("home"))
    assert reverse("companies:request_recognition").encode() in page.content
    assert reverse("placements:confirm_places").encode() not in page.content
