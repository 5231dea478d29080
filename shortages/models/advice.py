"""The acts that place most students, region by region, and what became of them."""

import uuid
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Post, User
from companies.models import Company
from placements.models import Place, Weekday
from reference.models import LabourMarketRegion, Pathway, Qualification, QualificationKind
from shortages.models.figure import Night
from stagematch.retention import Retention


class ActKind(models.TextChoices):
    """What one can do."""

    OPEN = "open", _("ask a recognised company to open a place")
    CONFIRM = "confirm", _("ask whether an unconfirmed place is still right")
    DAY = "day", _("ask for one more day at a place that is free")
    RECOGNISE = "recognise", _("help a company to be recognised for one more qualification")


class AdviceQuerySet(models.QuerySet["Advice"]):
    """Advice by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """For SBB's people that of the own regions, for administrators all; it names companies, never students."""
        if actor.is_(HatKind.ADMINISTRATOR):
            return self
        if not actor.has_post:
            return self.none()
        regions = Post.regions.through.objects.filter(post_id=actor.object_id or 0).values("labourmarketregion_id")
        return self.filter(Q(region__in=regions) | ~Exists(regions))

    def with_own_kind(self, actor: Actor) -> Self:
        """`own_kind`: whether it is about students whom this kind of advisor helps (TARGET_GROUPS, the other way round); for others always."""
        target_groups = ~Q(qualification__kind=QualificationKind.MBO) | Q(qualification__level=1)
        own = Q(pk__isnull=False)
        if actor.is_(HatKind.ADVISOR_TARGET_GROUPS, HatKind.ADVISOR_PRACTICE):
            own = target_groups if actor.is_(HatKind.ADVISOR_TARGET_GROUPS) else ~target_groups
        return self.annotate(own_kind=ExpressionWrapper(own, output_field=models.BooleanField()))


class Advice(models.Model):
    """One act of a region's ten, in the order in which they were chosen: each counts on those before it."""

    retention = Retention.FIGURES

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    night = models.ForeignKey(Night, on_delete=models.PROTECT, related_name="advice")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ActKind)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="+")
    pathway = models.CharField(max_length=3, choices=Pathway)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Which exists already.")
    day = models.CharField(max_length=2, choices=Weekday, blank=True)
    slots = models.PositiveSmallIntegerField(default=1, help_text="Slots that the act adds.")
    students = models.PositiveSmallIntegerField(default=0, help_text="Students placed more by it, after those before it.")
    points = models.IntegerField(default=0, help_text="Change in the total score.")
    tiers = ArrayField(models.PositiveSmallIntegerField(), default=list, help_text="Tiers of the students placed more.")
    reason = models.JSONField(default=dict, help_text="What the sentence needs: counts, never names.")

    objects = AdviceQuerySet.as_manager()

    class Meta:
        ordering = ["night", "region", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["night", "region", "rank"], name="one_act_per_rank"),
            models.CheckConstraint(condition=~Q(kind=ActKind.DAY) | (~Q(day="") & Q(place__isnull=False)), name="one_more_day_of_a_place"),
            models.CheckConstraint(condition=~Q(kind=ActKind.CONFIRM) | Q(place__isnull=False), name="a_place_to_confirm"),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.rank}: {self.kind} {self.company_id}"


class TaskOutcome(models.TextChoices):
    """How a task ended, as the person who did it says."""

    DONE = "done", _("done: the place is there, or will be")
    LATER = "later", _("not now: ask again later")
    NO = "no", _("no: the company does not want to or cannot")
    UNREACHED = "unreached", _("nobody could be reached")
    WRONG = "wrong", _("the advice was wrong")


class AdviceTaskQuerySet(models.QuerySet["AdviceTask"]):
    """Tasks by who looks."""

    def open(self) -> Self:
        """Without an outcome."""
        return self.filter(outcome="")

    def visible_to(self, actor: Actor) -> Self:
        """Those of the advice that the actor may see."""
        return self.filter(advice__in=Advice.objects.visible_to(actor))


@pghistory.track()
class AdviceTask(models.Model):
    """An advice that somebody has taken on; one open task for the same act at the same company."""

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    advice = models.ForeignKey(Advice, on_delete=models.PROTECT, related_name="tasks")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ActKind)
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="advice_tasks", help_text="Whose task it is; a new colleague takes it over."
    )
    taken_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=TaskOutcome, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    worked = models.BooleanField(null=True, help_text="Whether the next night found the place.")
    worked_on = models.DateField(null=True, blank=True)

    objects = AdviceTaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "qualification", "kind"], condition=Q(outcome=""), name="one_open_task_per_act"),
            models.CheckConstraint(condition=Q(outcome="") | Q(ended_at__isnull=False), name="an_ended_task_says_when"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.company_id} {self.qualification_id}"
