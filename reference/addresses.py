"""The street at a postcode and house number, from the register of addresses (BAG); without one, the town from the postcode area alone.

Speaks the Locatieserver of PDOK: GET `{ADDRESS_REGISTER_URL}/free?fq=postcode:6511AB&fq=huisnummer:3`; the public one needs no key.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from reference.selectors import postcode_area
from stagematch import registers


@dataclass(frozen=True)
class Address:
    """A street and the town it lies in; empty where nobody knows."""

    street: str
    place: str


def configured() -> bool:
    """Whether there is a register to ask."""
    return bool(settings.ADDRESS_REGISTER_URL)


def find(postcode: str, number: str) -> Address:
    """What is at a stored postcode (`1234AB`) and a house number as people write it (`3`, `3b`, `12-14`)."""
    area = postcode_area(postcode)
    town = area.place if area else ""
    digits = re.match(r"\d{1,5}", number.strip())
    if not configured() or digits is None:
        return Address("", town)
    asked = [("q", "*:*"), ("fq", "type:adres"), ("fq", f"postcode:{postcode}"), ("fq", f"huisnummer:{digits[0]}"), ("rows", "1")]
    try:
        found = registers.ask(f"{settings.ADDRESS_REGISTER_URL}/free?{urlencode(asked)}", _address)
    except registers.Unreachable:
        found = None
    return found or Address("", town)


def _address(answer: dict[str, Any]) -> Address | None:
    rows = answer["response"]["docs"]
    return Address(rows[0]["straatnaam"], rows[0]["woonplaatsnaam"]) if rows else None
