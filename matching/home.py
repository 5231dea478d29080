"""What the coordinator's home says about matching: tasks, most urgent first, and figures."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.homes import Task, Text
from matching import selectors
from matching.figures import percent
from matching.models import RoundState, RunState
from placements.models import PlacementRequest
from placements.workflow import OPEN_STATES, S
from schools.models import Student
from stagematch.templatetags.stagematch import grouped

JUDGE, BROKEN, DECIDE, TAKE_OVER, READY, OPEN_ONE, RUNNING = 10, 15, 20, 25, 30, 35, 60


def tasks(actor: Actor) -> list[Task]:
    """What waits for this coordinator; five queries."""
    return [*_judge(actor), *_rounds(actor), *_unready(actor), *_without_round(actor)]


def _judge(actor: Actor) -> list[Task]:
    objections = selectors.objections_for(actor).order_by().values("pk")
    n = objections.union(selectors.claims_for(actor).order_by().values("pk"), all=True).count()
    title = ngettext("%(n)s objection or refusal to judge", "%(n)s objections or refusals to judge", n) % {"n": grouped(n)}
    text = _("A student or a company waits for your answer. The place stays taken until then.")
    return [Task(title, text, reverse("matching:judge"), _("Judge"), JUDGE, n)] if n else []


def _rounds(actor: Actor) -> list[Task]:
    """One task a round that is not finished, except while students prepare."""
    found = []
    for row in selectors.rounds_for(actor).exclude(state=RoundState.PUBLISHED)[:20]:
        here = reverse("matching:round", args=[row.public_id])
        if row.state == RoundState.RUNNING and row.latest_job in (RunState.QUEUED, RunState.RUNNING):
            run = reverse("matching:run", args=[row.latest_run])
            found.append(Task(row.name, _("The run is under way."), run, _("See how far it is"), RUNNING))
        elif row.state == RoundState.RUNNING:
            found.append(Task(row.name, _("The run broke off. Nothing was changed."), here, _("Look and start again"), BROKEN))
        elif row.waiting:
            title = ngettext("%(n)s proposal to decide", "%(n)s proposals to decide", row.waiting) % {"n": grouped(row.waiting)}
            found.append(Task(title, row.name, here, _("Decide"), DECIDE, row.waiting))
        elif row.state == RoundState.DECIDING:
            found.append(Task(row.name, _("There is a result: look at it, and take it over or finish the round."), here, _("Look"), TAKE_OVER))
    return found


def _unready(actor: Actor) -> list[Task]:
    return [
        Task(
            ngettext("%(n)s student not ready", "%(n)s students not ready", row["n"]) % {"n": grouped(row["n"])},
            _("Round %(name)s: the preparation must be done before the deadline.") % {"name": row["name"]},
            reverse("matching:round", args=[row["public_id"]]), _("See who"), READY, row["n"],
        )
        for row in selectors.unready(actor)
    ]  # fmt: skip


def _without_round(actor: Actor) -> list[Task]:
    """Students who seek a place and whom no round will match."""
    n = selectors.seeking_without_round(actor).count()
    title = ngettext("%(n)s student seeks a place and is in no round", "%(n)s students seek a place and are in no round", n) % {"n": grouped(n)}
    text = _("Open a round: the students prepare, and you match them with the places in reach.")
    return [Task(title, text, reverse("matching:round_new"), _("Open a round"), OPEN_ONE, n)] if n else []


def figures(actor: Actor) -> list[tuple[Text, object]]:
    """How many of the own students have a place, wait for one, or have not agreed yet; one query."""
    own = PlacementRequest.objects.running().filter(student__in=Student.objects.visible_to(actor))
    has = Q(placements__state__in=OPEN_STATES)
    n = own.aggregate(
        all=Count("pk", distinct=True),
        placed=Count("pk", filter=has, distinct=True),
        sure=Count("pk", filter=has & Q(placements__confirmed_at__isnull=False), distinct=True),
        waiting=Count("pk", filter=Q(placements__state=S.APPROVED), distinct=True),
    )
    share = percent(n["placed"], n["all"])
    return [
        (_("students with a request"), n["all"]),
        (_("have a place or a proposal"), f"{n['placed']} ({share} %)" if share is not None else n["placed"]),
        (_("definitive"), n["sure"]),
        (_("wait for the student"), n["waiting"]),
    ]
