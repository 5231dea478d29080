"""Jobs: started once, progress seen, cancelled, taken up again after a crash, ended once."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from stagematch import jobs
from stagematch.models import Job, JobState, MailState, OutboxMail

pytestmark = pytest.mark.django_db
# A heartbeat, another worker or a hook on commit sees only what is committed.
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def work() -> Iterator[Callable[[jobs.Handler], None]]:
    """Register a handler for this test's kind of job."""

    def register(function: jobs.Handler) -> None:
        jobs._handlers["tests.work"] = function

    yield register
    jobs._handlers.pop("tests.work", None)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which jobs the broker was told about; the tests with a worker of their own use the real one."""
    calls: list[int] = []
    monkeypatch.setattr(jobs, "_wake", calls.append)
    return calls


def start(**fields: Any) -> Job:
    return jobs.start(kind="tests.work", key=fields.pop("key", "one"), **fields)


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1), woken_at=Now() - timedelta(minutes=1))


def write_result(key: str) -> None:
    """Something that a handler leaves behind; any table serves."""
    OutboxMail.objects.create(
        key=key, to="a@example.nl", language="nl", subject="s", body="b", message_id=key, next_at=timezone.now(), state=MailState.PENDING
    )


def test_a_job_is_done_with_its_result(work: Any, woken: list[int]) -> None:
    def result(job: jobs.JobContext) -> None:
        with job.complete():
            write_result(job.args["name"])

    work(result)
    job = start(args={"name": "x"})
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.share, job.attempt, job.lease_until) == (JobState.DONE, 1, 1, None)
    assert OutboxMail.objects.filter(key="x").exists()


@committed
def test_an_open_job_with_the_same_key_is_returned_instead_of_a_second(woken: list[int]) -> None:
    assert start() == start()
    assert Job.objects.count() == 1
    assert len(woken) == 1


def test_a_key_is_free_again_once_its_job_has_ended(work: Any, woken: list[int]) -> None:
    work(lambda job: None)
    first = start()
    jobs.run(first.pk)
    assert start() != first


def test_the_database_refuses_two_open_jobs_with_one_key(woken: list[int]) -> None:
    job = start()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind=job.kind, key=job.key)


@committed
def test_the_worker_is_woken_after_commit_and_not_before(woken: list[int]) -> None:
    with transaction.atomic():
        job = start()
        assert woken == []
    assert woken == [job.pk]


@committed
def test_starting_works_at_once_while_the_broker_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Celery("nowhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
    monkeypatch.setattr(jobs.app, "connection_for_write", nowhere.connection_for_write)
    began = time.monotonic()
    job = start()
    assert job.state == JobState.QUEUED
    assert time.monotonic() - began < 2


def test_a_job_that_nobody_picked_up_is_handed_out_again(woken: list[int]) -> None:
    job = start()
    assert jobs.sweep() == 0
    Job.objects.update(woken_at=Now() - timedelta(minutes=1))
    assert jobs.sweep() == 1
    assert woken == [job.pk]


@committed
def test_progress_is_seen_while_the_handler_is_inside_a_transaction(work: Any, woken: list[int]) -> None:
    seen: list[float] = []

    def slow(job: jobs.JobContext) -> None:
        with transaction.atomic():
            for step in range(4):
                job.progress("Reading", step / 4, seconds_left=9.6)
                time.sleep(0.6)

    work(slow)
    job = start()
    thread = threading.Thread(target=_run_and_close, args=(job.pk,))
    thread.start()
    while thread.is_alive():
        job.refresh_from_db()
        if job.state == JobState.RUNNING and job.share:
            seen.append(job.share)
            assert (job.phase, job.seconds_left) == ("Reading", 10)
        time.sleep(0.1)
    thread.join()
    assert seen
    assert seen == sorted(seen)


def _run_and_close(job_id: int) -> None:
    try:
        jobs.run(job_id)
    finally:
        connection.close()


def test_a_waiting_job_is_cancelled_at_once(work: Any, woken: list[int]) -> None:
    ran: list[int] = []
    work(lambda job: ran.append(1))
    job = jobs.cancel(job=start())
    jobs.run(job.pk)
    assert job.state == JobState.CANCELLED
    assert not ran


@committed
def test_a_running_job_hears_that_it_is_cancelled(work: Any, woken: list[int]) -> None:
    def endless(job: jobs.JobContext) -> None:
        jobs.cancel(job=Job.objects.get(pk=job.job_id))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            job.check()
            time.sleep(0.05)

    work(endless)
    job = start()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


@committed
def test_who_stops_and_starts_again_is_not_given_the_job_that_is_ending(work: Any, woken: list[int]) -> None:
    def stopped_and_started_again(job: jobs.JobContext) -> None:
        jobs.cancel(job=Job.objects.get(pk=job.job_id))
        start()
        with job.complete():
            write_result("the first")

    work(stopped_and_started_again)
    first = start()
    jobs.run(first.pk)
    second = start()
    assert second.pk != first.pk
    assert [job.state for job in Job.objects.order_by("pk")] == [JobState.CANCELLED, JobState.QUEUED]
    assert not OutboxMail.objects.exists()


def test_a_cancelled_job_leaves_no_result_even_if_it_came_to_its_end(work: Any, woken: list[int]) -> None:
    def late(job: jobs.JobContext) -> None:
        jobs.cancel(job=Job.objects.get(pk=job.job_id))
        with job.complete():
            write_result("late")

    work(late)
    job = start()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not OutboxMail.objects.exists()


def test_a_handler_that_cannot_says_why(work: Any, woken: list[int]) -> None:
    def cannot(job: jobs.JobContext) -> None:
        raise jobs.JobFailed("The round was closed.")

    work(cannot)
    job = start()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The round was closed.")


def test_an_error_in_a_handler_fails_the_job_without_showing_what_it_was(work: Any, woken: list[int]) -> None:
    def wrong(job: jobs.JobContext) -> None:
        with job.complete():
            write_result("half")
            raise KeyError("secret of Jan Jansen")

    work(wrong)
    job = start()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, jobs.UNEXPECTED)
    assert not OutboxMail.objects.exists()


@committed
def test_a_lost_database_connection_leaves_the_job_for_the_sweeper(work: Any, woken: list[int]) -> None:
    def unplugged(job: jobs.JobContext) -> None:
        if job.attempt == 1:
            raise OperationalError("server closed the connection")

    work(unplugged)
    job = start()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    expire(job)
    assert jobs.sweep() == 1
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 2)


def test_a_second_worker_leaves_a_job_that_is_held_alone(work: Any, woken: list[int]) -> None:
    runs: list[int] = []

    def nested(job: jobs.JobContext) -> None:
        runs.append(job.attempt)
        jobs.run(job.job_id)

    work(nested)
    jobs.run(start().pk)
    assert runs == [1]


def test_a_worker_that_was_presumed_dead_cannot_end_the_job_again(work: Any, woken: list[int]) -> None:
    def overtaken(job: jobs.JobContext) -> None:
        if job.attempt == 1:
            expire(Job.objects.get(pk=job.job_id))
            jobs.run(job.job_id)
        with job.complete():
            write_result(f"attempt-{job.attempt}")

    work(overtaken)
    job = start()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.DONE, 2)
    assert list(OutboxMail.objects.values_list("key", flat=True)) == ["attempt-2"]


@committed
def test_a_job_that_breaks_off_again_and_again_ends_with_a_clear_error(work: Any, woken: list[int]) -> None:
    def unplugged(job: jobs.JobContext) -> None:
        raise OperationalError("gone")

    work(unplugged)
    job = start()
    for _ in range(jobs.MAX_ATTEMPTS + 1):
        jobs.run(job.pk)
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(lease_until=Now() - timedelta(seconds=1))
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (JobState.FAILED, jobs.MAX_ATTEMPTS, jobs.GAVE_UP)


def test_a_kind_that_this_worker_does_not_know_is_left_for_one_that_does(woken: list[int]) -> None:
    job = jobs.start(kind="tests.unknown", key="one")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.QUEUED, 0)


@committed
def test_the_heartbeat_keeps_the_lease_of_a_long_job(work: Any, woken: list[int], settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 3
    runs: list[int] = []

    def long(job: jobs.JobContext) -> None:
        runs.append(job.attempt)
        time.sleep(4)
        assert not Job.objects.filter(pk=job.job_id, lease_until__lt=Now()).exists()

    work(long)
    job = start()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, runs) == (JobState.DONE, [1])


@committed
def test_no_database_connection_is_left_open_by_a_heartbeat(work: Any, woken: list[int]) -> None:
    work(lambda job: time.sleep(0.7) or job.progress("x", 0.5) or time.sleep(0.7))
    before = _connections()
    jobs.run(start().pk)
    time.sleep(0.2)
    assert _connections() <= before  # a connection of an earlier test may have ended meanwhile


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        count: int = cursor.fetchone()[0]
    return count


@pytest.mark.slow
@committed
def test_a_job_whose_worker_was_killed_is_taken_up_again_within_a_minute_and_ends_once(
    work: Any, woken: list[int], killable: Any, settings: Any
) -> None:
    job = jobs.start(kind="tests.slow", key="killed")
    process = killable("job", str(job.pk))
    assert any(line.strip() == "working" for line in process.stdout)
    time.sleep(1)
    process.kill()
    process.wait()
    killed_at = time.monotonic()
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.RUNNING, 1)

    jobs._handlers["tests.slow"] = lambda context: None
    try:
        while job.state == JobState.RUNNING and time.monotonic() - killed_at < 60:
            time.sleep(1)
            jobs.sweep()
            jobs.run(job.pk)
            job.refresh_from_db()
    finally:
        del jobs._handlers["tests.slow"]
    assert (job.state, job.attempt) == (JobState.DONE, 2)
    assert time.monotonic() - killed_at < 60
