"""A Celery worker for `test_night_broken`: the first who runs the engine of a night, and the first who writes a region, never end it."""

import time
from typing import Any

import django

django.setup()

from django.db.models import Q  # noqa: E402
from django.db.models.functions import Now  # noqa: E402

from shortages.night import writing  # noqa: E402
from shortages.services import night_parts  # noqa: E402
from stagematch import jobs  # noqa: E402
from stagematch.celery import app  # noqa: E402
from stagematch.models import Job, JobState  # noqa: E402

__all__ = ["app"]
solve_under, write = night_parts.solve_under, writing.write


def held(job: jobs.JobContext, *args: Any, **options: Any) -> Any:
    while job.attempt == 1:
        job.check()
        time.sleep(0.05)
    return solve_under(job, *args, **options)


def interrupted(*args: Any) -> int:
    count = write(*args)
    again = Q(attempt__gt=1) | Q(state=JobState.RUNNING, lease_until__lt=Now())
    while not Job.objects.filter(again, kind=night_parts.FIGURES).exists():
        time.sleep(0.05)  # until its connection is cut: what it wrote is not committed
    return count


night_parts.solve_under = held
writing.write = interrupted
