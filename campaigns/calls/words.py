"""Words of call rounds: what callers say, and why a company comes first."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from campaigns.audience import Kind

# {name}: whoever calls.
_HELLO = gettext_lazy("Good morning, you speak with {name} of SBB. We call recognised companies because students in your region look for a place.")
_RIGHT = gettext_lazy("Are the places that you offer still right?")
_MORE = gettext_lazy("Could you offer one more place in the coming period? I can write it down right now.")
_FIRST = gettext_lazy("Could you offer a place in the coming period? I can write it down right now.")
_AGAIN = gettext_lazy("May we call again later? If you would rather not be called any more, I write that down as well.")


def standard(kind: str) -> str:
    """The words to begin with, in the language of the page: companies without a free place are not asked whether their places are right."""
    questions = (_FIRST, _AGAIN) if kind == Kind.NO_PLACES else (_RIGHT, _MORE, _AGAIN)
    return "\n".join([str(_HELLO), *(f"{n}. {question}" for n, question in enumerate(questions, 1))])


def script(written: str, caller: User, kind: str) -> str:
    """What a caller says, with the own name in it: the words of the round; standard ones as they fit its companies, in the language of the page."""
    lines = written.strip().splitlines()
    words = standard(kind) if lines in _standards() else "\n".join(lines)
    return words.replace("{name}", caller.name)


def _standards() -> list[list[str]]:
    """The standard words for every kind of companies, in every language."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found += [standard(kind).splitlines() for kind in (Kind.EVERYONE, Kind.NO_PLACES)]
    return found


def why(advised: bool | None, unmet: int | None) -> str:
    """Why a call at a company helps, empty where the night says nothing. unmet: students without a place within reach, less free slots there."""
    parts = [_("among the ten acts that help most")] if advised else []
    if unmet:
        parts.append(ngettext("%(n)s student more than places within 15 km", "%(n)s students more than places within 15 km", unmet) % {"n": unmet})
    return ", ".join(parts)
