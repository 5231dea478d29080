"""Applying without a name: sending, answering, taking back, and what follows when a student has a place."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import SYSTEM
from matching import fit as engine_fit
from placements.applications.profile import read
from placements.applications.words import for_student
from placements.applications.workflow import DECLINE_GROUNDS, RUNNING_STATES, TRANSITIONS, WAITING_STATES, A, ApplicationState
from placements.errors import AlreadyPlaced, InvalidTransition, NotAllowed, PlaceFull, PlacementError, ReasonMissing
from placements.models import Answer, Application, Place, Placement, PlaceState
from placements.services import applications as services
from placements.services import deadlines, messages, questions, transitions
from placements.services.applications import DoesNotFit, LimitReached
from placements.services.upkeep import answer_place
from placements.workflow import ReasonCode, S, Who
from schools.models import ProgrammeYear, WayToPlace, school_year
from stagematch.models import OutboxMail
from tests.factories import (
    ApplicationFactory,
    ContactFactory,
    CoordinatorFactory,
    PlaceFactory,
    PlacementFactory,
    PostcodeAreaFactory,
    RequestFactory,
    TrainerFactory,
    actor_for,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nijmegen():
    PostcodeAreaFactory()


def prepared(**facts):
    """A student who may apply, a place that fits, and the coordinator."""
    request = RequestFactory(ready=True, **facts)
    programme = request.student.programme
    request.goals.set(programme.qualification.goals.all()[:2])
    place = PlaceFactory(period=request.period, qualifications=[programme.qualification], goals=list(request.goals.all()[:1]))
    CoordinatorFactory(school=programme.school, programmes=[programme])
    return request, place


def send(request, place):
    goals, days = list(request.goals.all()), request.days
    return services.send(request=request, place=place, goals=goals, days=days, days_needed=3, actor=actor_for(request.student))


def company_of(place):
    return actor_for(ContactFactory(company=place.company))


def coordinator_of(request):
    return actor_for(request.student.programme.staff.first())


def mails(template):
    return OutboxMail.objects.filter(key__contains=f"-{template}-")


# -- the table


def test_every_state_is_reached_and_only_ends_lead_nowhere():
    assert {A.SENT} | {to for _start, to in TRANSITIONS} == set(ApplicationState)
    assert set(ApplicationState) - {start for start, _to in TRANSITIONS} == {A.WITHDRAWN, A.EXPIRED, A.SUPERSEDED}


def test_a_company_declines_on_an_objective_ground_only():
    assert all(move.reasons == DECLINE_GROUNDS for (_start, to), move in TRANSITIONS.items() if to == A.DECLINED)
    assert {move.who for (_start, to), move in TRANSITIONS.items() if to in (A.ACCEPTED, A.DECLINED)} == {frozenset({Who.COMPANY})}


def test_only_the_company_and_the_one_who_applied_can_move_an_application():
    application = ApplicationFactory()
    stranger = ApplicationFactory(request__period=application.request.period)
    for actor in (company_of(stranger.place), actor_for(stranger.request.student), actor_for(TrainerFactory())):
        for act in (services.accept, services.withdraw, services.see):
            with pytest.raises(NotAllowed):
                act(application=application, actor=actor)
    with pytest.raises(NotAllowed):
        services.accept(application=application, actor=actor_for(application.request.student))
    with pytest.raises(NotAllowed):
        services.withdraw(application=application, actor=company_of(application.place))


# -- sending


def test_applying_stores_what_the_company_reads_and_tells_it():
    request, place = prepared()
    contact = ContactFactory(company=place.company)
    application = send(request, place)
    profile = read(application.profile)
    assert [here for _text, here in profile.goals] == [True, False]
    assert (profile.days_needed, profile.total, profile.most) == (3, 250, 400)
    assert [mail.to for mail in mails("application_received")] == [contact.user.email]
    assert Place.objects.get(pk=place.pk).applying == 1


def test_the_fit_is_the_engines_own_score():
    request, place = prepared()
    found = engine_fit.fits_of(request, [place.pk])[place.pk]
    assert found.points == {"distance": 221, "goals": 150, "kind": 150, "support": 100, "days": 100, "allowance": 50}
    assert (found.rule, found.far, found.total) == ("", False, 771)


def test_what_is_stored_does_not_follow_the_student():
    request, place = prepared()
    application = send(request, place)
    request.goals.clear()
    assert len(read(Application.objects.get(pk=application.pk).profile).goals) == 2


def test_applying_twice_for_a_place_is_one_application():
    request, place = prepared()
    assert send(request, place) == send(request, place)
    assert Application.objects.count() == 1


def test_a_programme_that_is_only_matched_does_not_apply():
    request, place = prepared()
    ProgrammeYear.objects.create(programme=request.student.programme, year=school_year(request.starts_on), way=WayToPlace.MATCHED)
    with pytest.raises(NotAllowed):
        send(request, place)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"capacity": 0}, PlaceFull),
        ({"state": PlaceState.PAUSED}, PlaceFull),
        ({"days": ["mo"]}, DoesNotFit),
        ({"requirements": ["vog"]}, DoesNotFit),
    ],
)
def test_a_place_that_cannot_be_had_says_why(change, error):
    request, place = prepared()
    Place.objects.filter(pk=place.pk).update(**change)
    with pytest.raises(error):
        send(request, place)
    assert not Application.objects.exists()


def test_needs_keep_a_student_from_a_place_without_telling_the_company():
    request, place = prepared(needs=["quiet"])
    with pytest.raises(DoesNotFit):
        send(request, place)
    assert not OutboxMail.objects.exists()


def test_a_student_has_at_most_so_many_applications_at_once(settings):
    settings.APPLICATIONS_PER_STUDENT = 2
    request, place = prepared()
    for _ in range(2):
        ApplicationFactory(request=request)
    with pytest.raises(LimitReached, match="2"):
        send(request, place)


def test_a_place_gets_at_most_so_many_applications_for_each_free_slot(settings):
    settings.APPLICATIONS_PER_FREE_SLOT = 1
    request, place = prepared()
    ApplicationFactory(place=place)
    with pytest.raises(LimitReached):
        send(request, place)


def test_a_proposal_that_the_student_does_not_know_of_does_not_show_when_applying():
    request, place = prepared()
    PlacementFactory(request=request)
    assert send(request, place).state == A.SENT


# -- answering


def test_a_yes_makes_a_placement_that_waits_for_the_coordinator():
    request, place = prepared()
    application = services.accept(application=send(request, place), actor=company_of(place))
    assert (application.state, application.placement.state, application.placement.told_at) == (A.ACCEPTED, S.PROPOSED, None)
    assert Place.objects.get(pk=place.pk).taken == 1
    assert mails("application_accepted").count() == 1


def test_saying_yes_twice_or_by_two_people_is_once():
    request, place = prepared()
    application = send(request, place)
    services.accept(application=application, actor=company_of(place))
    services.accept(application=application, actor=company_of(place))
    assert application.transitions.filter(to_state=A.ACCEPTED).count() == 1
    assert Placement.objects.count() == 1


def test_a_yes_can_be_taken_back_until_the_coordinator_has_acted():
    request, place = prepared()
    application = services.accept(application=send(request, place), actor=company_of(place))
    application = services.undo(application=application, actor=company_of(place))
    assert (application.state, application.placement) == (A.SEEN, None)
    assert Place.objects.get(pk=place.pk).taken == 0
    application = services.accept(application=application, actor=company_of(place))
    assert (mails("application_accepted").count(), mails("application_undone").count()) == (2, 1)
    transitions.approve(placement=application.placement, actor=coordinator_of(request))
    with pytest.raises(InvalidTransition):
        services.undo(application=application, actor=company_of(place))


def test_a_no_needs_a_ground_and_can_be_taken_back_until_the_student_is_told():
    request, place = prepared()
    application, company = send(request, place), company_of(place)
    with pytest.raises(ReasonMissing):
        services.decline(application=application, ground="no_click", actor=company)
    with pytest.raises(ReasonMissing, match="niet vol"):
        services.decline(application=application, ground=ReasonCode.PLACE_FULL, actor=company)
    application = services.decline(application=application, ground=ReasonCode.TRAINER_GONE, actor=company)
    assert for_student(application).label == "gezien"
    services.undo(application=application, actor=company)
    assert Place.objects.get(pk=place.pk).state == PlaceState.OPEN
    application = services.decline(application=application, ground=ReasonCode.TRAINER_GONE, actor=company)
    assert services.tell_due() == 0
    assert services.tell_due(now=timezone.now() + timedelta(minutes=11)) == 1
    assert mails("application_declined").get().to == request.student.email
    with pytest.raises(InvalidTransition):
        services.undo(application=application, actor=company)


def test_taking_a_no_back_leaves_a_place_paused_that_the_company_paused_itself():
    request, place = prepared()
    application, company = send(request, place), company_of(place)
    for last in (Answer.STOPPED, Answer.PAUSED):  # in a test all happens in one transaction: the last change must not be the pausing itself
        answer_place(place=place, answer=last)
    services.decline(application=application, ground=ReasonCode.PLACE_GONE, actor=company)
    application = services.undo(application=application, actor=company)
    assert Place.objects.get(pk=place.pk).state == PlaceState.PAUSED
    with pytest.raises(PlaceFull, match="weer aan"):
        services.accept(application=application, actor=company)


def test_a_student_who_got_another_place_meanwhile_cannot_be_accepted_and_nobody_reads_more_than_that():
    request, place = prepared()
    application = send(request, place)
    PlacementFactory(request=request)
    with pytest.raises(AlreadyPlaced, match="andere stageplek"):
        services.accept(application=application, actor=company_of(place))
    assert Application.objects.get(pk=application.pk).state == A.SENT


def test_what_the_coordinator_declines_ends_the_application():
    request, place = prepared()
    application = services.accept(application=send(request, place), actor=company_of(place))
    transitions.decline(placement=application.placement, actor=coordinator_of(request), reason_code=ReasonCode.TOO_FAR)
    application.refresh_from_db()
    assert application.state == A.WITHDRAWN
    assert for_student(application).label == "ging niet door"
    assert mails("application_given_back").count() == 1


def test_taking_an_accepted_application_back_frees_the_slot_until_the_school_has_decided():
    request, place = prepared()
    student = actor_for(request.student)
    application = services.accept(application=send(request, place), actor=company_of(place))
    assert services.withdraw(application=application, actor=student).state == A.WITHDRAWN
    assert Place.objects.get(pk=place.pk).taken == 0
    again = services.accept(application=send(request, place), actor=company_of(place))
    transitions.approve(placement=again.placement, actor=coordinator_of(request))
    with pytest.raises(InvalidTransition):
        services.withdraw(application=again, actor=student)


def test_when_the_student_agrees_all_other_applications_end_kindly(django_capture_on_commit_callbacks):
    request, place = prepared()
    qualification = request.student.programme.qualification
    others = [send(request, PlaceFactory(period=request.period, qualifications=[qualification])) for _ in range(2)]
    contacts = [ContactFactory(company=other.place.company).user.email for other in others]
    application = services.accept(application=send(request, place), actor=company_of(place))
    transitions.approve(placement=application.placement, actor=coordinator_of(request))
    with django_capture_on_commit_callbacks(execute=True):
        transitions.agree(placement=application.placement, actor=actor_for(request.student))
    assert [Application.objects.get(pk=other.pk).state for other in others] == [A.SUPERSEDED, A.SUPERSEDED]
    assert {mail.to for mail in mails("application_superseded")} == set(contacts)
    assert mails("application_ended_by_place").count() == 1
    assert list(Place.objects.filter(applications__in=others).values_list("applying", flat=True)) == [0, 0]


# -- silence


@pytest.mark.queries(most=500, repeats=100)
def test_the_company_is_reminded_twice_then_the_application_expires_and_both_hear():
    request, place = prepared()
    ContactFactory(company=place.company)
    application = send(request, place)
    for day in (6, 7, 7, 12, 13):
        deadlines.run_due(now=application.sent_at + timedelta(days=day, minutes=1))
    assert mails("application_reminder").count() == 2
    deadlines.run_due(now=application.sent_at + timedelta(days=14, minutes=1))
    application.refresh_from_db()
    assert application.state == A.EXPIRED
    assert mails("application_expired").get().to == request.student.email
    assert mails("application_no_answer").count() == 1
    assert Place.objects.get(pk=place.pk).answer_penalty == 1
    with pytest.raises(InvalidTransition):
        services.accept(application=application, actor=company_of(place))


@pytest.mark.queries(most=500, repeats=100)
def test_too_many_silences_pause_the_places_and_answers_make_up_for_them(settings):
    place = PlaceFactory(capacity=5)
    company = company_of(place)
    long_ago = timezone.now() - timedelta(days=15)
    ApplicationFactory.create_batch(2, place=place, sent_at=long_ago)
    Place.objects.filter(pk=place.pk).update(confirmed_at=long_ago)
    deadlines.run_due()
    place.refresh_from_db()
    assert (place.answer_penalty, place.state) == (2, PlaceState.OPEN)
    services.decline(application=ApplicationFactory(place=place), ground=ReasonCode.SAFETY, actor=company)
    deadlines.run_due()
    place.refresh_from_db()
    assert place.answer_penalty == 1
    ApplicationFactory.create_batch(3, place=place, sent_at=long_ago)
    deadlines.run_due()
    place.refresh_from_db()
    assert (place.answer_penalty, place.state) == (5, PlaceState.PAUSED)
    assert mails("places_paused").count() == 1


@pytest.mark.queries(most=500, repeats=100)
def test_applications_of_somebody_who_left_are_taken_back():
    application = ApplicationFactory(request__student__left_at=timezone.now())
    deadlines.run_due()
    assert Application.objects.get(pk=application.pk).state == A.WITHDRAWN


@pytest.mark.queries(most=500, repeats=100)
def test_what_a_process_that_died_left_open_is_ended_by_the_next_beat():
    application = ApplicationFactory()
    PlacementFactory(request=application.request, confirmed=True)
    deadlines.run_due()
    assert Application.objects.get(pk=application.pk).state == A.SUPERSEDED


# -- questions and messages


def test_questions_and_answers_come_from_lists():
    request, place = prepared()
    application, company, student = send(request, place), company_of(place), actor_for(request.student)
    for code in ("how_old_are_you", "shift_days"):
        with pytest.raises(PlacementError):
            questions.ask(application=application, code=code, actor=student)
    questions.ask(application=application, code="canteen", actor=student)
    questions.ask(application=application, code="canteen", actor=student)
    with pytest.raises(PlacementError):
        questions.answer(application=application, code="canteen", choice="maybe", actor=company)
    with pytest.raises(PlacementError):
        questions.answer(application=application, code="canteen", choice="yes", actor=student)
    assert questions.answer(application=application, code="canteen", choice="yes", actor=company).answer == "yes"
    questions.ask(application=application, code="shift_days", actor=company)
    assert application.questions.count() == 2
    assert mails("application_question").count() == 1


def test_messages_begin_when_the_placement_is_definitive_and_their_mail_has_no_text():
    told = PlacementFactory(told=True)
    company = company_of(told.place)
    with pytest.raises(NotAllowed):
        messages.send(placement=told, text="Hallo", actor=company)
    transitions.agree(placement=told, actor=actor_for(told.request.student))
    sent = messages.send(placement=told, text="Neem een pen mee", actor=company)
    assert messages.send(placement=told, text="Neem een pen mee", actor=company) == sent
    mail = mails("message_student").get()
    assert "pen" not in mail.subject + mail.body


def test_under_18_nobody_writes_before_the_agreement_is_signed():
    placement = PlacementFactory(confirmed=True, request__student__adult_on=timezone.localdate() + timedelta(days=300))
    with pytest.raises(NotAllowed):
        messages.send(placement=placement, text="Hallo", actor=company_of(placement.place))


def test_the_school_reads_a_thread_only_when_something_in_it_was_reported():
    placement = PlacementFactory(confirmed=True)
    student = placement.request.student
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    sent = messages.send(placement=placement, text="Iets onaardigs", actor=company_of(placement.place))
    assert not type(sent).objects.visible_to(coordinator).exists()
    with pytest.raises(NotAllowed):
        messages.report(message=sent, actor=company_of(placement.place))
    messages.report(message=sent, actor=actor_for(student))
    assert type(sent).objects.visible_to(coordinator).get() == sent
    assert mails("message_reported").count() == 1


def test_the_counters_of_a_place_survive_its_being_changed():
    application = ApplicationFactory()
    stale = Place.objects.get(pk=application.place_id)
    ApplicationFactory(place=application.place)
    from placements.services.places import save_place

    save_place(place=stale, qualifications=stale.qualifications.all(), goals=[])
    assert Place.objects.get(pk=stale.pk).applying == Application.objects.filter(place=stale, state__in=WAITING_STATES).count() == 2


def test_no_ends_are_running():
    assert not set(RUNNING_STATES) & {A.DECLINED, A.WITHDRAWN, A.EXPIRED, A.SUPERSEDED}
    assert SYSTEM.kind == "system"


@pytest.mark.queries(most=500, repeats=100)
def test_a_definitive_place_that_ends_is_told_to_the_company_once():
    request, place = prepared()
    application = services.accept(application=send(request, place), actor=company_of(place))
    transitions.approve(placement=application.placement, actor=coordinator_of(request))
    transitions.agree(placement=application.placement, actor=actor_for(request.student))
    transitions.withdraw(placement=application.placement, actor=coordinator_of(request), reason_code=ReasonCode.CHANGED)
    application.refresh_from_db()
    assert application.state == A.WITHDRAWN
    assert not mails("application_given_back").exists()
    assert OutboxMail.objects.filter(key__contains="company_withdrawn").count() == 1
