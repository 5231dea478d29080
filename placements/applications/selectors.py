"""Reads about applications for the pages of schools and companies; nothing here writes."""

from collections import Counter
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Value

from accounts.actor import Actor
from placements.applications.questions import Side
from placements.applications.workflow import RUNNING_STATES, WAITING_STATES, A
from placements.models import Application, PlacementRequest
from placements.services.deadlines import TELL_COORDINATOR_FROM
from placements.workflow import S

_STUDENT = ("request__student__programme", "place__company", "placement")


def to_decide(actor: Actor) -> QuerySet[Application]:
    """Applications that a company accepted and the coordinator has not decided about, the longest waiting first."""
    own = Application.objects.visible_to(actor).filter(state=A.ACCEPTED, placement__state=S.PROPOSED)
    return own.select_related(*_STUDENT).order_by("state_since", "pk")


def just_approved(actor: Actor) -> QuerySet[Application]:
    """Applications that were approved a moment ago: the student has not been told, so it can be taken back."""
    own = Application.objects.visible_to(actor).filter(state=A.ACCEPTED, placement__state=S.APPROVED, placement__told_at=None)
    return own.select_related(*_STUDENT).order_by("-placement__state_since", "pk")


def without_answer(actor: Actor) -> QuerySet[PlacementRequest]:
    """Requests of own students whom companies do not answer: twice silent, or silent and nothing is left. With `silences`."""
    running = Application.objects.filter(request=OuterRef("pk"), state__in=RUNNING_STATES)
    counted = (
        PlacementRequest.objects.visible_to(actor)
        .seeking()
        .annotate(silences=Count("applications", filter=Q(applications__state=A.EXPIRED)), runs=Exists(running))
    )
    asked = counted.filter(Q(silences__gte=TELL_COORDINATOR_FROM) | Q(silences__gte=1, runs=False))
    return asked.select_related("student__programme", "period").order_by("-silences", "pk")


def counts(actor: Actor) -> tuple[int, int]:
    """How many wait for a decision, and how many students get no answer; one query, because a home page has few to spend."""
    deciding = to_decide(actor).order_by().annotate(sort=Value("decide")).values_list("sort")
    silent = without_answer(actor).order_by().annotate(sort=Value("silent")).values_list("sort")
    found = Counter(sort for (sort,) in deciding.union(silent, all=True))
    return found["decide"], found["silent"]


def waiting_for_company(actor: Actor) -> dict[str, Any]:
    """How many applications wait for the company's answer now, until when the first one can be answered, and how many hold a question.

    What needs no answer now (the student is being given another place) does not count. One query.
    """
    own = Application.objects.visible_to(actor).running().with_hold().with_question_of(Side.STUDENT)
    waits = Q(state__in=WAITING_STATES, held=False)
    found = own.aggregate(count=Count("pk", filter=waits), first=Min("sent_at", filter=waits), questions=Count("pk", filter=Q(asked=True)))
    return {**found, "due": Application(sent_at=found["first"]).due_at if found["first"] else None}
