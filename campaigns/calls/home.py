"""What a caller's home says: the company in hand first, then the next one to call."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.homes import Task
from campaigns.calls import selectors

HELD, NEXT = 5, 25


def tasks(actor: Actor) -> list[Task]:
    """One task: to write down how the call in hand went, else the round whose last day comes first. One query."""
    round_ = selectors.to_work(actor).first()
    if round_ is None:
        return []
    if round_.held:
        title = _("You have %(company)s in hand") % {"company": round_.held_company}
        return [Task(title, _("Write down how the call went, or put it back."), reverse("campaigns:call", args=[round_.held]), _("Go on"), HELD)]
    text = _("Call round “%(name)s”: the company where a call helps most comes first.") % {"name": round_.name}
    return [Task(_("Next company to call"), text, reverse("campaigns:round", args=[round_.public_id]), _("Start calling"), NEXT)]
