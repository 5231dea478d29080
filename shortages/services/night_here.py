"""A night in this process, without a worker: for the command line, the demo and the benchmark."""

import threading

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now

from shortages.models import Night, NightState
from stagematch import jobs
from stagematch.models import Job, JobState


def work(night: Night, *, threads: int = 2) -> Night:
    """Do the jobs of a night until it has ended, its parts on so many threads; workers elsewhere may take some too."""
    import shortages.tasks  # noqa: F401 - tells the jobs how

    while True:
        night.refresh_from_db()
        waiting = list(_waiting(night))
        if night.state != NightState.RUNNING or not (waiting or _open(night).exists()):
            return night
        if not waiting:
            threading.Event().wait(0.2)  # others work on it
        elif len(waiting) == 1 or threads == 1:
            jobs.run(waiting[0])
        else:
            _share(waiting, threads)


def _open(night: Night) -> "models.QuerySet[Job]":
    whole = [pk for pk in (night.job_id, night.advice_job_id) if pk]
    return Job.objects.filter(Q(pk__in=whole) | Q(parent__in=whole), state__in=JobState.open())


def _waiting(night: Night) -> "models.QuerySet[Job, int]":
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=Now())
    return _open(night).filter(free).order_by("-weight", "pk").values_list("pk", flat=True)


def _share(waiting: list[int], threads: int) -> None:
    """Run these jobs, so many at a time, each thread on a connection of its own."""
    left, lock = list(waiting), threading.Lock()

    def take() -> None:
        try:
            while True:
                with lock:
                    if not left:
                        return
                    job = left.pop(0)
                jobs.run(job)
        finally:
            connection.close()

    hands = [threading.Thread(target=take, name=f"night-{number}") for number in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
