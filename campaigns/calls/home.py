"""What a caller's home says: the company in hand first, then the next one to call."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.homes import Task
from campaigns.calls import selectors

HELD, NEXT = 5, 25


def tasks(actor: Actor) -> list[Task]:
    """One task: to write down how the call in hand went, else the round whose last day comes first. Two or three queries."""
    held = selectors.held_by(actor.user)
    if held is not None:
        title = _("You have %(company)s in hand") % {"company": held.company.name}
        return [Task(title, _("Write down how the call went, or put it back."), reverse("campaigns:call", args=[held.public_id]), _("Go on"), HELD)]
    round_ = selectors.to_work(actor).first()
    if round_ is None:
        return []
    text = _("Call round “%(name)s”: the company where a call helps most comes first.") % {"name": round_.name}
    return [Task(_("Next company to call"), text, reverse("campaigns:round", args=[round_.public_id]), _("Start calling"), NEXT)]
