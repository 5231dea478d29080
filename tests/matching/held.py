"""Celery workers for `test_parts`: `celery -A tests.matching.held worker`. They solve like any other, but not all at their own pace.

The first two parts wait until both have been begun, so that two workers have a share in the result. The last part is not ended by
the first who takes it, so that there is somebody to kill in the middle of it.
"""

import time
from typing import Any

import django

django.setup()

from matching.engine import Result  # noqa: E402
from matching.services import runs  # noqa: E402
from stagematch import jobs  # noqa: E402
from stagematch.celery import app  # noqa: E402
from stagematch.models import Job  # noqa: E402

__all__ = ["app"]
solve_under = runs.solve_under


def held(job: jobs.JobContext, *args: Any, **options: Any) -> Result:
    result = solve_under(job, *args, **options)
    parts = Job.objects.filter(kind="matching.part").order_by("pk")
    number, last = job.args.get("number"), parts.count() - 1
    while (number in (0, 1) and parts[:2][1 - number].attempt == 0) or (number == last and job.attempt == 1):
        job.check()
        time.sleep(0.05)
    return result


runs.solve_under = held
