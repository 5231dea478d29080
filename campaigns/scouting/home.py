"""What a scout's home says: the next company to call and why, one tap from done; then leads that wait."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor, ActorRequest
from accounts.homes import FIRST, Task, figures_for, tasks_for
from campaigns.models import Lead
from campaigns.scouting.filters import due, vacant
from campaigns.scouting.workflow import LeadState
from shortages.advice import selectors as advice
from shortages.advice.home import ActTask

RECOGNISED, CALL, LEFT = 18, 20, 60
LATELY = timedelta(days=14)


def scout_home(request: ActorRequest) -> HttpResponse:
    """The company to call first, with its number and the button that makes it one's task; below it what else waits."""
    waiting = tasks_for(request.actor)
    first = next((task for task in waiting if isinstance(task, ActTask)), None)
    act = first.act if first else None
    tasks = [task for task in waiting if task is not first]
    # Whom to ask for, where the company itself has no number.
    people = advice.people_to_call(act.company_id) if act and not act.company.phone else []
    context = {
        "act": act,
        "people": [person for person in people if person.phone],
        "tasks": tasks[:FIRST],
        "later": tasks[FIRST:],
        "figures": figures_for(request.actor),
    }
    return render(request, "campaigns/scouting/home.html", context)


def tasks(actor: Actor) -> list[Task]:
    """Leads to call, leads that were recognised lately, and leads of colleagues who left. One query."""
    own, lately = Q(post=actor.object_id), timezone.now() - LATELY
    counts = Lead.objects.visible_to(actor).aggregate(
        call=Count("pk", filter=own & due()),
        recognised=Count("pk", filter=own & Q(state=LeadState.RECOGNISED, moved_at__gte=lately)),
        left=Count("pk", filter=vacant()),
    )
    address = reverse("campaigns:leads")
    found = []
    if n := counts["recognised"]:
        title = ngettext("%(n)s company that you found is recognised", "%(n)s companies that you found are recognised", n) % {"n": n}
        found.append(Task(title, _("Ask for the first place."), f"{address}?state={LeadState.RECOGNISED}&whose=mine", _("Look"), RECOGNISED, n))
    if n := counts["call"]:
        title = ngettext("%(n)s lead to call", "%(n)s leads to call", n) % {"n": n}
        found.append(Task(title, _("Companies that may want to train students."), f"{address}?state=due&whose=mine", _("Call"), CALL, n))
    if n := counts["left"]:
        title = ngettext("%(n)s lead of a colleague who left", "%(n)s leads of colleagues who left", n) % {"n": n}
        found.append(Task(title, _("Take it over, so that the company is not forgotten."), f"{address}?state=running&whose=left", _("Look"), LEFT, n))
    return found
