"""Long work that survives a crash: a job is a row with a lease, whoever holds the lease works on it, and it ends once.

    @jobs.handler("matching.run")
    def run(job: JobContext) -> None:
        for share in steps:
            job.progress(gettext_noop("Reading"), share)     # stored at most twice a second
            job.check()                                      # stops here when cancelled or when the lease is lost
        with job.complete():                                 # one transaction: the result and the end of the job
            write_result()

    jobs.start(kind="matching.run", key=f"round-{round.pk}", args={"round": round.pk}, by=user)

A job that is large is divided (stagematch.job_parts): its parts are jobs like any other, and when all have ended its handler is
called once more, to join what they found. Meanwhile no worker waits for it.

Handlers live in the apps' tasks.py, so that every worker knows them. A handler may be run again after a crash: it writes
its result inside `complete()` only. It must let other threads run (NumPy and `nogil` do): the heartbeat is one of them.
Why rows and not the broker: docs/decisions/0001-jobs-and-outbox.md.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from stagematch import job_parts
from stagematch.celery import app
from stagematch.job_parts import Part
from stagematch.models import Job, JobState

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
# A wake-up that no worker picked up by then is void and is sent again, so that a busy queue does not fill with them.
WAKE_AGAIN = timedelta(seconds=15)
WRITE_EVERY = 0.5  # seconds between two writes of progress
BEAT_EVERY = 2.0  # seconds between two heartbeats

UNEXPECTED = gettext_noop("Something went wrong on our side and nothing was changed. Start it again; if it fails again, tell us.")
GAVE_UP = gettext_noop("This was tried three times and broke off each time. Nothing was changed. Tell us, so that we can look into it.")


class JobFailed(Exception):
    """A handler cannot do what was asked; the message is shown to the person who started it (`gettext_noop`)."""


class JobCancelled(Exception):
    """Somebody asked to stop; the handler lets it pass."""


class LeaseLost(Exception):
    """Another worker has the job now; the handler lets it pass and writes nothing."""


Handler = Callable[["JobContext"], None]
_handlers: dict[str, Handler] = {}
_names: dict[str, Any] = {}


def name_kinds(names: Mapping[str, Any]) -> None:
    """Say what jobs of a kind are called where people read of them."""
    _names.update(names)


def knows(kind: str) -> bool:
    """Whether this worker can do jobs of a kind."""
    return kind in _handlers


def name_of(kind: str) -> str:
    """A kind of job in words."""
    return str(_names.get(kind, kind))


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind."""

    def register(function: Handler) -> Handler:
        if kind in _handlers and _handlers[kind] is not function:
            raise ValueError(f"Two handlers for jobs of kind {kind}.")
        _handlers[kind] = function
        return function

    return register


@transaction.atomic
def start(*, kind: str, key: str, args: Mapping[str, Any] | None = None, by: Any = None) -> Job:
    """Queue a job and wake a worker after commit; while one with this kind and key is open, that one is returned.

    One that was asked to stop and has not yet is let go of at once, so that whoever stops and starts again is not given what is ending.
    """
    same = Job.objects.filter(kind=kind, key=key, state__in=JobState.open())
    while True:
        job_parts.close(same.filter(cancel_requested=True), JobState.CANCELLED)
        job = same.first()
        if job is not None:
            return job
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, key=key, args=dict(args or {}), created_by=by, woken_at=Now())
        except IntegrityError:
            continue  # somebody started it in the same moment: take theirs
        job.refresh_from_db()
        transaction.on_commit(partial(_wake, job.pk))
        return job


@transaction.atomic
def cancel(*, job: Job) -> Job:
    """Ask a job to stop, with all its parts: at once when it waits, at its next check when it runs; safe to call twice."""
    job_parts.lock_parent_of(job.pk)
    job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state in (JobState.QUEUED, JobState.IN_PARTS):
        _close(job, Job.objects.filter(pk=job.pk), JobState.CANCELLED)
        job_parts.stop(job.pk)
    elif job.state == JobState.RUNNING:
        Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    job.refresh_from_db()
    return job


def sweep(limit: int = 100) -> int:
    """Wake workers for jobs whose lease ran out or that nobody picked up; return how many."""
    forgotten = Q(state=JobState.RUNNING, lease_until__lt=Now()) | Q(state=JobState.QUEUED)
    with transaction.atomic():
        due = (
            Job.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(forgotten, woken_at__lt=Now() - WAKE_AGAIN)
            .order_by("woken_at", "pk")
        )
        found = list(due.values_list("pk", flat=True)[:limit])
        Job.objects.filter(pk__in=found).update(woken_at=Now())
    for job_id in found:
        _wake(job_id)
    return len(found)


def _wake(job_id: int) -> None:
    """Tell a worker; with the broker down nothing is lost, because the sweeper finds the row."""
    try:
        with app.connection_for_write() as broker:
            # The person who started it waits for this: one try, not the six seconds that kombu would take.
            broker.transport_options = {**broker.transport_options, "max_retries": 0, "socket_connect_timeout": 2, "socket_timeout": 2}
            app.send_task("stagematch.tasks.run_job", args=[job_id], expires=WAKE_AGAIN.total_seconds(), retry=False, connection=broker)
    except (BrokerError, RedisError):
        log.warning("broker_unreachable", job=job_id)


def run(job_id: int) -> None:
    """Take the job if it is free, run its handler under a heartbeat, and end it; does nothing when another has it."""
    job = _claim(job_id)
    if job is None:
        return
    logger = log.bind(job=job.pk, kind=job.kind, attempt=job.attempt)
    logger.info("job_started")
    ended: Callable[[], None] | None = None
    with Heartbeat(job) as heartbeat:
        try:
            context = JobContext(job, heartbeat)
            _handlers[job.kind](context)
            if not context.completed:
                with context.complete():
                    pass
        except LeaseLost:
            logger.warning("job_lease_lost")
        except JobCancelled:
            ended = partial(_end, job, JobState.CANCELLED)
        except JobFailed as failure:
            ended = partial(_end, job, JobState.FAILED, str(failure))
        except OperationalError:
            # The database went away, which says nothing about the job: the lease runs out and it is tried again.
            logger.exception("job_broke_off")
            connection.close()
        except Exception:
            logger.exception("job_failed")
            ended = partial(_end, job, JobState.FAILED, UNEXPECTED)
    if ended:
        ended()
    logger.info("job_left")


def _claim(job_id: int) -> Job | None:
    """The job with a fresh lease, or None: it is done, another works on it, or this worker does not know its kind."""
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=Now())
    with transaction.atomic():
        job_parts.lock_parent_of(job_id)
        job = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(free, pk=job_id).first()
        if job is None:
            return None
        if job.kind not in _handlers:
            log.error("job_kind_unknown", job=job.pk, kind=job.kind)
            return None
        row = Job.objects.filter(pk=job.pk)
        if job.cancel_requested:
            _close(job, row, JobState.CANCELLED)
            return None
        if job.attempt - job.attempts_ended >= MAX_ATTEMPTS:
            log.error("job_given_up", job=job.pk, kind=job.kind)
            _close(job, row, JobState.FAILED, GAVE_UP)
            return None
        if job.state == JobState.RUNNING:  # broke off, so it starts anew; one that comes back from its parts goes on
            row.update(share=0, phase="")
        row.update(
            state=JobState.RUNNING,
            attempt=job.attempt + 1,
            worker=f"{socket.gethostname()}:{os.getpid()}"[:120],
            lease_until=Now() + _lease(),
            heartbeat_at=Now(),
            started_at=Coalesce("started_at", Now()),
            seconds_left=None,
        )
        job.refresh_from_db()
    return job


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _held(job_id: int, attempt: int) -> Any:
    """The row, if this attempt still holds it: the number of the attempt is the fence against a worker presumed dead."""
    return Job.objects.filter(pk=job_id, state=JobState.RUNNING, attempt=attempt)


def _close(job: Job, rows: Any, state: JobState, error: str = "") -> int:
    """End the job if `rows` still holds it. The caller has locked the job that it is a part of (`job_parts.lock_parent_of`)."""
    closed: int = job_parts.close(rows, state, error)
    if closed and job.parent_id and job_parts.ended(job.parent_id, state):
        transaction.on_commit(partial(_wake, job.parent_id))
    return closed


def _end(job: Job, state: JobState, error: str = "") -> None:
    with transaction.atomic():
        job_parts.lock_parent_of(job.pk)
        closed = _close(job, _held(job.pk, job.attempt), state, error)
    if not closed:
        log.warning("job_lease_lost", job=job.pk, kind=job.kind, attempt=job.attempt)


class JobContext:
    """What a handler may do: read its arguments, report, ask whether to go on, and end."""

    def __init__(self, job: Job, heartbeat: "Heartbeat") -> None:
        self.job_id: int = job.pk
        self.key: str = job.key
        self.args: dict[str, Any] = job.args
        self.attempt: int = job.attempt
        self.created_by_id: int | None = job.created_by_id
        self.completed = False  # nothing is left to do in this attempt
        self._heartbeat = heartbeat

    def progress(self, phase: str, share: float, seconds_left: float | None = None) -> None:
        """Report a phase (`gettext_noop`), the share done 0..1 and, when known, seconds left; cheap enough for a loop."""
        left = None if seconds_left is None else max(0, round(seconds_left))
        self._heartbeat.report(Progress(phase[:80], min(1.0, max(0.0, share)), left))

    def cancelled(self) -> bool:
        """Whether somebody asked to stop (heard within half a second)."""
        return self._heartbeat.cancelled

    def check(self) -> None:
        """Raise JobCancelled or LeaseLost if there is no point in going on."""
        if self._heartbeat.lost:
            raise LeaseLost
        if self._heartbeat.cancelled:
            raise JobCancelled

    @contextmanager
    def complete(self, result: Mapping[str, Any] | None = None) -> Iterator[None]:
        """Write the result in this block: it commits together with the end of the job, or not at all.

        `result`: figures that the job itself keeps, for work that changes nothing.
        Raises LeaseLost when another worker has taken over, JobCancelled when somebody asked to stop before this.
        """
        with transaction.atomic():
            job = self._lock()
            yield
            Job.objects.filter(pk=job.pk).update(share=1, result=dict(result or {}))
            _close(job, Job.objects.filter(pk=job.pk), JobState.DONE)
        self.completed = True

    @contextmanager
    def divide(self, parts: Sequence[Part], *, phase: str) -> Iterator[None]:
        """Write what the parts need in this block: it commits together with them, and this attempt is over.

        When all have ended, or one has failed, the handler is called again. Raises as `complete` does.
        """
        if not parts:
            raise ValueError("A job without parts would wait for ever: complete it instead.")
        with transaction.atomic():
            job = self._lock()
            yield
            made = job_parts.create(job, parts, phase)
            for part in made:
                transaction.on_commit(partial(_wake, part.pk))
        self.completed = True

    def divided(self) -> bool:
        """Whether this job was divided and its parts are done. Raises JobFailed or JobCancelled as the part that was not."""
        parts = Job.objects.filter(parent=self.job_id)
        for failed in parts.filter(state=JobState.FAILED):
            raise JobFailed(failed.error)
        states = set(parts.values_list("state", flat=True))
        if states - {JobState.DONE}:
            raise JobCancelled
        return bool(states)

    def _lock(self) -> Job:
        """The row, locked until the end of the transaction, if this attempt may still write."""
        job_parts.lock_parent_of(self.job_id)
        job: Job | None = _held(self.job_id, self.attempt).select_for_update(of=("self",)).first()
        if job is None:
            raise LeaseLost
        if job.cancel_requested:
            raise JobCancelled
        return job


@dataclass(frozen=True)
class Progress:
    phase: str
    share: float
    seconds_left: int | None


class Heartbeat(threading.Thread):
    """Extends the lease, writes progress and hears cancellations, on a database connection of its own.

    Of its own, because the handler's may be inside a transaction whose writes nobody sees yet.
    """

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"heartbeat-{job.pk}", daemon=True)
        self._job_id, self._attempt, self._parent_id = job.pk, job.attempt, job.parent_id
        self._stopped = threading.Event()
        self._progress: Progress | None = None
        self._written: Progress | None = None
        self._alive_until = time.monotonic() + settings.JOB_LEASE_SECONDS
        self.cancelled = False
        self.lost = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self.join()

    def report(self, progress: Progress) -> None:
        self._progress = progress

    def run(self) -> None:
        last = time.monotonic()
        try:
            while not self._stopped.wait(WRITE_EVERY) and not self.lost:
                now = time.monotonic()
                if self._progress != self._written or now - last >= BEAT_EVERY:
                    self._beat()
                    last = now
                else:
                    self._listen()
        finally:
            connection.close()

    def _beat(self) -> None:
        progress = self._progress
        fields: dict[str, Any] = {"lease_until": Now() + _lease(), "heartbeat_at": Now()}
        if progress is not None:
            fields |= {"phase": progress.phase, "share": progress.share, "seconds_left": progress.seconds_left}
        try:
            held = _held(self._job_id, self._attempt).update(**fields)
            if progress != self._written and self._parent_id:
                job_parts.report(self._parent_id)
        except DatabaseError:
            log.exception("heartbeat_failed", job=self._job_id)
            connection.close()
            self.lost = time.monotonic() > self._alive_until
            return
        self._written = progress
        self._alive_until = time.monotonic() + settings.JOB_LEASE_SECONDS
        self.lost = not held
        self._listen()

    def _listen(self) -> None:
        """Hear whether somebody asked to stop: a read, so that it can be done more often than a beat."""
        try:
            row = _held(self._job_id, self._attempt)
            asked = row.values_list("cancel_requested", flat=True).first()
            self.cancelled, self.lost = bool(asked), asked is None
        except DatabaseError:
            connection.close()  # the next beat says so
