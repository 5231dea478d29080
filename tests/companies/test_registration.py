"""Registering a company and letting its people in."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, User
from companies.models import Company, CompanyMembership, CompanyRole
from companies.services import company as services
from companies.services.company import accept_company_invitation, end_membership, update_company
from stagematch.models import OutboxMail
from tests.factories import CompanyFactory, ContactFactory, PlaceFactory, PostcodeAreaFactory, TrainerFactory, UserFactory, login_as

pytestmark = pytest.mark.django_db

DATA = {
    "kvk": "12345678",
    "branch": "000012345678",
    "name": "Bakkerij Waalzicht",
    "kind": "hospitality",
    "street": "Waalkade 3",
    "postcode": "6511 ab",
    "place": "Nijmegen",
    "website": "",
    "contact_name": "Bea Bakker",
    "contact_email": "Bea@bakkerij.example",
}


@pytest.fixture(autouse=True)
def _areas() -> None:
    PostcodeAreaFactory()


def test_a_company_registers_and_its_contact_gets_a_link_by_mail(client: Client) -> None:
    answer = client.post(reverse("companies:register"), DATA)
    assert answer.status_code == 302
    company = Company.objects.get()
    assert (company.postcode, company.municipality.name) == ("6511AB", "Nijmegen")
    assert Invitation.objects.get().organisation_id == company.pk
    assert OutboxMail.objects.get().to == "bea@bakkerij.example"


def test_registering_a_company_again_makes_no_second_record_and_tells_its_people(client: Client) -> None:
    contact = ContactFactory(company__kvk="12345678", company__branch="000012345678")
    client.post(reverse("companies:register"), DATA)
    assert Company.objects.count() == 1
    assert Invitation.objects.count() == 0
    assert OutboxMail.objects.get().to == contact.user.email


def test_a_stranger_cannot_claim_a_company_that_nobody_has_entered_yet(client: Client) -> None:
    client.post(reverse("companies:register"), DATA)
    client.post(reverse("companies:register"), {**DATA, "contact_email": "stranger@example.org"})
    assert set(Invitation.objects.values_list("email", flat=True)) == {"bea@bakkerij.example"}


def test_wrong_numbers_are_refused_near_the_field_and_the_rest_is_kept(client: Client) -> None:
    answer = client.post(reverse("companies:register"), {**DATA, "kvk": "123", "postcode": "9999 ZZ"})
    assert set(answer.context["form"].errors) == {"kvk", "postcode"}
    assert b"Bakkerij Waalzicht" in answer.content


def test_accepting_an_invitation_twice_gives_one_role() -> None:
    company, user = CompanyFactory(), UserFactory()
    invitation = Invitation(kind="company_contact", email=user.email)
    for _ in range(2):
        accept_company_invitation(user=user, organisation_id=company.pk, invitation=invitation)
    assert CompanyMembership.objects.get().role == CompanyRole.CONTACT


def test_the_last_contact_cannot_be_ended() -> None:
    contact = ContactFactory()
    TrainerFactory(company=contact.company)
    with pytest.raises(ValueError, match=r"last contact|laatste"):
        end_membership(membership=contact)
    other = ContactFactory(company=contact.company)
    assert end_membership(membership=other).ended_at


def test_another_companys_people_are_not_found(client: Client) -> None:
    login_as(client, ContactFactory())
    stranger = ContactFactory()
    assert client.post(reverse("companies:end_membership", args=[stranger.pk])).status_code == 404


def test_a_company_that_moves_takes_its_places_along() -> None:
    far = PostcodeAreaFactory(pc4=6531, x=180_000, y=420_000)
    place = PlaceFactory()
    company = place.company
    company.postcode = "6531AB"
    update_company(company=company)
    assert list(place.search_rows.values_list("x", "y")) == [(far.x, far.y)]


def test_the_companys_own_page_shows_its_recognitions_and_people(client: Client) -> None:
    contact = ContactFactory()
    PlaceFactory(company=contact.company)
    login_as(client, contact)
    page = client.get(reverse("companies:detail"))
    assert contact.user.email.encode() in page.content
    assert b"Helpende zorg" in page.content
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_register_one_company(monkeypatch: pytest.MonkeyPatch) -> None:
    known, barrier = services.locate, threading.Barrier(2, timeout=30)

    def both_have_looked(company: Company) -> None:
        known(company)
        barrier.wait()

    def click(_: int) -> bool:
        facts = {name: DATA[name] for name in ("name", "kind", "street", "place")}
        company = Company(kvk="12345678", branch="000012345678", postcode="6511AB", **facts)
        try:
            return services.register_company(company=company, name="Bea", email="bea@bakkerij.example", language="nl")[1]
        finally:
            connection.close()

    monkeypatch.setattr(services, "locate", both_have_looked)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == [False, True]
    assert (Company.objects.count(), OutboxMail.objects.count()) == (1, 1)
