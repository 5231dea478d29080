"""Working a call round: who gets which company, what each outcome does, and how it is undone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import Actor
from campaigns import tasks  # noqa: F401  knows the kinds of jobs
from campaigns.audience import Audience, Kind
from campaigns.calls.errors import NotHeld, RoundMoved, TooLate
from campaigns.calls.workflow import OUTCOMES, TRANSITIONS, Outcome, RoundState
from campaigns.models import Call, CallResult, CallRound
from campaigns.services import calls
from campaigns.services.call_effects import Offer
from campaigns.services.calling import Said, keep, put_back, release, take_next, undo, write_down
from companies.models import CompanyReach
from companies.services.reach import stop_calls
from placements.models import Place, PlaceState
from placements.services.places import write_search_rows
from stagematch import jobs
from stagematch.models import OutboxMail
from tests.campaigns.calling import draft, recognised, running, scout, turn
from tests.factories import ApplicationFactory, ContactFactory, PeriodFactory, PlaceFactory, RecognitionFactory, RegionFactory

O = Outcome  # noqa: E741


def get(round_: CallRound, actor: Actor) -> Call:
    found = take_next(round_=round_, actor=actor)
    assert found is not None
    return found


def say(call: Call, actor: Actor, outcome: Outcome, **said: object) -> CallResult:
    assert call.claim is not None
    return write_down(call=call, claim=call.claim, said=Said(outcome, **said), actor=actor)  # type: ignore[arg-type]


@pytest.mark.django_db
class TestNext:
    """Who gets which company."""

    def test_two_callers_get_two_companies_in_the_order_of_the_round(self) -> None:
        round_ = running(3)
        first, second = get(round_, scout()), get(round_, scout())
        assert [first.company, second.company] == turn(round_)[:2]

    def test_whoever_comes_back_gets_the_company_they_hold(self) -> None:
        round_, other, actor = running(2), running(1), scout()
        held = get(round_, actor)
        assert get(round_, actor).pk == held.pk
        assert get(other, actor).pk == held.pk

    def test_a_company_that_is_held_in_one_round_is_given_out_in_no_other(self) -> None:
        company = recognised()
        one, two = calls.start(round_=draft(), by=None), calls.start(round_=draft(), by=None)
        assert get(one, scout()).company == company
        assert take_next(round_=two, actor=scout()) is None

    def test_a_company_goes_to_somebody_else_after_its_time_but_not_while_the_page_is_open(self) -> None:
        round_, away, here = running(1), scout(), scout()
        held = get(round_, away)
        Call.objects.update(held_until=timezone.now() - timedelta(minutes=1))
        assert keep(call=held, by=away.user)  # type: ignore[arg-type]
        assert take_next(round_=round_, actor=here) is None
        Call.objects.update(held_until=timezone.now() - timedelta(minutes=1))
        assert get(round_, here).pk == held.pk
        with pytest.raises(NotHeld):
            say(held, away, O.NO)

    def test_what_was_let_go_of_by_time_can_still_be_written_down_while_nobody_has_it(self) -> None:
        round_, actor = running(1), scout()
        held = get(round_, actor)
        release(timezone.now() + timedelta(hours=1))
        assert say(held, actor, O.NO).outcome == O.NO

    def test_putting_back_gives_it_to_the_next_caller(self) -> None:
        round_, actor = running(1), scout()
        held = get(round_, actor)
        put_back(call=held, by=actor.user)  # type: ignore[arg-type]
        assert get(round_, scout()).pk == held.pk

    def test_a_promised_call_comes_first_to_whoever_promised_and_after_a_while_to_anybody(self) -> None:
        round_, mine, other = running(3), scout(), scout()
        promised = get(round_, mine)
        say(promised, mine, O.LATER, call_at=timezone.now() + timedelta(hours=1))
        between = get(round_, mine)
        assert between.pk != promised.pk
        put_back(call=between, by=mine.user)  # type: ignore[arg-type]
        Call.objects.filter(pk=promised.pk).update(due_at=timezone.now() - timedelta(minutes=1))
        assert get(round_, other).pk != promised.pk
        assert get(round_, mine).pk == promised.pk
        put_back(call=promised, by=mine.user)  # type: ignore[arg-type]
        Call.objects.filter(pk=promised.pk).update(due_at=timezone.now() - timedelta(hours=2))
        assert get(round_, scout()).pk == promised.pk

    def test_who_does_not_answer_comes_back_so_many_times(self) -> None:
        round_, actor = running(1), scout()
        for number in range(3):
            Call.objects.update(due_at=None if number == 0 else timezone.now())
            say(get(round_, actor), actor, O.NOBODY)
        assert Call.objects.get().outcome == O.NOBODY
        assert Call.objects.get().tries == 3

    def test_a_company_that_answered_by_itself_is_not_called(self) -> None:
        old = timezone.now() - timedelta(weeks=20)
        places = [PlaceFactory(confirmed_at=old) for _number in range(2)]
        round_ = calls.start(round_=draft(Audience(kind=Kind.STALE)), by=None)
        first, second = turn(round_)
        Place.objects.filter(company=first).update(confirmed_at=timezone.now())
        assert get(round_, scout()).company == second
        assert Call.objects.get(company=first).outcome == O.SETTLED
        assert {place.company for place in places} == {first, second}

    def test_a_caller_gets_companies_of_the_own_regions_only(self) -> None:
        here, there = RegionFactory(), RegionFactory(code="AM34", name="Zuid-Limburg")
        recognised(there)
        mine = recognised(here)
        round_ = calls.start(round_=draft(), by=None)
        assert get(round_, scout(here)).company == mine
        assert take_next(round_=round_, actor=scout(here)) is None

    def test_a_take_is_one_statement(self) -> None:
        round_, actor = running(2, Audience(kind=Kind.NO_PLACES)), scout()
        for caller in (actor, actor, scout()):  # takes, comes back, and somebody else takes
            with CaptureQueriesContext(connection) as asked:
                get(round_, caller)
            assert sum("campaigns_call" in query["sql"] for query in asked.captured_queries) == 1
        assert Call.objects.exclude(holder=None).count() == 2

    def test_only_a_running_round_gives_out_companies(self) -> None:
        round_, actor = running(1), scout()
        for round_.state in (RoundState.DRAFT, RoundState.PAUSED, RoundState.ENDED):
            with pytest.raises(RoundMoved):
                take_next(round_=round_, actor=actor)


@pytest.mark.django_db
class TestOutcomes:
    """What each outcome does."""

    def test_each_outcome_ends_the_company_as_its_table_says_and_is_written_once(self) -> None:
        outcomes, actor = [one for one in O if one not in (O.SETTLED, O.LATER, O.PLACES)], scout()
        round_ = running(len(outcomes))
        for outcome in outcomes:
            call = get(round_, actor)
            first = say(call, actor, outcome)
            assert say(call, actor, O.NO) == first  # a double click, a second tab, the back button
            call.refresh_from_db()
            assert (call.outcome != "") == OUTCOMES[outcome].ends
            assert call.holder is None

    def test_places_are_offered_at_once_as_the_last_place_looks_and_taken_back_by_undo(self) -> None:
        like = PlaceFactory(title="Bakken", allowance=300, state=PlaceState.STOPPED)
        qualification, period, actor = like.qualifications.get(), PeriodFactory(), scout()
        contact = ContactFactory(company=like.company)
        round_ = calls.start(round_=draft(), by=None)
        offer = Offer(qualification, 2, period, ["mo", "tu"], ["BOL"])
        result = say(get(round_, actor), actor, O.PLACES, offers=[offer], spoke_to="Anna de Wit")
        place = Place.objects.exclude(pk=like.pk).get()
        assert (place.title, place.allowance, place.capacity, place.period, place.state) == ("Bakken", 300, 2, period, PlaceState.OPEN)
        assert (result.places_added, result.spoke_to, list(result.places.all())) == (2, "Anna de Wit", [place])
        mail = OutboxMail.objects.get()
        assert mail.to == contact.user.email
        assert "Bakken" in mail.body
        assert "Anna de Wit" in mail.body
        undo(result=result, by=actor.user)  # type: ignore[arg-type]
        assert not OutboxMail.objects.exists()  # nobody had sent it
        place.refresh_from_db()
        assert place.state == PlaceState.STOPPED

    def test_two_offers_that_only_differ_in_their_qualification_are_two_places(self) -> None:
        like = PlaceFactory()
        more = RecognitionFactory(company=like.company).qualification
        write_search_rows(like, [like.qualifications.get(), more])
        period, actor = PeriodFactory(), scout()
        offers = [Offer(one, 3, period, ["mo"], ["BOL"]) for one in like.qualifications.all()]
        result = say(get(calls.start(round_=draft(), by=None), actor), actor, O.PLACES, offers=offers)
        assert result.places_added == 6
        assert sorted(place.qualifications.get().pk for place in result.places.all()) == sorted(one.pk for one in like.qualifications.all())

    def test_a_place_to_which_a_student_answered_cannot_be_undone(self) -> None:
        place, actor = PlaceFactory(), scout()
        round_ = calls.start(round_=draft(), by=None)
        offer = Offer(place.qualifications.get(), 1, place.period, ["mo"], ["BOL"])
        result = say(get(round_, actor), actor, O.PLACES, offers=[offer])
        ApplicationFactory(place=result.places.get())
        with pytest.raises(TooLate):
            undo(result=result, by=actor.user)  # type: ignore[arg-type]

    def test_still_right_confirms_what_is_offered_and_undo_puts_the_day_back(self) -> None:
        old, actor = timezone.now() - timedelta(weeks=20), scout()
        place = PlaceFactory(confirmed_at=old)
        round_ = calls.start(round_=draft(), by=None)
        result = say(get(round_, actor), actor, O.CONFIRMED)
        place.refresh_from_db()
        assert place.confirmed_at > old
        undo(result=result, by=actor.user)  # type: ignore[arg-type]
        place.refresh_from_db()
        assert place.confirmed_at == old

    def test_who_wants_no_calls_gets_none_in_any_round_until_that_is_undone(self) -> None:
        recognised()
        one, two, actor = calls.start(round_=draft(), by=None), calls.start(round_=draft(), by=None), scout()
        result = say(get(one, actor), actor, O.OPTED_OUT)
        Call.objects.filter(round=two).update(due_at=None)
        assert take_next(round_=two, actor=scout()) is None
        assert not Call.objects.filter(round=calls.start(round_=draft(), by=None)).exists()
        undo(result=result, by=actor.user)  # type: ignore[arg-type]
        assert not CompanyReach.objects.no_calls().exists()

    def test_who_was_spoken_to_is_left_alone_by_other_rounds(self) -> None:
        recognised()
        one, two, actor = calls.start(round_=draft(), by=None), calls.start(round_=draft(), by=None), scout()
        result = say(get(one, actor), actor, O.NO)
        assert take_next(round_=two, actor=scout()) is None
        undo(result=result, by=actor.user)  # type: ignore[arg-type]
        put_back(call=result.call, by=actor.user)  # type: ignore[arg-type]
        assert take_next(round_=two, actor=scout()) is not None

    def test_undo_gives_the_company_back_once_in_time_and_to_nobody_else(self) -> None:
        round_, actor = running(2), scout()
        result = say(get(round_, actor), actor, O.NO)
        with pytest.raises(TooLate):
            undo(result=result, by=scout().user)  # type: ignore[arg-type]
        get(round_, actor)  # holds the next company by now
        call = undo(result=result, by=actor.user)  # type: ignore[arg-type]
        assert (call.outcome, call.holder) == ("", None)
        assert undo(result=result, by=actor.user) == call  # type: ignore[arg-type]
        CallResult.objects.update(undone_at=None, at=timezone.now() - timedelta(minutes=11))
        with pytest.raises(TooLate):
            undo(result=result, by=actor.user)  # type: ignore[arg-type]

    def test_writing_down_locks_the_company_before_the_call_as_a_merge_does(self) -> None:
        round_, actor = running(1), scout()
        call = get(round_, actor)
        with CaptureQueriesContext(connection) as queries:
            result = say(call, actor, O.CONFIRMED)
            undo(result=result, by=actor.user)  # type: ignore[arg-type]
        locked = [query["sql"].split(" FROM ")[1].split()[0] for query in queries if "FOR " in query["sql"] and "SELECT" in query["sql"]]
        assert locked.index('"companies_company"') < locked.index('"campaigns_call"')
        assert locked[0] == '"companies_company"'

    def test_a_claim_of_long_ago_changes_nothing(self) -> None:
        round_, actor = running(1), scout()
        call = get(round_, actor)
        with pytest.raises(NotHeld):
            write_down(call=call, claim=uuid4(), said=Said(O.NO), actor=actor)


@pytest.mark.django_db
class TestRounds:
    """Starting, pausing, ending."""

    def test_a_round_moves_as_its_table_says(self) -> None:
        round_ = draft(started_at=timezone.now())
        for state, to in product(RoundState, (RoundState.PAUSED, RoundState.RUNNING, RoundState.ENDED)):
            CallRound.objects.update(state=state)
            # What has not begun is begun by `start`, which writes the list.
            if state == to or ((state, to) in TRANSITIONS and (state, to) != (RoundState.DRAFT, RoundState.RUNNING)):
                assert calls.move(round_=round_, to=to).state == to
            else:
                with pytest.raises(RoundMoved):
                    calls.move(round_=round_, to=to)

    def test_a_second_click_on_start_changes_nothing(self) -> None:
        round_ = running(2)
        assert calls.start(round_=round_, by=None).started_at == round_.started_at
        assert Call.objects.count() == 2

    def test_who_wants_no_calls_is_not_on_the_list(self) -> None:
        stop_calls(company=recognised(), by=None)
        assert turn(running(1)) != []
        assert Call.objects.count() == 1

    def test_a_round_ends_after_its_last_day(self) -> None:
        round_ = running(1)
        CallRound.objects.update(deadline=timezone.localdate() - timedelta(days=1))
        assert calls.end_overdue() == 1
        round_.refresh_from_db()
        assert round_.state == RoundState.ENDED


@pytest.mark.django_db(transaction=True)
def test_a_large_round_is_written_by_a_job_that_begins_anew_when_it_broke_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "AT_ONCE", 0)
    monkeypatch.setattr(calls, "SLICE", 2)
    round_ = running(5)
    assert (round_.state, Call.objects.count()) == (RoundState.DRAFT, 0)
    Call.objects.create(round=round_, company=recognised(), position=99)  # of an attempt that was killed
    jobs.run(round_.job_id)  # type: ignore[arg-type]
    assert list(Call.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert len(turn(round_)) == 6
    round_.refresh_from_db()
    assert round_.callable


@pytest.mark.django_db(transaction=True)
def test_callers_who_ask_in_the_same_moment_get_different_companies_also_from_two_rounds() -> None:
    for _number in range(8):
        recognised()
    rounds = [calls.start(round_=draft(), by=None) for _number in range(2)]
    actors = [scout() for _number in range(6)]
    together = Barrier(len(actors))

    def ask(number: int) -> int | None:
        try:
            together.wait()
            found = take_next(round_=rounds[number % 2], actor=actors[number])
            return found.company_id if found else None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actors)) as pool:
        given = list(pool.map(ask, range(len(actors))))
    assert None not in given
    assert len(set(given)) == len(actors)
