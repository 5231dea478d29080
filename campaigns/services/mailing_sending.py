"""Sending a mailing: who it is for is written down, then mails are put into the outbox in batches, and later what became of them.

Each step is a transaction that locks the mailing and asks how it stands: a job that is killed, or two of them, mail nobody twice, and a
pause holds from its commit on. Only the outbox talks to the mail server (stagematch.outbox: at most once, the rest is listed).
"""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_noop

from campaigns.audience import companies
from campaigns.mailings import letters, reach
from campaigns.mailings.workflow import MailingState as M
from campaigns.mailings.workflow import Reason, RecipientState
from campaigns.models import Mailing, MailingRecipient
from placements.models import PlaceReminder
from stagematch import jobs, outbox
from stagematch.models import MailState

KIND = "campaigns.mailing"
BATCH = 500
LISTING, HANDING = gettext_noop("Writing down who gets the mail"), gettext_noop("Writing the mails")
NO_POST = gettext_noop("Whoever wrote this mailing no longer works for SBB, so nobody is mailed.")
# Two mailings at once look after each other here: nobody is to get both.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('campaigns.mailings', 0))"
R = RecipientState
# How a mail in the outbox ended, and what that makes of its recipient.
ENDS = {MailState.SENT: R.SENT, MailState.FAILED: R.FAILED, MailState.IN_DOUBT: R.IN_DOUBT}


def run(job: jobs.JobContext) -> None:
    """List the recipients, then put a mail for each into the outbox. What is done stays done when it breaks off."""
    key = job.args["mailing"]
    job.progress(LISTING, 0)
    list_recipients(key=key)
    recipients = MailingRecipient.objects.filter(mailing=key)
    total = recipients.count()
    while put_into_outbox(key=key):
        job.check()
        job.progress(HANDING, 1 - recipients.filter(state=R.WAITING).count() / max(1, total))
    with job.complete():
        pass


def _sending(key: int) -> Mailing | None:
    """The mailing, locked, as long as it is to be sent."""
    return Mailing.objects.select_for_update(no_key=True).filter(pk=key, state=M.SENDING).first()


@transaction.atomic
def list_recipients(*, key: int) -> None:
    """Write down, once, every address that may be mailed: one statement, whatever the audience's size."""
    mailing = _sending(key)
    if mailing is None or mailing.listed_at:
        return
    sender = reach.sender_of(mailing)
    if sender is None:
        raise jobs.JobFailed(NO_POST)
    found = reach.contacts(companies(mailing.asks, sender)).annotate(why=reach.why_not(mailing)).filter(why="")
    # One mail an address, whose companies are several: about the first of them.
    people = found.order_by("user", "company", "pk").distinct("user").values_list("pk", Lower("user__email"), "user__language")
    sql, params = people.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_mailingrecipient (mailing_id, membership_id, address, language) "  # noqa: S608 - Django's own statement
            f"SELECT %s, found.* FROM ({sql}) AS found ON CONFLICT DO NOTHING",
            [mailing.pk, *params],
        )
    Mailing.objects.filter(pk=key).update(listed_at=timezone.now())


@transaction.atomic
def put_into_outbox(*, key: int, size: int = BATCH) -> int:
    """The next batch of mails; those who may not be mailed any more are left out. How many addresses are done with: 0 ends the work."""
    mailing = _sending(key)
    if mailing is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_TURN)
    waiting = mailing.recipients.filter(state=R.WAITING).annotate(why=reach.why_no_longer(mailing)).order_by("pk")
    batch = list(waiting.select_related("membership__user", "membership__company")[:size])
    now = timezone.now()
    for reason in Reason:
        _leave_out([recipient for recipient in batch if recipient.why == reason], reason)
    fine = [recipient for recipient in batch if not recipient.why]
    reminders = PlaceReminder.objects.bulk_create(
        [PlaceReminder(membership=recipient.membership, asked_at=now) for recipient in fine],
        update_conflicts=True, unique_fields=["membership"], update_fields=["asked_at"],
    )  # fmt: skip
    mails = outbox.queue_all(letters.to_recipient(mailing, *pair) for pair in zip(fine, reminders, strict=True))
    _on_their_way({recipient.pk: mail.pk for recipient, mail in zip(fine, mails, strict=True)})
    return len(batch)


def _leave_out(recipients: Sequence[MailingRecipient], reason: Reason) -> None:
    keys = [recipient.pk for recipient in recipients]
    if keys:
        MailingRecipient.objects.filter(pk__in=keys).update(state=R.LEFT_OUT, reason=reason)


def _on_their_way(mails: dict[int, int]) -> None:
    """Write at each recipient (key) its mail (key), in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_mailingrecipient r SET state = 'queued', mail_id = new.mail, mailed_at = statement_timestamp() "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS new (recipient, mail) WHERE r.id = new.recipient",
            [list(mails), list(mails.values())],
        )


@transaction.atomic
def withdraw(recipients: QuerySet[MailingRecipient]) -> None:
    """Take back the mails to these recipients that no sender has begun with: they wait again."""
    queued = recipients.filter(state=R.QUEUED, mail__isnull=False)
    outbox.take_back(list(queued.values_list("mail", flat=True)))
    recipients.filter(state=R.QUEUED, mail=None).update(state=R.WAITING, mailed_at=None)


@transaction.atomic
def stopped(*, user: int, **_: object) -> None:
    """Somebody wants no more mails about places: none that still waits in the outbox either (`placements.signals`)."""
    theirs = MailingRecipient.objects.filter(membership__user=user, state=R.QUEUED)
    list(Mailing.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=theirs.values("mailing")).order_by("pk"))
    withdraw(MailingRecipient.objects.filter(membership__user=user))


def settle() -> int:
    """Write down how mails ended, and end mailings of which every mail has; how many ended. Safe to call at any time."""
    under_way = Mailing.objects.filter(Q(state=M.SENDING) | Exists(MailingRecipient.objects.filter(mailing=OuterRef("pk"), state=R.QUEUED)))
    return sum(_settle(key) for key in under_way.values_list("pk", flat=True))


@transaction.atomic
def _settle(key: int) -> bool:
    mailing = Mailing.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    for ended, state in ENDS.items():
        mailing.recipients.filter(state=R.QUEUED, mail__state=ended).update(state=state)
    if mailing.state != M.SENDING or mailing.listed_at is None or mailing.recipients.filter(state__in=[R.WAITING, R.QUEUED]).exists():
        return False
    Mailing.objects.filter(pk=key).update(state=M.DONE, ended_at=timezone.now())
    return True
