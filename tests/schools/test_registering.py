"""From the public register to a verified school."""

import os
import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Post
from reference.models import SchoolRecord
from schools.models import School, SchoolMembership, SchoolRole, SchoolState
from schools.selectors import waiting_schools
from stagematch.models import OutboxMail
from tests.factories import PostFactory, SchoolAdminFactory, SchoolFactory, login_as

pytestmark = pytest.mark.django_db
PASSWORD = "vier losse gewone woorden"
ANSWERS = {"postcode": "6511 AB", "name": "Ria Roos", "email": "Ria@school.example.org", "website": ""}


def register(client: Client, record: SchoolRecord, **changes: str) -> object:
    return client.post(reverse("schools:register_school", args=[record.code]), {**ANSWERS, **changes})


def confirm(client: Client) -> None:
    body = OutboxMail.objects.filter(to="ria@school.example.org").latest("pk").body
    path = re.search(r"/uitnodiging/\S+", body)
    assert path
    client.post(path[0], {"name": "Ria Roos", "password": PASSWORD, "password_again": PASSWORD})


@pytest.mark.parametrize("words", ["waaloever", "Nijmegen", "25PN", "roc nijmegen"])
def test_a_school_is_found_by_name_town_or_brin(client: Client, record: SchoolRecord, words: str) -> None:
    assert "ROC Waaloever" in client.get(reverse("schools:register"), {"q": words}).content.decode()


def test_a_search_without_result_says_what_to_try(client: Client, record: SchoolRecord) -> None:
    assert "sm-empty" in client.get(reverse("schools:register"), {"q": "Zierikzee"}).content.decode()


def test_registering_makes_a_school_that_waits_and_mails_a_link(client: Client, record: SchoolRecord) -> None:
    register(client, record)
    school = School.objects.get()
    assert (school.brin, school.name, school.kind, school.state) == ("25PN00", "ROC Waaloever", "mbo", SchoolState.REGISTERED)
    assert OutboxMail.objects.filter(to="ria@school.example.org").count() == 1


def test_whoever_confirms_is_administrator_and_coordinator(client: Client, record: SchoolRecord) -> None:
    register(client, record)
    confirm(client)
    assert set(SchoolMembership.objects.values_list("role", flat=True)) == {SchoolRole.ADMIN, SchoolRole.COORDINATOR}
    assert "sm-task" in client.get("/").content.decode()


def test_a_double_click_registers_once(client: Client, record: SchoolRecord) -> None:
    register(client, record)
    register(client, record)
    assert School.objects.count() == 1
    assert OutboxMail.objects.count() == 1


def test_a_second_registration_leads_to_the_schools_people(client: Client, record: SchoolRecord) -> None:
    register(client, record)
    confirm(client)
    response = register(Client(), record, email="ander@school.example.org")
    assert response.url == reverse("schools:join", args=["25PN00"])  # type: ignore[attr-defined]
    assert School.objects.count() == 1


def test_asking_to_join_mails_the_administrators_once_and_shows_no_names(client: Client) -> None:
    member = SchoolAdminFactory()
    url = reverse("schools:join", args=[member.school.brin])
    for _ in range(2):
        text = client.post(url, {"name": "Wim", "email": "wim@school.example.org"}).content.decode()
    assert OutboxMail.objects.filter(to=member.user.email).count() == 1
    assert member.user.name not in text


def test_a_postcode_that_does_not_exist_is_refused_at_its_field(client: Client, record: SchoolRecord) -> None:
    response = register(client, record, postcode="9999 ZZ")
    assert response.context["form"].errors["postcode"]  # type: ignore[attr-defined]
    assert not School.objects.exists()


def test_administrators_hear_that_a_school_waits_once_its_address_is_confirmed(client: Client, record: SchoolRecord) -> None:
    administrator: Post = PostFactory(kind="administrator")
    register(client, record)
    assert not OutboxMail.objects.filter(to=administrator.user.email).exists()
    assert not waiting_schools().exists()
    confirm(client)
    assert waiting_schools().exists()
    assert OutboxMail.objects.filter(to=administrator.user.email, subject__contains="ROC Waaloever").exists()


def test_verifying_tells_the_school_once(client: Client, platform_admin: Post) -> None:
    member = SchoolAdminFactory(school=SchoolFactory(registered=True))
    assert member.school.name in client.get(reverse("schools:verifications")).content.decode()
    for _ in range(2):
        client.post(reverse("schools:decide", args=[member.school.public_id]), {"decision": "verify"})
    member.school.refresh_from_db()
    assert member.school.state == SchoolState.VERIFIED
    assert member.school.decided_by == platform_admin.user
    assert OutboxMail.objects.filter(to=member.user.email).count() == 1


def test_a_decision_that_was_taken_is_shown_and_can_be_revised(client: Client, platform_admin: Post) -> None:
    school = SchoolFactory(state="verified", decided_at=timezone.now())
    page = client.get(reverse("schools:decide", args=[school.public_id])).content.decode()
    assert '<details class="sm-details"><summary>' in page
    assert page.index("<details") < page.index('name="decision"')


def test_a_refusal_needs_a_reason(client: Client, platform_admin: Post) -> None:
    school = SchoolFactory(registered=True)
    response = client.post(reverse("schools:decide", args=[school.public_id]), {"decision": "refuse"})
    assert response.context["form"].errors["reason"]


def test_the_school_reads_why_it_was_refused_and_can_register_again(client: Client, platform_admin: Post, record: SchoolRecord) -> None:
    register(Client(), record)
    school = School.objects.get()
    member = SchoolAdminFactory(school=school)
    client.post(reverse("schools:decide", args=[school.public_id]), {"decision": "refuse", "reason": "Het adres is niet van de school."})
    assert "Het adres is niet van de school." in OutboxMail.objects.get(to=member.user.email).body
    login_as(client, member)
    assert "Het adres is niet van de school." in client.get(reverse("schools:students")).content.decode()
    register(Client(), record, email="directie@school.example.org")
    school.refresh_from_db()
    assert school.state == SchoolState.REGISTERED


def test_who_was_refused_does_not_come_along_when_the_real_school_registers(client: Client, platform_admin: Post, record: SchoolRecord) -> None:
    register(Client(), record, email="nep@elders.example.org")
    school, impostor = School.objects.get(), Client()
    link = re.search(r"/uitnodiging/\S+", OutboxMail.objects.get(to="nep@elders.example.org").body)
    assert link
    impostor.post(link[0], {"name": "Nep", "password": PASSWORD, "password_again": PASSWORD})
    client.post(reverse("schools:decide", args=[school.public_id]), {"decision": "refuse", "reason": "Niet van de school."})
    real = Client()
    register(real, record)
    confirm(real)
    client.post(reverse("schools:decide", args=[school.public_id]), {"decision": "verify"})
    school.refresh_from_db()
    assert school.state == SchoolState.VERIFIED
    assert {member.user.email for member in school.memberships.filter(ended_at=None)} == {"ria@school.example.org"}
    assert impostor.get(reverse("schools:staff")).status_code == 404


def test_only_administrators_verify(client: Client) -> None:
    member = SchoolAdminFactory(school=SchoolFactory(registered=True))
    login_as(client, member)
    url = reverse("schools:decide", args=[member.school.public_id])
    assert client.post(url, {"decision": "verify"}).status_code == 404
    assert client.get(reverse("schools:verifications")).status_code == 404


@pytest.mark.parametrize("name", ["students", "student_add", "import", "staff_invite"])
def test_an_unverified_school_reads_why_it_cannot_bring_or_invite_anybody(client: Client, unverified: School, name: str) -> None:
    response = client.get(reverse(f"schools:{name}"))
    assert response.status_code == 403
    assert response.templates[0].name == "schools/not_verified.html"


def test_an_unverified_school_cannot_invite_by_posting(client: Client, unverified: School) -> None:
    client.post(reverse("schools:staff_invite"), {"name": "A", "email": "a@example.org", "role": "coordinator"})
    assert not OutboxMail.objects.exists()


def test_an_unverified_school_can_prepare_its_programmes(client: Client, unverified: School) -> None:
    assert client.get(reverse("schools:programme_add")).status_code == 200


def test_registering_very_often_from_one_network_is_stopped(client: Client, record: SchoolRecord, settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"register": "1/h/ip"}  # type: ignore[attr-defined]
    url, network = reverse("schools:register_school", args=[record.code]), f"10.1.{os.getpid() % 250}.{time.time_ns() % 250}"
    client.post(url, ANSWERS, REMOTE_ADDR=network)
    response = client.post(url, {**ANSWERS, "email": "ander@school.example.org"}, REMOTE_ADDR=network)
    assert response.context["form"].non_field_errors()
    assert not OutboxMail.objects.filter(to="ander@school.example.org").exists()
