"""Asking for recognition, a visit, and deciding on it."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import HatKind
from companies.errors import InvalidTransition
from companies.models import Assessment, Recognition, RecognitionState, Visit
from companies.services import transitions, visits
from companies.services.visits import Found
from companies.workflow import Condition, R
from reference.selectors import goals_for
from stagematch.models import OutboxMail
from tests.factories import (
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


def found(met: bool = True) -> list[Found]:
    return [Found(condition, met, "Gezien") for condition in Condition]


def visited(recognition: Recognition, actor: Actor, *, met: bool = True) -> Visit:
    """Visited today, with findings."""
    visit = visits.plan_visit(recognitions=[recognition], starts_at=timezone.now() + timedelta(hours=1), actor=actor)
    arguments: dict[str, Any] = {"places_offered": 2, "places_note": "", "key": uuid4(), "actor": actor}
    return visits.hold_visit(visit=visit, recognitions=[recognition], findings=found(met), **arguments)


def findings(met: str = "yes") -> dict[str, str]:
    """The five conditions as a form sends them."""
    return {f"{c}_met": met for c in Condition} | {f"{c}_evidence": "Gezien op de werkvloer" for c in Condition}


def test_asking_twice_for_the_same_qualification_asks_once() -> None:
    contact, qualification = ContactFactory(), QualificationFactory()
    for _ in range(2):
        transitions.request_recognition(company=contact.company, qualifications=[qualification], actor=actor_for(contact))
    asked = Recognition.objects.get()
    assert [(step.from_state, step.to_state, step.by) for step in asked.transitions.all()] == [(R.DRAFT, R.SUBMITTED, contact.user)]
    assert (asked.decide_before - asked.requested_at.date()).days in {13, 14, 15}


def test_a_company_finds_a_qualification_in_its_own_words(client: Client) -> None:
    wanted = QualificationFactory(name="Bakker", search_text="bakker brood 25182")
    contact = ContactFactory()
    login_as(client, contact)
    page = client.get(reverse("companies:request_recognition"), {"q": "Brood"})
    assert str(wanted.crebo).encode() in page.content
    client.post(reverse("companies:request_recognition") + "?q=brood", {"qualifications": [wanted.pk]})
    assert contact.company.recognitions.get().qualification == wanted


def test_from_request_to_recognition_over_the_pages(client: Client) -> None:
    contact = ContactFactory()
    asked = RecognitionFactory(company=contact.company, requested=True)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    day = f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    client.post(reverse("companies:plan_visit", args=[asked.public_id]), {"starts_at": day, "recognitions": [asked.pk], "note": ""})
    visit = Visit.objects.get()
    answers = findings() | {"recognitions": [asked.pk], "places_offered": "2", "key": str(uuid4())}
    early = client.post(reverse("companies:visit", args=[visit.public_id]), answers)
    assert set(early.context["form"].errors) == {"early"}  # the day after tomorrow
    answers["early"] = "on"
    assert client.post(reverse("companies:visit", args=[visit.public_id]), answers).url == reverse("companies:visit_saved", args=[visit.public_id])
    again = client.get(reverse("companies:visit", args=[visit.public_id])).context["form"]
    assert (again["recognitions"].value(), again["places_offered"].value(), again["safety_met"].value()) == ([asked.pk], 2, "yes")
    client.post(reverse("companies:decide", args=[asked.public_id]), {"decision": "recognise", "reason": ""})
    asked.refresh_from_db()
    assert (asked.state, asked.review_due_on.year) == (R.RECOGNISED, timezone.localdate().year + 4)
    assert list(asked.transitions.values_list("to_state", flat=True)) == [R.VISIT_PLANNED, R.ASSESSED, R.RECOGNISED]
    assert {mail.to for mail in OutboxMail.objects.all()} == {contact.user.email}
    assert OutboxMail.objects.count() == 2  # the visit and the decision


def test_what_a_phone_sends_twice_is_written_once(client: Client) -> None:
    asked, actor = RecognitionFactory(requested=True), advisor()
    visit = visits.plan_visit(recognitions=[asked], starts_at=timezone.now() + timedelta(hours=1), actor=actor)
    arguments: dict[str, Any] = {"visit": visit, "recognitions": [asked], "findings": found(), "places_offered": 1, "places_note": "", "key": uuid4()}
    for _ in range(2):
        visits.hold_visit(**arguments, actor=actor)
    assert Assessment.objects.count() == 1
    visits.hold_visit(**(arguments | {"key": uuid4(), "findings": found(met=False)}), actor=actor)
    assert Assessment.objects.count() == 2  # put right before the decision: the later one counts
    with pytest.raises(Exception, match=r"conditions|voorwaarden"):
        transitions.recognise(recognition=asked, actor=actor)


def test_what_was_mended_before_a_phone_sent_it_again_is_written_too() -> None:
    asked, actor = RecognitionFactory(requested=True), advisor()
    visit = visits.plan_visit(recognitions=[asked], starts_at=timezone.now() + timedelta(hours=1), actor=actor)
    arguments: dict[str, Any] = {"visit": visit, "recognitions": [asked], "places_note": "", "key": uuid4(), "actor": actor}
    visits.hold_visit(**arguments, findings=found(), places_offered=1)
    for _ in range(2):
        written = visits.hold_visit(**arguments, findings=found(met=False), places_offered=3)
    assert Assessment.objects.count() == 2
    assert not Assessment.objects.last().findings.filter(met=True).exists()
    assert written.places_offered == 3


def test_findings_of_a_second_tab_do_not_reopen_what_was_decided() -> None:
    asked, actor = RecognitionFactory(requested=True), advisor()
    visit = visited(asked, actor)
    transitions.recognise(recognition=asked, actor=actor)
    with pytest.raises(InvalidTransition):
        visits.hold_visit(visit=visit, recognitions=[asked], findings=found(met=False), places_offered=1, places_note="", key=uuid4(), actor=actor)
    asked.refresh_from_db()
    assert asked.state == R.RECOGNISED


def test_planning_holding_and_calling_off_lock_in_one_order() -> None:
    asked, actor = RecognitionFactory(requested=True), advisor()
    visit = visits.plan_visit(recognitions=[asked], starts_at=timezone.now() + timedelta(hours=1), actor=actor)
    again = partial(visits.plan_visit, recognitions=[asked], starts_at=timezone.now() + timedelta(hours=2), actor=actor)
    for move in (again, partial(visits.cancel_visit, visit=visit, actor=actor)):
        with CaptureQueriesContext(connection) as queries:
            move()
        locked = [query["sql"].split(" FROM ")[1].split()[0] for query in queries if "FOR UPDATE" in query["sql"]]
        assert locked[:2] == ['"companies_recognition"', '"companies_visit"']


def test_a_visit_without_an_answer_about_places_is_asked_for_one(client: Client) -> None:
    asked, post = RecognitionFactory(requested=True), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visit = visits.plan_visit(recognitions=[asked], starts_at=timezone.now() + timedelta(hours=1), actor=actor_for(post))
    login_as(client, post)
    page = client.post(reverse("companies:visit", args=[visit.public_id]), findings() | {"recognitions": [asked.pk], "early": "on"})
    assert set(page.context["form"].errors) == {"places_offered"}


def test_a_part_and_the_company_that_trains_for_the_rest(client: Client) -> None:
    asked, post = RecognitionFactory(requested=True), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    partner = RecognitionFactory(qualification=asked.qualification).company
    visited(asked, actor_for(post))
    login_as(client, post)
    goal = asked.qualification.goals.first()
    url = reverse("companies:decide", args=[asked.public_id])
    assert "goals" in client.post(url, {"decision": "partly", "reason": ""}).context["form"].errors
    wrong = client.post(url, {"decision": "partly", "goals": [goal.pk], "shared_branch": "999999999999"})
    assert "shared_branch" in wrong.context["form"].errors
    contacts = [ContactFactory(company=company).user.email for company in (asked.company, partner)]
    client.post(url, {"decision": "partly", "goals": [goal.pk], "shared_branch": partner.branch, "reason": ""})
    told = {mail.to: mail.body for mail in OutboxMail.objects.all()}
    assert goal.text in told[contacts[0]]
    assert partner.name in told[contacts[0]]
    assert "bezwaar" in told[contacts[0]]
    assert asked.company.name in told[contacts[1]]
    asked.refresh_from_db()
    assert (asked.state, asked.shared_with, list(asked.goals.all())) == (R.RECOGNISED, partner, [goal])


def test_a_refusal_without_a_reason_is_asked_for_one(client: Client) -> None:
    asked, post = RecognitionFactory(requested=True), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visited(asked, actor_for(post), met=False)
    login_as(client, post)
    url = reverse("companies:decide", args=[asked.public_id])
    assert set(client.post(url, {"decision": "refused"}).context["form"].errors) == {"reason", "reason_code"}
    client.post(url, {"decision": "refused", "reason": "Geen leermeester aanwezig.", "reason_code": "trainer"})
    asked.refresh_from_db()
    assert asked.state == R.REFUSED


def test_a_refusal_on_a_ground_that_the_findings_contradict_is_not_saved(client: Client) -> None:
    asked, post = RecognitionFactory(requested=True), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visited(asked, actor_for(post))
    login_as(client, post)
    refusal = {"decision": "refused", "reason": "De machine mist een kap.", "reason_code": "safety"}
    page = client.post(reverse("companies:decide", args=[asked.public_id]), refusal)
    assert set(page.context["form"].errors) == {"reason_code"}


def test_calling_a_visit_off_lets_the_request_wait_again(client: Client) -> None:
    asked, post = RecognitionFactory(requested=True), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visit = visits.plan_visit(recognitions=[asked], starts_at=timezone.now() + timedelta(days=1), actor=actor_for(post))
    login_as(client, post)
    client.post(reverse("companies:visit_cancel", args=[visit.public_id]))
    asked.refresh_from_db()
    assert asked.state == R.SUBMITTED


def test_an_advisor_of_target_groups_looks_and_does_not_decide(client: Client) -> None:
    asked = RecognitionFactory(requested=True)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_TARGET_GROUPS))
    assert client.get("/").context["decides"] is False
    assert client.get(reverse("companies:recognition", args=[asked.public_id])).context["moves"] == []
    assert client.get(reverse("companies:plan_visit", args=[asked.public_id])).status_code == 404


def test_an_advisor_sees_the_own_regions_only(client: Client) -> None:
    here, there = RegionFactory(), RegionFactory(code="AM99", name="Elders")
    asked = RecognitionFactory(requested=True, company__municipality=MunicipalityFactory(code="GM9999", region=there))
    post = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    post.regions.add(here)
    login_as(client, post)
    assert client.get(reverse("companies:recognition", args=[asked.public_id])).status_code == 404
    post.regions.add(there)
    assert client.get(reverse("companies:recognition", args=[asked.public_id])).status_code == 200


def test_what_a_company_has_not_sent_yet_is_its_own(client: Client) -> None:
    contact = ContactFactory()
    draft = RecognitionFactory(company=contact.company, requested=True, state=R.DRAFT)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    assert client.get(reverse("companies:recognition", args=[draft.public_id])).status_code == 404
    login_as(client, contact)
    client.post(reverse("companies:submit"))
    draft.refresh_from_db()
    assert draft.state == R.SUBMITTED
    client.post(reverse("companies:take_back", args=[draft.public_id]))
    draft.refresh_from_db()
    assert draft.state == R.DRAFT


@pytest.mark.parametrize("many", [3, 24])
def test_the_lists_cost_the_same_queries_however_long(client: Client, many: int, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(many):
        RecognitionFactory(requested=True)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    for name in ("companies:recognitions", "companies:visits"):
        with django_assert_max_num_queries(10):
            page = client.get(reverse(name))
        assert page.content.count(b"<tr>") >= many
    assert len(client.get(reverse("companies:visits_map")).json()["markers"]) == many


def test_the_calendar_is_at_a_private_address_that_ends_with_the_post(client: Client) -> None:
    asked, post = RecognitionFactory(requested=True), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visits.plan_visit(recognitions=[asked], starts_at=timezone.now() + timedelta(days=1), actor=actor_for(post))
    login_as(client, post)
    url = client.get(reverse("companies:visits")).context["feed"].partition("/bedrijf")[2]
    client.logout()
    feed = client.get("/bedrijf" + url)
    assert feed["content-type"].startswith("text/calendar")
    assert asked.company.name in feed.content.decode()
    assert client.get("/bedrijf" + url.replace(".ics", "x.ics")).status_code == 404
    login_as(client, post)
    client.post(reverse("companies:renew_visits_feed"))
    assert client.get("/bedrijf" + url).status_code == 404
    url = client.get(reverse("companies:visits")).context["feed"].partition("/bedrijf")[2]
    client.logout()
    assert client.get("/bedrijf" + url).status_code == 200
    post.ended_at = timezone.now()
    post.save()
    assert client.get("/bedrijf" + url).status_code == 404


def test_a_suspension_is_in_writing_and_hides_the_places(client: Client) -> None:
    contact, post = ContactFactory(), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    recognition = RecognitionFactory(company=contact.company)
    login_as(client, post)
    url = reverse("companies:end", args=[recognition.public_id])
    wrong = client.post(url, {"to": "suspended", "reason_code": "company_stops", "reason": "Op verzoek"})
    assert "reason_code" in wrong.context["form"].errors
    client.post(url, {"to": "suspended", "reason_code": "safety", "reason": "De machine mist een kap."})
    recognition.refresh_from_db()
    assert (recognition.state, recognition.valid) == (RecognitionState.SUSPENDED, False)
    login_as(client, contact)
    letter = reverse("companies:letter", args=[recognition.public_id, recognition.transitions.get().pk])
    assert letter in client.get(reverse("companies:detail")).content.decode()
    assert letter in OutboxMail.objects.get().body
    assert client.get(letter).content.startswith(b"%PDF")
    login_as(client, ContactFactory())
    assert client.get(letter).status_code == 404


def test_lifting_a_suspension_asks_what_was_solved_and_the_company_reads_it(client: Client) -> None:
    contact, post = ContactFactory(), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    partner = ContactFactory().company
    recognition = RecognitionFactory(company=contact.company, shared_with=partner)
    recognition.goals.set(recognition.qualification.goals.all()[:1])
    suspend: dict[str, Any] = {"to": R.SUSPENDED, "reason_code": "safety", "reason": "Geen hek."}
    transitions.move(recognition=recognition, actor=actor_for(post), **suspend)
    login_as(client, post)
    shown = client.get(reverse("companies:recognition", args=[recognition.public_id])).content.decode()
    assert all(text in shown for text in ("Geschorst op", "Intrekken"))
    assert "Schorsen of intrekken" not in shown
    url = reverse("companies:lift", args=[recognition.public_id])
    assert set(client.post(url, {"reason": " "}).context["form"].errors) == {"reason"}
    client.post(url, {"reason": "Er staat een hek, gezien op de foto."})
    recognition.refresh_from_db()
    assert (recognition.state, recognition.transitions.last().reason) == (R.RECOGNISED, "Er staat een hek, gezien op de foto.")
    told = OutboxMail.objects.latest("pk")
    assert (told.to, "Er staat een hek" in told.body, "bezwaar" in told.body) == (contact.user.email, True, False)
    assert "Er staat een hek" in client.get(reverse("companies:recognition", args=[recognition.public_id])).content.decode()


@pytest.mark.parametrize(
    ("name", "typed"), [("decide", "reason"), ("end", "reason"), ("lift", "reason"), ("assess", "reason"), ("plan_visit", "note")]
)
def test_a_page_left_open_leads_to_what_was_decided_meanwhile_and_loses_no_text(client: Client, name: str, typed: str) -> None:
    recognition = RecognitionFactory(state=R.WITHDRAWN)
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    sent = client.post(reverse(f"companies:{name}", args=[recognition.public_id]), {typed: "Lang verhaal"}, follow=True)
    assert sent.redirect_chain == [(reverse("companies:recognition", args=[recognition.public_id]), 302)]
    assert all(text in sent.content.decode() for text in ("ingetrokken", "Lang verhaal"))


def test_assessed_again_with_a_condition_not_met_points_to_suspending(client: Client) -> None:
    recognition, post = RecognitionFactory(state=R.REVIEW_DUE), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visited(recognition, actor_for(post), met=False)
    login_as(client, post)
    page = client.get(reverse("companies:decide", args=[recognition.public_id])).content.decode()
    assert reverse("companies:end", args=[recognition.public_id]) in page
    assert "als u weigert" not in page


def test_parts_stand_in_the_order_of_the_qualification(client: Client) -> None:
    asked, post = RecognitionFactory(requested=True), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visited(asked, actor_for(post))
    login_as(client, post)
    form = client.get(reverse("companies:decide", args=[asked.public_id])).context["form"]
    assert list(form.fields["goals"].queryset) == list(goals_for(asked.qualification))
    assert not form["goals"].optional


def test_a_merge_while_somebody_waits_for_the_lock_loses_no_row() -> None:
    recognition = RecognitionFactory()
    with CaptureQueriesContext(connection) as queries:
        transitions.lock(recognition)
    locking = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert len(locking) == 1
    assert "JOIN" not in locking[0]  # a joined row that changes meanwhile takes the locked one out of the answer


def test_a_new_company_is_asked_for_a_recognition_before_anything_else(client: Client) -> None:
    login_as(client, ContactFactory())
    page = client.get(reverse("home"))
    assert reverse("companies:request_recognition").encode() in page.content
    assert reverse("placements:confirm_places").encode() not in page.content
