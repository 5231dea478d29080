"""One conversation with the mail server, step by step, because what an error means depends on the step."""

import smtplib
import ssl
from email.utils import parseaddr
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from stagematch.models import OutboxMail

log = structlog.get_logger(__name__)


class Unreachable(Exception):
    """The mail server does not talk to us now; what was not handed over waits."""


class Later(Exception):
    """The server refused this mail for now (4xx)."""


class Refused(Exception):
    """The server refused this mail for good (5xx)."""


class InDoubt(Exception):
    """The mail went out, but the answer never came."""


class Server:
    """One SMTP conversation: any number of mails, one after another."""

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
