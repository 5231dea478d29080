"""Programmes and the people they belong to."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from schools.models import Programme, SchoolMembership, SchoolRole
from stagematch.models import OutboxMail
from tests.factories import CoordinatorFactory, ProgrammeFactory, QualificationFactory, SchoolAdminFactory, StudentFactory, SupervisorFactory
from tests.schools.conftest import House

pytestmark = pytest.mark.django_db
PASSWORD = "vier losse gewone woorden"


def invite(client: Client, **changes: object) -> object:
    programmes = list(Programme.objects.values_list("pk", flat=True))
    return client.post(
        reverse("schools:staff_invite"), {"name": "Bo", "email": "bo@example.org", "role": "coordinator", "programmes": programmes} | changes
    )


def test_a_programme_is_found_by_the_name_of_its_qualification(client: Client, admin: House) -> None:
    qualification = QualificationFactory(name="Kok in de keuken")
    client.post(reverse("schools:programme_add"), {"qualification": "keuken", "pathway": "BOL", "name": "", "staff": [admin.coordinator.pk]})
    programme = Programme.objects.get(qualification=qualification)
    assert programme.name == "Kok in de keuken"
    assert list(programme.staff.all()) == [admin.coordinator]


def test_the_same_programme_twice_is_refused_at_its_field(client: Client, admin: House) -> None:
    response = client.post(reverse("schools:programme_add"), {"qualification": str(admin.programme.qualification_id), "pathway": "BOL"})
    assert response.context["form"].errors["qualification"]


def test_a_pathway_that_the_qualification_has_not_is_refused(client: Client, admin: House) -> None:
    qualification = QualificationFactory(pathways=["BBL"])
    response = client.post(reverse("schools:programme_add"), {"qualification": str(qualification.pk), "pathway": "BOL"})
    assert response.context["form"].errors["pathway"]


def test_the_administrators_own_coordinator_hat_is_ticked_for_a_new_programme(client: Client, admin: House) -> None:
    own = CoordinatorFactory(user=admin.admin.user, school=admin.school)
    assert client.get(reverse("schools:programme_add")).context["form"].initial["staff"] == [own.pk]


def test_a_programme_can_be_given_to_somebody_else(client: Client, admin: House) -> None:
    supervisor = SupervisorFactory(school=admin.school)
    client.post(reverse("schools:programme", args=[admin.programme.public_id]), {"name": "Zorg", "staff": [supervisor.pk]})
    admin.programme.refresh_from_db()
    assert admin.programme.name == "Zorg"
    assert list(admin.programme.staff.all()) == [supervisor]


def test_staff_of_another_school_cannot_be_given_a_programme(client: Client, admin: House) -> None:
    stranger = CoordinatorFactory()
    response = client.post(reverse("schools:programme", args=[admin.programme.public_id]), {"name": "Zorg", "staff": [stranger.pk]})
    assert response.context["form"].errors["staff"]


def test_a_programme_of_another_school_does_not_exist(client: Client, admin: House) -> None:
    assert client.get(reverse("schools:programme", args=[ProgrammeFactory().public_id])).status_code == 404


def test_a_coordinator_sees_only_own_programmes(client: Client, coordinator: House) -> None:
    other = ProgrammeFactory(school=coordinator.school, name="Van een ander")
    text = client.get(reverse("schools:programmes")).content.decode()
    assert coordinator.programme.name in text
    assert other.name not in text


def test_an_invited_coordinator_has_the_programmes_named_in_the_invitation(client: Client, admin: House) -> None:
    invite(client, programmes=[admin.programme.pk])
    path = re.search(r"/uitnodiging/\S+", OutboxMail.objects.get(to="bo@example.org").body)
    assert path
    Client().post(path[0], {"name": "Bo", "password": PASSWORD, "password_again": PASSWORD})
    member = SchoolMembership.objects.get(user__email="bo@example.org")
    assert member.role == SchoolRole.COORDINATOR
    assert list(member.programmes.all()) == [admin.programme]


def test_a_double_click_invites_once(client: Client, admin: House) -> None:
    invite(client)
    invite(client)
    assert OutboxMail.objects.filter(to="bo@example.org").count() == 1


def test_a_colleague_who_has_the_role_is_not_invited_again(client: Client, admin: House) -> None:
    response = invite(client, email=admin.coordinator.user.email.upper())
    assert response.context["form"].errors["role"]  # type: ignore[attr-defined]


def test_an_invitation_is_withdrawn_by_its_own_school_only(client: Client, admin: House) -> None:
    invite(client)
    text = client.get(reverse("schools:staff")).content.decode()
    assert "bo@example.org" in text
    invitation = client.get(reverse("schools:staff")).context["waiting"][0]
    stranger = SchoolAdminFactory()
    other = Client()
    other.force_login(stranger.user)
    assert other.post(reverse("schools:staff_invitation", args=[invitation.pk]), {"action": "withdraw"}).status_code == 404
    client.post(reverse("schools:staff_invitation", args=[invitation.pk]), {"action": "withdraw"})
    assert "bo@example.org" not in client.get(reverse("schools:staff")).content.decode()


def test_a_role_that_ended_can_be_given_back_for_a_week(client: Client, admin: House) -> None:
    url = reverse("schools:staff_end", args=[admin.coordinator.pk])
    client.post(url)
    client.post(url)
    admin.coordinator.refresh_from_db()
    assert admin.coordinator.ended_at
    client.post(reverse("schools:staff_restore", args=[admin.coordinator.pk]))
    admin.coordinator.refresh_from_db()
    assert admin.coordinator.ended_at is None


def test_the_last_administrator_stays(client: Client, admin: House) -> None:
    client.post(reverse("schools:staff_end", args=[admin.admin.pk]))
    admin.admin.refresh_from_db()
    assert admin.admin.ended_at is None


def test_a_role_that_somebody_has_anew_is_not_given_back_twice(client: Client, admin: House) -> None:
    ended = CoordinatorFactory(school=admin.school, user=admin.coordinator.user, ended_at=timezone.now())
    client.post(reverse("schools:staff_restore", args=[ended.pk]))
    ended.refresh_from_db()
    assert ended.ended_at


def test_programmes_of_a_colleague_are_changed(client: Client, admin: House) -> None:
    client.post(reverse("schools:staff_programmes", args=[admin.coordinator.pk]), {"programmes": []})
    assert not admin.coordinator.programmes.exists()


def test_coordinators_do_not_manage_staff(client: Client, coordinator: House) -> None:
    for name in ("staff", "staff_invite", "programme_add"):
        assert client.get(reverse(f"schools:{name}")).status_code == 404


@pytest.mark.parametrize("name", ["staff", "programmes", "detail"])
def test_ten_times_the_staff_costs_no_more_queries(client: Client, admin: House, name: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = reverse(f"schools:{name}")
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(10):
        programme = ProgrammeFactory(school=admin.school)
        CoordinatorFactory(school=admin.school, programmes=[programme])
        StudentFactory(programme=programme)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)


def test_a_coordinator_is_not_invited_without_a_programme(client: Client, admin: House) -> None:
    assert invite(client, programmes=[]).context["form"].errors["programmes"]  # type: ignore[attr-defined]
    assert "Location" in invite(client, role="admin", programmes=[]).headers  # type: ignore[attr-defined]
