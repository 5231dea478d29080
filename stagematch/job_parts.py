"""A job divided into parts, which are jobs with a lease of their own: a worker that dies costs its part only.

The job itself is IN_PARTS meanwhile and holds no worker. Whoever ends a part locks the job first and counts: the last one queues
the job again, once, and its handler joins. A part that fails stops the others and queues the job at once, which then fails with
the part's words. Always the job before its parts, so that nobody waits in a circle.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Now, NullIf
from django.utils import timezone

from stagematch.models import Job, JobState

# What the parts fill of the job's own progress: dividing comes before, joining after.
FROM, UNTIL = 0.05, 0.9
TELLING = 0.02  # below this share nobody can say how long it takes


@dataclass(frozen=True)
class Part:
    """A part to be made: the kind that a handler is registered for, its arguments, and its share of the work."""

    kind: str
    args: dict[str, Any]
    weight: float


def lock_parent_of(job_id: int) -> None:
    """Lock the job that this one is a part of, if it is one, until the end of the transaction."""
    Job.objects.select_for_update(of=("self",), no_key=True).filter(parts=job_id).values_list("pk").first()


def create(job: Job, parts: Iterable[Part], phase: str) -> list[Job]:
    """Make the parts of a running job and let go of it; the caller holds its row."""
    made = [
        Job(
            kind=part.kind, key=f"{job.pk}/{number}", args=part.args, weight=part.weight,
            parent=job, created_by_id=job.created_by_id, woken_at=Now(),
        )
        for number, part in enumerate(parts)
    ]  # fmt: skip
    Job.objects.filter(pk=job.pk).update(
        state=JobState.IN_PARTS, attempts_ended=F("attempt"), lease_until=None, heartbeat_at=Now(), share=FROM, phase=phase, seconds_left=None
    )
    return Job.objects.bulk_create(made)


def close(rows: Any, state: JobState, error: str = "") -> int:
    """End these jobs; the number of them."""
    closed: int = rows.update(state=state, error=error, lease_until=None, seconds_left=None, finished_at=Now())
    return closed


def stop(job_id: int) -> None:
    """Ask all parts to stop: at once those that wait, at their next check those that run. The caller holds the job's row."""
    parts = Job.objects.filter(parent=job_id)
    close(parts.filter(state=JobState.QUEUED), JobState.CANCELLED)
    parts.filter(state=JobState.RUNNING).update(cancel_requested=True)


def ended(job_id: int, state: JobState) -> bool:
    """A part has ended, and the caller holds the row of the job: True if the job is to go on now, and a worker to be woken."""
    if state != JobState.DONE:
        stop(job_id)
    elif Job.objects.filter(parent=job_id, state__in=JobState.open()).exists():
        report(job_id)
        return False
    waiting = Job.objects.filter(pk=job_id, state=JobState.IN_PARTS)
    return bool(waiting.update(state=JobState.QUEUED, woken_at=Now(), share=UNTIL, seconds_left=None))


def report(job_id: int) -> None:
    """Write how far the parts are together as the progress of the job."""
    waiting = Job.objects.filter(pk=job_id, state=JobState.IN_PARTS)
    done = Job.objects.filter(parent=job_id).aggregate(share=Sum(F("weight") * F("share")) / NullIf(Sum("weight"), 0.0))["share"] or 0.0
    began = waiting.values_list("heartbeat_at", flat=True).first()
    if began is not None:
        spent = (timezone.now() - began).total_seconds()
        left = max(0, round(spent * (1 - done) / done)) if done > TELLING else None
        waiting.update(share=FROM + (UNTIL - FROM) * min(1.0, done), seconds_left=left)
