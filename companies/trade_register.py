"""The Trade Register behind one question: what is at this branch number? Without an address for it, numbers are checked by format only.

Speaks the branch profiles (Vestigingsprofiel) of the KvK API: GET `{TRADE_REGISTER_URL}/v1/vestigingsprofielen/{branch}` with `apikey`.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from stagematch import registers

VISITS = "bezoekadres"


@dataclass(frozen=True)
class Entry:
    """A branch as the register has it."""

    kvk: str
    name: str
    street: str
    number: str
    postcode: str
    place: str


def configured() -> bool:
    """Whether there is a register to ask."""
    return bool(settings.TRADE_REGISTER_URL)


def find(branch: str) -> Entry | None:
    """The branch with this number; None if the register has none. Raises registers.Unreachable."""
    url = f"{settings.TRADE_REGISTER_URL}/v1/vestigingsprofielen/{branch}"
    return registers.ask(url, _entry, {"apikey": settings.TRADE_REGISTER_KEY})


def _entry(profile: dict[str, Any]) -> Entry:
    addresses = sorted(profile.get("adressen") or [], key=lambda address: address.get("type") != VISITS)
    address = addresses[0] if addresses else {}
    number = f"{address.get('huisnummer') or ''}{address.get('huisletter') or ''}"
    return Entry(
        profile["kvkNummer"],
        profile.get("eersteHandelsnaam", ""),
        address.get("straatnaam") or "",
        number,
        address.get("postcode") or "",
        address.get("plaats") or "",
    )
