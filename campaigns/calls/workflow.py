"""States of a call round and who may move it, and what each outcome of a call means: two tables, read by services, pages, tests and docs."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stagematch.workflow import Transition, by
from stagematch.workflow import allowed as allowed_in


class RoundState(models.TextChoices):
    """Where a call round stands."""

    DRAFT = "draft", pgettext_lazy("call round", "not started")
    RUNNING = "running", pgettext_lazy("call round", "running")
    PAUSED = "paused", pgettext_lazy("call round", "paused")
    ENDED = "ended", pgettext_lazy("call round", "ended")


R = RoundState
OPEN_STATES = (R.DRAFT, R.RUNNING, R.PAUSED)


class Who(StrEnum):
    """Who may move a round: those who call in its regions (and administrators), or the system when its last day has passed."""

    STAFF = "staff"
    SYSTEM = "system"


TRANSITIONS: dict[tuple[RoundState, RoundState], Transition] = {
    (R.DRAFT, R.RUNNING): by(Who.STAFF),
    (R.DRAFT, R.ENDED): by(Who.STAFF, Who.SYSTEM),
    (R.RUNNING, R.PAUSED): by(Who.STAFF),
    (R.PAUSED, R.RUNNING): by(Who.STAFF),
    (R.RUNNING, R.ENDED): by(Who.STAFF, Who.SYSTEM),
    (R.PAUSED, R.ENDED): by(Who.STAFF, Who.SYSTEM),
}


def allowed(state: str, who: Who = Who.STAFF) -> list[RoundState]:
    """States to which a round may go from here."""
    return allowed_in(TRANSITIONS, state, who)


class Outcome(models.TextChoices):
    """How a call went."""

    PLACES = "places", _("offers places")
    CONFIRMED = "confirmed", _("places are still right")
    LATER = "later", _("call back")
    NO = "no", _("no places now")
    OPTED_OUT = "opted_out", _("wants no more calls")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    NOBODY = "nobody", _("nobody answered")
    SETTLED = "settled", _("no call needed any more")


@dataclass(frozen=True)
class Meaning:
    """What an outcome means: whether the company is done with in this round, whether somebody was spoken to, and what it changes elsewhere."""

    ends: bool
    spoken: bool
    does: str = ""


O = Outcome  # noqa: E741
OUTCOMES: dict[Outcome, Meaning] = {
    O.PLACES: Meaning(ends=True, spoken=True, does="places are offered in the company's name"),
    O.CONFIRMED: Meaning(ends=True, spoken=True, does="all places that are offered are confirmed"),
    O.LATER: Meaning(ends=False, spoken=True, does="comes first at that moment, to whoever asked"),
    O.NO: Meaning(ends=True, spoken=True),
    O.OPTED_OUT: Meaning(ends=True, spoken=True, does="no caller is given the company again, in any round"),
    O.WRONG_NUMBER: Meaning(ends=True, spoken=False, does="the number is marked; with the right one the call goes on"),
    O.NOBODY: Meaning(ends=False, spoken=False, does="comes back later; after the last try it is done"),
    # Not chosen by anybody: found when its turn comes.
    O.SETTLED: Meaning(ends=True, spoken=False, does="the company no longer belongs to the audience: it answered by itself"),
}
SPOKEN = tuple(outcome for outcome, meaning in OUTCOMES.items() if meaning.spoken)
