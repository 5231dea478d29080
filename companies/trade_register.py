"""The Trade Register behind one question: what is at this branch number? Without an address for it, numbers are checked by format only.

Speaks the branch profiles (Vestigingsprofiel) of the KvK API: GET `{TRADE_REGISTER_URL}/v1/vestigingsprofielen/{branch}` with `apikey`.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
SECONDS = 5
VISITS = "bezoekadres"


class Unreachable(Exception):
    """The register does not answer now; somebody who registers is not made to wait for it."""


@dataclass(frozen=True)
class Entry:
    """A branch as the register has it."""

    kvk: str
    name: str
    street: str
    postcode: str
    place: str


def configured() -> bool:
    """Whether there is a register to ask."""
    return bool(settings.TRADE_REGISTER_URL)


def find(branch: str) -> Entry | None:
    """The branch with this number; None if the register has none. Raises Unreachable."""
    url = f"{settings.TRADE_REGISTER_URL}/v1/vestigingsprofielen/{branch}"
    request = urllib.request.Request(url, headers={"apikey": settings.TRADE_REGISTER_KEY, "Accept": "application/json"})  # noqa: S310  our own setting
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return _entry(json.load(answer))
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        problem: Exception = error
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = error
    log.warning("trade_register_unreachable", reason=type(problem).__name__)
    raise Unreachable from problem


def _entry(profile: dict[str, Any]) -> Entry:
    addresses = sorted(profile.get("adressen") or [], key=lambda address: address.get("type") != VISITS)
    address = addresses[0] if addresses else {}
    number = f"{address.get('huisnummer') or ''}{address.get('huisletter') or ''}"
    street = f"{address.get('straatnaam') or ''} {number}".strip()
    return Entry(profile["kvkNummer"], profile.get("eersteHandelsnaam", ""), street, address.get("postcode") or "", address.get("plaats") or "")
