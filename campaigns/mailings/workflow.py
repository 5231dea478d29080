"""States of a mailing and who may move it: the one table, read by services, pages, tests and docs."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stagematch.workflow import Transition, by
from stagematch.workflow import allowed as allowed_in


class MailingState(models.TextChoices):
    """Where a mailing stands."""

    DRAFT = "draft", pgettext_lazy("mailing", "not sent")
    SENDING = "sending", pgettext_lazy("mailing", "being sent")
    PAUSED = "paused", pgettext_lazy("mailing", "paused")
    DONE = "done", pgettext_lazy("mailing", "sent")
    STOPPED = "stopped", pgettext_lazy("mailing", "stopped")


M = MailingState
# Its mails may still be with the mail server.
UNDER_WAY = (M.SENDING, M.PAUSED)


class Who(StrEnum):
    """Who may move a mailing: who wrote it (and administrators), or the system when every mail has ended."""

    AUTHOR = "author"
    SYSTEM = "system"


TRANSITIONS: dict[tuple[MailingState, MailingState], Transition] = {
    (M.DRAFT, M.SENDING): by(Who.AUTHOR),
    (M.SENDING, M.PAUSED): by(Who.AUTHOR),
    (M.PAUSED, M.SENDING): by(Who.AUTHOR),
    (M.SENDING, M.STOPPED): by(Who.AUTHOR),
    (M.PAUSED, M.STOPPED): by(Who.AUTHOR),
    (M.SENDING, M.DONE): by(Who.SYSTEM),
}


def allowed(state: str, who: Who = Who.AUTHOR) -> list[MailingState]:
    """States to which a mailing may go from here."""
    return allowed_in(TRANSITIONS, state, who)


class RecipientState(models.TextChoices):
    """What became of one address."""

    WAITING = "waiting", _("waiting")
    QUEUED = "queued", _("on its way")
    SENT = "sent", _("sent")
    FAILED = "failed", _("refused by the mail server")
    IN_DOUBT = "in_doubt", _("in doubt")
    LEFT_OUT = "left_out", _("left out")


class Reason(models.TextChoices):
    """Why an address is not mailed."""

    STOPPED = "stopped", _("wants no mails about places")
    BOUNCED = "bounced", _("the mail server refused this address lately")
    RECENT = "recent", _("was mailed by a mailing lately")
    GONE = "gone", _("no longer acts for a recognised company")
