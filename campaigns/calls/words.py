"""Words of call rounds: what callers say, and why a company comes first."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User

# {name}: whoever calls.
SCRIPT = gettext_lazy(
    "Good morning, you speak with {name} of SBB. We call recognised companies because students in your region look for a place.\n"
    "1. Are the places that you offer still right?\n"
    "2. Could you offer one more place in the coming period? I can write it down right now.\n"
    "3. May we call again later? If you would rather not be called any more, I write that down as well."
)


def script(written: str, caller: User) -> str:
    """What a caller says, with the own name in it: the words of the round; where those are the standard ones, in the language of the page."""
    lines = written.strip().splitlines()
    words = str(SCRIPT) if any(lines == _standard(code).splitlines() for code, _name in settings.LANGUAGES) else "\n".join(lines)
    return words.replace("{name}", caller.name)


def _standard(language: str) -> str:
    with translation.override(language):
        return str(SCRIPT)


def why(advised: bool | None, unmet: int | None) -> str:
    """Why a call at a company helps, empty where the night says nothing. unmet: students without a place within reach, less free slots there."""
    parts = [_("among the ten acts that help most")] if advised else []
    if unmet:
        parts.append(ngettext("%(n)s student more than places within 15 km", "%(n)s students more than places within 15 km", unmet) % {"n": unmet})
    return ", ".join(parts)
