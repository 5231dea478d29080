"""A company learns who comes when the student has agreed, and not before: by no page, form, mail, file, log, URL or stored JSON.

Two ways of looking: distinctive marks of hidden students must occur nowhere; and whatever a hidden student's data are, the
company's pages stay the same to the letter (which also covers needs, goals and days, whose words stand on forms anyway).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pghistory.models import Context

from accounts.hats import COMPANY_HATS, HatKind
from matching.models import Proposal
from placements.models import Adjustment, Placement, PlacementRequest
from placements.models.place import PlaceImport
from placements.services import transitions
from placements.workflow import PlacementState as S
from placements.workflow import ReasonCode
from reference.models import LearningGoal
from schools.models import Student
from stagematch.models import Job, OutboxMail
from tests.access.matrix import ROWS
from tests.access.test_matrix import Asker, undone
from tests.access.world import World, advance
from tests.factories import LearningGoalFactory, PlaceFactory, RequestFactory, StudentFactory, actor_for, login_as

pytestmark = pytest.mark.django_db
BEFORE = (S.PROPOSED, S.APPROVED, S.OBJECTED, S.DECLINED, S.WITHDRAWN)
POSTCODE, GROUP, GOAL = "9979XG", "KLASKENMERK", "Kenmerkend leerdoel dat geen plek noemt"
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value|name="csrf-token" content)="[^"]*"')


class Hidden:
    """Students whom the company must not know, one in each state before CONFIRMED and one in a run's proposal only."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = world.ours.people
        self.programme = world.ours.students[0].programme
        self.goal = LearningGoalFactory(text=GOAL)
        self.placements = {state: self.placed(state) for state in BEFORE}
        run = Placement.objects.filter(request__student=world.ours.students[0]).get().proposal.run
        place = self.placements[S.PROPOSED].place
        self.proposal = Proposal.objects.create(run=run, request=self.asking("proposal"), place=place, score=700, distance=10)

    def asking(self, name: str) -> PlacementRequest:
        student = StudentFactory(
            programme=self.programme, first_name=f"Zebrafijn{name}", last_name=f"Kwastelaar{name}", number=f"KENMERK{name}"[:20],
            email=f"{name}@kenmerk.example.org", postcode=POSTCODE, group=GROUP,
        )  # fmt: skip
        return RequestFactory(student=student, ready=True, goals=[self.goal], needs=["rest_room"], days=["mo"], days_needed=1, support=1)

    def placed(self, state: str) -> Placement:
        request = self.asking(str(state))
        place = PlaceFactory(company=self.world.ours.company, qualifications=[self.programme.qualification], capacity=2, title=f"Plek {state}")
        coordinator, student = actor_for(self.people[HatKind.COORDINATOR]), actor_for(request.student)
        placement = transitions.propose(request=request, place=place, actor=coordinator)
        if state == S.DECLINED:
            return transitions.decline(placement=placement, actor=coordinator, reason_code=ReasonCode.CHANGED)
        placement = advance(request.student, S.APPROVED if state == S.WITHDRAWN else state, self.people)
        if state == S.WITHDRAWN:
            transitions.withdraw(placement=placement, actor=student, reason_code=ReasonCode.CHANGED, reason="Kwastelaar verhuist")
        return placement

    @property
    def students(self) -> list[Student]:
        return [placement.request.student for placement in self.placements.values()] + [self.proposal.request.student]

    @property
    def marks(self) -> list[str]:
        """What tells one of them from anybody else, opaque ids included."""
        marks = ["Zebrafijn", "Kwastelaar", "KENMERK", "kenmerk.example.org", POSTCODE, "9979 XG", GROUP, GOAL]
        for student in self.students:
            marks += [str(student.public_id), str(student.user.public_id), *(str(request.public_id) for request in student.requests.all())]
        return [*marks, *(str(placement.public_id) for placement in self.placements.values()), str(self.proposal.public_id)]


@pytest.fixture(scope="module")
def hidden(world: World, django_db_blocker: Any) -> Hidden:
    with django_db_blocker.unblock():
        return Hidden(world)


def addresses_of(world: World, hat: str) -> Iterator[tuple[str, str]]:
    """Method and URL of everything that the table opens to this hat, own objects filled in."""
    for name, row in ROWS.items():
        if hat in row.who and name != "account_logout":
            url = reverse(name, kwargs=world.kwargs(row.on, world.ours))
            yield "GET", url
            yield "POST", url


def everything_in(answer: HttpResponse) -> str:
    """Status line, headers, cookies and body of an answer."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return "\n".join([*(f"{name}: {value}" for name, value in answer.items()), answer.cookies.output(), body.decode(errors="replace")])


def filled_in(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Forms as the company sends them about places that hidden students hold."""
    places = {place.title: place for place in world.ours.company.places.all()}
    held = places[f"Plek {S.APPROVED}"]
    act = {"public_id": held.public_id}
    return [
        (reverse("placements:edit_place", kwargs=act), {"title": held.title, "capacity": 0, "qualifications": [held.qualifications.first().pk]}),
        (reverse("placements:copy_place", kwargs=act), {}),
        *((reverse("placements:set_place_state", kwargs={**act, "act": word}), {}) for word in ("pauzeren", "stoppen", "openen")),
        (reverse("placements:confirm_places"), {"place": [str(held.public_id)]}),
    ]


# allauth's page "type your password again" asks six times for another kind of second factor
@pytest.mark.queries(repeats=6)
@pytest.mark.parametrize("hat", sorted(COMPANY_HATS))
def test_nothing_that_a_company_can_open_or_send_says_who_a_student_is(
    world: World, hidden: Hidden, hat: str, caplog: pytest.LogCaptureFixture
) -> None:
    person, marks, found = Asker(world, hat), hidden.marks, []
    caplog.clear()
    answers = [(method, url, person.ask(method, url)) for method, url in addresses_of(world, hat)]
    with undone():
        login_as(person.client, world.person(hat))
        answers += [("POST", url, person.client.post(url, data, follow=True)) for url, data in filled_in(world)]
        answers += [("GET", url, person.client.get(url)) for method, url in addresses_of(world, hat) if method == "GET" and "bedrijf" in url]
    for method, url, answer in answers:
        said = everything_in(answer)
        found += [f"{method} {url}: {mark}" for mark in marks if mark in said or mark in url]
    # the log of SQL is switched on by counting queries; production cannot switch it on
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db.backends")]
    found += [f"log: {mark} in {line[:200]}" for line in lines for mark in marks if mark in line]
    assert len(answers) > 60
    assert not found, "\n".join(found)


@pytest.mark.parametrize("hat", sorted(COMPANY_HATS))
def test_whatever_a_hidden_student_asks_the_company_reads_the_same(world: World, hidden: Hidden, hat: str) -> None:
    def read() -> dict[str, str]:
        client = Client()
        login_as(client, world.person(hat))
        urls = [url for method, url in addresses_of(world, hat) if method == "GET" and ("bedrijf" in url or url == "/")]
        return {url: TOKEN.sub("", client.get(url).content.decode(errors="replace")) for url in urls}

    before = read()
    hidden_requests = PlacementRequest.objects.filter(student__in=hidden.students)
    hidden_requests.update(needs=["quiet", "sitting"], days=["sa", "su"], days_needed=2, kind1="ict", support=3, allowance=900, has=["vog"], tier=0)
    for request in hidden_requests:
        request.goals.set(LearningGoal.objects.exclude(pk=hidden.goal.pk)[:3])
    Student.objects.filter(pk__in=[student.pk for student in hidden.students]).update(first_name="Ander", last_name="Mens", postcode="6511AB")
    assert len(before) > 6
    assert read() == before


@pytest.mark.parametrize("state", BEFORE)
@pytest.mark.parametrize("name", ["who_comes_detail", "introduction", "claim_refusal"])
def test_a_placement_that_the_student_has_not_agreed_to_does_not_exist_for_the_company(world: World, hidden: Hidden, state: str, name: str) -> None:
    url = reverse(f"placements:{name}", args=[hidden.placements[state].public_id])
    for hat in sorted(COMPANY_HATS):
        person = Asker(world, hat)
        assert person.ask("GET", url).status_code == 404
        assert person.ask("POST", url).status_code in (404, 405)


def test_no_mail_to_the_company_says_anything_of_a_student_who_has_not_agreed(world: World, hidden: Hidden) -> None:
    addresses = {member.user.email for member in world.ours.company.memberships.select_related("user")}
    mails = OutboxMail.objects.filter(to__in=addresses)
    needs = [str(Adjustment.REST_ROOM.label)]
    assert [mark for mail in mails for mark in [*hidden.marks, *needs] if mark in mail.subject + mail.body] == []
    # only of those who agreed, or whom it asks to refuse, has it heard at all
    assert mails.count() > 0
    assert OutboxMail.objects.exclude(to__in=addresses).filter(body__contains="Plek").exists()


def test_nothing_stored_as_json_beside_the_tables_names_a_student(world: World, hidden: Hidden) -> None:
    client = Client()
    login_as(client, world.ours.people[HatKind.COMPANY_CONTACT])
    for url, data in filled_in(world):
        client.post(url, data)
    stored = [list(Context.objects.values_list("metadata", flat=True)), list(Job.objects.values_list("args", flat=True))]
    stored += [list(PlaceImport.objects.values_list("rows", "saved", "kept"))]
    text = json.dumps(stored, default=str)
    assert "bedrijf/plaatsen" in text
    assert [mark for mark in hidden.marks if mark in text] == []


def test_when_the_student_agrees_the_company_reads_name_and_contact_and_what_was_ticked(world: World, hidden: Hidden) -> None:
    placement = hidden.placements[S.APPROVED]
    student = placement.request.student
    PlacementRequest.objects.filter(pk=placement.request_id).update(needs=["rest_room", "sitting"])
    company = Client()
    login_as(company, world.ours.people[HatKind.COMPANY_CONTACT])
    assert student.last_name not in company.get(reverse("placements:who_comes")).content.decode()
    transitions.agree(placement=placement, actor=actor_for(student), shared_needs=["sitting"])
    assert student.full_name in company.get(reverse("placements:who_comes")).content.decode()
    page = company.get(reverse("placements:who_comes_detail", args=[placement.public_id])).content.decode()
    assert student.full_name in page
    assert student.email in page
    assert str(Adjustment.SITTING.label) in page
    assert [text for text in (str(Adjustment.REST_ROOM.label), student.number, POSTCODE, GROUP, GOAL) if text in page] == []
    others = [other.last_name for other in hidden.students if other != student]
    assert [name for name in others if name in page] == []


def test_needs_that_were_not_ticked_stay_unknown(world: World, hidden: Hidden) -> None:
    placement = hidden.placements[S.APPROVED]
    transitions.agree(placement=placement, actor=actor_for(placement.request.student))
    company = Client()
    login_as(company, world.ours.people[HatKind.COMPANY_CONTACT])
    page = company.get(reverse("placements:who_comes_detail", args=[placement.public_id])).content.decode()
    assert str(Adjustment.REST_ROOM.label) not in page
