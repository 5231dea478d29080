"""Registering a company and letting its people in."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, User
from companies.models import Claim, Company, CompanyMembership, CompanyReach, CompanyRole
from companies.services import company as services
from companies.services.company import accept_company_invitation, end_membership, update_company
from companies.workflow import R
from stagematch.forms import readable
from stagematch.models import OutboxMail
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    PostFactory,
    QualificationFactory,
    RegionFactory,
    TrainerFactory,
    UserFactory,
    login_as,
)

pytestmark = pytest.mark.django_db

DATA = {
    "kvk": "12345678",
    "branch": "000012345678",
    "name": "Bakkerij Waalzicht",
    "kind": "hospitality",
    "street": "Waalkade",
    "number": "3",
    "postcode": "6511 ab",
    "place": "Nijmegen",
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
    assert (company.street, company.postcode, company.municipality.name) == ("Waalkade 3", "6511AB", "Nijmegen")
    assert Invitation.objects.get().organisation_id == company.pk
    assert OutboxMail.objects.get().to == "bea@bakkerij.example"


def test_what_waits_for_the_address_goes_on_its_way_once_it_is_confirmed(client: Client) -> None:
    bread = QualificationFactory(name="Bakker", search_text="bakker brood")
    more = {"trains": "on", "trainers": "Kees@bakkerij.example\nbea@bakkerij.example", "qualifications": [bread.pk], "group_name": "Bakkers van Waal"}
    assert client.post(reverse("companies:register"), DATA | more).status_code == 302
    company = Company.objects.get()
    assert (company.group.name, company.recognitions.get().state, OutboxMail.objects.count()) == ("Bakkers van Waal", R.DRAFT, 1)
    bea = UserFactory(email="bea@bakkerij.example")
    accept_company_invitation(user=bea, organisation_id=company.pk, invitation=Invitation.objects.get())
    [sent] = company.recognitions.get().transitions.all()
    assert (sent.from_state, sent.to_state, sent.by) == (R.DRAFT, R.SUBMITTED, bea)
    assert set(company.memberships.values_list("user__email", "role")) == {(bea.email, "contact"), (bea.email, "trainer")}
    assert OutboxMail.objects.order_by("pk").last().to == "kees@bakkerij.example"


def test_looking_work_up_loses_nothing_and_saves_nothing(client: Client) -> None:
    bread, cake = (QualificationFactory(name=name, search_text=text) for name, text in (("Bakker", "brood"), ("Patissier", "taart")))
    typed = DATA | {"kvk": "nog niet", "words": "brood", "qualifications": [cake.pk], "look": "work", "trains": "on", "place": ""}
    page = client.post(reverse("companies:register"), typed)
    form = page.context["form"]
    assert form.found == [cake, bread]
    assert not form.errors
    assert (form.there, form["trains"].value(), form["kvk"].value()) == ("Nijmegen", True, "nog niet")
    assert not Company.objects.exists()


def test_only_the_postcode_is_wrong_when_the_town_follows_from_it(client: Client) -> None:
    page = client.post(reverse("companies:register"), DATA | {"postcode": "9999 ZZ", "place": ""})
    assert set(page.context["form"].errors) == {"postcode"}


def test_whoever_looked_for_work_and_ticked_none_is_asked(client: Client) -> None:
    QualificationFactory(name="Bakker", search_text="bakker brood")
    page = client.post(reverse("companies:register"), DATA | {"words": "brood"})
    assert set(page.context["form"].errors) == {"qualifications"}
    assert client.post(reverse("companies:register"), DATA | {"words": ""}).status_code == 302


def test_a_contact_lifts_the_own_no_to_calls_and_says_it_again(client: Client) -> None:
    contact = ContactFactory()
    login_as(client, contact)
    for calls, wants_none in (("off", True), ("on", False)):
        page = client.post(reverse("companies:set_calls"), {"calls": calls}, follow=True)
        assert (page.context["no_calls"] is not None) == CompanyReach.objects.no_calls().exists() == wants_none


def test_a_wrong_address_of_a_trainer_is_named(client: Client) -> None:
    page = client.post(reverse("companies:register"), DATA | {"trainers": "kees@bakkerij.example, geen adres"})
    assert "geen" in str(page.context["form"].errors["trainers"])


def test_a_stranger_changes_nothing_of_what_waits_for_an_address(client: Client) -> None:
    client.post(reverse("companies:register"), DATA | {"trainers": "kees@bakkerij.example"})
    client.post(reverse("companies:register"), DATA | {"trainers": "dief@elders.example", "contact_name": "Iemand Anders"})
    waiting = Invitation.objects.get()
    assert (waiting.name, waiting.details) == ("Bea Bakker", {"trains": False, "trainers": ["kees@bakkerij.example"]})
    found = re.search(r"https?://[^/]+(/uitnodiging/\S+/)", OutboxMail.objects.get().body)
    assert found
    page = client.get(found.group(1))
    assert "kees@bakkerij.example" in page.content.decode()


def test_a_page_of_words_is_refused_and_not_searched_for(client: Client) -> None:
    page = client.post(reverse("companies:register"), DATA | {"words": "kok " * 25_000})
    assert set(page.context["form"].errors) == {"words"}


def test_only_its_own_people_add_a_department_to_a_branch(client: Client) -> None:
    contact = ContactFactory(company__kvk="12345678", company__branch="000012345678")
    apart = DATA | {"department": "Banket"}
    client.post(reverse("companies:register"), apart)
    assert Company.objects.count() == 1
    login_as(client, contact)
    for _ in range(2):
        client.post(reverse("companies:register"), apart | {"contact_email": contact.user.email})
    made = Company.objects.get(department="Banket")
    assert (made.name, made.memberships.get().user) == ("Bakkerij Waalzicht, Banket", contact.user)


def test_a_company_without_people_is_claimed_and_sbb_checks_who_it_is(client: Client) -> None:
    company = CompanyFactory(kvk="12345678", branch="000012345678")
    for _ in range(2):
        client.post(reverse("companies:register"), DATA)
    assert not Invitation.objects.exists()
    claim = Claim.objects.get()
    elsewhere = PostFactory(kind="advisor_practice")
    elsewhere.regions.add(RegionFactory(code="AM99", name="Elders"))
    login_as(client, elsewhere)
    assert client.post(reverse("companies:decide_claim", args=[claim.pk])).status_code == 404
    login_as(client, PostFactory(kind="advisor_practice"))
    assert reverse("companies:claims") in client.get("/").content.decode()
    assert "bea@bakkerij.example" in client.get(reverse("companies:claims")).content.decode()
    client.post(reverse("companies:decide_claim", args=[claim.pk]))
    client.post(reverse("companies:refuse_claim", args=[claim.pk]))  # too late: a colleague has decided
    assert Invitation.objects.get().organisation_id == company.pk
    assert [mail.to for mail in OutboxMail.objects.all()] == ["bea@bakkerij.example"] * 2  # that it waits, and the invitation


def test_what_was_asked_with_a_claim_is_shown_to_sbb_and_done_once_it_is_accepted(client: Client) -> None:
    company, wanted, trainer = CompanyFactory(kvk="12345678", branch="000012345678"), QualificationFactory(), "tim@bakkerij.example"
    typed = DATA | {"phone": "024 123 4567", "trains": "on", "trainers": trainer, "words": wanted.name, "qualifications": [wanted.pk]}
    client.post(reverse("companies:register"), typed)
    login_as(client, PostFactory(kind="advisor_practice"))
    page = client.get(reverse("companies:claims")).content.decode()
    assert all(text in page for text in ("+31241234567", trainer, str(wanted)))
    client.post(reverse("companies:decide_claim", args=[Claim.objects.get().pk]))
    asked = Invitation.objects.get()
    accept_company_invitation(user=UserFactory(email=asked.email), organisation_id=company.pk, invitation=asked)
    assert {member.role for member in company.memberships.all()} == set(CompanyRole)
    assert Invitation.objects.filter(email=trainer, kind="trainer").exists()
    assert (company.recognitions.get().qualification, company.recognitions.get().state) == (wanted, "submitted")


def test_a_claim_that_cannot_be_established_is_answered(client: Client) -> None:
    claim = Claim.objects.create(company=CompanyFactory(), name="Iemand", email="iemand@example.org")
    login_as(client, PostFactory(kind="administrator"))
    asked = client.get(reverse("companies:refuse_claim", args=[claim.pk]))
    assert "iemand@example.org" in asked.content.decode()
    assert not OutboxMail.objects.exists()
    client.post(reverse("companies:refuse_claim", args=[claim.pk]), {"reason": "Niemand kent u daar."})
    assert OutboxMail.objects.get().to == "iemand@example.org"
    assert "Niemand kent u daar." in OutboxMail.objects.get().body
    assert not Invitation.objects.exists()


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
            return services.register_company(company=company, name="Bea", email="bea@bakkerij.example", language="nl", trains=True)[1]
        finally:
            connection.close()

    monkeypatch.setattr(services, "locate", both_have_looked)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == [False, True]
    assert (Company.objects.count(), OutboxMail.objects.count()) == (1, 1)
    assert Invitation.objects.get().details["trains"]


@pytest.mark.parametrize("name", ["Bakker\r\nBcc: x@evil.example", "\u200b\u200b", "\u202eBakker", "Bakker\tJan", "..."])
def test_names_of_which_nothing_or_too_much_can_be_seen_are_refused_near_the_field(client: Client, name: str) -> None:
    page = client.post(reverse("companies:register"), DATA | {"name": name, "contact_name": name})
    assert {"name", "contact_name"} <= set(page.context["form"].errors)
    assert not Company.objects.exists()


@pytest.mark.parametrize("name", ["'t Brood & Zo", "Ümit Ağa", "4711", "工場", "Café ☕"])
def test_names_of_companies_are_what_they_are(name: str) -> None:
    readable(name)
