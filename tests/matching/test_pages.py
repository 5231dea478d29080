"""The coordinator's pages of rounds and runs, home, and the public pages: found only by who may, right words, few queries, no script needed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from matching.models import Proposal, Round, Run
from matching.services import decisions, rounds
from placements.models import Placement
from placements.services import transitions
from schools.models import School
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    ProgrammeFactory,
    SchoolAdminFactory,
    SupervisorFactory,
    actor_for,
    login_as,
)
from tests.matching.making import World, at, text

pytestmark = pytest.mark.django_db


class TestRounds:
    def test_an_empty_list_says_what_to_do(self, client):
        login_as(client, CoordinatorFactory())
        assert at("round_new") in text(client.get(at("rounds")))

    def test_a_coordinator_opens_a_round_from_the_page(self, client, world):
        login_as(client, world.coordinator)
        assert client.get(at("round_new")).status_code == 200
        data = {
            "name": "Zomer", "programmes": [world.programme.pk], "period": world.period.pk, "policy": "generous",
            "deadline": timezone.localdate().strftime("%d-%m-%Y"),
        }  # fmt: skip
        response = client.post(at("round_new"), data)
        assert response.url == at("round", Round.objects.get(name="Zomer"))

    def test_a_deadline_in_the_past_is_mended_near_the_field(self, client, world):
        login_as(client, world.coordinator)
        data = {"name": "Zomer", "programmes": [world.programme.pk], "period": world.period.pk, "deadline": "2020-01-01", "policy": "most"}
        response = client.post(at("round_new"), data)
        assert response.context["form"].errors.keys() == {"deadline"}
        assert "Zomer" in text(response)

    def test_a_coordinator_without_programmes_reads_whom_to_ask(self, client):
        login_as(client, CoordinatorFactory())
        response = client.get(at("round_new"))
        assert 'name="deadline"' not in text(response)
        assert "sm-empty" in text(response)

    def test_a_round_says_who_is_not_ready_and_what_is_missing(self, client, world):
        late = world.request(ready_at=None, steps_done=["goals", "travel"])
        login_as(client, world.coordinator)
        response = client.get(at("round", world.round))
        assert late.student.full_name in text(response)
        assert {value: n for value, _label, n in response.context["standings"]} == {
            "ready": 4, "not_ready": 1, "no_request": 0, "placed": 0, "closed": 0,
        }  # fmt: skip
        (student,) = response.context["page"]
        assert len(student.missing) == 3
        ready = client.get(at("round", world.round), {"wie": "ready"})
        assert all(request.student.full_name in text(ready) for request in world.requests)

    def test_the_hash_of_the_seed_is_shown_at_once_and_the_seed_after_the_run(self, client, world):
        login_as(client, world.coordinator)
        before = text(client.get(at("round", world.round)))
        assert world.round.seed_hash in before
        assert str(world.round.seed) not in before
        world.run()
        assert f"{world.round.seed}:{world.round.seed_salt}" in text(client.get(at("round", world.round)))

    @pytest.mark.parametrize("page", ["rounds", "round", "result"])
    def test_no_page_asks_more_with_ten_times_the_rows(self, client, world, page):
        def queries():
            run = world.run()
            login_as(client, world.coordinator)
            address = {"rounds": at("rounds"), "round": at("round", world.round) + "?wie=ready", "result": at("result", run)}[page]
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            return len(asked)

        few = queries()
        for number in range(36):
            world.request(needs=["quiet"] if number % 2 else [])
        for number in range(9):
            world.place()
            world.open_round(f"ronde {number}")
        assert queries() <= few <= 12


class TestWhoMay:
    def test_another_schools_round_does_not_exist(self, client, world, taken):
        proposal = taken.proposals.first()
        stranger = CoordinatorFactory(programmes=[ProgrammeFactory()])
        login_as(client, stranger)
        for address in (at("round", world.round), at("run", taken), at("result", taken), at("proposal", proposal), at("decline", proposal)):
            assert client.get(address).status_code == 404, address
        for address in (
            at("run_start", world.round), at("round_publish", world.round), at("run_cancel", taken), at("take_over", taken),
            at("approve_many", taken), at("approve", proposal), at("undo", proposal), at("decline", proposal),
        ):  # fmt: skip
            assert client.post(address).status_code == 404, address
        assert text(client.get(at("rounds"))).count(world.round.name) == 0

    def test_a_coordinator_of_some_programmes_decides_on_own_students_only(self, client, world):
        other = ProgrammeFactory(school=world.programme.school)
        theirs = world.request(student__programme=other)
        world.coordinator.programmes.add(other)
        round_ = rounds.open_round(
            name="samen", programmes=[world.programme, other], period=world.period, deadline=world.round.deadline, actor=actor_for(world.coordinator)
        )
        run = world.run(round_)
        colleague = CoordinatorFactory(school=world.programme.school, programmes=[world.programme])
        login_as(client, colleague)
        page = text(client.get(at("result", run)))
        assert world.requests[0].student.full_name in page
        assert theirs.student.full_name not in page
        assert client.get(at("proposal", run.proposals.get(request=theirs))).status_code == 404
        for address in (at("run_start", round_), at("take_over", run), at("round_publish", round_)):
            assert client.post(address).status_code == 404

    @pytest.mark.parametrize("factory", [SupervisorFactory, ContactFactory])
    def test_others_find_nothing(self, client, world, taken, factory):
        login_as(client, factory())
        for address in (at("rounds"), at("judge"), at("round", world.round), at("result", taken)):
            assert client.get(address).status_code == 404

    def test_a_school_administrator_reads_and_decides_nothing(self, client, world, taken):
        login_as(client, SchoolAdminFactory(school=world.programme.school))
        page = text(client.get(at("result", taken)))
        assert world.requests[0].student.full_name in page
        assert at("approve_many", taken) in page
        assert "data-approve" not in page
        assert client.post(at("approve_many", taken), {"all": "1"}).status_code == 404

    @pytest.mark.queries(most=13)  # the home of staff of a refused school asks besides in which state it is
    def test_the_people_of_a_school_that_is_refused_later_see_no_students(self, client, world, taken):
        name = world.requests[0].student.full_name
        School.objects.update(state="refused", state_reason="Niet van deze school.")
        login_as(client, world.coordinator)
        row = taken.proposals.first()
        placement = Placement.objects.first()
        for address in (
            at("round", world.round),
            at("result", taken),
            at("proposal", row),
            reverse("placements:school_placement", args=[placement.public_id]),
        ):
            assert client.get(address).status_code == 404
        assert client.post(at("approve_many", taken), {"all": "1"}).status_code == 404
        home = text(client.get("/"))
        assert "Niet van deze school." in home
        assert name not in home
        assert name not in text(client.get(reverse("schools:students"), follow=True))


class TestARun:
    def test_is_started_followed_and_stopped_from_the_pages(self, client, world):
        login_as(client, world.coordinator)
        run_page = client.post(at("run_start", world.round)).url
        run = Run.objects.get()
        assert run_page == at("run", run)
        assert "hx-get" in text(client.get(run_page))
        fragment = text(client.get(run_page, headers={"HX-Request": "true"}))
        assert "<html" not in fragment
        assert "hx-get" in fragment
        client.post(at("run_cancel", run))
        stopped = text(client.get(run_page, headers={"HX-Request": "true"}))
        assert "hx-get" not in stopped
        assert at("round", world.round) in stopped

    def test_that_is_done_leads_to_its_result(self, client, world):
        run = world.run()
        login_as(client, world.coordinator)
        assert at("result", run) in text(client.get(at("run", run)))

    def test_with_nobody_ready_says_so(self, client):
        world = World(students=0)
        login_as(client, world.coordinator)
        response = client.post(at("run_start", world.round), follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["error"]


class TestHome:
    def test_says_what_waits(self, client, world, taken):
        login_as(client, world.coordinator)
        page = client.get("/")
        assert at("round", world.round) in text(page)
        Proposal.objects.filter(run=taken)
        assert [task.count for task in page.context["tasks"] if task.url == at("round", world.round)] == [3]

    def test_warns_of_students_who_are_not_ready(self, client, world):
        world.request(ready_at=None)
        login_as(client, world.coordinator)
        assert [task.count for task in client.get("/").context["tasks"] if task.url == at("round", world.round)] == [1]


class TestPublicPages:
    def test_everybody_reads_how_matching_works_before_any_round(self, client):
        page = text(client.get(at("how")))
        assert "300" in page
        assert client.get(reverse("matching:criteria", args=[1])).status_code == 200
        assert client.get(reverse("matching:criteria", args=[99])).status_code == 404

    def test_the_latest_round_is_shown_without_names_and_small_counts(self, client):
        world = World(students=9, capacities=(6,))
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        for placement in Placement.objects.all():
            transitions.approve(placement=placement, actor=world.actor)
        assert rounds.publish_round(round_=world.round, actor=world.actor).state == "published"
        page = client.get(at("how"))
        assert page.context["figures"]["placed"] is None  # three are without a place
        assert page.context["figures"]["tiers"] == []
        assert f"{world.round.seed}:{world.round.seed_salt}" in text(page)
        for request in world.requests:
            student = request.student
            for secret in (student.first_name, student.last_name, student.email, student.number, student.postcode):
                assert secret not in text(page)

    def test_larger_counts_are_shown(self, client):
        world = World(students=12, capacities=(6,))
        decisions.take_over(run=world.run(), actor=world.actor)
        for placement in Placement.objects.all():
            transitions.approve(placement=placement, actor=world.actor)
        rounds.publish_round(round_=world.round, actor=world.actor)
        figures = client.get(at("how")).context["figures"]
        assert (figures["placed"], figures["percent"], [tier["placed"] for tier in figures["tiers"]]) == ("6", 50, ["6"])


def test_what_is_no_id_and_no_choice_is_left_out(client, world):
    login_as(client, world.coordinator)
    run = world.run()
    answer = client.post(reverse("matching:approve_many", args=[run.public_id]), {"chosen": ["nonsense", "\0"]})
    assert answer.status_code == 302
    assert client.get(reverse("matching:round", args=[world.round.public_id]), {"wie": "\0"}).context["chosen"] == "not_ready"
