"""Jobs in parts: joined once by whoever comes last, stopped together, failed with the words of the part that failed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from stagematch import jobs
from stagematch.models import Job, JobState, MailState, OutboxMail

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def whole(job: jobs.JobContext) -> None:
    """Divide at first, and leave a trace when joining."""
    if job.divided():
        with job.complete():
            OutboxMail.objects.create(
                key=job.key, to="a@example.nl", language="nl", subject="s", message_id="m", next_at=Now(), state=MailState.PENDING, body="b"
            )
        return
    parts = [jobs.Part("tests.part", {"number": number}, weight) for number, weight in enumerate(job.args["weights"])]
    with job.divide(parts, phase="In parts"):
        pass


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which jobs the broker was told about."""
    calls: list[int] = []
    monkeypatch.setattr(jobs, "_wake", calls.append)
    return calls


@pytest.fixture(autouse=True)
def part(monkeypatch: pytest.MonkeyPatch, woken: list[int]) -> Callable[[jobs.Handler], None]:
    """The kinds of these tests; call it with what a part does."""
    monkeypatch.setitem(jobs._handlers, "tests.whole", whole)
    monkeypatch.setitem(jobs._handlers, "tests.part", lambda job: None)
    return lambda function: monkeypatch.setitem(jobs._handlers, "tests.part", function)


def divided(*weights: float) -> tuple[Job, list[Job]]:
    job = jobs.start(kind="tests.whole", key="one", args={"weights": weights})
    jobs.run(job.pk)
    job.refresh_from_db()
    return job, list(job.parts.order_by("pk"))


def states(parts: list[Job]) -> list[str]:
    return list(Job.objects.filter(pk__in=[part.pk for part in parts]).order_by("pk").values_list("state", flat=True))


def test_a_job_in_parts_holds_no_worker_and_is_called_again_by_the_last_part(woken: list[int], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job, parts = divided(0.75, 0.25)
    assert (job.state, job.lease_until, job.share, job.phase_text) == (JobState.IN_PARTS, None, 0.05, "In parts")
    assert woken == [job.pk, parts[0].pk, parts[1].pk]
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run(parts[0].pk)
    job.refresh_from_db()
    assert (job.state, round(job.share, 4)) == (JobState.IN_PARTS, 0.05 + 0.85 * 0.75)
    jobs.run(job.pk)
    assert states([job]) == [JobState.IN_PARTS]
    with django_capture_on_commit_callbacks(execute=True):
        jobs.run(parts[1].pk)
    assert woken[3:] == [job.pk]
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.share) == (JobState.DONE, 2, 1)
    assert OutboxMail.objects.count() == 1


@committed
def test_parts_that_end_at_the_same_moment_call_it_again_once(part: Any, woken: list[int]) -> None:
    line = threading.Barrier(4)
    part(lambda job: line.wait(10))
    for turn in range(3):
        woken.clear()
        job, parts = divided(1, 1, 1, 1)
        at_once([*parts])
        assert states(parts) == [JobState.DONE] * 4
        assert woken.count(job.pk) == 2, "once to divide and once to join"
        OutboxMail.objects.all().delete()
        at_once([job, job, job])
        assert (states([job]), OutboxMail.objects.count()) == ([JobState.DONE], 1), turn


def at_once(these: list[Job]) -> None:
    """Run jobs in a thread each, as many workers would."""

    def work(job_id: int) -> None:
        try:
            jobs.run(job_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job.pk,)) for job in these]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_cancelling_reaches_all_parts(part: Any) -> None:
    job, parts = divided(1, 1, 1)
    jobs.run(parts[0].pk)

    def stopped(context: jobs.JobContext) -> None:
        jobs.cancel(job=job)
        assert Job.objects.get(pk=context.job_id).cancel_requested
        with context.complete():
            pytest.fail("a part that was stopped writes nothing")

    part(stopped)
    jobs.run(parts[1].pk)
    assert states([job, *parts]) == [JobState.CANCELLED, JobState.DONE, JobState.CANCELLED, JobState.CANCELLED]


def test_a_part_that_fails_stops_the_others_and_its_words_are_those_of_the_job(part: Any) -> None:
    job, parts = divided(1, 1, 1)

    def failing(context: jobs.JobContext) -> None:
        raise jobs.JobFailed("This part is too large.")

    part(failing)
    jobs.run(parts[1].pk)
    assert states([job, *parts]) == [JobState.QUEUED, JobState.CANCELLED, JobState.FAILED, JobState.CANCELLED]
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "This part is too large.")


def test_a_part_whose_worker_died_is_done_again_alone_and_dividing_counts_as_no_failure() -> None:
    job, parts = divided(1, 1)
    jobs.run(parts[0].pk)
    Job.objects.filter(pk=parts[1].pk).update(state=JobState.RUNNING, attempt=1, lease_until="2020-01-01T00:00Z")
    jobs.run(parts[1].pk)
    assert [part.attempt for part in job.parts.order_by("pk")] == [1, 2]
    for _ in range(jobs.MAX_ATTEMPTS - 1):  # the worker that joins dies too
        assert jobs._claim(job.pk)
        Job.objects.filter(pk=job.pk).update(lease_until="2020-01-01T00:00Z")
    jobs.run(job.pk)
    assert states([job]) == [JobState.DONE]


def test_a_part_that_broke_off_three_times_fails_the_job() -> None:
    job, parts = divided(1, 1)
    Job.objects.filter(pk=parts[0].pk).update(state=JobState.RUNNING, attempt=jobs.MAX_ATTEMPTS, lease_until="2020-01-01T00:00Z")
    jobs.run(parts[0].pk)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, jobs.GAVE_UP)
