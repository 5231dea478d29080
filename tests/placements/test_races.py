"""Many people at once: real connections, real locks, and the database agrees at the end."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.actor import SYSTEM
from placements.errors import AlreadyPlaced, InvalidTransition, PlaceFull
from placements.models import Place, Placement
from placements.services import transitions as services
from placements.workflow import OPEN_STATES, ReasonCode, S
from stagematch.models import OutboxMail
from tests.factories import CoordinatorFactory, PlaceFactory, PlacementFactory, RequestFactory, actor_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.queries(most=10_000, repeats=10_000)]


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Run all calls at the same moment, each on a connection of its own; results, or the error that was raised."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=60)
            return call()
        except Exception as error:  # noqa: BLE001 what each call came to is what the test asks
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_fifty_proposals_for_three_slots_exactly_three_succeed():
    place = PlaceFactory(capacity=3)
    qualification = place.qualifications.get()
    requests = [RequestFactory(ready=True, period=place.period, student__programme__qualification=qualification) for _ in range(50)]
    results = at_once([lambda request=request: services.propose(request=request, place=place, actor=SYSTEM) for request in requests])
    assert Counter(type(result) for result in results) == {Placement: 3, PlaceFull: 47}
    assert all("3" in str(result) for result in results if isinstance(result, PlaceFull))
    assert Place.objects.get(pk=place.pk).taken == 3
    assert Placement.objects.filter(place=place, state__in=OPEN_STATES).count() == 3


def test_of_fifty_approvals_each_is_made_once():
    placement = PlacementFactory()
    student = placement.request.student
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    results = at_once([lambda: services.approve(placement=placement, actor=coordinator)] * 50)
    assert all(isinstance(result, Placement) for result in results)
    assert placement.transitions.filter(to_state=S.APPROVED).count() == 1
    assert OutboxMail.objects.filter(to=student.email).count() == 1


def test_ten_take_overs_with_overlapping_pairs_neither_deadlock_nor_overfill():
    places = [PlaceFactory(capacity=2) for _ in range(4)]
    requests = [RequestFactory(ready=True, period=places[0].period) for _ in range(12)]
    pairs = [[(request, places[(n + turn) % 4]) for n, request in enumerate(requests)] for turn in range(10)]
    results = at_once([lambda mine=mine: services.propose_many(pairs=mine[::-1] if len(mine) % 2 else mine, actor=SYSTEM) for mine in pairs])
    assert not [result for result in results if isinstance(result, Exception)]
    assert [place.taken for place in Place.objects.filter(pk__in=[p.pk for p in places])] == [2, 2, 2, 2]
    assert Placement.objects.filter(state__in=OPEN_STATES).values("request").distinct().count() == 8


def test_one_request_at_ten_places_at_once_gets_one():
    request = RequestFactory(ready=True)
    places = [PlaceFactory(period=request.period) for _ in range(10)]
    results = at_once([lambda place=place: services.propose(request=request, place=place, actor=SYSTEM) for place in places])
    assert Counter(type(result) for result in results) == {Placement: 1, AlreadyPlaced: 9}
    assert sum(place.taken for place in Place.objects.filter(pk__in=[p.pk for p in places])) == 1


def test_agreeing_twice_at_once_is_agreeing_once():
    placement = PlacementFactory(told=True)
    student = actor_for(placement.request.student)
    results = at_once([lambda: services.agree(placement=placement, actor=student)] * 10)
    assert all(isinstance(result, Placement) for result in results)
    assert placement.transitions.filter(to_state=S.CONFIRMED).count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_agreeing_while_the_coordinator_withdraws_ends_withdrawn_and_free(turn):
    placement = PlacementFactory(told=True)
    student = placement.request.student
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    agreed, withdrawn = at_once(
        [
            lambda: services.agree(placement=placement, actor=actor_for(student)),
            lambda: services.withdraw(placement=placement, actor=coordinator, reason_code=ReasonCode.CHANGED),
        ]
    )
    assert isinstance(withdrawn, Placement)
    assert isinstance(agreed, Placement | InvalidTransition)
    placement.refresh_from_db()
    assert placement.state == S.WITHDRAWN
    assert Place.objects.get(pk=placement.place_id).taken == 0
    steps = list(placement.transitions.values_list("to_state", flat=True))
    assert steps == ([S.CONFIRMED, S.WITHDRAWN] if isinstance(agreed, Placement) else [S.WITHDRAWN])


def test_undoing_while_the_student_is_told_ends_in_one_of_both(settings):
    settings.UNDO_WINDOW_SECONDS = 60
    placement = PlacementFactory()
    student = placement.request.student
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    services.approve(placement=placement, actor=coordinator)
    settings.UNDO_WINDOW_SECONDS = 0
    undone, told = at_once([lambda: services.undo_approval(placement=placement, actor=coordinator), services.tell_due])
    placement.refresh_from_db()
    if isinstance(undone, Placement):
        assert (placement.state, placement.told_at) == (S.PROPOSED, None)
        assert not OutboxMail.objects.exists()
    else:
        assert isinstance(undone, InvalidTransition)
        assert told == 1
        assert OutboxMail.objects.filter(to=student.email).count() == 1
