"""What homes say of mailings."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.homes import Task
from campaigns.mailings.selectors import standing_still
from campaigns.mailings.workflow import MailingState


def tasks(actor: Actor) -> list[Task]:
    """A mailing that stands still is sent on or stopped by whoever wrote it."""
    return [
        Task(
            title=_("Your mailing “%(name)s” stands still") % {"name": mailing.name},
            text=_("It is paused. Send what is left, or stop it.")
            if mailing.state == MailingState.PAUSED
            else _("Nothing has been sent for a while. Have a look."),
            url=reverse("campaigns:mailing", args=[mailing.public_id]),
            action=_("Look"),
            urgency=35,
        )
        for mailing in standing_still(actor)[:3]
    ]
