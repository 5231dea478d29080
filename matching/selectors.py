"""Reads for the pages about rounds: who is ready, what waits for a decision, figures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, ExtractYear, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from companies.models import Company, CompanyMembership, CompanyRole
from matching.models import Proposal, Round, RoundState, Run, RunState
from placements.models import Placement, PlacementRequest, PlacementTransition, PreparationStep, Refusal
from placements.workflow import OPEN_STATES, S
from schools.models import ProgrammeYear, Student, WayToPlace

# A student or a company waits for the answer: a week, of which the home page warns.
JUDGE_WITHIN = timedelta(days=7)


# Why a proposal asks for a look of its own, and the order that brings alike ones together.
REASONS_TO_LOOK = {
    "obstacle": ~Q(obstacle=""),
    "low": Q(is_low=True),
    "far": Q(is_far=True),
    "needs": Q(has_needs=True),
    "minor": Q(is_minor=True, is_low=False, is_far=False, has_needs=False, obstacle=""),
}
TOGETHER = ("-obstacle", "-is_low", "-is_far", "-has_needs", "-is_minor")


class Standing(models.TextChoices):
    """Where a student stands before a run."""

    READY = "ready", _("ready")
    NOT_READY = "not_ready", _("not ready yet")
    NO_REQUEST = "no_request", _("no request yet")
    PLACED = "placed", _("has a place or a proposal")
    CLOSED = "closed", _("closed by the school")


def participants(round_: Round, actor: Actor) -> QuerySet[Any]:
    """Students of the round that the actor may see, with `standing` and `steps_done` of the request for its period."""
    placed = Exists(Placement.objects.open().filter(request__student=OuterRef("pk"), request__period=round_.period_id))
    standing = Case(
        When(placed, then=Value(Standing.PLACED)),
        When(asked=None, then=Value(Standing.NO_REQUEST)),
        When(asked__closed_at__isnull=False, then=Value(Standing.CLOSED)),
        When(asked__ready_at=None, then=Value(Standing.NOT_READY)),
        default=Value(Standing.READY),
        output_field=models.CharField(),
    )
    students = Student.objects.active().visible_to(actor).filter(programme__in=round_.programmes.values("pk"))
    return students.annotate(
        asked=FilteredRelation("requests", condition=Q(requests__period=round_.period_id)),
        standing=standing,
        steps_done=F("asked__steps_done"),
    )


def count_standings(round_: Round, actor: Actor) -> dict[str, int]:
    """How many students stand where; every standing has a number."""
    rows = participants(round_, actor).order_by().values_list("standing").annotate(n=Count("pk"))
    return dict.fromkeys(Standing.values, 0) | dict(rows)


def missing_steps(steps_done: list[str] | None) -> list[str]:
    """Names of the steps of the preparation that are still to do; all of them where there is no request."""
    return [str(step.label) for step in PreparationStep if step not in (steps_done or [])]


def rounds_for(actor: Actor) -> QuerySet[Any]:
    """Rounds the actor may see, newest first, with `waiting`: proposals of own students that wait for a decision."""
    waiting = Proposal.objects.visible_to(actor).waiting().filter(run__round=OuterRef("pk")).order_by().values("run__round").annotate(n=Count("pk"))
    latest = Run.objects.filter(round=OuterRef("pk")).order_by("-created_at", "-pk")
    return (
        Round.objects.visible_to(actor)
        .select_related("period")
        .annotate(
            waiting=Subquery(waiting.values("n")),
            latest_run=Subquery(latest.values("public_id")[:1]),
            latest_job=Subquery(latest.values("job__state")[:1]),
            latest_figures=Subquery(latest.filter(state=RunState.DONE).values("figures")[:1]),
        )
    )


def result_run(round_: Round) -> Run | None:
    """The run whose result counts: the one taken over, else the latest with a result."""
    done = round_.runs.filter(state=RunState.DONE)
    return done.order_by(F("taken_over_at").desc(nulls_last=True), "-created_at", "-pk").defer("instance", "result").first()


def proposals_of(run: Run, actor: Actor) -> QuerySet[Any]:
    """Proposals of own students in a run, exceptions first, alike ones together, then by name, with all that a row shows."""
    rows = Proposal.objects.visible_to(actor).filter(run=run).with_flags()
    return rows.select_related(
        "request__student__programme", "place__company", "placement",
    ).order_by("-is_exception", *TOGETHER, "request__student__last_name", "request__student__first_name", "pk")  # fmt: skip


def own_requests(run: Run, actor: Actor, requests: Collection[int]) -> QuerySet[Any]:
    """Of these requests in a run those of own students, by name."""
    rows = Proposal.objects.visible_to(actor).filter(run=run, request__in=requests)
    names = ("request__student__last_name", "request__student__first_name", "pk")
    return rows.order_by(*names).values_list("request_id", flat=True)


def classes_in(run: Run, actor: Actor) -> QuerySet[Any]:
    """Own students in a run: request, programme (public id, name with its pathway) and class, by programme and class."""
    programme = "request__student__programme"
    name = Coalesce(NullIf(F(f"{programme}__name"), Value("")), F(f"{programme}__qualification__name"))
    label = Concat(name, Value(" ("), F(f"{programme}__pathway"), Value(")"), output_field=models.CharField())
    rows = Proposal.objects.visible_to(actor).filter(run=run).annotate(label=label)
    return rows.order_by("label", f"{programme}_id", "request__student__group", "pk").values_list(
        "request_id", f"{programme}__public_id", "label", "request__student__group"
    )


@dataclass(frozen=True)
class Decisions:
    """How far deciding is, for the proposals of own students in a taken-over run."""

    all: int
    placed: int
    waiting: int
    exceptions: int
    for_obstacle: int
    for_low: int
    for_far: int
    for_needs: int
    for_minor: int
    approved: int
    agreed: int
    objections: int
    claims: int
    claims_valid: int
    claims_invalid: int
    left_out: int

    @property
    def plain(self) -> int:
        """Waiting ones that need no look of their own."""
        return self.waiting - self.exceptions


def decisions_in(run: Run, actor: Actor) -> Decisions:
    """Counted in one query; objections and claims count once each, also when decided long ago."""
    waiting = Q(placement__state=S.PROPOSED)
    objected = Exists(PlacementTransition.objects.filter(placement=OuterRef("placement"), to_state=S.OBJECTED))
    claims = Refusal.objects.filter(placement=OuterRef("placement"))
    rows = Proposal.objects.visible_to(actor).filter(run=run).with_flags()
    counted: dict[str, int] = rows.annotate(
        objected=objected,
        claimed=Exists(claims),
        claim_valid=Exists(claims.filter(verdict=Refusal.Verdict.VALID)),
        claim_invalid=Exists(claims.filter(verdict=Refusal.Verdict.INVALID)),
    ).aggregate(
        all=Count("pk"),
        placed=Count("place"),
        waiting=Count("pk", filter=waiting),
        exceptions=Count("pk", filter=waiting & Q(is_exception=True)),
        **{f"for_{name}": Count("pk", filter=waiting & reason) for name, reason in REASONS_TO_LOOK.items()},
        approved=Count("pk", filter=Q(placement__state=S.APPROVED)),
        agreed=Count("pk", filter=Q(placement__confirmed_at__isnull=False)),
        objections=Count("pk", filter=Q(objected=True)),
        claims=Count("pk", filter=Q(claimed=True)),
        claims_valid=Count("pk", filter=Q(claim_valid=True)),
        claims_invalid=Count("pk", filter=Q(claim_invalid=True)),
        left_out=Count("pk", filter=Q(left_out=True)),
    )
    return Decisions(**counted)


def objections_for(actor: Actor) -> QuerySet[Any]:
    """Placements of own students that wait for a judgement of their objection, oldest first, with its reason."""
    last = PlacementTransition.objects.filter(placement=OuterRef("pk"), to_state=S.OBJECTED).order_by("-at", "-pk")
    own = Placement.objects.filter(request__student__in=Student.objects.visible_to(actor), state=S.OBJECTED)
    return (
        own.annotate(objection_code=Subquery(last.values("reason_code")[:1]), objection=Subquery(last.values("reason")[:1]))
        .select_related("request__student__programme", "place__company")
        .order_by("state_since", "pk")
    )


def claims_for(actor: Actor) -> QuerySet[Any]:
    """Refusals claimed by companies about own students that wait for a judgement, oldest first."""
    own = Refusal.objects.filter(placement__request__student__in=Student.objects.visible_to(actor), verdict=Refusal.Verdict.WAITING)
    return own.select_related("placement__request__student__programme", "placement__place__company").order_by("claimed_at", "pk")


def people_of(company: Company) -> list[User]:
    """Whom a coordinator can call at a company: its contacts."""
    contacts = CompanyMembership.objects.filter(company=company, role=CompanyRole.CONTACT, ended_at=None)
    return [member.user for member in contacts.select_related("user").order_by("pk")]


def due(since: datetime) -> datetime:
    """Until when something that arrived then can wait for a judgement."""
    return since + JUDGE_WITHIN


def unready(actor: Actor) -> list[dict[str, Any]]:
    """Open rounds with students who are not ready: `round` public id, name, deadline, how many; soonest first."""
    missing = (
        Student.objects.active().visible_to(actor)
        .filter(programme__rounds=OuterRef("pk"))
        .exclude(Exists(PlacementRequest.objects.filter(student=OuterRef("pk"), period=OuterRef(OuterRef("period"))).exclude(ready_at=None)))
        .order_by().values("programme__rounds").annotate(n=Count("pk"))
    )  # fmt: skip
    rounds = Round.objects.visible_to(actor).filter(state=RoundState.OPEN).annotate(n=Subquery(missing.values("n"))).filter(n__gt=0)
    return [dict(row) for row in rounds.order_by("deadline", "pk").values("public_id", "name", "deadline", "n")]


def seeking_without_round(actor: Actor) -> QuerySet[PlacementRequest]:
    """Running requests of own students for a period that is not over, without an open placement, that no unfinished round will match.

    Programmes whose students only apply are left out.
    """
    rounds = Round.objects.exclude(state=RoundState.PUBLISHED).filter(programmes=OuterRef("student__programme"), period=OuterRef("period"))
    # A school year begins on 1 August, 212 days into the year in which no period begins on 31 July.
    year = ExtractYear(OuterRef("period__starts_on") - Value(timedelta(days=212)))
    apply_only = ProgrammeYear.objects.filter(programme=OuterRef("student__programme"), way=WayToPlace.APPLY, year=year)
    seeking = PlacementRequest.objects.running().exclude(placements__state__in=OPEN_STATES).filter(period__ends_on__gt=timezone.localdate())
    return seeking.filter(~Exists(rounds), ~Exists(apply_only), student__in=Student.objects.visible_to(actor))


def published_runs() -> QuerySet[Run]:
    """Runs taken over in finished rounds, latest first, anywhere: their figures are public, small counts hidden."""
    runs = Run.objects.filter(round__state=RoundState.PUBLISHED, taken_over_at__isnull=False).defer("instance", "result")
    return runs.select_related("round__period", "round__school", "criteria").order_by("-round__published_at", "-pk")
