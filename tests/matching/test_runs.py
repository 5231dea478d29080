"""Runs: queued, computed by a worker, proven, stored once; refuted when somebody changes a stored row."""

import hashlib
import time

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from matching import packages, tasks
from matching.engine import read_result, verify
from matching.errors import NothingToMatch
from matching.models import Criteria, Proposal, Round, Run, RunState
from matching.services import rounds, runs
from placements.models import Place
from stagematch import jobs
from stagematch.models import Job, JobState
from tests.matching.making import World
from tests.servers import until


def started(world):
    """A run started as from the page, with its handler known as in a worker."""
    assert tasks.match
    return runs.start_run(round_=world.round, actor=world.actor)


@pytest.mark.django_db(transaction=True)
class TestAWorker:
    def test_computes_proves_and_stores_a_run_once(self):
        world = World(students=4, capacities=(1, 2))
        run = started(world)
        jobs.run(run.job_id)
        run.refresh_from_db()
        world.round.refresh_from_db()
        assert (run.state, world.round.state, run.job.state) == ("done", "deciding", "done")
        assert verify(packages.unpack_instance(bytes(run.instance)), packages.unpack_result(bytes(run.result))) == []
        assert run.proposals.count() == 4
        assert run.figures["placed"] == run.proposals.filter(place__isnull=False).count() == 3
        before = run.finished_at
        jobs.run(run.job_id)
        run.refresh_from_db()
        assert (run.finished_at, run.proposals.count()) == (before, 4)

    def test_stores_nothing_that_is_not_proven(self, monkeypatch):
        world = World(students=2, capacities=(1,))
        run = started(world)
        monkeypatch.setattr(runs, "verify", lambda instance, result: ["wrong"])
        jobs.run(run.job_id)
        run.refresh_from_db()
        world.round.refresh_from_db()
        assert (run.state, world.round.state, run.error) == ("failed", "open", runs.REFUTED)
        assert not Proposal.objects.exists()
        assert not run.result

    def test_hears_that_it_must_stop(self, monkeypatch):
        world = World(students=2, capacities=(1,))
        run = started(world)
        stopped = []

        def stop(*args, cancelled, **kwargs):
            runs.cancel_run(run=run)
            stopped.append(until(cancelled, 10))
            raise runs.Cancelled

        monkeypatch.setattr(runs, "solve", stop)
        jobs.run(run.job_id)
        run.refresh_from_db()
        world.round.refresh_from_db()
        assert (stopped, run.state, run.job.state, world.round.state) == ([True], "cancelled", "cancelled", "open")
        assert not Proposal.objects.exists()

    def test_says_what_went_wrong_when_it_breaks(self, monkeypatch):
        world = World(students=1, capacities=(1,))
        run = started(world)
        monkeypatch.setattr(runs, "solve", lambda *args, **kwargs: 1 / 0)
        jobs.run(run.job_id)
        run.refresh_from_db()
        assert (run.state, run.error) == ("failed", jobs.UNEXPECTED)
        assert started(world).pk != run.pk

    def test_goes_on_with_the_input_of_the_first_attempt(self):
        world = World(students=2, capacities=(2,))
        run = started(world)
        first = runs._frozen(run)
        Place.objects.update(capacity=0, taken=0)
        run.refresh_from_db()
        jobs.run(run.job_id)
        run.refresh_from_db()
        assert run.input_digest == first.input_digest
        assert run.figures["placed"] == 2


@pytest.mark.django_db
class TestStarting:
    def test_a_second_click_finds_the_first_run(self):
        world = World(students=1)
        assert started(world) == started(world)

    def test_nobody_ready_is_said(self):
        world = World(students=0)
        with pytest.raises(NothingToMatch):
            started(world)

    def test_a_waiting_run_is_cancelled_at_once(self):
        world = World(students=1)
        run = runs.cancel_run(run=started(world))
        world.round.refresh_from_db()
        assert (run.state, run.job.state, world.round.state) == ("cancelled", "cancelled", "open")
        assert runs.cancel_run(run=run).state == "cancelled"

    def test_a_run_whose_job_was_given_up_stands_in_nobodys_way(self):
        world = World(students=1)
        run = started(world)
        Job.objects.filter(pk=run.job_id).update(state=JobState.FAILED, error=jobs.GAVE_UP, finished_at=timezone.now())
        run = Run.objects.select_related("job").get(pk=run.pk)
        assert (run.standing, run.is_open) == (RunState.FAILED, False)
        again = started(world)
        run.refresh_from_db()
        assert again.pk != run.pk
        assert (run.state, run.error) == ("failed", jobs.GAVE_UP)


@pytest.mark.django_db
class TestOpening:
    def test_the_seed_is_committed_by_its_hash(self):
        round_ = World(students=0).round
        assert round_.seed_hash == hashlib.sha256(f"{round_.seed}:{round_.seed_salt}".encode()).hexdigest()
        assert round_.criteria == Criteria.latest()

    def test_two_rounds_have_two_seeds_and_one_round_clicked_twice_is_one(self):
        world = World(students=0)
        assert world.open_round("andere").seed != world.round.seed
        assert world.open_round(world.round.name) == world.round

    def test_programmes_of_others_are_refused(self):
        world, other = World(students=0), World(students=0)
        with pytest.raises(rounds.RoundError):
            rounds.open_round(
                name="x", programmes=[world.programme, other.programme], period=world.period, deadline=world.round.deadline, actor=world.actor
            )
        assert Round.objects.count() == 2


@pytest.mark.django_db
class TestChecking:
    def refused(self, run):
        with pytest.raises(CommandError) as refuted:
            call_command("verify_run", str(run.pk))
        return str(refuted.value)

    def test_a_stored_run_is_proven_again(self, capsys):
        run = World(students=3, capacities=(1, 1)).run()
        call_command("verify_run", str(run.pk))
        assert run.result_digest in capsys.readouterr().out

    def test_a_changed_proposal_is_refuted_by_name(self):
        world = World(students=3, capacities=(1, 1))
        run = world.run()
        empty, placed = run.proposals.get(place=None), run.proposals.filter(place__isnull=False).first()
        Proposal.objects.filter(pk=placed.pk).update(place=None, score=None, reason="full")
        assert f"proposal for request {placed.request_id}" in self.refused(run)
        Proposal.objects.filter(pk=empty.pk).delete()
        assert f"proposal for request {empty.request_id}" in self.refused(run)

    def test_a_changed_score_is_refuted(self):
        run = World(students=1, capacities=(1,)).run()
        run.proposals.update(points_goals=1)
        assert "proposal for request" in self.refused(run)

    def test_a_changed_price_is_refuted(self, tmp_path):
        run = World(students=3, capacities=(1, 1)).run()
        packages.extract(bytes(run.result), tmp_path)
        result = read_result(tmp_path)
        result.p[0] += 1
        Run.objects.filter(pk=run.pk).update(result=packages.pack_result(result))
        assert "refuted" in self.refused(run)

    def test_a_changed_digest_and_broken_files_are_refuted(self):
        run = World(students=1, capacities=(1,)).run()
        Run.objects.filter(pk=run.pk).update(result_digest="0" * 64)
        assert "result digest" in self.refused(run)
        Run.objects.filter(pk=run.pk).update(result=b"no zip")
        assert "cannot be read" in self.refused(run)

    def test_the_files_can_be_taken_away_and_checked_without_us(self, tmp_path, capsys):
        run = World(students=3, capacities=(1, 1)).run()
        call_command("export_instance", str(run.pk), out=tmp_path)
        names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
        assert {"instance/students.csv", "instance/places.csv", "instance/criteria.toml", "result/placements.csv"} <= names
        from matching.engine.__main__ import main

        assert main(["verify", str(tmp_path / "instance"), str(tmp_path / "result")]) == 0


@pytest.fixture
def short_lease(monkeypatch):
    """The length of a lease is what tests/stagematch/test_jobs.py waits for; here a shorter one does."""
    monkeypatch.setenv("JOB_LEASE_SECONDS", "6")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_run_whose_worker_is_killed_is_taken_up_within_a_minute_and_ends_once_with_the_same_digest(short_lease, celery_worker_process):
    world = World(students=12, capacities=(3, 2, 1))
    run = started(world)
    row = Job.objects.filter(pk=run.job_id)
    # The worker loads Numba when it starts to solve: it is in the middle of the run for at least a second.
    assert until(lambda: row.filter(state=JobState.RUNNING).exists() and Run.objects.exclude(pk=run.pk, input_digest="").exists(), 60)
    celery_worker_process.kill()
    killed = time.monotonic()
    run.refresh_from_db()
    assert (run.state, row.get().state, row.get().attempt) == ("running", "running", 1), "the worker was killed too late"
    expected = runs.solve(packages.unpack_instance(bytes(run.instance)), seed=run.seed).summary
    celery_worker_process.start()
    assert until(lambda: row.filter(attempt=2).exists(), 60), celery_worker_process.text()[-2000:]
    assert time.monotonic() - killed < 60
    assert until(lambda: row.filter(state=JobState.DONE).exists(), 60), celery_worker_process.text()[-2000:]
    run.refresh_from_db()
    assert (run.state, run.input_digest, run.result_digest) == ("done", expected["input_digest"], expected["result_digest"])
    assert run.proposals.count() == 12
