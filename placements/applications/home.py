"""What the coordinator's home says about applications: decisions that wait, and students whom nobody answers."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.homes import Task
from placements.applications import selectors

DECIDE, SILENT = 11, 14


def tasks(actor: Actor) -> list[Task]:
    """One query."""
    to, found = reverse("placements:school_applications"), []
    deciding, silent = selectors.counts(actor)
    if n := deciding:
        title = ngettext("%(n)s company said yes: decide", "%(n)s companies said yes: decide", n) % {"n": n}
        text = _("Students who applied and were accepted without a name. They wait for your decision.")
        found.append(Task(title, text, to, _("Decide"), DECIDE, n))
    if n := silent:
        title = ngettext("%(n)s student gets no answer", "%(n)s students get no answer", n) % {"n": n}
        text = _("Companies let their applications expire. Call them, or look for a place together.")
        found.append(Task(title, text, to, _("See who"), SILENT, n))
    return found
