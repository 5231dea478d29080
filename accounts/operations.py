"""What an administrator may do about work that went wrong: start a failed job again.

A mail that ended keeps no text (a text may hold a link that lets somebody in), so whoever caused it sends it anew.
"""

from django.db import transaction

from accounts.models import User
from stagematch import jobs
from stagematch.models import Job, JobState


class NothingToRetry(Exception):
    """The job did not fail."""


@transaction.atomic
def retry_job(*, job: Job, by: User) -> Job:
    """Start a failed or cancelled job again under the same key; a part with its whole. Raises NothingToRetry."""
    job = job.parent or job
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise NothingToRetry
    return jobs.start(kind=job.kind, key=job.key, args=job.args, by=by)
