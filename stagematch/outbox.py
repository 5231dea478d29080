"""Mail that is written with what caused it and sent at most once.

`queue()` writes a row in the caller's transaction; `send_due()` (a Celery task) hands it to the mail server. A row is SENDING,
committed, before the server hears of it: a sender that dies after that leaves it IN_DOUBT, listed and never sent again.
With the server down, rows wait. Mail of a mailing (`bulk`) goes after all other, and is claimed many at a time.
Why, and why that leaves one mail in doubt as well: docs/decisions/0001-jobs-and-outbox.md.
"""

import contextlib
import time
import uuid
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.template import Context, Engine
from django.utils import timezone
from django.utils.translation import get_language, override

from stagematch.mail_server import InDoubt, Later, Refused, Server, Unreachable
from stagematch.models import ClaimedAhead, MailState, OutboxMail

log = structlog.get_logger(__name__)

# Longer than one mail can take: five answers of at most EMAIL_TIMEOUT (10 s) each.
LEASE = timedelta(seconds=120)
# Seconds that one call sends: a worker that is asked to stop has ten (docker stop) before it is killed, which costs a mail its answer.
SECONDS = 8.0
# Mails of a mailing that one durable commit claims: a disk takes milliseconds for each, as long as sending one.
AHEAD = 50
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
MAX_ATTEMPTS = 48  # about two days of a server that says "later"


def queue(*, to: str, template: str, context: Mapping[str, Any], language: str, key: str, headers: Mapping[str, str] | None = None) -> OutboxMail:
    """Render `template` in `language` and queue it; a key that was queued before returns that mail and sends nothing new.

    template: text without HTML escaping, "Subject: …" first, then an empty line, then the body; gets `site_url` as well.
    key: names the occasion, such as "placement-12-approved-student"; headers: those that only this mail has.
    Raises ValidationError if `to` is no address.
    """
    known = OutboxMail.objects.filter(key=key).first()
    return known or _write(letter(to=to, template=template, context=context, language=language, key=key, headers=headers))


def letter(
    *, to: str, template: str, context: Mapping[str, Any], language: str, key: str, headers: Mapping[str, str] | None = None, bulk: bool = False
) -> OutboxMail:
    """A mail as `queue` writes it, not written yet; bulk: of a mailing, which goes after all other mail. Raises as `queue` does."""
    with override(language):
        subject, body = _render(template, {"site_url": settings.SITE_URL, **context})
    return _letter(to=to, subject=subject, body=body, language=language, key=key, headers=headers, bulk=bulk)


def queue_all(letters: Iterable[OutboxMail]) -> list[OutboxMail]:
    """Queue many letters with keys that were not queued before, in the caller's transaction. One query; IntegrityError for a known key."""
    return OutboxMail.objects.bulk_create(letters)


@transaction.atomic
def take_back(mails: Collection[int]) -> set[int]:
    """Forget those of these mails (by key of the row) that no sender has begun with; which. They may be queued again under the same key."""
    waiting = OutboxMail.objects.filter(pk__in=mails, state=MailState.PENDING).order_by("pk")
    found = set(waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    OutboxMail.objects.filter(pk__in=found).delete()
    return found


def bounces(*, since: datetime) -> QuerySet[OutboxMail]:
    """Mails that the mail server refused for good since then."""
    return OutboxMail.objects.filter(state=MailState.FAILED, created_at__gte=since)


def bounced(addresses: Collection[str], *, since: datetime) -> set[str]:
    """Those of these addresses that the mail server refused for good since then. One query."""
    return set(bounces(since=since).filter(to__in=addresses).values_list("to", flat=True))


def _render(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    text = Engine.get_default().get_template(template).render(Context(dict(context), autoescape=False))
    head, _, body = text.lstrip().partition("\n\n")
    if not head.startswith("Subject:"):
        raise ValueError(f"{template} does not start with “Subject: …” and an empty line.")
    return head.removeprefix("Subject:"), body.strip() + "\n"


def _letter(*, to: str, subject: str, body: str, language: str, key: str, headers: Mapping[str, str] | None = None, bulk: bool = False) -> OutboxMail:
    validate_email(to)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return OutboxMail(
        key=key,
        to=to,
        language=language,
        # One line, whatever a name in it contained: a line break would start a header of its own.
        subject=" ".join(subject.split())[:250],
        body=body,
        headers=dict(headers or {}),
        bulk=bulk,
        message_id=f"<{uuid.uuid4()}@{domain}>",
        next_at=timezone.now(),
    )


def _write(mail: OutboxMail) -> OutboxMail:
    OutboxMail.objects.bulk_create([mail], ignore_conflicts=True)
    return OutboxMail.objects.get(key=mail.key)


class OutboxBackend(BaseEmailBackend):
    """Django's EMAIL_BACKEND: what a library sends goes through the outbox too, as text, one mail a recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if message.attachments:
                raise ValueError("The outbox carries text; link to a page instead of attaching a file.")
            for address in message.recipients():
                mail = _letter(
                    to=parseaddr(address)[1],
                    subject=str(message.subject),
                    body=str(message.body),
                    language=get_language() or settings.LANGUAGE_CODE,
                    key=f"message-{uuid.uuid4()}",
                )
                _write(mail)
        return len(email_messages)


@contextlib.contextmanager
def alone(sender: str) -> Iterator[bool]:
    """Whether nobody else sends under this name meanwhile: a worker of many processes that is killed then leaves one mail in doubt, not many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('outbox ' || %s, 0))", [sender])
        (free,) = cursor.fetchone()
    try:
        yield free
    finally:
        if free:
            with contextlib.suppress(DatabaseError):  # the connection is gone, and the lock with it
                _say("SELECT pg_advisory_unlock(hashtextextended('outbox ' || %s, 0))", sender)


def send_due(seconds: float = SECONDS) -> dict[str, int]:
    """Send what is due over one connection, one mail at a time, and return how many ended in which state.

    seconds: after so many it leaves the rest to the next call. Any number of senders may run at once. Nothing is claimed while the
    server is unreachable.
    """
    until = time.monotonic() + seconds
    counts = {MailState.IN_DOUBT.value: _give_up_expired()}
    if not _due().exists():
        return counts
    try:
        server = Server()
    except Unreachable as problem:
        log.warning("mail_server_unreachable", reason=str(problem))
        return counts
    claimed: deque[OutboxMail] = deque()
    try:
        with _what_ends_may_wait_for_the_disk():
            for mail in _next(claimed, server, until):
                state = _send(server, mail)
                counts[state.value] = counts.get(state.value, 0) + 1
            _give_back(claimed)
    except (OperationalError, InterfaceError):
        _give_back_once_there_is_a_database(claimed)
        raise
    finally:
        server.close()
    log.info("mails_sent", **counts)
    return counts


def _due() -> Any:
    return OutboxMail.objects.filter(state=MailState.PENDING, next_at__lte=Now()).order_by("bulk", "next_at", "pk")


_EXPIRED = """
    WITH back AS (
        DELETE FROM stagematch_claimedahead a USING stagematch_outboxmail m
         WHERE m.id = a.mail_id AND m.state = 'sending' AND m.lease_until < statement_timestamp() RETURNING m.id
    )
    UPDATE stagematch_outboxmail m SET state = 'pending', claim = NULL, lease_until = NULL FROM back WHERE m.id = back.id
"""
_OURS = """
    WITH back AS (
        UPDATE stagematch_outboxmail SET state = 'pending', claim = NULL, lease_until = NULL
         WHERE id = ANY(%s) AND claim = %s AND state = 'sending' RETURNING id
    )
    DELETE FROM stagematch_claimedahead a USING back WHERE a.mail_id = back.id
"""
_BEGIN = """
    WITH mine AS (DELETE FROM stagematch_claimedahead WHERE mail_id = %s RETURNING mail_id)
    UPDATE stagematch_outboxmail m SET lease_until = statement_timestamp() + %s, attempts = attempts + 1
      FROM mine WHERE m.id = mine.mail_id AND m.claim = %s
"""


def _give_up_expired() -> int:
    """What a dead sender left: mails it had only claimed ahead wait again, the one it had begun with is in doubt; how many are."""
    _say(_EXPIRED)
    expired = OutboxMail.objects.filter(state=MailState.SENDING, lease_until__lt=Now())
    count: int = expired.update(
        state=MailState.IN_DOUBT, lease_until=None, body="", headers={}, last_error="The sender stopped before the server's answer was written down."
    )
    if count:
        log.error("mails_in_doubt", count=count)
    return count


def _next(claimed: deque[OutboxMail], server: Server, until: float) -> Iterator[OutboxMail]:
    """Mail that is due, each begun with when it is asked for. `claimed` holds, at every moment, what is ours and not begun with."""
    while server.talks and time.monotonic() < until:
        if not claimed:
            _claim(claimed)
        if not claimed:
            return
        mail = claimed[0]
        begun = not mail.bulk or _begin(mail)
        claimed.popleft()
        if begun:
            yield mail


def _claim(claimed: deque[OutboxMail]) -> None:
    """Add the next mails, SENDING and committed, so that no other sender and no restart sends them again.

    One that somebody waits for; else many of a mailing, with a row in ClaimedAhead until they are begun with.
    """
    with transaction.atomic(durable=True):
        # Whatever the server is set to: a claim that a crash forgets is a mail sent twice.
        _say("SET LOCAL synchronous_commit TO on")
        free = _due().select_for_update(skip_locked=True, of=("self",))
        mails = list(free.filter(bulk=False)[:1]) or list(free.filter(bulk=True)[:AHEAD])
        claim, began = uuid.uuid4(), 0 if mails and mails[0].bulk else 1
        for mail in mails:
            mail.claim, mail.attempts = claim, mail.attempts + 1
        rows = OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails])
        rows.update(state=MailState.SENDING, claim=claim, lease_until=Now() + LEASE, attempts=F("attempts") + began)
        ClaimedAhead.objects.bulk_create(ClaimedAhead(mail=mail) for mail in mails if mail.bulk)
        claimed.extend(mails)


def _give_back(claimed: Collection[OutboxMail]) -> None:
    """What we have claimed and not begun with waits again; who else has it by now keeps it."""
    if claimed:
        _say(_OURS, [mail.pk for mail in claimed], next(iter(claimed)).claim)


def _give_back_once_there_is_a_database(claimed: Collection[OutboxMail]) -> None:
    """The database crashed under us: nobody but this process knows any more that these were not begun with."""
    until = time.monotonic() + LEASE.total_seconds() / 2
    given = connection.in_atomic_block
    while not given and time.monotonic() < until:
        connection.close()
        try:
            _give_back(claimed)
            given = True
        except (OperationalError, InterfaceError):
            time.sleep(0.5)


def _begin(mail: OutboxMail) -> bool:
    """Begin with a mail that was claimed ahead; False if our lease ran out and it waits again. The row that goes decides."""
    return _say(_BEGIN, mail.pk, LEASE, mail.claim) == 1


def _say(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@contextlib.contextmanager
def _what_ends_may_wait_for_the_disk() -> Iterator[None]:
    """Only claims wait for the disk here: a crash of the database that forgets how a mail ended leaves it in doubt, never sent again."""
    _say("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError):  # the connection is gone, and its settings with it
            _say("RESET synchronous_commit")


def _send(server: "Server", mail: OutboxMail) -> MailState:
    try:
        server.deliver(mail)
    except (Later, Unreachable) as problem:
        return _put_back(mail, str(problem))
    except Refused as problem:
        return _settle(mail, MailState.FAILED, last_error=str(problem))
    except InDoubt as problem:
        return _settle(mail, MailState.IN_DOUBT, last_error=str(problem))
    return _settle(mail, MailState.SENT, sent_at=Now(), last_error="")


def _put_back(mail: OutboxMail, reason: str) -> MailState:
    if mail.attempts >= MAX_ATTEMPTS:
        return _settle(mail, MailState.FAILED, last_error=reason)
    wait = min(FIRST_WAIT * 2 ** min(mail.attempts - 1, 10), LONGEST_WAIT)
    return _settle(mail, MailState.PENDING, next_at=Now() + wait, last_error=reason)


def _settle(mail: OutboxMail, state: MailState, **fields: Any) -> MailState:
    """Write down what became of our claim; whoever claimed it knows, even if its lease ran out meanwhile."""
    ours = OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim, state__in=[MailState.SENDING, MailState.IN_DOUBT])
    kept = {"body": mail.body, "headers": mail.headers} if state in MailState.open() else {"body": "", "headers": {}}
    ours.update(state=state, lease_until=None, **kept, **fields)
    if state in (MailState.FAILED, MailState.IN_DOUBT):
        log.error("mail_not_sent", mail=mail.pk, state=state.value)
    return state
