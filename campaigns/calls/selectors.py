"""Reads of call rounds: progress, one company's history, what each caller and each hour brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, ExtractHour, TruncHour
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from campaigns.calls.workflow import SPOKEN, Outcome, RoundState
from campaigns.models import Call, CallResult, CallRound, Prospect
from companies.models import Company, CompanyMembership, CompanyReach, CompanyRole, Recognition, Visit
from placements.models import Place, PlaceAnswer, PlaceState
from shortages.advice.words import words_of
from shortages.models import Advice, AdviceTask, Night

_VISIT = _("visit")
EARLIER = 5  # lines of each kind of history


def listed(rounds: QuerySet[CallRound]) -> QuerySet[CallRound]:
    """Rounds with `added`, `total` and `ended_calls`: running ones first, the soonest to end first."""
    counted = CallResult.objects.filter(call__round=OuterRef("pk"), undone_at=None).order_by().values("call__round")
    calls = Call.objects.filter(round=OuterRef("pk")).order_by().values("round")
    return rounds.select_related("created_by").annotate(
        added=Coalesce(Subquery(counted.annotate(n=Sum("places_added")).values("n")), 0),
        total=Coalesce(Subquery(calls.annotate(n=Count("pk")).values("n")), 0),
        done=Coalesce(Subquery(calls.exclude(outcome="").annotate(n=Count("pk")).values("n")), 0),
    ).order_by(Case(When(state=RoundState.ENDED, then=1), default=0), "deadline", "pk")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """What one caller, or one hour of the day, brought."""

    who: Any
    calls: int
    spoken: int
    confirmed: int
    places: int
    hours: int

    @property
    def an_hour(self) -> float:
        """Calls in an hour in which was called."""
        return round(self.calls / self.hours, 1) if self.hours else 0.0

    @property
    def places_an_hour(self) -> float:
        """Places in an hour in which was called."""
        return round(self.places / self.hours, 1) if self.hours else 0.0


_SUMS = {
    "n": Count("pk"),
    "spoken": Count("pk", filter=Q(outcome__in=SPOKEN)),
    "confirmed": Count("pk", filter=Q(outcome=Outcome.CONFIRMED)),
    "places": Coalesce(Sum("places_added"), 0),
    "hours": Count(TruncHour("at"), distinct=True),
}


def results(round_: CallRound) -> QuerySet[CallResult]:
    """Everything written down in a round and not undone."""
    return CallResult.objects.filter(call__round=round_, undone_at=None)


def by_caller(round_: CallRound) -> list[Line]:
    """Callers, who brought most places first."""
    rows = results(round_).order_by().values("by__name").annotate(**_SUMS).order_by("-places", "-n", "by__name")
    return [_line(row["by__name"], row) for row in rows]


def by_hour(round_: CallRound) -> list[Line]:
    """Hours of the day, local time: when somebody answers."""
    rows = results(round_).order_by().annotate(hour=ExtractHour("at")).values("hour").annotate(**_SUMS).order_by("hour")
    return [_line(f"{row['hour']:02}–{row['hour'] + 1:02}", row) for row in rows]


def _line(who: Any, row: dict[str, Any]) -> Line:
    return Line(who, row["n"], row["spoken"], row["confirmed"], row["places"], row["hours"])


def by_outcome(round_: CallRound) -> list[tuple[str, int]]:
    """Outcomes in words with how often, in the order of the table."""
    found = dict(results(round_).order_by().values_list("outcome").annotate(n=Count("pk")))
    return [(str(outcome.label), found[outcome]) for outcome in Outcome if found.get(outcome)]


def to_export(round_: CallRound) -> QuerySet[CallResult]:
    """Rows of the export, the oldest first."""
    return results(round_).select_related("company", "by").order_by("at", "pk")


def held_by(user: User | None) -> Call | None:
    """The company that a caller holds now, in whichever round."""
    return Call.objects.filter(holder=user).select_related("round", "company").first() if user else None


def seen(actor: Actor) -> QuerySet[Call]:
    """Calls that the actor may open: of companies in the own regions, in rounds they see."""
    return Call.objects.filter(company__in=Company.objects.visible_to(actor), round__in=CallRound.objects.visible_to(actor)).select_related(
        "round", "company", "holder"
    )


def people(company: Company) -> list[CompanyMembership]:
    """Those who speak for a company, contacts first; at most five."""
    members = company.memberships.filter(ended_at=None, user__is_active=True).select_related("user")
    return sorted(members, key=lambda one: (one.role != CompanyRole.CONTACT, one.pk))[:5]


@dataclass(frozen=True)
class Event:
    """Something in the history of a company, in words."""

    at: datetime
    what: str
    note: str
    by: str


def screen(call: Call, actor: Actor) -> dict[str, Any]:
    """Everything a caller wants to know of a company before it answers. A dozen queries at most."""
    company = call.company
    places = list(
        Place.objects.filter(company=company, state__in=(PlaceState.OPEN, PlaceState.PAUSED), ends_on__gt=timezone.localdate())
        .select_related("period")
        .order_by("state", "title", "pk")[:10]
    )
    recognitions = Recognition.objects.valid().filter(company=company)
    acts = list(_advice(company, actor)[:3])
    for act in acts:
        act.words = words_of(act)  # type: ignore[attr-defined]
    return {
        "company": company,
        "reach": CompanyReach.objects.filter(company=company).first(),
        "people": people(company),
        "recognitions": list(recognitions.select_related("qualification").order_by("qualification__name")[:12]),
        "places": places,
        "offered": [place for place in places if place.state == PlaceState.OPEN],
        "prospect": Prospect.objects.filter(company=company, best=True).select_related("qualification").first(),
        "acts": acts,
        "tasks": list(AdviceTask.objects.open().filter(company=company).select_related("post__user", "qualification").order_by("pk")[:3]),
        "history": _history(company),
    }


def _advice(company: Company, actor: Actor) -> QuerySet[Advice]:
    """What the last night advises to do at this company."""
    last = Night.objects.current().order_by("-date").values("pk")[:1]
    found = Advice.objects.visible_to(actor).filter(company=company, night=Subquery(last))
    return found.select_related("company", "qualification", "place").order_by("rank")


def _history(company: Company) -> list[Event]:
    """Earlier calls, visits and answers about places, the latest first."""
    calls = CallResult.objects.filter(company=company, undone_at=None).select_related("by").order_by("-at")[:EARLIER]
    visits = Visit.objects.filter(company=company, held_at__isnull=False).select_related("advisor").order_by("-held_at")[:EARLIER]
    answers = PlaceAnswer.objects.filter(place__company=company).select_related("place", "by").order_by("-at")[:EARLIER]
    events = [Event(one.at, one.get_outcome_display(), one.note, one.by.name if one.by else "") for one in calls]
    events += [Event(one.held_at, str(_VISIT), one.places_note, one.advisor.name) for one in visits if one.held_at]
    events += [Event(one.at, f"{one.place.title}: {one.get_answer_display()}", "", one.by.name if one.by else "") for one in answers]
    return sorted(events, key=lambda event: event.at, reverse=True)[: 2 * EARLIER]


def waiting(round_: CallRound, actor: Actor) -> dict[str, int]:
    """How many are still to be called, and how many promised calls of the actor are due. One query."""
    now = timezone.now()
    return Call.objects.filter(round=round_, outcome="").aggregate(
        left=Count("pk", filter=Q(due_at=None)),
        later=Count("pk", filter=Q(due_at__gt=now)),
        due=Count("pk", filter=Q(due_at__lte=now)),
        mine=Count("pk", filter=Q(due_at__lte=now, due_for=actor.user)),
    )


def to_work(actor: Actor) -> Any:
    """Rounds with somebody to call now, the one in which the actor holds a company first: `held` (its address) and `held_company`."""
    now = timezone.now()
    calls = Call.objects.filter(round=OuterRef("pk"))
    ready = calls.filter(outcome="", holder=None).filter(Q(due_at=None) | Q(due_at__lte=now))
    mine = calls.filter(holder=actor.user)
    running = Q(Exists(ready), state=RoundState.RUNNING, deadline__gte=timezone.localdate())
    found = CallRound.objects.visible_to(actor).filter(running | Q(Exists(mine)))
    held = found.annotate(held=Subquery(mine.values("public_id")), held_company=Subquery(mine.values("company__name")))
    return held.order_by(F("held").asc(nulls_last=True), "deadline", "pk")
