"""States of an application, and who may move them where: one table, read by services, buttons, tests and docs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from placements.workflow import ReasonCode, Who
from stagematch.workflow import Transition, by
from stagematch.workflow import allowed as allowed_in


class ApplicationState(models.TextChoices):
    """Where an application stands, from sending to an answer or the end of waiting for one."""

    SENT = "sent", _("sent")
    SEEN = "seen", _("seen by the company")
    ACCEPTED = "accepted", _("accepted by the company")
    DECLINED = "declined", _("declined by the company")
    WITHDRAWN = "withdrawn", _("taken back")
    EXPIRED = "expired", _("no answer")
    SUPERSEDED = "superseded", _("another place was found")


A = ApplicationState

# The company can still answer one of these; they count for the limits.
WAITING_STATES = (A.SENT, A.SEEN)
# No second application to the same place beside one of these.
RUNNING_STATES = (*WAITING_STATES, A.ACCEPTED)

# On these a company declines: facts about the place, the law, the work. "No click" is not among them.
DECLINE_GROUNDS = (
    ReasonCode.PLACE_FULL,
    ReasonCode.PLACE_GONE,
    ReasonCode.TRAINER_GONE,
    ReasonCode.RECOGNITION_LOST,
    ReasonCode.STATUTORY,
    ReasonCode.PROCESS_NOT_DONE,
    ReasonCode.SAFETY,
)


ST, CO, SYS = Who.STUDENT, Who.COMPANY, Who.SYSTEM

TRANSITIONS: dict[tuple[ApplicationState, ApplicationState], Transition] = {
    # from        to              who
    (A.SENT, A.SEEN): by(CO),
    (A.SENT, A.ACCEPTED): by(CO),  # without knowing who: a placement waits for the coordinator
    (A.SEEN, A.ACCEPTED): by(CO),
    (A.SENT, A.DECLINED): by(CO, reasons=DECLINE_GROUNDS),
    (A.SEEN, A.DECLINED): by(CO, reasons=DECLINE_GROUNDS),
    (A.ACCEPTED, A.SEEN): by(CO, until_told=True),  # undo, only until the coordinator has acted
    (A.DECLINED, A.SEEN): by(CO, until_told=True),  # undo, only until the student has been told
    (A.SENT, A.WITHDRAWN): by(ST, SYS),
    (A.SEEN, A.WITHDRAWN): by(ST, SYS),
    (A.ACCEPTED, A.WITHDRAWN): by(ST, SYS),  # system: the school declined it, or the placement ended
    (A.SENT, A.EXPIRED): by(SYS),
    (A.SEEN, A.EXPIRED): by(SYS),
    (A.SENT, A.SUPERSEDED): by(SYS),  # the student agreed to another place in this period
    (A.SEEN, A.SUPERSEDED): by(SYS),
}


def allowed(state: str, who: Who, *, told: bool = False) -> list[ApplicationState]:
    """States to which somebody may move an application from here, in the table's order; told: the other side knows or has acted."""
    return allowed_in(TRANSITIONS, state, who, told=told)
