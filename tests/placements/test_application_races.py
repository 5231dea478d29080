"""Applying and answering at the same moment, on real connections: one result, and a clear message for the others."""

from collections import Counter

import pytest

from accounts.actor import SYSTEM
from placements.applications.workflow import A
from placements.errors import AlreadyPlaced, InvalidTransition, PlaceFull
from placements.models import Application, Place, Placement
from placements.services import applications as services
from placements.services import transitions
from placements.services.applications import LimitReached
from placements.workflow import OPEN_STATES, ReasonCode, S
from stagematch.models import OutboxMail
from tests.factories import (
    ApplicationFactory,
    ContactFactory,
    CoordinatorFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    RequestFactory,
    TrainerFactory,
    actor_for,
)
from tests.placements.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.queries(most=10_000, repeats=10_000)]


@pytest.fixture(autouse=True)
def _nijmegen():
    PostcodeAreaFactory()


def sending(request, place):
    actor, goals = actor_for(request.student), list(request.goals.all())
    return lambda: services.send(request=request, place=place, goals=goals, days=request.days, days_needed=3, actor=actor)


def taken(place):
    return Place.objects.values_list("taken", "applying").get(pk=place.pk)


def test_ten_clicks_in_two_tabs_are_one_application_and_one_mail():
    request = RequestFactory(ready=True)
    place = PlaceFactory(period=request.period, qualifications=[request.student.programme.qualification])
    ContactFactory(company=place.company)
    results = at_once([sending(request, place)] * 10)
    assert len({result.pk for result in results}) == 1
    assert (Application.objects.count(), OutboxMail.objects.count(), taken(place)) == (1, 1, (0, 1))


def test_the_limit_of_a_student_holds_when_all_is_sent_at_once(settings):
    settings.APPLICATIONS_PER_STUDENT = 3
    request = RequestFactory(ready=True)
    places = [PlaceFactory(period=request.period, qualifications=[request.student.programme.qualification]) for _ in range(8)]
    results = at_once([sending(request, place) for place in places])
    assert Counter(type(result) for result in results) == {Application: 3, LimitReached: 5}
    assert all("3" in str(result) for result in results if isinstance(result, LimitReached))


def test_the_limit_of_a_place_holds_when_all_is_sent_at_once(settings):
    settings.APPLICATIONS_PER_FREE_SLOT = 4
    place = PlaceFactory()
    qualification = place.qualifications.get()
    requests = [RequestFactory(ready=True, period=place.period, student__programme__qualification=qualification) for _ in range(10)]
    results = at_once([sending(request, place) for request in requests])
    assert Counter(type(result) for result in results) == {Application: 4, LimitReached: 6}
    assert taken(place) == (0, 4)


def test_two_people_who_say_yes_make_one_placement():
    application = ApplicationFactory()
    people = [actor_for(ContactFactory(company=application.place.company)), actor_for(TrainerFactory(company=application.place.company))]
    results = at_once([lambda actor=actor: services.accept(application=application, actor=actor) for actor in people * 3])
    assert all(isinstance(result, Application) for result in results), results
    assert (Placement.objects.count(), application.transitions.filter(to_state=A.ACCEPTED).count()) == (1, 1)


@pytest.mark.parametrize("turn", range(2))
def test_yes_and_no_at_once_end_in_one_of_both(turn):
    application = ApplicationFactory()
    actor = actor_for(ContactFactory(company=application.place.company))
    yes, no = at_once(
        [
            lambda: services.accept(application=application, actor=actor),
            lambda: services.decline(application=application, ground=ReasonCode.TRAINER_GONE, actor=actor),
        ]
    )
    application.refresh_from_db()
    assert [isinstance(result, InvalidTransition) for result in (yes, no)] == [application.state == A.DECLINED, application.state == A.ACCEPTED]
    assert taken(application.place)[0] == (application.state == A.ACCEPTED)


def test_of_five_yeses_for_the_last_slot_one_is_kept_and_the_others_read_that_it_is_full():
    place = PlaceFactory()
    applications = [ApplicationFactory(place=place) for _ in range(5)]
    actor = actor_for(ContactFactory(company=place.company))
    results = at_once([lambda one=one: services.accept(application=one, actor=actor) for one in applications])
    assert Counter(type(result) for result in results) == {Application: 1, PlaceFull: 4}
    assert taken(place) == (1, 4)


def test_two_companies_that_say_yes_to_one_student_end_in_one_placement():
    request = RequestFactory(ready=True)
    applications = [ApplicationFactory(request=request) for _ in range(4)]
    actors = [actor_for(ContactFactory(company=one.place.company)) for one in applications]
    results = at_once(
        [lambda one=one, actor=actor: services.accept(application=one, actor=actor) for one, actor in zip(applications, actors, strict=True)]
    )
    assert Counter(type(result) for result in results) == {Application: 1, AlreadyPlaced: 3}
    assert Placement.objects.filter(state__in=OPEN_STATES).count() == 1


@pytest.mark.parametrize("turn", range(2))
def test_a_yes_while_matching_takes_the_last_slot_overfills_nothing(turn):
    application = ApplicationFactory()
    rival = RequestFactory(ready=True, period=application.place.period)
    actor = actor_for(ContactFactory(company=application.place.company))
    results = at_once(
        [
            lambda: services.accept(application=application, actor=actor),
            lambda: transitions.propose(request=rival, place=application.place, actor=SYSTEM),
        ]
    )
    assert sum(isinstance(result, PlaceFull) for result in results) == 1, results
    assert taken(application.place)[0] == 1


@pytest.mark.parametrize("turn", range(2))
def test_taking_a_yes_back_while_the_coordinator_approves_ends_in_one_of_both(turn):
    application = ApplicationFactory()
    student = application.request.student
    company = actor_for(ContactFactory(company=application.place.company))
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    application = services.accept(application=application, actor=company)
    placement = application.placement
    undone, approved = at_once(
        [
            lambda: services.undo(application=application, actor=company),
            lambda: transitions.approve(placement=placement, actor=coordinator),
        ]
    )
    placement.refresh_from_db()
    application.refresh_from_db()
    if isinstance(undone, Application):
        assert isinstance(approved, InvalidTransition)
        assert (application.state, placement.state, taken(application.place)[0]) == (A.SEEN, S.WITHDRAWN, 0)
    else:
        assert isinstance(undone, InvalidTransition)
        assert (application.state, placement.state, taken(application.place)[0]) == (A.ACCEPTED, S.APPROVED, 1)


def test_two_students_who_agree_where_the_other_waits_neither_wait_for_each_other_nor_keep_what_is_over():
    period_of = PlaceFactory(capacity=2)
    places = [period_of, PlaceFactory(capacity=2, qualifications=[period_of.qualifications.get()])]
    qualification = period_of.qualifications.get()
    requests = [RequestFactory(ready=True, period=period_of.period, student__programme__qualification=qualification) for _ in range(2)]
    placements = []
    for n, request in enumerate(requests):
        ApplicationFactory(request=request, place=places[1 - n])
        company = actor_for(ContactFactory(company=places[n].company))
        accepted = services.accept(application=ApplicationFactory(request=request, place=places[n]), actor=company)
        student = request.student
        coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
        placements.append(transitions.approve(placement=accepted.placement, actor=coordinator))
    actors = [actor_for(request.student) for request in requests]
    results = at_once(
        [lambda one=one, actor=actor: transitions.agree(placement=one, actor=actor) for one, actor in zip(placements, actors, strict=True)]
    )
    assert all(isinstance(result, Placement) for result in results), results
    assert Counter(Application.objects.values_list("state", flat=True)) == {A.ACCEPTED: 2, A.SUPERSEDED: 2}
    assert [taken(place) for place in places] == [(1, 0), (1, 0)]
