"""Mails about what changed: one for each advisor, scout and coordinator after a night, and weekly for municipalities and partners.

Each reader is done in a transaction of its own: the row that says so, what the next one is compared with, and the mail in the outbox
belong together. A job that is killed and done again finds the rows and goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop, override

from accounts.actor import Actor
from accounts.hats import Hat, HatKind, hats_of
from accounts.models import Post, User
from schools.models import SchoolMembership, SchoolRole
from shortages.advice import changes
from shortages.advice.changes import Line
from shortages.models import Digest, DigestRefusal, DigestSubscription, Night
from stagematch import jobs
from stagematch.links import address, opened, signed
from stagematch.models import Job, JobState
from stagematch.outbox import queue

log = structlog.get_logger(__name__)

KIND = "shortages.digests"
WRITING = gettext_noop("Writing what changed")
REFUSE, WEEKLY = "shortages.digest.off", "shortages.digest.weekly"
MONDAY = 0
WHO = (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT, HatKind.COORDINATOR)


def start_due() -> Job | None:
    """Start today's digests if tonight is done and they are not made; None when there is nothing to do."""
    today = timezone.localdate()
    night = Night.objects.current().filter(date__gte=today - timedelta(days=1)).order_by("-date").first()
    if night is None:
        return None
    key = f"{night.date:%Y-%m-%d}"
    if Job.objects.filter(kind=KIND, key=key, state=JobState.DONE).exists():
        return None
    return jobs.start(kind=KIND, key=key, args={"night": night.pk})


def run(job: jobs.JobContext) -> None:
    """Write every digest of a night that is not written yet."""
    night = Night.objects.current().get(pk=job.args["night"])
    people = list(readers())
    sent = 0
    for number, (user, hat) in enumerate(people):
        job.progress(WRITING, number / max(1, len(people)))
        job.check()
        sent += for_hat(night=night, user=user, hat=hat)
    if timezone.localdate().weekday() == MONDAY:
        for subscription in DigestSubscription.objects.exclude(confirmed_at=None).filter(ended_at=None).select_related("region").order_by("pk"):
            job.check()
            sent += for_subscription(night=night, subscription=subscription)
    with job.complete({"sent": sent}):
        pass


def readers() -> Iterator[tuple[User, Hat]]:
    """Everybody under a hat that gets digests, but those who want none."""
    posts = Post.objects.filter(ended_at=None, kind__in=WHO).values("user")
    schools = SchoolMembership.objects.filter(ended_at=None, role=SchoolRole.COORDINATOR).values("user")
    people = User.objects.filter(is_active=True).filter(pk__in=posts.union(schools))
    for user in people.exclude(digest_refusal__isnull=False).order_by("pk").iterator(chunk_size=500):
        for hat in hats_of(user):
            if hat.kind in WHO:
                yield user, hat


@transaction.atomic
def for_hat(*, night: Night, user: User, hat: Hat) -> bool:
    """Write the digest of one hat after a night, once; whether there was anything to say."""
    actor = Actor(user=user, hat=hat, hats=(hat,))
    if _made(hat.key, night.date):
        return False
    before = _last(hat.key)
    with override(user.language):
        if hat.kind == HatKind.COORDINATOR:
            facts = changes.facts_of_coordinator(actor, night)
            lines = changes.lines_for_coordinator(facts, before, actor)
        else:
            facts = changes.facts_of_post(actor, night)
            lines = changes.lines_for_post(facts, before, actor)
    stop = address("shortages:digest_off", refusal_token(user))
    context = {"name": user.name, "hat": hat.label, "since": _day(before)}
    return _write(hat.key, night, facts, lines, to=user.email, template="digest", context=context, language=user.language, stop=stop)


@transaction.atomic
def for_subscription(*, night: Night, subscription: DigestSubscription) -> bool:
    """Write the weekly mail of a municipality or partner, from published figures alone; whether anything changed."""
    key = f"subscription:{subscription.pk}"
    if _made(key, night.date):
        return False
    with override(subscription.language):
        before, facts = _last(key), changes.facts_of_region(subscription.region, night)
        lines = changes.lines_for_reader(facts, before, subscription.region)
    stop = address("shortages:weekly_stop", weekly_token(subscription))
    context = {"name": subscription.name, "region": subscription.region.name, "since": _day(before)}
    return _write(key, night, facts, lines, to=subscription.email, template="weekly", context=context, language=subscription.language, stop=stop)


def _made(key: str, day: date) -> bool:
    return Digest.objects.filter(hat=key, date=day).exists()


def _last(key: str) -> Mapping[str, Any]:
    """Facts of the last mail that was sent; nothing before the first."""
    return Digest.objects.filter(hat=key, sent=True).order_by("-date").values_list("facts", flat=True).first() or {}


def _day(facts: Mapping[str, Any]) -> date | None:
    """The day of the last mail; None before the first."""
    return date.fromisoformat(facts["date"]) if "date" in facts else None


def _write(
    key: str, night: Night, facts: dict[str, Any], lines: list[Line], *, to: str, template: str, context: dict[str, Any], language: str, stop: str
) -> bool:
    """The row, and the mail unless there is nothing to say; headers let a mail program stop it in one click (RFC 8058)."""
    Digest.objects.create(hat=key, night=night, date=night.date, facts=facts if lines else {}, sent=bool(lines))
    if not lines:
        return False
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    queue(
        to=to,
        template=f"shortages/mail/{template}.txt",
        context={**context, "lines": lines, "date": night.date, "stop": stop},
        language=language,
        key=f"digest-{night.date:%Y-%m-%d}-{key}",
        headers=headers,
    )
    return True


# -- wanting them or not


def refusal_token(user: User) -> str:
    """The last part of the address that stops somebody's digests."""
    return signed(user.public_id.hex, salt=REFUSE)


def weekly_token(subscription: DigestSubscription) -> str:
    """The last part of the addresses that confirm or stop a weekly mail."""
    return signed(subscription.public_id.hex, salt=WEEKLY)


def user_of(token: str) -> User | None:
    """Whose digests a link stops; None for a link that is not ours."""
    return User.objects.filter(public_id=opened(token, salt=REFUSE)).first()


def subscription_of(token: str) -> DigestSubscription | None:
    """The weekly mail that a link is about; None for a link that is not ours."""
    return DigestSubscription.objects.select_related("region").filter(public_id=opened(token, salt=WEEKLY)).first()


@transaction.atomic
def refuse(*, user: int) -> None:
    """No more digests for somebody; safe to repeat."""
    if User.objects.filter(pk=user).exists():
        DigestRefusal.objects.get_or_create(user_id=user)


@transaction.atomic
def want_again(*, user: int) -> None:
    """Digests again."""
    DigestRefusal.objects.filter(user=user).delete()


@transaction.atomic
def subscribe(*, subscription: DigestSubscription, by: User) -> DigestSubscription:
    """Add a reader, who is asked by mail to confirm; nothing else is sent before that."""
    subscription.added_by = by
    subscription.save()
    context = {
        "name": subscription.name,
        "region": subscription.region.name,
        "confirm": address("shortages:weekly_confirm", weekly_token(subscription)),
    }
    key = f"weekly-confirm-{subscription.pk}"
    queue(to=subscription.email, template="shortages/mail/weekly_confirm.txt", context=context, language=subscription.language, key=key)
    return subscription


@transaction.atomic
def confirm(*, key: int) -> None:
    """A reader says yes; safe to repeat."""
    DigestSubscription.objects.filter(pk=key, confirmed_at=None, ended_at=None).update(confirmed_at=timezone.now())


@transaction.atomic
def end(*, key: int) -> None:
    """No more weekly mail; safe to repeat."""
    DigestSubscription.objects.filter(pk=key, ended_at=None).update(ended_at=timezone.now())
