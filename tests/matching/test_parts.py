"""A large run in parts: over several workers the same result bit for bit, progress, stopping, failing, a worker killed."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.operations import retry_job
from accounts.selectors import failed_jobs
from matching import packages, tasks
from matching.engine import Result, solve, verify
from matching.models import Round, Run, RunPart
from matching.services import parts, rounds, runs
from matching.views.runs import _progress
from stagematch import jobs
from stagematch.models import Job, JobState
from tests.factories import CoordinatorFactory, ProgrammeFactory, QualificationFactory, actor_for
from tests.matching.making import World
from tests.servers import WorkerProcess, until

PARTS = 4


class Wide(World):
    """A school with as many qualifications as parts, each with students and too few places."""

    def __init__(self, students: int = 3) -> None:
        super().__init__(students=0, capacities=())
        self.programmes = [ProgrammeFactory(school=self.programme.school, qualification=QualificationFactory()) for _ in range(PARTS)]
        self.actor = actor_for(CoordinatorFactory(school=self.programme.school, programmes=self.programmes))
        self.requests = [self.request(student__programme=programme) for programme in self.programmes for _ in range(students)]
        self.places = [self.place(qualifications=[programme.qualification], capacity=2) for programme in self.programmes]
        self.round: Round = rounds.open_round(
            name="Alle opleidingen", programmes=self.programmes, period=self.period,
            deadline=timezone.localdate() + timedelta(days=14), actor=self.actor,
        )  # fmt: skip

    def start(self, policy: str = "most") -> Run:
        assert tasks.match
        Round.objects.filter(pk=self.round.pk).update(policy=policy)
        return runs.start_run(round_=Round.objects.get(pk=self.round.pk), actor=self.actor)

    def divided(self, policy: str = "most") -> tuple[Run, list[Job]]:
        """A run that has been divided, and its parts, which nobody works on yet."""
        run = self.start(policy)
        jobs.run(run.job_id)
        run.refresh_from_db()
        return run, parts_of(run)


def parts_of(run: Run) -> list[Job]:
    return list(Job.objects.filter(parent=run.job_id).order_by("pk"))


def at_once(run: Run) -> Result:
    """What one process finds for the same input."""
    return solve(packages.unpack_instance(bytes(run.instance)), policy=run.policy, seed=run.seed)


@pytest.fixture(autouse=True)
def _divide(settings: Any) -> None:
    settings.DIVIDE_RUNS_FROM, settings.DIVIDE_RUNS_INTO = 1, PARTS


@pytest.mark.django_db
class TestARunInParts:
    @pytest.fixture(autouse=True)
    def _no_heartbeat(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its connection does not see what these tests never commit."""
        monkeypatch.setattr(jobs, "WRITE_EVERY", 60)

    @pytest.mark.parametrize("policy", ["most", "generous", "stable"])
    def test_has_the_result_of_one_process_and_leaves_no_parts(self, policy: str) -> None:
        run, found = Wide().divided(policy)
        assert (run.state, run.standing, len(found), run.parts.count()) == ("running", "running", PARTS, PARTS)
        for part in reversed(found):
            jobs.run(part.pk)
        jobs.run(run.job_id)
        run.refresh_from_db()
        whole = at_once(run)
        assert (run.state, run.round.state, run.result_digest) == ("done", "deciding", whole.summary["result_digest"])
        instance, result = packages.unpack_instance(bytes(run.instance)), packages.unpack_result(bytes(run.result))
        assert verify(instance, result) == []
        assert run.proposals.count() == 3 * PARTS
        assert not RunPart.objects.exists()

    def test_shows_what_the_parts_have_done_together(self) -> None:
        run, found = Wide().divided()
        assert _progress(run)["percent"] == 5
        jobs.run(found[0].pk)
        run = Run.objects.select_related("job").get(pk=run.pk)
        assert _progress(run)["percent"] == round(100 * (0.05 + 0.85 / PARTS))
        assert _progress(run)["phase"] == run.job.phase_text != ""

    def test_is_stopped_as_a_whole_and_may_be_started_again(self) -> None:
        world = Wide()
        run, found = world.divided()
        jobs.run(found[0].pk)
        run = runs.cancel_run(run=run)
        world.round.refresh_from_db()
        assert (run.state, run.job.state, world.round.state) == ("cancelled", "cancelled", "open")
        assert [part.state for part in parts_of(run)] == ["done", *["cancelled"] * (PARTS - 1)]
        assert not RunPart.objects.exists()
        assert world.start().pk != run.pk

    def test_fails_with_the_words_of_the_part_that_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run, found = Wide().divided()
        jobs.run(found[0].pk)

        def too_many(*args: Any, **options: Any) -> Result:
            raise runs.TooManyEdges([])

        monkeypatch.setattr(runs, "solve", too_many)
        jobs.run(found[1].pk)
        jobs.run(run.job_id)
        run.refresh_from_db()
        assert (run.state, run.error, run.round.state) == ("failed", runs.TOO_LARGE, "open")
        assert [part.state for part in parts_of(run)] == ["done", "failed", "cancelled", "cancelled"]
        assert not RunPart.objects.exists()
        assert list(failed_jobs()) == [run.job], "one failure to look at, not two"
        assert retry_job(job=parts_of(run)[1], by=run.started_by).kind == runs.KIND

    def test_a_part_whose_run_is_gone_ends_quietly(self) -> None:
        run, found = Wide().divided()
        parts.forget(run)
        jobs.run(found[0].pk)
        assert parts_of(run)[0].state == JobState.CANCELLED

    def test_a_small_run_stays_one_job(self, settings: Any) -> None:
        settings.DIVIDE_RUNS_FROM = 3 * PARTS + 1
        run, found = Wide().divided()
        assert (run.state, found) == ("done", [])

    def test_one_that_cannot_be_divided_stays_one_job(self) -> None:
        world = World(students=2)
        run = runs.start_run(round_=world.round, actor=world.actor)
        jobs.run(run.job_id)
        run.refresh_from_db()
        assert (run.state, parts_of(run)) == ("done", [])


@pytest.mark.django_db(transaction=True)
def test_a_part_that_works_hears_within_a_second_that_the_run_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    run, found = Wide().divided()
    begun, heard = threading.Event(), []

    def endless(*args: Any, cancelled: Any, **options: Any) -> Result:
        begun.set()
        until(cancelled, 10)
        heard.append(time.monotonic())
        raise runs.Cancelled

    def work() -> None:
        try:
            jobs.run(found[0].pk)
        finally:
            connection.close()

    monkeypatch.setattr(runs, "solve", endless)
    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(10)
    asked = time.monotonic()
    assert runs.cancel_run(run=run).state == "cancelled"
    thread.join()
    assert heard[0] - asked < 1
    assert {part.state for part in parts_of(run)} == {"cancelled"}


@pytest.fixture
def two_workers(transactional_db: None, settings: Any) -> Iterator[list[WorkerProcess]]:
    """Two Celery workers that do one thing at a time and divide every run (tests.matching.held)."""
    divide = {"DIVIDE_RUNS_FROM": "1", "DIVIDE_RUNS_INTO": str(PARTS)}
    workers = [WorkerProcess("tests.matching.held", 1, EMAIL_HOST="127.0.0.1", EMAIL_PORT="9", **divide) for _ in range(2)]
    for worker in workers:
        worker.begin()
    for worker in workers:
        worker.wait()
    yield workers
    for worker in workers:
        worker.kill()
        worker.stop()


@pytest.mark.slow
def test_of_two_workers_one_is_killed_and_only_its_part_is_done_again_to_the_same_digest(two_workers: list[WorkerProcess]) -> None:
    run = Wide(students=4).start()
    job, rows = Job.objects.filter(pk=run.job_id), Job.objects.filter(parent=run.job_id)
    log = lambda: "\n".join(worker.text()[-2000:] for worker in two_workers)  # noqa: E731
    assert until(lambda: rows.filter(state=JobState.DONE).count() == PARTS - 1 and rows.filter(state=JobState.RUNNING).exists(), 90), log()
    *done, last = parts_of(run)
    assert (last.state, last.attempt, job.get().state) == (JobState.RUNNING, 1, JobState.IN_PARTS)
    assert len({part.worker for part in done}) == 2, "both workers have a share in it"

    process_of_part = int(last.worker.rpartition(":")[2])
    next(worker for worker in two_workers if worker.process and os.getpgid(process_of_part) == worker.process.pid).kill()
    long_ago = timezone.now() - timedelta(minutes=1)
    rows.filter(pk=last.pk).update(lease_until=long_ago, woken_at=long_ago)  # half a minute later

    assert until(lambda: job.get().state == JobState.DONE, 60), log()
    run.refresh_from_db()
    assert (run.state, run.result_digest) == ("done", at_once(run).summary["result_digest"])
    assert [part.attempt for part in parts_of(run)] == [1] * (PARTS - 1) + [2]
    assert [part.finished_at for part in parts_of(run)][:-1] == [part.finished_at for part in done]
    assert run.proposals.count() == 4 * PARTS
    assert not RunPart.objects.exists()
