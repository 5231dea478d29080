"""What homes say about the night's advice: tasks that are late first, then the acts that would place most students."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.homes import Task
from shortages.advice import selectors
from shortages.models import Advice, AdviceTask

LATE, ACT, MINE, READERS = 9, 30, 45, 85
ACTS = 10


@dataclass(frozen=True)
class ActTask(Task):
    """An act to take on; a home that shows more of it than the sentence finds it here."""

    act: Advice | None = None


def tasks(actor: Actor) -> list[Task]:
    """Own tasks that are late, the ten best acts that nobody has taken on, and own tasks that run. A handful of queries."""
    today = timezone.localdate()
    due = list(AdviceTask.objects.open().filter(post=actor.object_id).values_list("due_on", flat=True))
    late, found = sum(day < today for day in due), []
    address = reverse("shortages:tasks")
    if late:
        title = ngettext("%(n)s task is late", "%(n)s tasks are late", late) % {"n": late}
        text = _("Call the company, or write down how it went.")
        found.append(Task(title, text, f"{address}?toon=telaat", _("Look at the tasks"), LATE, late))
    for number, act in enumerate(selectors.best_for(actor, ACTS)):
        words, whose = act.words, act.colleague  # type: ignore[attr-defined]
        text = f"{whose}. {words.brings} {words.why}" if whose else f"{words.brings} {words.why}"
        found.append(ActTask(words.what, text, reverse("shortages:act", args=[act.public_id]), _("Look and take it on"), ACT + number, act=act))
    if len(due) > late:
        n = len(due) - late
        title = ngettext("%(n)s task of yours runs", "%(n)s tasks of yours run", n) % {"n": n}
        found.append(Task(title, _("Companies that you have taken on to call."), address, _("My tasks"), MINE, n))
    return found


def for_administrator(actor: Actor) -> list[Task]:
    """Where readers of the weekly mail are added. No query."""
    text = _("Municipalities and partners get the published figures of a region on Monday. A reader confirms first, and can stop with one click.")
    return [Task(_("Readers of the weekly mail"), text, reverse("shortages:subscriptions"), _("Add a reader"), READERS)]
