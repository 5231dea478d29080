"""A Celery worker for `test_browser`: `celery -A tests.matching.patient worker`. The first job of each kind waits until it is stopped.

So there is time to see how far it is, and something to stop that really works.
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


def patient(job: jobs.JobContext, *args: Any, **options: Any) -> Result:
    result = solve_under(job, *args, **options)
    kind = Job.objects.values_list("kind", flat=True).get(pk=job.job_id)
    first = Job.objects.filter(kind=kind).order_by("pk").values_list("pk", flat=True)[0]
    while job.job_id == first:
        job.check()
        time.sleep(0.05)
    return result


runs.solve_under = patient
