"""The worker's side of runs and trials."""

from django.db import OperationalError

from matching.models import RunState
from matching.services import parts, runs, trials, what_if
from stagematch import jobs


@jobs.handler(runs.KIND)
def match(job: jobs.JobContext) -> None:
    """Compute one run; whatever ends it without a result is written on the run as well as on the job."""
    try:
        runs.compute(job)
    except (jobs.LeaseLost, OperationalError):
        raise  # another attempt goes on with it
    except jobs.JobCancelled:
        runs.give_up(job, RunState.CANCELLED)
        raise
    except jobs.JobFailed as failure:
        runs.give_up(job, RunState.FAILED, str(failure))
        raise
    except Exception:
        runs.give_up(job, RunState.FAILED, jobs.UNEXPECTED)
        raise


jobs.handler(parts.KIND)(runs.compute_part)
jobs.handler(trials.COMPARE)(trials.compare)
jobs.handler(what_if.KIND)(what_if.what_if)
