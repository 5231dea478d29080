"""What a person does with a mailing: write it, try it, send it, pause it, go on, stop it, throw it away."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from campaigns.audience import Audience
from campaigns.mailings import letters
from campaigns.mailings.workflow import MailingState as M
from campaigns.mailings.workflow import allowed
from campaigns.models import Mailing
from campaigns.services.mailing_sending import KIND, withdraw
from companies.models import CompanyMembership
from reference.models import LabourMarketRegion
from stagematch import jobs
from stagematch.outbox import queue_all


class MailingMoved(Exception):
    """The mailing no longer stands where this can be done: somebody was here before."""


@transaction.atomic
def save(*, mailing: Mailing, audience: Audience, actor: Actor) -> Mailing:
    """Write a mailing that has not been sent; who saves it first, or after its author has left, is its author. Raises MailingMoved."""
    if mailing.pk:
        _lock(mailing, M.DRAFT)  # the caller's has the form's words
    if mailing.post is None or mailing.post.is_vacant:
        mailing.created_by, mailing.post_id = actor.user, actor.object_id
    mailing.audience = audience.as_json()
    mailing.save()
    named = LabourMarketRegion.objects.filter(pk__in=audience.regions)
    mailing.regions.set(named if audience.regions or mailing.post is None else mailing.post.regions.all())
    return mailing


@transaction.atomic
def throw_away(*, mailing: Mailing) -> None:
    """Delete a mailing that has not been sent. Safe to call twice; raises MailingMoved."""
    if Mailing.objects.filter(pk=mailing.pk).exists():
        _lock(mailing, M.DRAFT).delete()


@transaction.atomic
def try_out(*, mailing: Mailing, membership: CompanyMembership, to: User) -> None:
    """Mail it to oneself in both languages, as this contact would read it. Sent once more each time."""
    now = timezone.now()
    key = f"mailing-{mailing.pk}-trial-{to.pk}-{now.timestamp()}"
    queue_all(letters.trial(mailing, membership, language, to=to.email, key=f"{key}-{language}") for language in ("nl", "en"))
    Mailing.objects.filter(pk=mailing.pk).update(tested_at=now)


@transaction.atomic
def send(*, mailing: Mailing, by: User) -> Mailing:
    """Begin to send; a second click finds it begun and changes nothing."""
    mailing = _lock(mailing)
    if mailing.state == M.DRAFT:
        mailing.state, mailing.started_at = M.SENDING, timezone.now()
        _start(mailing, by)
    return mailing


@transaction.atomic
def go_on(*, mailing: Mailing, by: User) -> Mailing:
    """Send what is left, after a pause or when the work broke off. Raises MailingMoved for one that has ended."""
    mailing = _lock(mailing, M.PAUSED, M.SENDING)
    mailing.state = M.SENDING
    _start(mailing, by)
    return mailing


def _lock(mailing: Mailing, *states: M) -> Mailing:
    # Without a join: a row whose job changed while one waited would no longer match it, and be gone.
    locked = Mailing.objects.select_for_update(no_key=True).get(pk=mailing.pk)
    if states and locked.state not in states:
        raise MailingMoved
    return locked


def _start(mailing: Mailing, by: User) -> None:
    mailing.job = jobs.start(kind=KIND, key=str(mailing.pk), args={"mailing": mailing.pk}, by=by)
    mailing.save(update_fields=["state", "started_at", "job"])


@transaction.atomic
def pause(*, mailing: Mailing) -> Mailing:
    """No further mail: what no sender has begun with is taken back. Safe to call twice; raises MailingMoved for one that is not under way."""
    mailing = _lock(mailing, M.SENDING, M.PAUSED)
    return _halt(mailing, M.PAUSED)


@transaction.atomic
def stop(*, mailing: Mailing) -> Mailing:
    """No further mail, for good. Safe to call twice; raises MailingMoved for one that is not under way."""
    mailing = _lock(mailing, M.SENDING, M.PAUSED, M.STOPPED)
    return _halt(mailing, M.STOPPED)


def _halt(mailing: Mailing, state: M) -> Mailing:
    if mailing.state != state:
        if state not in allowed(mailing.state):
            raise MailingMoved
        mailing.state = state
        mailing.ended_at = timezone.now() if state == M.STOPPED else None
        mailing.save(update_fields=["state", "ended_at"])
        if mailing.job:
            jobs.cancel(job=mailing.job)
        withdraw(mailing.recipients.all())
    return mailing
