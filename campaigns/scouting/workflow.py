"""States of a lead, and who may move it where: one table, read by services, buttons, tests and docs."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stagematch.workflow import Transition, by
from stagematch.workflow import allowed as allowed_in


class LeadState(models.TextChoices):
    """How far a company that is new to us has come."""

    NEW = "new", pgettext_lazy("lead", "new")
    CONTACTED = "contacted", pgettext_lazy("lead", "in touch")
    INTERESTED = "interested", pgettext_lazy("lead", "interested")
    REGISTERED = "registered", pgettext_lazy("lead", "registered")
    RECOGNISED = "recognised", pgettext_lazy("lead", "recognised")
    NOT_INTERESTED = "not_interested", pgettext_lazy("lead", "not interested")
    ALREADY_KNOWN = "already_known", pgettext_lazy("lead", "already known")


S = LeadState
# Before it registers, a company is the work of whoever found it.
OPEN_STATES = (S.NEW, S.CONTACTED, S.INTERESTED)
# Somebody has to do something, or waits for the company.
RUNNING_STATES = (*OPEN_STATES, S.REGISTERED)
DEAD_STATES = (S.NOT_INTERESTED, S.ALREADY_KNOWN)


class Who(StrEnum):
    """Who may move a lead; `campaigns.scouting.rules.part_of` says which people these are."""

    SCOUT = "scout"
    COMPANY = "company"
    SYSTEM = "system"


class LeadReason(models.TextChoices):
    """Coded reasons; a note may explain them, never replace them."""

    NO_TIME = "no_time", _("no time to guide students")
    NO_WORK = "no_work", _("no work that students could do")
    NO_TRAINER = "no_trainer", _("nobody who can be trainer")
    LATER = "later", _("not now, perhaps later")
    STOPPED = "stopped", _("the company stops or does not exist (any more)")
    NO_MORE_MAIL = "no_mail", _("the company said so through the link in the mail")
    SILENT = "silent", _("nothing was heard for a long time")
    NOT_RECOGNISED = "not_recognised", _("the company did not go on with recognition")


class Need(models.TextChoices):
    """What must be there before a move can be made."""

    EMAIL = "email", _("an e-mail address to which the link goes")
    COMPANY = "company", _("the company as it stands with us")


N, Q = Need, LeadReason
SC, CO, SYS = Who.SCOUT, Who.COMPANY, Who.SYSTEM
SAID_NO = (Q.NO_TIME, Q.NO_WORK, Q.NO_TRAINER, Q.LATER, Q.STOPPED)

TRANSITIONS: dict[tuple[LeadState, LeadState], Transition] = {
    # from                        to                    who
    (S.NEW, S.CONTACTED): by(SC),
    (S.NEW, S.INTERESTED): by(SC, needs=(N.EMAIL,)),  # yes at the first call
    (S.CONTACTED, S.INTERESTED): by(SC, needs=(N.EMAIL,)),  # sends the link
    (S.INTERESTED, S.CONTACTED): by(SC),  # sent to the wrong person: the link dies
    (S.NEW, S.REGISTERED): by(SYS, needs=(N.COMPANY,)),  # registered by itself, under the numbers of the lead
    (S.CONTACTED, S.REGISTERED): by(SYS, needs=(N.COMPANY,)),
    (S.INTERESTED, S.REGISTERED): by(CO, SYS, needs=(N.COMPANY,)),
    (S.NOT_INTERESTED, S.REGISTERED): by(SYS, needs=(N.COMPANY,)),
    (S.REGISTERED, S.RECOGNISED): by(SYS),
    (S.NEW, S.NOT_INTERESTED): by(SC, SYS, reasons=(*SAID_NO, Q.SILENT)),
    (S.CONTACTED, S.NOT_INTERESTED): by(SC, SYS, reasons=(*SAID_NO, Q.SILENT)),
    (S.INTERESTED, S.NOT_INTERESTED): by(SC, CO, SYS, reasons=(*SAID_NO, Q.NO_MORE_MAIL, Q.SILENT)),
    (S.REGISTERED, S.NOT_INTERESTED): by(SC, SYS, reasons=(Q.NOT_RECOGNISED, Q.STOPPED, Q.SILENT)),
    (S.NOT_INTERESTED, S.CONTACTED): by(SC),  # thought better of it
    (S.NEW, S.ALREADY_KNOWN): by(SC, SYS, needs=(N.COMPANY,)),
    (S.CONTACTED, S.ALREADY_KNOWN): by(SC, SYS, needs=(N.COMPANY,)),
    (S.INTERESTED, S.ALREADY_KNOWN): by(SC, CO, SYS, needs=(N.COMPANY,)),
}


def allowed(state: str, who: Who) -> list[LeadState]:
    """States to which somebody may move a lead from here, in the table's order."""
    return allowed_in(TRANSITIONS, state, who)
