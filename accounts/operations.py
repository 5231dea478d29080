"""What an administrator may do about work that went wrong: start a failed job again, send a failed mail again."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from stagematch import jobs
from stagematch.models import Job, JobState, MailState, OutboxMail


class NothingToRetry(Exception):
    """The job or mail did not fail, or somebody was first."""


@transaction.atomic
def retry_job(*, job: Job, by: User) -> Job:
    """Start a failed or cancelled job again under the same key. Raises NothingToRetry."""
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise NothingToRetry
    return jobs.start(kind=job.kind, key=job.key, args=job.args, by=by)


@transaction.atomic
def retry_mail(*, mail: OutboxMail) -> OutboxMail:
    """Send a mail that the server refused once more. Raises NothingToRetry.

    One in doubt is not sent again: it may have arrived, and nothing arrives twice.
    """
    mail = OutboxMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if mail.state != MailState.FAILED:
        raise NothingToRetry
    mail.state, mail.next_at, mail.attempts, mail.last_error = MailState.PENDING, timezone.now(), 0, ""
    mail.save()
    return mail
