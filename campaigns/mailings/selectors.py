"""Reads of mailings: how far one is, what came of it, and which stand still."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone

from accounts.actor import Actor
from campaigns.mailings.workflow import MailingState as M
from campaigns.mailings.workflow import Reason
from campaigns.mailings.workflow import RecipientState as R
from campaigns.models import Mailing, MailingRecipient, Reply
from placements.models import Answer, Place, PlaceAnswer, PlaceReminder
from stagematch.models import MailState

# How long the speed is measured back, and how long nothing may be sent before somebody is asked to look.
LOOK_BACK, STANDS_STILL = timedelta(seconds=30), timedelta(minutes=15)
ENDED = (MailState.SENT, MailState.FAILED, MailState.IN_DOUBT)
GONE_OUT = (R.QUEUED, R.SENT, R.IN_DOUBT)


def listed(mailings: QuerySet[Mailing]) -> QuerySet[Mailing]:
    """With `total` addresses and how many `answered`, the newest first."""
    answered = Count("recipients", filter=Q(recipients__answered_at__isnull=False))
    return mailings.select_related("created_by").annotate(total=Count("recipients"), answered=answered).order_by("-created_at", "-pk")


def counts(mailing: Mailing) -> dict[str, int]:
    """How many recipients are in which state, as the outbox has it now: what it has ended need not be settled yet. One query."""
    now = Case(When(state=R.QUEUED, mail__state__in=ENDED, then=F("mail__state")), default=F("state"))
    rows = mailing.recipients.annotate(now=now).values_list("now").annotate(Count("pk")).order_by()
    return dict.fromkeys(R.values, 0) | dict(rows)


@dataclass(frozen=True)
class Progress:
    """How far the sending is: addresses in all, those done with, and seconds left where that can be told."""

    total: int
    done: int
    listed: bool
    seconds_left: int | None

    @property
    def percent(self) -> int:
        """0 to 100, and 100 only when nothing is left."""
        return 100 * self.done // self.total if self.total else 0


def progress(mailing: Mailing, found: dict[str, int]) -> Progress:
    """How far a mailing is, by its `counts`. One query."""
    total, left = sum(found.values()), found[R.WAITING] + found[R.QUEUED]
    now = timezone.now()
    since = max(now - LOOK_BACK, mailing.started_at or now)
    lately = mailing.recipients.filter(mail__sent_at__gte=since).count() if left else 0
    seconds = round(left * (now - since).total_seconds() / lately) if lately else None
    return Progress(total=total, done=total - left, listed=mailing.listed_at is not None, seconds_left=seconds)


@dataclass(frozen=True)
class Outcome:
    """What a mailing brought until now; counts of addresses, places confirmed and places added at companies that it reached."""

    sent: int
    refused: int
    in_doubt: int
    waiting: int
    opted_out: int
    answered: int
    replies: list[tuple[str, int]]
    left_out: list[tuple[str, int]]
    confirmed: int
    added: int


def outcome(mailing: Mailing, found: dict[str, int]) -> Outcome:
    """What came of a mailing, by its `counts`. Five queries."""
    stopped = PlaceReminder.objects.filter(membership__user=OuterRef("membership__user"), stopped_at__gte=OuterRef("mailed_at"))
    replies = dict(mailing.recipients.exclude(reply="").values_list("reply").annotate(Count("pk")).order_by())
    left_out = dict(mailing.recipients.filter(state=R.LEFT_OUT).values_list("reason").annotate(Count("pk")).order_by())
    right = PlaceAnswer.objects.filter(answer__in=[Answer.YES, Answer.CHANGED], **_after(mailing, "at", "place__company"))
    return Outcome(
        sent=found[R.SENT],
        refused=found[R.FAILED],
        in_doubt=found[R.IN_DOUBT],
        waiting=found[R.WAITING] + found[R.QUEUED],
        opted_out=mailing.recipients.filter(Exists(stopped)).count(),
        answered=sum(replies.values()),
        replies=[(str(reply.label), replies[reply]) for reply in Reply if reply in replies],
        left_out=[(str(reason.label), left_out[reason]) for reason in Reason if reason in left_out],
        confirmed=right.aggregate(n=Count("place", distinct=True))["n"],
        added=Place.objects.filter(**_after(mailing, "created_at", "company")).aggregate(n=Count("pk", distinct=True))["n"],
    )


def _after(mailing: Mailing, at: str, company: str) -> dict[str, Any]:
    """Filters for what happened at a company within some weeks after it was mailed."""
    recipient = f"{company}__memberships__mailings__"
    until = (mailing.started_at or timezone.now()) + timedelta(weeks=settings.MAILING_COUNTS_WEEKS)
    return {f"{recipient}mailing": mailing, f"{recipient}state__in": GONE_OUT, f"{at}__gt": F(f"{recipient}mailed_at"), f"{at}__lt": until}


def in_doubt(mailing: Mailing) -> QuerySet[MailingRecipient]:
    """Recipients of whom nobody knows whether the mail arrived, by address."""
    lost = Q(state=R.IN_DOUBT) | Q(state=R.QUEUED, mail__state=MailState.IN_DOUBT)
    return mailing.recipients.filter(lost).select_related("membership__company").order_by("address")


def standing_still(actor: Actor) -> QuerySet[Mailing]:
    """Mailings that the actor may move and that wait for somebody: paused, or nothing sent for a while."""
    lately = timezone.now() - STANDS_STILL
    moves = MailingRecipient.objects.filter(mailing=OuterRef("pk"), mail__sent_at__gte=lately)
    still = Q(state=M.PAUSED) | Q(state=M.SENDING, started_at__lt=lately) & ~Exists(moves)
    vacant = Q(post=None) | Q(post__ended_at__isnull=False) | Q(post__user__is_active=False)
    return Mailing.objects.visible_to(actor).filter(still, Q(post=actor.object_id) | vacant)
