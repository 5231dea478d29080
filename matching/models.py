"""Criteria, rounds, runs and proposals: how a match came about, kept so that it can be checked again."""

import uuid
from typing import Any, Self

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import User
from matching import engine
from matching.words import Obstacle, Reason
from placements.models import Adjustment, Period, Place, Placement, PlacementRequest
from placements.workflow import PlacementState
from reference.travel import ROAD_TENTHS, SPEED_KMH, road_metres
from schools.models import Programme, School, SchoolState, Student
from stagematch.models import Job, JobState
from stagematch.retention import Retention

# Proposals that a coordinator must look at one by one: a score below this, or further than this share of the own limit.
LOW_SCORE = 500
FAR_PERCENT = 80


class Policy(models.TextChoices):
    """How a run decides who goes where."""

    MOST = "most", _("as many students as possible, then the best fit")
    GENEROUS = "generous", _("as many students as possible, and fewer far from their wishes")
    STABLE = "stable", _("no student and place that would both rather have each other; fewer students placed")


@pghistory.track()
class Criteria(models.Model):
    """One published version of what counts in a match, and how much; never changed after publication."""

    retention = Retention.MATCHING

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    distance = models.PositiveSmallIntegerField(_("distance"), default=300)
    goals = models.PositiveSmallIntegerField(_("learning goals"), default=300)
    kind = models.PositiveSmallIntegerField(_("kind of company"), default=150)
    support = models.PositiveSmallIntegerField(_("guidance"), default=100)
    days = models.PositiveSmallIntegerField(_("days"), default=100)
    allowance = models.PositiveSmallIntegerField(_("allowance"), default=50)
    kind_second = models.PositiveSmallIntegerField(_("kind of company, second wish"), default=75)
    support_step = models.PositiveSmallIntegerField(_("off for each step of guidance too little"), default=40)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=Q(distance=1000 - F("goals") - F("kind") - F("support") - F("days") - F("allowance")),
                name="criteria_add_up_to_1000",
            )
        ]
        triggers = [pgtrigger.Protect(name="published_criteria_never_change", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"v{self.version}"

    @classmethod
    def latest(cls) -> Self:
        """The version that new rounds are held to."""
        return cls.objects.order_by("-version")[:1].get()

    def as_engine(self) -> engine.Criteria:
        """The same weights as the engine takes them."""
        return engine.Criteria(**{name: getattr(self, name) for name in engine.Criteria().as_dict()})


class RoundState(models.TextChoices):
    """Where a round stands."""

    OPEN = "open", _("open")
    RUNNING = "running", _("run under way")
    DECIDING = "deciding", _("waiting for decisions")
    PUBLISHED = "published", _("finished")


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """For a coordinator: rounds in which at least one own programme takes part; for a school administrator: the school's.

        None while the school is not (or no longer) verified.
        """
        if actor.is_(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN):
            own = Programme.objects.visible_to(actor).filter(school__state=SchoolState.VERIFIED)
            return self.filter(pk__in=Round.programmes.through.objects.filter(programme__in=own).values("round_id"))
        return self.none()


@pghistory.track()
class Round(models.Model):
    """Students of some programmes matched with places for one period, in one go."""

    retention = Retention.MATCHING

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="rounds")
    name = models.CharField(_("name of the round"), max_length=120)
    programmes = models.ManyToManyField(Programme, related_name="rounds", verbose_name=_("programmes"))
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("period"))
    deadline = models.DateField(_("students are ready before"))
    policy = models.CharField(_("way of matching"), max_length=10, choices=Policy, default=Policy.MOST)
    criteria = models.ForeignKey(Criteria, on_delete=models.PROTECT, related_name="rounds")
    seed = models.BigIntegerField(help_text="Lottery seed; its hash is shown from the start, the seed itself after the run.")
    seed_salt = models.CharField(max_length=64)
    seed_hash = models.CharField(max_length=64, help_text="SHA-256 of `seed:salt`.")
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.OPEN)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class RunState(models.TextChoices):
    """How far a run is; while it works, its job tells more."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("under way")
    DONE = "done", _("finished")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN_RUN = (RunState.QUEUED, RunState.RUNNING)


class RunQuerySet(models.QuerySet["Run"]):
    """Runs by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of rounds the actor may see."""
        return self.filter(round__in=Round.objects.visible_to(actor))


class Run(models.Model):
    """One computation of a round: what went in, what came out, and the certificate that proves it."""

    retention = Retention.MATCHING

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="runs")
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    policy = models.CharField(max_length=10, choices=Policy)
    criteria = models.ForeignKey(Criteria, on_delete=models.PROTECT, related_name="runs")
    seed = models.BigIntegerField()
    instance = models.BinaryField(default=bytes, help_text="students.csv, places.csv and criteria.toml of the engine, zipped: ids, no names.")
    result = models.BinaryField(default=bytes, help_text="placements.csv, certificate.npz and summary.json of the engine, zipped.")
    input_digest = models.CharField(max_length=64, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    figures = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    taken_over_at = models.DateTimeField(null=True, blank=True)
    taken_over_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["round"], condition=Q(state__in=["queued", "running"]), name="one_run_at_a_time_per_round"),
            models.UniqueConstraint(fields=["round"], condition=Q(taken_over_at__isnull=False), name="one_run_taken_over_per_round"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(result_digest=""), name="a_finished_run_has_a_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} #{self.pk} ({self.state})"

    @property
    def standing(self) -> RunState:
        """How far it really is: a worker that died for good leaves the row open, its job tells."""
        if self.state in OPEN_RUN and self.job is not None:
            return RunState.RUNNING if self.job.state == JobState.IN_PARTS else RunState(self.job.state)
        return RunState(self.state)

    @property
    def is_open(self) -> bool:
        """Whether it still waits or works."""
        return self.standing in OPEN_RUN

    @property
    def error_text(self) -> str:
        """Why it failed, in the reader's language."""
        error = self.error or (self.job.error if self.job else "")
        return gettext(error) if error else ""


class RunPart(models.Model):
    """A part of a run that is divided over several workers, from dividing to joining; then it is deleted."""

    retention = Retention.OPERATION

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    instance = models.BinaryField(help_text="The part as an instance of its own, packed as that of the run.")
    result = models.BinaryField(default=bytes, help_text="What was found, as bytes of engine.parts.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_part_per_number_and_run")]

    def __str__(self) -> str:
        return f"{self.run_id} part {self.number}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of own students for school staff; a student sees a placement, not a proposal."""
        if actor.school_id:
            return self.filter(request__student__in=Student.objects.visible_to(actor))
        return self.none()

    def with_flags(self) -> "models.QuerySet[Any]":
        """Add `is_low`, `is_far`, `has_needs`, `is_minor` and `is_exception`: what a coordinator must look at one by one."""
        speeds = [When(request__travel_mode=mode, then=Value(speed)) for mode, speed in SPEED_KMH.items()]
        # As travel.max_metres, in SQL; the page filters and counts by it.
        limit = F("request__max_minutes") * Case(*speeds, default=Value(0)) * 10_000 / (60 * ROAD_TENTHS)
        flags = self.annotate(
            limit=ExpressionWrapper(limit, output_field=models.BigIntegerField()),
            is_low=_true_if(Q(score__lt=LOW_SCORE)),
            has_needs=_true_if(Q(request__needs__len__gt=0)),
            is_minor=_true_if(Q(request__student__adult_on__gt=timezone.localdate())),
        ).annotate(is_far=_true_if(Q(distance__gt=F("limit") * FAR_PERCENT / 100)))
        any_of_them = Q(is_low=True) | Q(is_far=True) | Q(has_needs=True) | Q(is_minor=True) | ~Q(obstacle="")
        return flags.annotate(is_exception=_true_if(Q(place__isnull=False) & any_of_them))

    def waiting(self) -> Self:
        """Taken over and waiting for the coordinator's decision."""
        return self.filter(placement__state=PlacementState.PROPOSED)


BADGES = {
    PlacementState.PROPOSED: "info",
    PlacementState.APPROVED: "info",
    PlacementState.OBJECTED: "warning",
    PlacementState.REFUSAL_CLAIMED: "warning",
    PlacementState.CONFIRMED: "success",
    PlacementState.INTRODUCED: "success",
    PlacementState.AGREED: "success",
    PlacementState.ACTIVE: "success",
    PlacementState.COMPLETED: "success",
    PlacementState.DECLINED: "danger",
    PlacementState.REFUSED: "danger",
    PlacementState.WITHDRAWN: "danger",
    PlacementState.ENDED_EARLY: "danger",
}


def _true_if(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


# By the statement, not by the row: a run stores thousands at once.
@pghistory.track(level=pghistory.Statement)
class Proposal(models.Model):
    """What a run says about one request: a place with points per criterion, or the reason why there is none."""

    retention = Retention.MATCHING

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="proposals")
    request = models.ForeignKey(PlacementRequest, on_delete=models.PROTECT, related_name="proposals")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="proposals")
    placement = models.OneToOneField(Placement, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposal")
    score = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(1000)])
    distance = models.PositiveIntegerField(null=True, help_text="Straight-line metres.")
    points_distance = models.PositiveSmallIntegerField(null=True)
    points_goals = models.PositiveSmallIntegerField(null=True)
    points_kind = models.PositiveSmallIntegerField(null=True)
    points_support = models.PositiveSmallIntegerField(null=True)
    points_days = models.PositiveSmallIntegerField(null=True)
    points_allowance = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=12, choices=Reason, blank=True, help_text="Why there is no place: the engine's word.")
    left_out = models.BooleanField(default=False, help_text="It no longer fitted when the run was taken over.")
    obstacle = models.CharField(
        max_length=13, choices=Obstacle, blank=True, help_text="Why it was left out, or could not be approved when that was tried last."
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "request"], name="one_proposal_per_request_and_run"),
            models.CheckConstraint(
                condition=Q(place=None, score=None) & ~Q(reason="") | Q(place__isnull=False, score__isnull=False, reason=""),
                name="a_proposal_has_a_place_or_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} → {self.place_id or self.reason}"

    @property
    def road(self) -> int | None:
        """Metres by road, for showing."""
        return None if self.distance is None else road_metres(self.distance)

    @property
    def needs_text(self) -> list[str]:
        """The adjustments the student asked for, in words."""
        return [str(Adjustment(need).label) for need in self.request.needs]

    @property
    def placement_badge(self) -> str:
        """Kind of badge for the state of its placement."""
        return BADGES.get(PlacementState(self.placement.state), "neutral") if self.placement else "neutral"
