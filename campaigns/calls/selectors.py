"""Reads of call rounds: progress, one company's history, what each caller and each hour brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, ExtractHour, TruncHour
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from campaigns.calls.words import why
from campaigns.calls.workflow import SPOKEN, Outcome, RoundState
from campaigns.models import Call, CallResult, CallRound
from companies.models import Company, CompanyMembership, CompanyRole, Visit
from placements.models import Answer, Place, PlaceAnswer, PlaceState
from shortages.advice.selectors import acts_of_any, in_words
from shortages.models import Advice, AdviceTask, Night

_VISIT = _("visit")
EARLIER = 10  # lines of history


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
    rows: Any = results(round_).order_by().values("by__name").annotate(**_SUMS)
    return [_line(row["by__name"], row) for row in rows.order_by("-places", "-n", "by__name")]


def by_hour(round_: CallRound) -> list[Line]:
    """Hours of the day, local time: when somebody answers."""
    rows: Any = results(round_).order_by().annotate(hour=ExtractHour("at")).values("hour").annotate(**_SUMS).order_by("hour")
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
    """Calls that the actor may open: of companies in the own regions, in rounds they see. Each with what a call there is worth."""
    mine = Call.objects.filter(company__in=Company.objects.visible_to(actor), round__in=CallRound.objects.visible_to(actor))
    best = FilteredRelation("company__prospects", condition=Q(company__prospects__best=True))
    worth = {f"best_{name}": F(f"best__{name}") for name in ("advised", "unmet")}
    return mine.select_related("round", "company__reach", "holder").annotate(best=best).annotate(**worth, best_course=F("best__qualification__name"))


def people(company: Company) -> list[CompanyMembership]:
    """Those who speak for a company, contacts first; at most five."""
    members = company.memberships.filter(ended_at=None, user__is_active=True).select_related("user")
    return sorted(members, key=lambda one: (one.role != CompanyRole.CONTACT, one.pk))[:5]


def screen(call: Call, actor: Actor) -> dict[str, Any]:
    """Everything a caller wants to know of a company before it answers, in five queries; call: one of `seen`."""
    company = call.company
    open_places = Place.objects.filter(company=company, state__in=(PlaceState.OPEN, PlaceState.PAUSED), ends_on__gt=timezone.localdate())
    places = list(open_places.select_related("period").with_taught().order_by("state", "title", "pk")[:10])
    tasks = AdviceTask.objects.open().filter(company=company).select_related("post__user", "qualification")
    return {
        "company": company,
        "reach": getattr(company, "reach", None),
        "people": people(company),
        "places": places,
        "offered": [place for place in places if place.state == PlaceState.OPEN],
        "acts": in_words(list(_advice(company, actor)[:3])),
        "tasks": list(tasks.order_by("pk")[:3]),
        "history": _history(company),
        "why": why(call.best_advised, call.best_unmet),  # type: ignore[attr-defined]
    }


def _advice(company: Company, actor: Actor) -> QuerySet[Advice]:
    """What the last night advises to do at this company."""
    last = Night.objects.current().order_by("-date").values("pk")[:1]
    return acts_of_any(actor).filter(company=company, night=Subquery(last)).order_by("rank")


@dataclass(frozen=True)
class Event:
    """Something in the history of a company, in words."""

    at: datetime
    what: str
    note: str
    by: str


def _history(company: Company) -> list[Event]:
    """Earlier calls, visits and answers about places, the latest first. One query."""
    calls = CallResult.objects.filter(company=company, undone_at=None).order_by()
    visits = Visit.objects.filter(company=company, held_at__isnull=False).order_by()
    answers = PlaceAnswer.objects.filter(place__company=company).order_by()
    rows = calls.values_list("at", Value("call"), "outcome", "note", "by__name").union(
        visits.values_list("held_at", Value("visit"), Value(""), "places_note", "advisor__name"),
        answers.values_list("at", Value("answer"), "answer", "place__title", "by__name"),
        all=True,
    )  # fmt: skip
    return [Event(at, _words(kind, code), note, by or "") for at, kind, code, note, by in rows.order_by("-at")[:EARLIER]]


def _words(kind: str, code: str) -> str:
    if kind == "call":
        return str(Outcome(code).label)
    return str(Answer(code).label if kind == "answer" else _VISIT)


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
