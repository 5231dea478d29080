"""What may stand in a mailing besides words: a few placeholders, filled in once, whatever they are filled with.

No template language: a name between braces is looked up in a fixed list, so a text can neither read nor run anything.
"""

import re
import unicodedata
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.models import CompanyMembership

# Name in the text → what it stands for.
PLACEHOLDERS = {
    "name": _("name of the contact"),
    "company": _("name of the company"),
    "town": _("town of the company"),
    "sender": _("your name"),
}
_BRACED = re.compile(r"\{([^{}]*)\}")


def check(text: str) -> None:
    """Raises ValidationError that names each placeholder we do not know, or a brace that stands alone."""
    unknown = sorted({f"{{{name}}}" for name in _BRACED.findall(text) if name not in PLACEHOLDERS})
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    if unknown:
        raise ValidationError(_("%(unknown)s cannot be filled in. Use %(known)s."), params={"unknown": ", ".join(unknown), "known": known})
    if re.search(r"[{}]", _BRACED.sub("", text)):
        raise ValidationError(_("A { or } stands alone. Write a placeholder whole, such as %(known)s."), params={"known": known})


def check_subject(text: str) -> None:
    """Raises ValidationError for a subject that is not one line: a line break would begin a header of its own."""
    check(text)
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in text):
        raise ValidationError(_("Write the subject on one line, without tabs."))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what a value holds is not filled in again."""
    return _BRACED.sub(lambda found: values.get(found[1], found[0]), text)


def values_for(membership: CompanyMembership, sender: str) -> dict[str, str]:
    """What the placeholders stand for in the mail to one contact (user and company read along)."""
    company = membership.company
    return {"name": membership.user.name, "company": company.name, "town": company.place, "sender": sender}
