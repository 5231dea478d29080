"""Nobody gets round the rules of applying: no second application beside a no, no veto over a round, no ground that is not true."""

import json
from datetime import timedelta

import pytest
from django.core.signing import b64_decode
from django.urls import reverse
from django.utils import timezone

from accounts.actor import SYSTEM
from placements.applications import links
from placements.applications.offer import offer_for
from placements.applications.profile import read
from placements.applications.workflow import A
from placements.errors import AlreadyPlaced, InvalidTransition, PlaceFull, ReasonMissing
from placements.models import Application, Place, Placement, PlaceState
from placements.services import applications as services
from placements.services import deadlines, transitions
from placements.services.applications import LimitReached
from placements.workflow import ReasonCode, S
from stagematch.models import OutboxMail
from tests.factories import ApplicationFactory, ContactFactory, PostcodeAreaFactory, actor_for, login_as
from tests.placements.test_applications import company_of, coordinator_of, mails, prepared, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nijmegen():
    PostcodeAreaFactory()


def test_beside_a_no_that_can_be_taken_back_nobody_applies_again():
    request, place = prepared()
    first, company = send(request, place), company_of(place)
    services.decline(application=first, ground=ReasonCode.SAFETY, actor=company)
    assert send(request, place) == first
    assert offer_for(actor_for(request.student), place).application == first.public_id
    assert services.undo(application=first, actor=company).state == A.SEEN


def test_a_no_is_not_taken_back_beside_a_newer_application():
    request, place = prepared()
    first, company = send(request, place), company_of(place)
    services.decline(application=first, ground=ReasonCode.SAFETY, actor=company)
    ApplicationFactory(request=request, place=place)
    with pytest.raises(InvalidTransition, match="nieuwere"):
        services.undo(application=first, actor=company)


@pytest.mark.parametrize("by", ["company", "student"])
def test_what_a_coordinator_proposed_does_not_end_when_an_application_is_taken_back(by):
    request, place = prepared()
    application = send(request, place)
    proposed = transitions.propose(request=request, place=place, actor=coordinator_of(request))
    application = services.accept(application=application, actor=company_of(place))
    assert application.placement == proposed
    if by == "company":
        services.undo(application=application, actor=company_of(place))
    else:
        services.withdraw(application=application, actor=actor_for(request.student))
    assert Placement.objects.get().state == S.PROPOSED


def test_a_ground_about_the_place_pauses_it_and_nobody_else_is_accepted():
    request, place = prepared()
    Place.objects.filter(pk=place.pk).update(capacity=2)
    application, other, company = send(request, place), ApplicationFactory(place=place), company_of(place)
    services.decline(application=application, ground=ReasonCode.PLACE_GONE, actor=company)
    assert Place.objects.get(pk=place.pk).state == PlaceState.PAUSED
    Place.objects.filter(pk=place.pk).update(state=PlaceState.OPEN)
    with pytest.raises(ReasonMissing, match="eerst"):
        services.accept(application=other, actor=company)
    services.tell_due(now=timezone.now() + timedelta(minutes=11))
    Place.objects.filter(pk=place.pk).update(state=PlaceState.PAUSED)
    with pytest.raises(PlaceFull):
        services.accept(application=other, actor=company)


def test_a_ground_about_the_place_is_refused_while_somebody_comes_there():
    request, place = prepared()
    Place.objects.filter(pk=place.pk).update(capacity=2)
    application, other, company = send(request, place), ApplicationFactory(place=place), company_of(place)
    services.accept(application=other, actor=company)
    with pytest.raises(ReasonMissing, match="andere student"):
        services.decline(application=application, ground=ReasonCode.TRAINER_GONE, actor=company)


@pytest.mark.queries(most=500, repeats=100)
def test_a_company_that_need_not_answer_is_not_reminded_nor_blamed(client):
    request, place = prepared()
    contact = ContactFactory(company=place.company)
    application = send(request, place)
    elsewhere = ApplicationFactory(request=request)
    services.accept(application=elsewhere, actor=company_of(elsewhere.place))
    with pytest.raises(AlreadyPlaced, match="staat stil"):
        services.accept(application=application, actor=actor_for(contact))
    login_as(client, contact)
    page = client.get(reverse("placements:applicant", args=[application.public_id])).content.decode()
    assert "nu geen antwoord nodig" in page
    deadlines.run_due(now=application.sent_at + timedelta(days=8))
    deadlines.run_due(now=application.sent_at + timedelta(days=15))
    assert (Application.objects.get(pk=application.pk).state, mails("application_reminder").count()) == (A.SENT, 0)
    elsewhere.refresh_from_db()
    transitions.move(placement=elsewhere.placement, to=S.WITHDRAWN, actor=SYSTEM, reason_code=ReasonCode.ACCEPTANCE_UNDONE)
    Placement.objects.update(state_since=application.sent_at + timedelta(days=10))
    deadlines.run_due(now=application.sent_at + timedelta(days=16))
    assert Application.objects.get(pk=application.pk).state == A.SENT
    deadlines.run_due(now=application.sent_at + timedelta(days=18))
    assert Application.objects.get(pk=application.pk).state == A.EXPIRED


def test_the_fit_is_that_of_what_was_sent_not_of_what_was_prepared():
    request, place = prepared()
    other = request.student.programme.qualification.goals.exclude(pk__in=request.goals.all())[:1]
    student = actor_for(request.student)
    application = services.send(request=request, place=place, goals=other, days=request.days, days_needed=1, actor=student)
    assert {str(row["label"]): row["points"] for row in read(application.profile).fit}["Leerdoelen"] == 0


def test_applying_and_taking_back_again_and_again_ends():
    request, place = prepared()
    for _ in range(2):
        services.withdraw(application=send(request, place), actor=actor_for(request.student))
    with pytest.raises(LimitReached, match="Morgen"):
        send(request, place)


def test_the_mail_names_days_in_words_and_why_it_came():
    request, place = prepared()
    ContactFactory(company=place.company)
    send(request, place)
    body = OutboxMail.objects.get(key__contains="application_received").body
    assert "maandag, dinsdag" in body
    assert "[" not in body
    assert f"U krijgt deze mail omdat u {place.company.name} vertegenwoordigt." in body


def test_the_link_in_a_mail_holds_no_key():
    application = ApplicationFactory()
    contact = ContactFactory(company=application.place.company)
    token = links.make(application, contact)
    assert links.follow(token)[0] == application
    public_id, mark = json.loads(b64_decode(token.split(":")[0].encode()))
    assert (public_id, len(mark)) == (application.public_id.hex, 16)


def test_a_coordinator_takes_an_approval_back_until_the_student_is_told(client, settings):
    settings.UNDO_WINDOW_SECONDS = 60
    request, place = prepared()
    application = services.accept(application=send(request, place), actor=company_of(place))
    login_as(client, request.student.programme.staff.first())
    client.post(reverse("placements:approve_application", args=[application.public_id]))
    page = client.get(reverse("placements:school_applications")).content.decode()
    assert "Net goedgekeurd" in page
    client.post(reverse("placements:undo_application_approval", args=[application.public_id]))
    assert Placement.objects.get().state == S.PROPOSED
    client.post(reverse("placements:approve_application", args=[application.public_id]))
    Placement.objects.update(told_at=timezone.now())
    client.post(reverse("placements:undo_application_approval", args=[application.public_id]))
    assert Placement.objects.get().state == S.APPROVED
