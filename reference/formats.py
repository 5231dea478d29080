"""Dutch number formats: read what people type, store one way, and say how to mend what is wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.nl import bsn
from stdnum.nl import postcode as dutch_postcode
from stdnum.util import clean

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Format:
    """One format as DOMAIN.md gives it; `pattern` is what is stored and also the database's CHECK."""

    code: str
    pattern: str
    length: int
    message: "_StrPromise"
    numeric: bool = True

    def clean(self, text: object) -> str:
        """The value as it is stored. Separators, spaces and lower case are forgiven.

        Raises ValidationError that says what is expected.
        """
        value = clean(str(text), " .-").upper().strip()
        if not re.fullmatch(self.pattern, value):
            raise ValidationError(self.message, code=f"invalid_{self.code}", params={"value": str(text)[:40]})
        return value


@dataclass(frozen=True)
class PhoneFormat(Format):
    """Telephone numbers of the whole world; without a country code, Dutch ones."""

    def clean(self, text: object) -> str:
        """The number in E.164: `+31201234567`."""
        try:
            number = phonenumbers.parse(str(text), "NL")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or number.extension or not phonenumbers.is_valid_number(number):
            raise ValidationError(self.message, code=f"invalid_{self.code}", params={"value": str(text)[:40]})
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


POSTCODE = Format(
    "postcode",
    # SA, SD and SS are not given out.
    r"[1-9][0-9]{3}(?!SA|SD|SS)[A-Z]{2}",
    6,
    _("A Dutch postcode has four digits and two letters, for example 6511 AB. Check the postcode of the address."),
    numeric=False,
)
KVK = Format(
    "kvk",
    r"[0-9]{8}",
    8,
    _("A KvK number has 8 digits, for example 01234567. You find it in the Trade Register at kvk.nl."),
)
BRANCH = Format(
    "branch",
    r"[0-9]{12}",
    12,
    _("A branch number (vestigingsnummer) has 12 digits, for example 000012345678. You find it in the Trade Register at kvk.nl."),
)
CREBO = Format(
    "crebo",
    r"[1-9][0-9]{4}",
    5,
    _("A crebo has 5 digits, for example 25655. Search the qualification by its name to find its crebo."),
)
SBB = Format(
    "sbb",
    r"[0-9]{9}",
    9,
    _("An SBB company number has 9 digits, for example 100123456. You find it in My SBB."),
)
BRIN = Format(
    "brin",
    r"[0-9]{2}[A-Z]{2}",
    4,
    _("A BRIN has two digits and two letters, for example 25PN. Leave out the two digits of the site."),
    numeric=False,
)

PHONE = PhoneFormat(
    "phone",
    r"\+[1-9][0-9]{6,14}",
    16,
    _("This is no telephone number. Fill in all digits, for example 024 123 4567 or +31 6 12345678."),
    numeric=False,
)


def normalise_postcode(text: object) -> str:
    """`1234AB` from "1234 ab" or "NL-1234 AB"; raises ValidationError."""
    return POSTCODE.clean(dutch_postcode.compact(str(text)))


def show_postcode(postcode: str) -> str:
    """`1234 AB` of a stored `1234AB`."""
    return f"{postcode[:4]} {postcode[4:]}".strip()


def pc4(postcode: str) -> int:
    """The four digits of a stored postcode: the key of its PostcodeArea."""
    return int(postcode[:4])


# A citizen service number is never stored: neither a column of them nor a text that names one (DOMAIN.md, "Formats").
_BSN_WORD = re.compile(r"\b(bsn|b\.s\.n|burger\s*service\s*(nummer|nr)|sofi\s*-?\s*(nummer|nr)|citizen service number)", re.IGNORECASE)
_BSN_HEADING = re.compile(r"\b(bsn|burger\s*service|sofi|pgn|persoonsgebonden\s*nummer|onderwijs\s*nummer)", re.IGNORECASE)
_BSN_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ .-]?[0-9]){7,8}(?![0-9])")


def _passes(text: str) -> bool:
    """Eight or nine digits that pass the 11-test; a spreadsheet drops a zero at the start."""
    digits = clean(text, " .-").strip()
    return len(digits) in (8, 9) and bsn.is_valid(digits)


def has_bsn(values: Iterable[object]) -> bool:
    """Whether a column holds citizen service numbers: most of its different values pass the 11-test, two at least.

    One in eleven numbers passes by chance, so a single one proves nothing.
    """
    different = {str(value).strip() for value in values if value is not None and str(value).strip()}
    passing = sum(_passes(value) for value in different)
    return passing >= 2 and 2 * passing > len(different)


def is_bsn_heading(text: object) -> bool:
    """Whether a column says of itself that it holds citizen service or education numbers."""
    return bool(_BSN_HEADING.search(str(text).replace("_", " ")))


def names_bsn(text: str) -> bool:
    """Whether free text names a citizen service number: it says so, and a number in it passes the 11-test."""
    return bool(_BSN_WORD.search(text)) and any(_passes(number) for number in _BSN_NUMBER.findall(text))


def refuse_bsn(text: str) -> None:
    """Validator for free text fields; raises ValidationError."""
    if names_bsn(text):
        raise ValidationError(_("Your text holds a citizen service number (BSN). We may not keep it: please take it out."), code="bsn")


# A Dutch number with or without spaces, an e-mail address, a web address; bounded, because a text may be a page long and without a space.
_CONTACT = re.compile(
    r"(?<![\d+])(?:\+31|0031|0)[\s-]?(?:\(0\))?(?:[1-9][\s.-]?)(?:\d[\s.-]?){7}\d(?!\d)|[^\s@]{1,64}@[^\s@]{1,255}\.\w{2,}|https?://|\bwww\.|\b[\w-]{2,63}\.(?:nl|com|eu|org|net|be)\b",
    re.IGNORECASE,
)


def refuse_contact(text: str) -> None:
    """Validator for texts of places: whoever calls or mails before anything is agreed is known by name and voice. Raises ValidationError."""
    if _CONTACT.search(text):
        raise ValidationError(
            _("Leave out telephone numbers, e-mail and web addresses: students apply here without a name, and you get in touch once it is agreed."),
            code="contact",
        )
