"""Who applies stays unknown to the company until the student has agreed: by no page, link in a mail, question, file, log or stored JSON.

The same two ways of looking as in test_privacy.py: distinctive marks of applicants occur nowhere; and whoever applies, with the same
profile, the company reads the same to the letter.
"""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pghistory.models import Context

from accounts.actor import SYSTEM
from accounts.hats import COMPANY_HATS, HatKind
from placements.applications.changes import facts_of
from placements.applications.workflow import A
from placements.models import Application, PlacementRequest
from placements.services import applications as services
from placements.services import deadlines, questions, saved, transitions
from placements.workflow import ReasonCode
from schools.models import Student
from stagematch.models import Job, OutboxMail
from tests.access.matrix import PAGE, ROWS
from tests.access.test_matrix import Asker, undone
from tests.access.test_privacy import GROUP, POSTCODE, TOKEN, everything_in
from tests.access.world import World
from tests.factories import (
    PlaceFactory,
    PostcodeAreaFactory,
    QualificationFactory,
    RecognitionFactory,
    RequestFactory,
    StudentFactory,
    actor_for,
    login_as,
)

pytestmark = [pytest.mark.django_db, pytest.mark.queries(most=200, repeats=50)]
STATES = (A.SENT, A.SEEN, A.ACCEPTED, A.DECLINED, A.WITHDRAWN, A.EXPIRED, "approved")
NEED = "rest_room"


class Applicants:
    """A student in each state of an application, up to approved by the school: the company may know none of them."""

    def __init__(self, world: World) -> None:
        self.world, self.people = world, world.ours.people
        self.programme = world.ours.students[0].programme
        self.company, self.coordinator = actor_for(self.people[HatKind.COMPANY_CONTACT]), actor_for(self.people[HatKind.COORDINATOR])
        PostcodeAreaFactory(pc4=int(POSTCODE[:4]))
        self.applications = {str(state): self.applied(str(state)) for state in STATES}

    def applied(self, state: str) -> Application:
        student = StudentFactory(
            programme=self.programme, first_name=f"Zebrafijn{state}", last_name=f"Kwastelaar{state}", number=f"KENMERK{state}"[:20],
            email=f"{state}@kenmerk.example.org", postcode=POSTCODE, group=GROUP,
        )  # fmt: skip
        request = RequestFactory(student=student, ready=True, needs=[NEED], support=3, allowance=2977, kind1="ict")
        place = PlaceFactory(company=self.world.ours.company, qualifications=[self.programme.qualification], offers=[NEED], title=f"Plek {state}")
        goals = list(self.programme.qualification.goals.all()[:2])
        me = actor_for(student)
        application = services.send(request=request, place=place, goals=goals, skills=goals[:1], days=["mo", "tu", "we"], days_needed=3, actor=me)
        questions.ask(application=application, code="canteen", actor=me)
        return self.brought(application, state)

    def brought(self, application: Application, state: str) -> Application:
        if state == A.SEEN:
            return services.see(application=application, actor=self.company)
        if state in (A.ACCEPTED, "approved"):
            application = services.accept(application=application, actor=self.company)
        if state == "approved":
            transitions.approve(placement=application.placement, actor=self.coordinator)
        if state == A.DECLINED:
            return services.decline(application=application, ground=ReasonCode.TRAINER_GONE, actor=self.company)
        if state == A.WITHDRAWN:
            return services.withdraw(application=application, actor=actor_for(application.request.student))
        if state == A.EXPIRED:
            services.step(services.lock(application), A.EXPIRED, SYSTEM)
        return Application.objects.get(pk=application.pk)

    @property
    def students(self) -> list[Student]:
        return [application.request.student for application in self.applications.values()]

    @property
    def marks(self) -> list[str]:
        """What tells one of them from anybody else; the id of the application is what both sides share."""
        marks = ["Zebrafijn", "Kwastelaar", "KENMERK", "kenmerk.example.org", POSTCODE, "9979 XG", GROUP, "2977", self.programme.school.name]
        for application in self.applications.values():
            student = application.request.student
            marks += [str(student.public_id), str(student.user.public_id), str(application.request.public_id)]
            marks += [str(application.placement.public_id)] if application.placement else []
        return marks

    def pages(self) -> list[str]:
        """Everything a company can open about applications."""
        one = [reverse("placements:applicant", args=[application.public_id]) for application in self.applications.values()]
        return ["/", reverse("placements:applicants"), reverse("placements:who_comes"), reverse("placements:places"), *one]

    def links(self) -> list[str]:
        """The links for answering that were mailed to the company."""
        bodies = OutboxMail.objects.filter(key__contains="application_received").values_list("body", flat=True)
        return sorted({link for body in bodies for link in re.findall(r"/sollicitatie-beantwoorden/[^/\s]+/", body)})


@pytest.fixture(scope="module")
def applicants(world: World, django_db_blocker: Any) -> Applicants:
    with django_db_blocker.unblock():
        return Applicants(world)


@pytest.mark.parametrize("hat", sorted(COMPANY_HATS))
def test_nothing_a_company_can_open_or_send_about_applications_says_who_applies(
    world: World, applicants: Applicants, hat: str, caplog: pytest.LogCaptureFixture
) -> None:
    person, marks, found = Asker(world, hat), applicants.marks, []
    caplog.clear()
    answers = [("GET", url, person.ask("GET", url)) for url in applicants.pages()]
    for application in applicants.applications.values():
        for name in ("applicant_seen", "accept_applicant", "decline_applicant", "undo_answer"):
            url = reverse(f"placements:{name}", args=[application.public_id])
            with undone():
                answers.append(("POST", url, person.client.post(url, {"ground": ReasonCode.SAFETY}, follow=True)))
        with undone():
            url = reverse("placements:ask", args=[application.public_id])
            answers.append(("POST", url, person.client.post(url, {"code": "shift_days"}, follow=True)))
    anybody = Client()
    for link in applicants.links():
        answers.append(("GET", link, anybody.get(link)))
        for act in ("accept", "decline", "undo"):
            with undone():
                answers.append(("POST", link, anybody.post(link, {"act": act, "ground": ReasonCode.SAFETY}, follow=True)))
    for method, url, answer in answers:
        said = everything_in(answer)
        found += [f"{method} {url}: {mark}" for mark in marks if mark in said or mark in url]
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db.backends")]
    found += [f"log: {mark} in {line[:200]}" for line in lines for mark in marks if mark in line]
    assert len(answers) > 80
    assert not found, "\n".join(found)


def test_the_company_reads_the_same_whoever_applies(world: World, applicants: Applicants) -> None:
    def read() -> dict[str, str]:
        client = Client()
        login_as(client, applicants.people[HatKind.COMPANY_CONTACT])
        urls = [*applicants.pages(), *applicants.links()]
        return {url: TOKEN.sub("", client.get(url).content.decode()) for url in urls}

    before = read()
    requests = PlacementRequest.objects.filter(student__in=applicants.students)
    requests.update(needs=["quiet"], kind1="care", support=0, allowance=0, has=["vog"], tier=0, travel_mode="walk", max_minutes=5)
    for request in requests:
        request.goals.clear()
    Student.objects.filter(pk__in=[student.pk for student in applicants.students]).update(first_name="Ander", last_name="Mens", postcode="6511AB")
    assert len(before) > 12
    assert read() == before


def test_no_mail_to_the_company_and_nothing_stored_says_who_applies(world: World, applicants: Applicants) -> None:
    deadlines.run_due()
    services.tell_due()
    addresses = {member.user.email for member in world.ours.company.memberships.select_related("user")}
    mails = list(OutboxMail.objects.filter(to__in=addresses, key__contains="application"))
    assert len({mail.key.split("-")[2] for mail in mails}) >= 2
    marks = applicants.marks
    assert [mark for mail in mails for mark in marks if mark in mail.subject + mail.body + mail.key] == []
    stored = [list(Context.objects.values_list("metadata", flat=True)), list(Job.objects.values_list("args", flat=True))]
    profiles = [list(Application.objects.filter(request__student__in=applicants.students).values_list("profile", flat=True))]
    text = json.dumps([stored, profiles], default=str)
    assert [mark for mark in marks if mark in text] == []


def test_a_company_that_was_asked_for_a_place_does_not_learn_who_asked(world: World, applicants: Applicants) -> None:
    company, qualification = world.ours.company, QualificationFactory()
    RecognitionFactory(company=company, qualification=qualification)
    school = applicants.programme.school.name
    for application in list(applicants.applications.values())[:2]:
        student, period = application.request.student, application.request.period
        saved.ask(student=student, company=company, crebo=qualification.pk, period=period)
        saved.keep(student=student, place=application.place, keep=True)
    mails = OutboxMail.objects.filter(key__startswith="ask-")
    assert mails.count() >= 2
    said = [" ".join([mail.subject, mail.body, mail.key, str(mail.headers)]) for mail in mails]
    assert [mark for mark in applicants.marks for text in said if mark in text] == []
    own = [name for name, row in ROWS.items() if row.get == PAGE and row.who <= COMPANY_HATS]
    urls = [reverse(name, kwargs=world.kwargs(ROWS[name].on, world.ours)) for name in own]
    person, found = Asker(world, HatKind.COMPANY_CONTACT), []
    for url in ["/", *urls, f"/plaatsen/vragen/?opleiding={qualification.pk}&waar=6511"]:
        page = everything_in(person.ask("GET", url))
        # The school of those who come is no secret; the page of who comes names it.
        found += [f"{url}: {mark}" for mark in applicants.marks if mark != school and mark in url + page]
    assert len(urls) > 10
    stored = json.dumps([list(Context.objects.values_list("metadata", flat=True)), list(Job.objects.values_list("args", "result"))], default=str)
    assert found + [mark for mark in applicants.marks if mark in stored] == []


def test_a_profile_holds_nothing_but_goals_skills_days_and_their_points(applicants: Applicants) -> None:
    allowed = {"goals", "goal_ids", "skills", "skill_ids", "days", "days_needed", "fit", "place"}
    for application in applicants.applications.values():
        assert set(application.profile) == allowed
        assert application.profile["place"] == facts_of(application.place)  # nothing of the student
        assert [row["name"] for row in application.profile["fit"]] == ["goals", "days"]


def test_the_name_shows_on_both_sides_when_the_student_agrees(world: World, applicants: Applicants) -> None:
    application = applicants.applications["approved"]
    company = Client()
    login_as(company, applicants.people[HatKind.COMPANY_CONTACT])
    url = reverse("placements:applicant", args=[application.public_id])
    assert application.request.student.last_name not in company.get(reverse("placements:who_comes")).content.decode()
    transitions.agree(placement=application.placement, actor=actor_for(application.request.student))
    assert reverse("placements:who_comes_detail", args=[application.placement.public_id]) in company.get(url).content.decode()
    assert application.request.student.full_name in company.get(reverse("placements:who_comes")).content.decode()


# -- the link in the mail


def test_opening_the_link_changes_nothing_and_signs_nobody_in(applicants: Applicants) -> None:
    scanner, link = Client(), applicants.links()[0]
    before = list(Application.objects.order_by("pk").values_list("state", flat=True))
    answer = scanner.get(link)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert list(Application.objects.order_by("pk").values_list("state", flat=True)) == before
    assert scanner.get(reverse("placements:applicants")).status_code == 302


def test_a_link_that_was_changed_is_too_old_or_belongs_to_who_left_is_dead(world: World, applicants: Applicants, monkeypatch: Any) -> None:
    link = applicants.links()[0]
    assert Client().get(link[:-3] + "xx/").status_code == 410
    world.ours.company.memberships.update(ended_at="2020-01-01T00:00Z")
    assert Client().post(link, {"act": "accept"}).status_code == 410
    world.ours.company.memberships.update(ended_at=None)
    import time

    later = time.time() + (settings.APPLICATION_EXPIRY_DAYS + 2) * 86400
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert Client().get(link).status_code == 410
