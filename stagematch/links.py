"""Links in mails: whole addresses, and what a signed one stands for. Nothing is stored, and whoever has one needs no account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse


def address(name: str, *args: object) -> str:
    """The address of a page with the site before it."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def signed(what: Any, *, salt: str) -> str:
    """The last part of an address; `salt` says what for, so that a link for one thing does not open another."""
    return signing.dumps(what, salt=salt, compress=False)


def opened(token: str, *, salt: str, days: int | None = None) -> Any:
    """What a link stands for; None for one that is not ours or, with `days`, older. Without them it lasts, because a mail may be read late."""
    try:
        return signing.loads(token, salt=salt, max_age=timedelta(days=days) if days else None)
    except (signing.BadSignature, ValueError, TypeError):
        return None
