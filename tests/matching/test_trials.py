"""Trying without deciding: the ways of matching side by side, before anything is stored."""

import pytest
from django.core.management import call_command

from matching import tasks
from matching.models import Policy, Proposal, Run
from matching.services import decisions, trials
from stagematch import jobs
from stagematch.models import JobState
from tests.factories import CoordinatorFactory, ProgrammeFactory, login_as
from tests.matching.making import World, at, text

assert tasks.match  # a worker knows the handlers


@pytest.mark.django_db(transaction=True)
class TestComparing:
    def test_gives_the_figures_of_each_policy_and_stores_no_run(self, client):
        world = World(students=5, capacities=(1, 2))
        job = trials.start_compare(round_=world.round, actor=world.actor)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE
        assert [one["policy"] for one in job.result["policies"]] == Policy.values
        assert {one["placed"] for one in job.result["policies"]} == {3}
        assert not Run.objects.exists()
        assert not Proposal.objects.exists()
        login_as(client, world.coordinator)
        page = text(client.get(at("compare", world.round)))
        assert page.count("3 / 5 (60 %)") == 3
        assert "the table says how many" in page or "de tabel zegt hoeveel" in page

    def test_a_second_click_finds_the_first_and_stopping_is_possible(self, client):
        world = World(students=1)
        login_as(client, world.coordinator)
        client.post(at("compare_start", world.round))
        job = trials.start_compare(round_=world.round, actor=world.actor)
        waiting = client.get(at("compare", world.round))
        assert waiting.context["job"] == job
        assert 'id="job-progress"' in text(waiting)
        part = client.get(at("compare", world.round), headers={"HX-Request": "true"})
        assert text(part).lstrip().startswith("<div")
        client.post(at("compare_cancel", world.round))
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED

    def test_nobody_ready_is_said(self, client):
        world = World(students=0)
        login_as(client, world.coordinator)
        response = client.post(at("compare_start", world.round), follow=True)
        assert trials.latest(trials.COMPARE, trials.compare_key(world.round)) is None
        assert len(response.context["messages"]) == 1


@pytest.mark.django_db
class TestChoosing:
    def test_the_next_run_matches_the_chosen_way_and_is_proven(self, client, capsys):
        world = World(students=3, capacities=(1, 1))
        login_as(client, world.coordinator)
        for policy in (Policy.GENEROUS, Policy.STABLE):
            client.post(at("choose_policy", world.round), {"policy": policy})
            world.round.refresh_from_db()
            run = world.run()
            assert run.policy == policy
            call_command("verify_run", str(run.pk))
            assert run.result_digest in capsys.readouterr().out
            for proposal in run.proposals.all():
                assert client.get(at("proposal", proposal)).status_code == 200

    def test_an_unknown_way_and_a_round_that_was_taken_over_are_refused(self, client):
        world = World(students=1, capacities=(1,))
        login_as(client, world.coordinator)
        client.post(at("choose_policy", world.round), {"policy": "fair"})
        decisions.take_over(run=world.run(), actor=world.actor)
        client.post(at("choose_policy", world.round), {"policy": "stable"})
        world.round.refresh_from_db()
        assert world.round.policy == Policy.MOST

    def test_of_others_it_does_not_exist(self, client):
        world = World(students=1)
        login_as(client, CoordinatorFactory(programmes=[ProgrammeFactory()]))
        assert client.get(at("compare", world.round)).status_code == 404
        for name in ("compare_start", "compare_cancel", "choose_policy"):
            assert client.post(at(name, world.round), {"policy": "stable"}).status_code == 404
