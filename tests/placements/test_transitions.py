"""Every move of the table, by every hat; and the actions people take."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import SYSTEM
from placements import readiness
from placements.errors import AlreadyPlaced, InvalidTransition, NotAllowed, PlaceFull, ReasonMissing
from placements.models import Place, Placement, Refusal
from placements.services import transitions as services
from placements.workflow import KNOWN_STATES, OPEN_STATES, TRANSITIONS, PlacementState, ReasonCode, S, Who
from schools.models import Student
from stagematch.models import OutboxMail
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    PlaceFactory,
    PlacementFactory,
    RequestFactory,
    SchoolAdminFactory,
    SupervisorFactory,
    TrainerFactory,
    actor_for,
)

pytestmark = pytest.mark.django_db


def people_of(placement):
    """Everybody round a placement, and their like elsewhere, with the part they have in the table."""
    student = placement.request.student
    school, programme = student.school, student.programme
    company = placement.place.company
    stranger = PlacementFactory(request__period=placement.request.period, confirmed=True)
    return {
        "student": (actor_for(student), Who.STUDENT),
        "coordinator": (actor_for(CoordinatorFactory(school=school, programmes=[programme])), Who.COORDINATOR),
        "contact": (actor_for(ContactFactory(company=company)), Who.COMPANY),
        "trainer": (actor_for(TrainerFactory(company=company)), Who.COMPANY),
        "system": (SYSTEM, Who.SYSTEM),
        "supervisor": (actor_for(SupervisorFactory(school=school, programmes=[programme])), None),
        "school administrator": (actor_for(SchoolAdminFactory(school=school)), None),
        "coordinator of another programme": (actor_for(CoordinatorFactory(school=school)), None),
        "another student": (actor_for(stranger.request.student), None),
        "another company": (actor_for(ContactFactory(company=stranger.place.company)), None),
    }


def put(placement, state):
    """Put a placement in a state without the table, as an earlier life would have."""
    told = None if state in (S.PROPOSED, S.DECLINED) else timezone.now()
    Placement.objects.filter(pk=placement.pk).update(state=state, told_at=told, confirmed_at=timezone.now() if state in KNOWN_STATES else None)
    placement.refresh_from_db()


@pytest.mark.parametrize("start", PlacementState)
@pytest.mark.queries(most=1000, repeats=1000)
def test_each_hat_can_make_exactly_the_moves_of_the_table(start):
    placement = PlacementFactory()
    people = people_of(placement)
    put(placement, start)
    for to in PlacementState:
        rule = TRANSITIONS.get((start, to))
        code = rule.reasons[0] if rule and rule.reasons else ""
        for name, (actor, part) in people.items():
            if rule is None and part is None:
                continue  # who has no part anywhere is tried on the moves that exist
            if rule and part in rule.who and not (rule.until_told and placement.told_at):
                assert services.move(placement=placement, to=to, actor=actor, reason_code=code).state == to, name
                put(placement, start)
                continue
            with pytest.raises(InvalidTransition):
                services.move(placement=placement, to=to, actor=actor, reason_code=code)
            assert Placement.objects.get(pk=placement.pk).state == start, name


@pytest.mark.parametrize("state", PlacementState)
def test_a_slot_is_taken_by_open_states_and_by_no_other(state):
    placement = PlacementFactory()
    put(placement, state)
    assert Place.objects.get(pk=placement.place_id).taken == (1 if state in OPEN_STATES else 0)


def test_a_move_is_written_down_with_who_and_why():
    placement = PlacementFactory()
    coordinator = CoordinatorFactory(school=placement.request.student.school, programmes=[placement.request.student.programme])
    actor = actor_for(coordinator)
    services.decline(placement=placement, actor=actor, reason_code=ReasonCode.OTHER, reason="Kent het bedrijf al.")
    step = placement.transitions.get()
    assert (step.from_state, step.to_state, step.by, step.hat) == ("proposed", "declined", coordinator.user, actor.hat.key)
    assert (step.reason_code, step.reason) == ("other", "Kent het bedrijf al.")


def test_something_else_needs_a_text():
    placement, coordinator = with_coordinator()
    with pytest.raises(ReasonMissing):
        services.decline(placement=placement, actor=coordinator, reason_code=ReasonCode.OTHER)
    with pytest.raises(ReasonMissing):
        services.decline(placement=placement, actor=coordinator, reason_code=ReasonCode.PLACE_GONE)


def with_coordinator(**kwargs):
    placement = PlacementFactory(**kwargs)
    student = placement.request.student
    return placement, actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))


def test_a_double_click_moves_once():
    placement, coordinator = with_coordinator()
    services.approve(placement=placement, actor=coordinator)
    services.approve(placement=placement, actor=coordinator)
    assert placement.transitions.filter(to_state=S.APPROVED).count() == 1
    assert OutboxMail.objects.filter(to=placement.request.student.email).count() == 1


def test_a_second_decision_says_what_was_decided():
    placement, coordinator = with_coordinator()
    services.decline(placement=placement, actor=coordinator, reason_code=ReasonCode.TOO_FAR)
    with pytest.raises(InvalidTransition, match=r"(decided already|besloten).*"):
        services.approve(placement=placement, actor=coordinator)


def test_an_approval_can_be_undone_until_the_student_is_told(settings):
    settings.UNDO_WINDOW_SECONDS = 60
    placement, coordinator = with_coordinator()
    services.approve(placement=placement, actor=coordinator)
    assert services.tell_due() == 0
    assert not Placement.objects.visible_to(actor_for(placement.request.student)).exists()
    services.undo_approval(placement=placement, actor=coordinator)
    assert services.tell_due(now=timezone.now() + timedelta(seconds=61)) == 0
    services.approve(placement=placement, actor=coordinator)
    assert services.tell_due(now=timezone.now() + timedelta(seconds=61)) == 1
    with pytest.raises(InvalidTransition):
        services.undo_approval(placement=placement, actor=coordinator)
    assert Placement.objects.visible_to(actor_for(placement.request.student)).exists()


def test_a_student_cannot_agree_before_being_told():
    placement = PlacementFactory(approved=True)
    with pytest.raises(NotAllowed):
        services.agree(placement=placement, actor=actor_for(placement.request.student))


def test_agreeing_shares_only_the_ticked_needs():
    placement = PlacementFactory(told=True, request__needs=["quiet", "sitting"])
    agreed = services.agree(placement=placement, actor=actor_for(placement.request.student), shared_needs=["quiet", "step_free"])
    assert agreed.shared_needs == ["quiet"]
    assert agreed.confirmed_at is not None


def test_a_full_place_takes_nobody():
    place = PlaceFactory(capacity=1)
    services.propose(request=RequestFactory(ready=True, period=place.period), place=place, actor=SYSTEM)
    with pytest.raises(PlaceFull, match="1"):
        services.propose(request=RequestFactory(ready=True, period=place.period), place=place, actor=SYSTEM)


def test_a_student_with_a_place_gets_no_second_one():
    place = PlaceFactory(capacity=2)
    request = RequestFactory(ready=True, period=place.period)
    first = services.propose(request=request, place=place, actor=SYSTEM)
    assert services.propose(request=request, place=place, actor=SYSTEM) == first
    with pytest.raises(AlreadyPlaced):
        services.propose(request=request, place=PlaceFactory(period=place.period), actor=SYSTEM)


def test_proposing_many_leaves_out_what_no_longer_fits():
    place = PlaceFactory(capacity=2)
    requests = [RequestFactory(ready=True, period=place.period) for _ in range(3)]
    done, left_out = services.propose_many(pairs=[(request, place) for request in requests], actor=SYSTEM)
    assert [placement.request for placement in done] == requests[:2]
    assert [(request, type(error)) for request, _place, error in left_out] == [(requests[2], PlaceFull)]
    place.refresh_from_db()
    assert place.taken == 2


@pytest.mark.queries(most=60, repeats=50)
def test_taking_over_and_approving_many_takes_a_handful_of_queries(django_assert_max_num_queries):
    places = [PlaceFactory(capacity=5) for _ in range(4)]
    requests = [RequestFactory(ready=True, period=places[0].period) for _ in range(20)]
    programmes = [request.student.programme for request in requests]
    school = programmes[0].school
    coordinator = actor_for(CoordinatorFactory(school=school, programmes=programmes))
    with django_assert_max_num_queries(12):
        done, _left_out = services.propose_many(pairs=[(r, places[n % 4]) for n, r in enumerate(requests)], actor=SYSTEM)
    assert len(done) == 20
    own = [placement.pk for placement in done if placement.request.student.school_id == school.pk]
    services.decline(placement=done[0], actor=coordinator, reason_code=ReasonCode.CHANGED)
    approved, left_out = services.approve_many(placements=[placement.pk for placement in done], actor=coordinator)
    assert {p.pk for p in approved} == set(own) - {done[0].pk}
    assert {type(error) for _p, error in left_out} == {InvalidTransition, NotAllowed}
    assert services.approve_many(placements=own, actor=coordinator)[0] == []


def test_an_objection_that_is_justified_frees_the_place():
    placement, coordinator = with_coordinator(told=True)
    services.object_(placement=placement, actor=actor_for(placement.request.student), reason_code=ReasonCode.TOO_FAR)
    services.judge_objection(placement=placement, justified=True, actor=coordinator, reason_code=ReasonCode.TOO_FAR)
    placement.refresh_from_db()
    assert placement.state == S.DECLINED
    assert Place.objects.get(pk=placement.place_id).free == 1


def test_an_objection_that_is_not_justified_asks_the_student_again():
    placement, coordinator = with_coordinator(told=True)
    student = actor_for(placement.request.student)
    services.object_(placement=placement, actor=student, reason_code=ReasonCode.TOO_FAR)
    services.judge_objection(placement=placement, justified=False, actor=coordinator, reason_code=ReasonCode.SOLVED)
    assert services.agree(placement=placement, actor=student).state == S.CONFIRMED
    assert OutboxMail.objects.filter(to=placement.request.student.email, key__contains="objection_judged").count() == 1


def test_a_rejected_claim_puts_the_placement_back_where_it_was():
    placement, coordinator = with_coordinator(introduced=True)
    contact = actor_for(ContactFactory(company=placement.place.company))
    refusal = services.claim_refusal(placement=placement, ground=ReasonCode.SAFETY, evidence="Zie de brief.", actor=contact)
    assert Place.objects.get(pk=placement.place_id).taken == 1
    services.judge_refusal(refusal=refusal, valid=False, actor=coordinator, reason_code=ReasonCode.GROUND_INVALID)
    placement.refresh_from_db()
    assert placement.state == S.INTRODUCED
    assert placement.refusals.get().verdict == Refusal.Verdict.INVALID


def test_a_place_lost_by_a_valid_refusal_puts_the_student_first_and_pauses_the_place():
    placement, coordinator = with_coordinator(confirmed=True)
    contact = actor_for(ContactFactory(company=placement.place.company))
    refusal = services.claim_refusal(placement=placement, ground=ReasonCode.PLACE_GONE, evidence="De afdeling is dicht.", actor=contact)
    services.judge_refusal(refusal=refusal, valid=True, actor=coordinator, reason_code=ReasonCode.GROUND_VALID)
    placement.request.refresh_from_db()
    assert placement.request.tier == 0
    assert Place.objects.get(pk=placement.place_id).state == "paused"


def test_a_claim_needs_evidence_and_a_ground_of_the_list():
    placement = PlacementFactory(confirmed=True)
    contact = actor_for(ContactFactory(company=placement.place.company))
    with pytest.raises(ReasonMissing):
        services.claim_refusal(placement=placement, ground=ReasonCode.SAFETY, evidence="  ", actor=contact)
    with pytest.raises(ReasonMissing):
        services.claim_refusal(placement=placement, ground="no_click", evidence="Geen klik.", actor=contact)


def test_an_introduction_can_be_moved_and_the_student_hears_of_both():
    placement = PlacementFactory(confirmed=True)
    contact = actor_for(ContactFactory(company=placement.place.company))
    at = timezone.now() + timedelta(days=10)
    services.propose_introduction(placement=placement, at=at, where="Waalkade 1", actor=contact)
    services.propose_introduction(placement=placement, at=at, where="Waalkade 1", actor=contact)
    services.propose_introduction(placement=placement, at=at + timedelta(days=1), where="Waalkade 1", actor=contact)
    placement.refresh_from_db()
    assert placement.state == S.INTRODUCED
    assert OutboxMail.objects.filter(to=placement.request.student.email, key__contains="introduction").count() == 2


def test_withdrawing_frees_the_place_and_tells_the_company_that_knew():
    placement, coordinator = with_coordinator(confirmed=True)
    contact = ContactFactory(company=placement.place.company)
    services.withdraw(placement=placement, actor=coordinator, reason_code=ReasonCode.LEFT_PROGRAMME)
    assert Place.objects.get(pk=placement.place_id).taken == 0
    assert OutboxMail.objects.filter(to=contact.user.email).count() == 1


def test_a_student_who_left_gets_no_place_and_no_mail(settings) -> None:  # type: ignore[no-untyped-def]
    settings.UNDO_WINDOW_SECONDS = 60
    placement = PlacementFactory()
    student = placement.request.student
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    services.approve(placement=placement, actor=coordinator)
    Student.objects.filter(pk=student.pk).update(left_at=timezone.now())
    assert services.tell_due(now=timezone.now() + timedelta(days=1)) == 0
    gone = RequestFactory(ready=True, student__left_at=timezone.now())
    place = PlaceFactory(capacity=1)
    _done, left_out = services.propose_many(pairs=[(gone, place)], actor=coordinator)
    assert [request for request, _place, _error in left_out] == [gone]
    task = next(task for task in readiness.tasks(coordinator) if str(placement.public_id) in task.url)
    assert task.count == 1
