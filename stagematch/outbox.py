"""Mail that is written with what caused it and sent at most once.

`queue()` writes a row in the caller's transaction; `send_due()` (a Celery task) hands it to the mail server. A row is SENDING,
committed, before the server hears of it: a sender that dies after that leaves it IN_DOUBT, listed and never sent again.
With the server down, rows wait. Why: docs/decisions/0001-jobs-and-outbox.md.
"""

import smtplib
import ssl
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.template import Context, Engine
from django.utils import timezone
from django.utils.translation import get_language, override

from stagematch.models import MailState, OutboxMail

log = structlog.get_logger(__name__)

# Longer than one mail can take: five answers of at most EMAIL_TIMEOUT (10 s) each.
LEASE = timedelta(seconds=120)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
MAX_ATTEMPTS = 48  # about two days of a server that says "later"


class Unreachable(Exception):
    """The mail server does not talk to us now; what was not handed over waits."""


class Later(Exception):
    """The server refused this mail for now (4xx)."""


class Refused(Exception):
    """The server refused this mail for good (5xx)."""


class InDoubt(Exception):
    """The mail went out, but the answer never came."""


def queue(*, to: str, template: str, context: Mapping[str, Any], language: str, key: str, headers: Mapping[str, str] | None = None) -> OutboxMail:
    """Render `template` in `language` and queue it; a key that was queued before returns that mail and sends nothing new.

    template: text without HTML escaping, "Subject: …" first, then an empty line, then the body; gets `site_url` as well.
    key: names the occasion, such as "placement-12-approved-student"; headers: those that only this mail has.
    Raises ValidationError if `to` is no address.
    """
    known = OutboxMail.objects.filter(key=key).first()
    if known is not None:
        return known
    with override(language):
        subject, body = _render(template, {"site_url": settings.SITE_URL, **context})
    return _write(to=to, subject=subject, body=body, language=language, key=key, headers=headers)


def bounced(addresses: Collection[str], *, since: datetime) -> set[str]:
    """Those of these addresses that the mail server refused for good since then. One query."""
    refused = OutboxMail.objects.filter(state=MailState.FAILED, created_at__gte=since, to__in=addresses)
    return set(refused.values_list("to", flat=True))


def _render(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    text = Engine.get_default().get_template(template).render(Context(dict(context), autoescape=False))
    head, _, body = text.lstrip().partition("\n\n")
    if not head.startswith("Subject:"):
        raise ValueError(f"{template} does not start with “Subject: …” and an empty line.")
    return head.removeprefix("Subject:"), body.strip() + "\n"


def _write(*, to: str, subject: str, body: str, language: str, key: str, headers: Mapping[str, str] | None = None) -> OutboxMail:
    validate_email(to)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    mail, _ = OutboxMail.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "language": language,
            # One line, whatever a name in it contained: a line break would start a header of its own.
            "subject": " ".join(subject.split())[:250],
            "body": body,
            "headers": dict(headers or {}),
            "message_id": f"<{uuid.uuid4()}@{domain}>",
            "next_at": timezone.now(),
        },
    )
    return mail


class OutboxBackend(BaseEmailBackend):
    """Django's EMAIL_BACKEND: what a library sends goes through the outbox too, as text, one mail a recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if message.attachments:
                raise ValueError("The outbox carries text; link to a page instead of attaching a file.")
            for address in message.recipients():
                _write(
                    to=parseaddr(address)[1],
                    subject=str(message.subject),
                    body=str(message.body),
                    language=get_language() or settings.LANGUAGE_CODE,
                    key=f"message-{uuid.uuid4()}",
                )
        return len(email_messages)


def send_due(limit: int = 500) -> dict[str, int]:
    """Send what is due over one connection, one mail at a time, and return how many ended in which state.

    Any number of senders may run at once. Nothing is claimed while the server is unreachable.
    """
    counts = {MailState.IN_DOUBT.value: _give_up_expired()}
    if not _due().exists():
        return counts
    try:
        server = Server()
    except Unreachable as problem:
        log.warning("mail_server_unreachable", reason=str(problem))
        return counts
    try:
        for _ in range(limit):
            mail = _claim()
            if mail is None:
                break
            state = _send(server, mail)
            counts[state.value] = counts.get(state.value, 0) + 1
            if not server.talks:
                break
    finally:
        server.close()
    log.info("mails_sent", **counts)
    return counts


def _due() -> Any:
    return OutboxMail.objects.filter(state=MailState.PENDING, next_at__lte=Now()).order_by("next_at", "pk")


def _give_up_expired() -> int:
    expired = OutboxMail.objects.filter(state=MailState.SENDING, lease_until__lt=Now())
    count: int = expired.update(
        state=MailState.IN_DOUBT, lease_until=None, body="", headers={}, last_error="The sender stopped before the server's answer was written down."
    )
    if count:
        log.error("mails_in_doubt", count=count)
    return count


def _claim() -> OutboxMail | None:
    """The next mail, SENDING and committed, so that no other sender and no restart sends it again."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:  # whatever the server is set to: a claim that a crash forgets is a mail sent twice
            cursor.execute("SET LOCAL synchronous_commit TO on")
        mail: OutboxMail | None = _due().select_for_update(skip_locked=True, of=("self",)).first()
        if mail is None:
            return None
        OutboxMail.objects.filter(pk=mail.pk).update(
            state=MailState.SENDING, claim=uuid.uuid4(), lease_until=Now() + LEASE, attempts=F("attempts") + 1
        )
        mail.refresh_from_db()
    return mail


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


class Server:
    """One SMTP conversation, step by step, because what an error means depends on the step."""

    def __init__(self) -> None:
        self._backend = EmailBackend()
        try:
            self._backend.open()
            self._smtp = cast("smtplib.SMTP", self._backend.connection)
            self._smtp.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error
        self.talks = True

    def close(self) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException, ssl.SSLError):
            log.info("mail_server_left_first")

    def deliver(self, mail: OutboxMail) -> None:
        """Hand over one mail; raises Later, Refused, Unreachable (nothing was sent) or InDoubt."""
        try:
            message = _message(mail)
        except ValueError as error:
            raise Refused(f"not a mail: {error}") from error
        try:
            self._introduce()
            self._accept(*self._smtp.rcpt(sanitize_address(mail.to, "utf-8")))
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self.talks = False
            raise Unreachable(type(error).__name__) from error
        try:
            answer: tuple[int, bytes | str] = self._smtp.data(message)
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self.talks = False
            raise InDoubt(f"{type(error).__name__} after the text was handed over") from error
        self._accept(*answer)

    def _introduce(self) -> None:
        """Name the sender; refused for good means that the server does not know *us*, which is no mail's fault."""
        code, text = self._smtp.mail(sanitize_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], "utf-8"))
        if code >= 500:
            self.talks = False
            raise Unreachable(_reason(code, text))
        self._accept(code, text)

    def _accept(self, code: int, text: bytes | str) -> None:
        if 200 <= code < 300:
            return
        if code == 421:
            self.talks = False
            raise Unreachable(_reason(code, text))
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.talks = False
        raise Later(_reason(code, text)) if code < 500 else Refused(_reason(code, text))


def _reason(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"[:500]


def _message(mail: OutboxMail) -> bytes:
    headers = {**mail.headers, "Message-ID": mail.message_id, "Auto-Submitted": "auto-generated", "Content-Language": mail.language}
    message = EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers)
    mime: Any = message.message()
    return cast("bytes", mime.as_bytes(linesep="\r\n"))
