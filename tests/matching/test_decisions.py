"""From a result to placements: taking over, approving, the exceptions."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company, RecognitionState
from matching.engine import lottery_rank
from matching.errors import NotFinished, RoundClosed
from matching.models import Proposal, Run
from matching.services import decisions, rounds, runs
from placements.errors import InvalidTransition, PlaceFull, PlacementError
from placements.models import Place, Placement, PlacementTransition
from placements.services import transitions
from placements.workflow import S
from schools.models import Student
from tests.factories import CompanyFactory, CoordinatorFactory, PlacementFactory, QualificationFactory, actor_for
from tests.matching.making import World, far_company


@pytest.mark.django_db
class TestTakingOver:
    def test_each_proposal_with_a_place_becomes_a_placement(self):
        world = World(students=3, capacities=(1, 1))
        run = world.run()
        done = decisions.take_over(run=run, actor=world.actor)
        assert (done.made, done.left_out) == (2, 0)
        made = {p.request_id: p.place_id for p in Placement.objects.filter(state=S.PROPOSED)}
        assert made == dict(run.proposals.filter(place__isnull=False).values_list("request_id", "place_id"))

    def test_twice_changes_nothing_and_answers_the_same(self):
        world = World(students=2, capacities=(2,))
        run = world.run()
        first = decisions.take_over(run=run, actor=world.actor)
        moves = PlacementTransition.objects.count()
        assert decisions.take_over(run=run, actor=world.actor) == first
        assert PlacementTransition.objects.count() == moves
        assert Placement.objects.count() == 2

    def test_whoever_comes_first_in_the_order_keeps_a_place_that_filled_up(self):
        world = World(students=3, capacities=(3,))
        run = world.run()
        PlacementFactory(place=world.places[0])
        PlacementFactory(place=world.places[0])
        done = decisions.take_over(run=run, actor=world.actor)
        assert (done.made, done.left_out) == (1, 2)
        first = min(world.requests, key=lambda request: (request.tier, lottery_rank(run.seed, request.pk)))
        assert run.proposals.get(placement__isnull=False).request == first
        assert run.proposals.filter(left_out=True).count() == 2

    def test_a_student_who_found_a_place_meanwhile_is_left_out(self):
        world = World(students=1, capacities=(1,))
        run = world.run()
        PlacementFactory(request=world.requests[0], place=world.place())
        assert decisions.take_over(run=run, actor=world.actor).left_out == 1

    def test_only_one_run_of_a_round_is_taken_over(self):
        world = World(students=1, capacities=(1,))
        first, second = world.run(), world.run()
        decisions.take_over(run=first, actor=world.actor)
        with pytest.raises(RoundClosed):
            decisions.take_over(run=second, actor=world.actor)
        with pytest.raises(RoundClosed):
            runs.start_run(round_=world.round, actor=world.actor)

    def test_a_run_without_a_result_cannot_be_taken_over(self):
        world = World(students=1, capacities=(1,))
        run = Run.objects.create(round=world.round, policy="most", criteria=world.round.criteria, seed=1)
        with pytest.raises(NotFinished):
            decisions.take_over(run=run, actor=world.actor)


@pytest.mark.django_db
class TestApproving:
    def taken(self, world):
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        return run

    def test_all_means_all_but_the_exceptions(self):
        world = World(students=2, capacities=(1, 1, 1, 1))
        needs = world.request(needs=["quiet"])
        minor = world.request(student__minor=True)
        for place in world.places:
            place.offers = ["quiet"]
            place.save()
        run = self.taken(world)
        done = decisions.approve_many(proposals=run.proposals.values_list("pk", flat=True), actor=world.actor)
        assert done.count == 2
        assert {p.request_id for p in done.exceptions} == {needs.pk, minor.pk}
        assert Placement.objects.filter(state=S.APPROVED).count() == 2

    def test_twice_approves_nothing_twice(self):
        world = World(students=2, capacities=(2,))
        run = self.taken(world)
        decisions.approve_many(proposals=run.proposals.values_list("pk", flat=True), actor=world.actor)
        again = decisions.approve_many(proposals=run.proposals.values_list("pk", flat=True), actor=world.actor)
        assert (again.count, again.exceptions, again.refused) == (0, [], [])

    def test_somebody_elses_students_are_not_touched(self):
        world = World(students=1, capacities=(1,))
        run = self.taken(world)
        stranger = actor_for(CoordinatorFactory())
        assert decisions.approve_many(proposals=run.proposals.values_list("pk", flat=True), actor=stranger).count == 0
        assert Placement.objects.get().state == S.PROPOSED

    @pytest.mark.parametrize(("metres", "far"), [(6150, False), (6200, True)])
    def test_further_than_four_fifths_of_the_limit_is_an_exception(self, metres, far):
        # 40 minutes by bicycle are 7,692 metres in a straight line; four fifths of that are 6,153.6.
        world = World(students=1, capacities=())
        world.place(company=far_company(metres))
        flagged = Proposal.objects.filter(run=world.run()).with_flags().get()
        assert (flagged.limit, flagged.is_far) == (7692, far)

    def test_a_low_score_is_an_exception(self):
        world = World(students=1, capacities=())
        world.requests[0].goals.set(world.qualification.goals.all())
        world.place(company=far_company(5000), support=0)
        world.requests[0].kind1 = "ict"
        world.requests[0].save()
        flagged = Proposal.objects.filter(run=world.run()).with_flags().get()
        assert flagged.score < 500
        assert flagged.is_low
        assert flagged.is_exception

    def test_a_round_is_finished_when_everything_is_decided(self):
        world = World(students=2, capacities=(2,))
        run = self.taken(world)
        with pytest.raises(NotFinished, match="2"):
            rounds.publish_round(round_=world.round, actor=world.actor)
        decisions.approve_many(proposals=run.proposals.values_list("pk", flat=True), actor=world.actor)
        assert rounds.publish_round(round_=world.round, actor=world.actor).state == "published"
        before = rounds.publish_round(round_=world.round, actor=world.actor).published_at
        assert rounds.publish_round(round_=world.round, actor=world.actor).published_at == before


def _withdraw_recognition(place):
    place.company.recognitions.update(state=RecognitionState.REFUSED)


def _another_qualification(place):
    place.search_rows.update(qualification=QualificationFactory())


def _set(**fields):
    return lambda place: Place.objects.filter(pk=place.pk).update(**fields)


# What a company or an advisor does after the run, and what a coordinator then reads.
CHANGES = {
    "recognition": _withdraw_recognition,
    "qualification": _another_qualification,
    "distance": lambda place: Company.objects.filter(pk=place.company_id).update(x=place.company.x + 90_000),
    "pathway": _set(pathways=["BBL"]),
    "days": _set(days=["sa"]),
    "needs": _set(offers=[]),
    "demands": _set(requirements=["vca"]),
}


def _leave(place):
    Student.objects.update(left_at=timezone.now())


@pytest.mark.django_db
class TestWhatNoLongerFits:
    def world(self):
        world = World(students=1, capacities=(), needs=["quiet"])
        world.places = [world.place(offers=["quiet"], company=CompanyFactory())]
        return world

    @pytest.mark.parametrize("obstacle", [*CHANGES, "period"])
    def test_is_left_out_of_taking_over_with_the_reason(self, obstacle):
        world = self.world()
        run = world.run()
        ends = world.places[0].starts_on + timedelta(weeks=3)
        CHANGES.get(obstacle, _set(ends_on=ends))(world.places[0])
        assert decisions.take_over(run=run, actor=world.actor).left_out == 1
        assert run.proposals.get().obstacle == obstacle
        assert Placement.objects.count() == 0

    @pytest.mark.parametrize(("change", "obstacle"), [(_leave, "stopped"), (_set(state="stopped"), "withdrawn")])
    def test_a_stopped_place_and_a_student_who_left_are_not_approved(self, change, obstacle):
        world = self.world()
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        change(world.places[0])
        assert decisions.approve(proposal=run.proposals.get(), actor=world.actor)
        assert run.proposals.get().obstacle == obstacle

    @pytest.mark.parametrize("obstacle", ["recognition", "demands"])
    def test_is_not_approved_but_shown_until_it_fits_again(self, obstacle):
        world = self.world()
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        CHANGES[obstacle](world.places[0])
        done = decisions.approve_many(proposals=run.proposals.values_list("pk", flat=True), actor=world.actor)
        assert (done.count, [row.obstacle for row in done.exceptions]) == (0, [obstacle])
        row = run.proposals.get()
        assert decisions.approve(proposal=row, actor=world.actor)
        assert Placement.objects.get().state == S.PROPOSED
        world.places[0].company.recognitions.update(state=RecognitionState.RECOGNISED)
        Place.objects.update(requirements=[])
        assert decisions.approve(proposal=row, actor=world.actor) == ""
        assert (run.proposals.get().obstacle, Placement.objects.get().state) == ("", S.APPROVED)

    def test_is_not_put_to_the_student_again_after_an_objection(self):
        world = self.world()
        placement = PlacementFactory(request=world.requests[0], place=world.places[0], state=S.OBJECTED, told_at=timezone.now())
        _withdraw_recognition(world.places[0])
        with pytest.raises(PlacementError):
            decisions.judge_objection(placement=placement, justified=False, actor=world.actor, reason_code="solved")
        assert decisions.judge_objection(placement=placement, justified=True, actor=world.actor, reason_code="changed").state == S.DECLINED

    def test_costs_as_many_queries_for_many_as_for_one(self, settings):
        settings.UNDO_WINDOW_SECONDS = 600  # the telling is one by one
        few, many = World(students=1, capacities=(1,)), World(students=6, capacities=(3, 3))
        counts = []
        for world in (few, many):
            run = world.run()
            with CaptureQueriesContext(connection) as seen:
                decisions.take_over(run=run, actor=world.actor)
                decisions.approve_many(proposals=run.proposals.values_list("pk", flat=True), actor=world.actor)
            counts.append(len(seen))
        assert counts[0] == counts[1]


def at_once(count, act):
    """Call `act(0 … count-1)` in as many threads at the same moment; returns what each answered or raised."""
    barrier, answers = threading.Barrier(count), [None] * count

    def work(number):
        try:
            barrier.wait(60)
            answers[number] = act(number)
        except Exception as error:  # noqa: BLE001
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_fifty_take_overs_for_three_free_slots_exactly_three_get_one(self):
        world = World(students=0, capacities=(3,))
        place = world.places[0]
        taken = [self.single(world, number) for number in range(25)]
        asked = [world.request() for _ in range(25)]

        def act(number):
            if number < 25:
                return decisions.take_over(run=taken[number], actor=world.actor)
            return transitions.propose(request=asked[number - 25], place=place, actor=world.actor)

        answers = at_once(50, act)
        got = [a for a in answers if isinstance(a, Placement) or (isinstance(a, decisions.TakenOver) and a.made)]
        refused = [a for a in answers if isinstance(a, PlaceFull) or (isinstance(a, decisions.TakenOver) and a.left_out)]
        assert (len(got), len(refused)) == (3, 47), [a for a in answers if a not in got and a not in refused]
        assert all("3" in str(error) for error in refused if isinstance(error, PlaceFull))
        place.refresh_from_db()
        assert (place.taken, Placement.objects.open().filter(place=place).count()) == (3, 3)
        left = Proposal.objects.filter(left_out=True).count()
        assert left == sum(1 for a in refused if isinstance(a, decisions.TakenOver))

    def single(self, world, number):
        """A finished run of a round of its own, that proposes the one place to one student."""
        request = world.request()
        round_ = world.open_round(f"ronde {number}")
        run = Run.objects.create(
            round=round_, policy="most", criteria=round_.criteria, seed=number, state="done", result_digest="x", finished_at=timezone.now()
        )
        Proposal.objects.create(run=run, request=request, place=world.places[0], score=900, distance=100)
        return run

    def test_fifty_approvals_at_once_approve_once(self):
        world = World(students=1, capacities=(1,))
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        placement = Placement.objects.get()
        answers = at_once(50, lambda _number: transitions.approve(placement=placement, actor=world.actor))
        assert [a for a in answers if not isinstance(a, Placement | InvalidTransition)] == []
        assert PlacementTransition.objects.filter(to_state=S.APPROVED).count() == 1

    def test_fifty_take_overs_of_one_run_take_it_over_once(self):
        world = World(students=3, capacities=(3,))
        run = world.run()
        answers = at_once(50, lambda _number: decisions.take_over(run=run, actor=world.actor))
        assert set(answers) == {decisions.TakenOver(made=3, left_out=0)}
        assert Placement.objects.count() == 3

    def test_fifty_starts_at_once_start_one_run(self):
        world = World(students=1, capacities=(1,))
        answers = at_once(50, lambda _number: runs.start_run(round_=world.round, actor=world.actor).pk)
        assert len(set(answers)) == 1
        assert Run.objects.count() == 1
