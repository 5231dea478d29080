"""Students one by one: list, adding, changing, leaving, inviting, parents."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind, hats_of
from accounts.models import Invitation, User
from accounts.services import InvitationClosed
from schools import enrolment, tasks, tasks_at_home  # noqa: F401  the worker knows the handlers by importing them
from schools.acceptors import accept_student
from schools.enrolment import adult_on, invite_students
from schools.models import Guardian, Student
from stagematch import jobs
from stagematch.models import Job, JobState, OutboxMail
from tests.factories import CoordinatorFactory, GuardianFactory, ProgrammeFactory, StudentFactory, SupervisorFactory, UserFactory, actor_for, login_as
from tests.schools.conftest import House

pytestmark = pytest.mark.django_db
PASSWORD = "vier losse gewone woorden"


def answers(house: House, **changes: object) -> dict[str, object]:
    given = {"number": "0012345", "first_name": "Sam", "last_name": "de Wit", "email": "Sam@leerling.example.org", "postcode": "6511 ab"}
    return {**given, "programme": house.programme.pk, "group": "ZV1A", "born": "", "guardian_name": "", "guardian_email": "", **changes}


def add(client: Client, house: House, **changes: object) -> object:
    return client.post(reverse("schools:student_add"), answers(house, **changes))


def names(client: Client, **query: object) -> list[str]:
    return [student.full_name for student, _ in client.get(reverse("schools:students"), query).context["rows"]]


def test_an_empty_list_says_what_to_do(client: Client, coordinator: House) -> None:
    assert reverse("schools:import") in client.get(reverse("schools:students")).content.decode()


def test_a_student_is_added(client: Client, coordinator: House) -> None:
    add(client, coordinator)
    student = Student.objects.get()
    assert (student.number, student.email, student.postcode, student.school) == ("0012345", "sam@leerling.example.org", "6511AB", coordinator.school)


def test_the_same_number_is_refused_at_its_field_and_nothing_is_lost(client: Client, coordinator: House) -> None:
    add(client, coordinator)
    response = add(client, coordinator, email="ander@example.org")
    form = response.context["form"]  # type: ignore[attr-defined]
    assert form.errors["number"]
    assert form["first_name"].value() == "Sam"
    assert Student.objects.count() == 1


@pytest.mark.parametrize(("field", "value"), [("number", "geen nummer!"), ("postcode", "12"), ("postcode", "9999 ZZ"), ("email", "geen adres")])
def test_a_wrong_answer_is_refused_at_its_field(client: Client, coordinator: House, field: str, value: str) -> None:
    response = add(client, coordinator, **{field: value})
    assert response.context["form"].errors[field]  # type: ignore[attr-defined]


def test_a_programme_that_is_not_yours_cannot_be_chosen(client: Client, coordinator: House) -> None:
    other = ProgrammeFactory(school=coordinator.school)
    response = add(client, coordinator, programme=other.pk)
    assert response.context["form"].errors["programme"]  # type: ignore[attr-defined]


def test_the_date_of_birth_of_an_adult_is_not_kept(client: Client, coordinator: House) -> None:
    add(client, coordinator, born="01-02-2000")
    assert Student.objects.get().adult_on is None


def test_a_minor_is_known_until_the_eighteenth_birthday(client: Client, coordinator: House) -> None:
    born = timezone.localdate() - timedelta(days=16 * 365)
    add(client, coordinator, born=born.isoformat(), guardian_name="Kim de Wit", guardian_email="kim@example.org")
    student = Student.objects.get()
    assert student.adult_on == born.replace(year=born.year + 18)
    assert student.is_minor()
    assert Guardian.objects.get().email == "kim@example.org"


def test_somebody_born_on_29_february_comes_of_age_on_1_march() -> None:
    assert adult_on(date(2012, 2, 29), today=date(2026, 1, 1)) == date(2030, 3, 1)


def test_a_parent_has_name_and_address(client: Client, coordinator: House) -> None:
    response = add(client, coordinator, guardian_name="Kim")
    assert response.context["form"].errors["guardian_email"]  # type: ignore[attr-defined]


def test_changing_a_student_keeps_the_day_of_coming_of_age(client: Client, coordinator: House) -> None:
    student = StudentFactory(programme=coordinator.programme, minor=True)
    response = client.post(reverse("schools:student_change", args=[student.public_id]), answers(coordinator, last_name="Zwart"))
    assert response.status_code == 302
    before = student.adult_on
    student.refresh_from_db()
    assert student.last_name == "Zwart"
    assert student.adult_on == before


def test_who_left_is_off_the_list_and_comes_back_by_undo(client: Client, coordinator: House) -> None:
    student = StudentFactory(programme=coordinator.programme)
    url = reverse("schools:student_left", args=[student.public_id])
    client.post(url)
    client.post(url)
    assert names(client) == []
    assert hats_of(student.user) == []
    assert "undo" in client.get(reverse("schools:student", args=[student.public_id])).content.decode()
    client.post(url, {"undo": "1"})
    assert names(client) == [student.full_name]


def test_a_coordinator_sees_own_programmes_only(client: Client, coordinator: House) -> None:
    own = StudentFactory(programme=coordinator.programme)
    other = StudentFactory(programme=ProgrammeFactory(school=coordinator.school))
    assert names(client) == [own.full_name]
    assert client.get(reverse("schools:student", args=[other.public_id])).status_code == 404


@pytest.mark.parametrize("name", ["student", "student_change"])
def test_a_student_of_another_school_does_not_exist(client: Client, coordinator: House, name: str) -> None:
    assert client.get(reverse(f"schools:{name}", args=[StudentFactory().public_id])).status_code == 404


@pytest.mark.parametrize("name", ["student_left", "guardian_add"])
def test_a_student_of_another_school_cannot_be_changed(client: Client, coordinator: House, name: str) -> None:
    assert client.post(reverse(f"schools:{name}", args=[StudentFactory().public_id])).status_code == 404


def test_a_supervisor_reads_but_does_not_change(client: Client, house: House) -> None:
    login_as(client, SupervisorFactory(school=house.school, programmes=[house.programme]))
    student = StudentFactory(programme=house.programme)
    assert names(client) == [student.full_name]
    assert client.get(reverse("schools:student", args=[student.public_id])).status_code == 200
    assert client.get(reverse("schools:student_change", args=[student.public_id])).status_code == 404


def test_a_student_opens_no_list(client: Client, house: House) -> None:
    login_as(client, StudentFactory(programme=house.programme))
    assert client.get(reverse("schools:students")).status_code == 404


def test_the_list_is_narrowed_by_words_class_programme_and_account(client: Client, coordinator: House) -> None:
    anna = StudentFactory(programme=coordinator.programme, first_name="Anna", group="ZV1A")
    bas = StudentFactory(programme=coordinator.programme, first_name="Bas", group="ZV1B", invited=True)
    assert names(client, q="ann") == [anna.full_name]
    assert names(client, q=bas.number) == [bas.full_name]
    assert names(client, group="ZV1B") == [bas.full_name]
    assert names(client, account="none") == [bas.full_name]
    assert len(names(client, programme=coordinator.programme.pk)) == 2
    assert names(client, q="niemand") == []


def test_ticked_students_are_invited_once(client: Client, coordinator: House) -> None:
    students = [StudentFactory(programme=coordinator.programme, invited=True) for _ in range(3)]
    ticked = {"students": [str(student.public_id) for student in students[:2]]}
    client.post(reverse("schools:students_invite"), ticked)
    client.post(reverse("schools:students_invite"), ticked)
    assert {mail.to for mail in OutboxMail.objects.all()} == {student.email for student in students[:2]}


def test_students_of_others_are_not_invited(client: Client, coordinator: House) -> None:
    stranger = StudentFactory(invited=True)
    client.post(reverse("schools:students_invite"), {"students": [str(stranger.public_id), "geen-id"]})
    assert not OutboxMail.objects.exists()


def test_everybody_without_an_account_is_invited_at_once(client: Client, coordinator: House) -> None:
    StudentFactory(programme=coordinator.programme)
    StudentFactory.create_batch(3, programme=coordinator.programme, invited=True)
    client.post(reverse("schools:students_invite"), {"all": "1"})
    assert OutboxMail.objects.count() == 3


def accept(address: str) -> Client:
    path = re.search(r"/uitnodiging/\S+", OutboxMail.objects.filter(to=address).latest("pk").body)
    assert path
    client = Client()
    client.post(path[0], {"name": "Sam", "password": PASSWORD, "password_again": PASSWORD})
    return client


def test_an_invited_student_gets_an_account_and_a_home(client: Client, coordinator: House) -> None:
    student = StudentFactory(programme=coordinator.programme, invited=True)
    client.post(reverse("schools:students_invite"), {"students": [str(student.public_id)]})
    assert accept(student.email).get("/").status_code == 200
    student.refresh_from_db()
    assert student.user == User.objects.get(email=student.email)
    assert [hat.kind for hat in hats_of(student.user)] == [HatKind.STUDENT]


def test_a_parent_is_added_invited_and_sees_the_child(client: Client, coordinator: House) -> None:
    student = StudentFactory(programme=coordinator.programme, adult_on=timezone.localdate() + timedelta(days=300))
    client.post(reverse("schools:guardian_add", args=[student.public_id]), {"name": "Kim", "email": "kim@example.org"})
    accept("kim@example.org")
    guardian = Guardian.objects.get()
    assert [hat.organisation_id for hat in hats_of(guardian.user)] == [student.pk]


def test_removing_a_parent_ends_the_invitation(client: Client, coordinator: House) -> None:
    student = StudentFactory(programme=coordinator.programme, minor=True)
    client.post(reverse("schools:guardian_add", args=[student.public_id]), {"name": "Kim", "email": "kim@example.org"})
    guardian = Guardian.objects.get(email="kim@example.org")
    client.post(reverse("schools:guardian", args=[student.public_id, guardian.pk]), {"action": "remove"})
    assert not Guardian.objects.filter(pk=guardian.pk).exists()
    assert Invitation.objects.get(email="kim@example.org").withdrawn_at


def test_a_wrong_parent_comes_back_with_the_error(client: Client, coordinator: House) -> None:
    student = StudentFactory(programme=coordinator.programme, minor=True)
    response = client.post(reverse("schools:guardian_add", args=[student.public_id]), {"name": "Kim", "email": "kim"})
    assert response.context["form"].errors["email"]


def test_a_parent_of_another_schools_student_does_not_exist(client: Client, coordinator: House) -> None:
    guardian = GuardianFactory()
    url = reverse("schools:guardian", args=[guardian.student.public_id, guardian.pk])
    assert client.post(url, {"action": "remove"}).status_code == 404


def test_htmx_gets_the_list_alone(client: Client, coordinator: House) -> None:
    StudentFactory(programme=coordinator.programme)
    text = client.get(reverse("schools:students"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "<table" in text


def test_a_full_list_is_paged_and_costs_no_more_queries(client: Client, coordinator: House) -> None:
    StudentFactory(programme=coordinator.programme)
    url = reverse("schools:students")
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    StudentFactory.create_batch(60, programme=coordinator.programme)
    with CaptureQueriesContext(connection) as many:
        response = client.get(url)
    assert len(many) <= len(few)
    assert len(response.context["rows"]) == 50


def test_who_waits_at_the_coordinators_home_is_invited_with_one_tap(client: Client, house: House) -> None:
    StudentFactory(programme=house.programme, invited=True)
    login_as(client, CoordinatorFactory(school=house.school, programmes=[house.programme]))
    assert "account=none" in client.get("/").content.decode()


def test_hundreds_of_invitations_are_sent_by_a_worker(client: Client, coordinator: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schools.views.students.AT_ONCE", 2)
    StudentFactory.create_batch(3, programme=coordinator.programme, invited=True)
    for _ in range(2):
        client.post(reverse("schools:students_invite"), {"all": "1"})
    assert not OutboxMail.objects.exists()
    assert Job.objects.get().kind == "schools.invite"


@pytest.mark.django_db(transaction=True)
def test_the_worker_invites_each_student_once_however_often_it_is_tried() -> None:
    member = CoordinatorFactory()
    students = StudentFactory.create_batch(3, programme=ProgrammeFactory(school=member.school), invited=True)
    for _ in range(2):
        job = enrolment.invite_later(students=students, by=member.user, language="nl")
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE
    assert OutboxMail.objects.count() == 3


def test_a_supervisors_home_leads_to_the_students(client: Client, house: House) -> None:
    StudentFactory(programme=house.programme)
    login_as(client, SupervisorFactory(school=house.school, programmes=[house.programme]))
    assert client.get("/").context["tasks"][0].url == reverse("schools:students")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_takes_over_mails_nobody_again() -> None:
    member = CoordinatorFactory()
    students = StudentFactory.create_batch(2, programme=ProgrammeFactory(school=member.school), invited=True)
    job = enrolment.invite_later(students=students, by=member.user, language="nl")
    enrolment.invite_students(students=students[:1], by=member.user, language="nl")  # as far as the first worker came
    Invitation.objects.update(sent_at=timezone.now() + timedelta(minutes=-2))
    Job.objects.update(args={**job.args, "asked_at": (timezone.now() - timedelta(minutes=5)).isoformat()})
    jobs.run(job.pk)
    assert sorted(OutboxMail.objects.values_list("to", flat=True)) == sorted(student.email for student in students)


@pytest.mark.parametrize("born", ["31-12-9999", "0001-01-01", "2025-01-01"])
def test_a_day_on_which_no_student_was_born_is_an_error_of_the_field(client: Client, coordinator: House, born: str) -> None:
    answer = client.post(reverse("schools:student_add"), {"born": born})
    assert "born" in answer.context["form"].errors


def test_a_link_sent_to_a_wrong_address_opens_nothing_once_the_address_is_mended(house: House) -> None:
    student = StudentFactory(programme=house.programme, user=None, email="wrong@example.org")
    invite_students(students=[student], by=house.coordinator.user, language="nl")
    invitation = Invitation.objects.get()
    Student.objects.filter(pk=student.pk).update(email="right@example.org")
    with pytest.raises(InvitationClosed):
        accept_student(user=UserFactory(), organisation_id=student.pk, invitation=invitation)


def test_the_home_tells_who_was_invited_from_who_was_not(house: House) -> None:
    actor = actor_for(house.coordinator)
    students = [StudentFactory(programme=house.programme, invited=True) for _ in range(2)]
    invite_students(students=students[:1], by=house.coordinator.user, language="nl")
    assert tasks_at_home.for_staff(actor)[0].urgency == 30
    invite_students(students=students[1:], by=house.coordinator.user, language="nl")
    assert [(task.count, task.urgency) for task in tasks_at_home.for_staff(actor)] == [(2, 40)]
