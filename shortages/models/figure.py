"""The figures of every night: counted exactly for those who are responsible, and once more, in fives, for everybody else."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reference.models import LabourMarketRegion, Qualification
from shortages.groups import TargetGroup
from stagematch.models import Job
from stagematch.retention import Retention


class NightState(models.TextChoices):
    """Where a night stands."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class NightQuerySet(models.QuerySet["Night"]):
    """Nights by what became of them."""

    def done(self) -> Self:
        """Nights with figures."""
        return self.filter(state=NightState.DONE)

    def current(self) -> Self:
        """Of each date the last version that is done: what pages show."""
        last = Night.objects.done().filter(date=OuterRef("date")).order_by("-version").values("pk")[:1]
        return self.filter(pk=Subquery(last))


class Night(models.Model):
    """The figures of one date; a correction is a new version beside the old one, which stays."""

    retention = Retention.FIGURES

    date = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=300, blank=True, help_text="Why a correction was made.")
    state = models.CharField(max_length=8, choices=NightState, default=NightState.RUNNING)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Figures and engine.")
    advice_job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.TextField(blank=True)
    seconds = models.JSONField(default=dict, help_text="Seconds per phase.")
    peak_mib = models.JSONField(default=dict, help_text="Most memory of the process up to the end of a phase, MiB.")
    rows = models.PositiveIntegerField(default=0, help_text="Rows of RegionFigure.")
    input_digest = models.CharField(max_length=64, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = NightQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["date", "version"], name="one_night_per_date_and_version"),
            models.UniqueConstraint(fields=["state"], condition=Q(state=NightState.RUNNING), name="one_night_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} v{self.version} ({self.state})"


class NightData(models.Model):
    """What a night works on, frozen at its beginning, and what the engine found: arrays, in pieces; deleted two days later.

    Every part of a night reads these and nothing else, so a part that is done again finds the same.
    """

    retention = Retention.OPERATION

    night = models.ForeignKey(Night, on_delete=models.CASCADE, related_name="data")
    name = models.CharField(max_length=20)
    piece = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["night", "name", "piece"]
        constraints = [models.UniqueConstraint(fields=["night", "name", "piece"], name="one_piece_of_a_night")]

    def __str__(self) -> str:
        return f"{self.night_id} {self.name} {self.piece}"


class Stop(models.TextChoices):
    """What keeps a student who is ready from every place, in the order in which the engine asks (docs/engine.md, "reason")."""

    DISTANCE = "distance", _("distance: there are places, but further than they can travel")
    RECOGNITION = "recognition", _("recognition: no recognised company offers this qualification, level or pathway within reach")
    PERIOD = "period", _("period: not in these weeks")
    DAYS = "days", _("days: not on these days")
    REQUIREMENT = "requirement", _("requirement: the place asks or lacks something")
    CAPACITY = "capacity", _("capacity: more students than slots")


# Every count of a cell; all are numbers of students, slots or reports. New ones come at the end: the lots go by position (suppression).
COUNTS = (
    # Students by where they live: `seeking` have no open placement, `ready` are those of them whose preparation is done.
    *("seeking", "ready", "matched", "placed", "ended_early"),
    # Slots by where the company is, at places that name this qualification and pathway; the last four count each place in one cell only,
    # that of its first qualification and pathway, so that they add up.
    *("offered", "confirmed", "unused", "stale"),
    *("offered_once", "confirmed_once", "unused_once", "stale_once"),
    *("stop_distance", "stop_recognition", "stop_period", "stop_days", "stop_requirement", "stop_capacity"),
    *("reports_open", "reports_new", "reports_solved"),
)


def _count() -> models.PositiveIntegerField:
    return models.PositiveIntegerField(default=0)


class Cell(models.Model):
    """Date × labour-market region × qualification × target group."""

    retention = Retention.FIGURES

    night = models.ForeignKey(Night, on_delete=models.PROTECT, related_name="%(class)ss")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, related_name="+")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=8, choices=TargetGroup)

    seeking = _count()
    ready = _count()
    matched = _count()
    placed = _count()
    ended_early = _count()
    offered = _count()
    confirmed = _count()
    unused = _count()
    stale = _count()
    offered_once = _count()
    confirmed_once = _count()
    unused_once = _count()
    stale_once = _count()
    stop_distance = _count()
    stop_recognition = _count()
    stop_period = _count()
    stop_days = _count()
    stop_requirement = _count()
    stop_capacity = _count()
    reports_open = _count()
    reports_new = _count()
    reports_solved = _count()
    # None where too few students stand behind it.
    median_km = models.FloatField(null=True, help_text="Kilometres by road to the place the engine gives, of the students it places.")
    chance = models.PositiveSmallIntegerField(null=True, help_text="Chance of a place, per cent; docs/shortages.md has the formula.")
    worth = models.FloatField(
        null=True, help_text="Students placed more by one more slot here: the mean over the companies here that are recognised for it."
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["night", "region", "qualification", "group"], name="one_%(class)s_per_cell"),
        ]
        indexes = [models.Index(fields=["region", "night"], name="%(class)s_by_region")]
        triggers = [pgtrigger.Protect(name="figures_are_never_rewritten", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.night_id} {self.region_id} {self.qualification_id} {self.group}"


class RegionFigure(Cell):
    """What is so: for those who are responsible for the region, and for nobody else."""


class PublicFigure(Cell):
    """The same cells with every count at a multiple of five: the only table that other people's pages and exports read.

    shortages.night.suppression makes it, once, together with the exact one. Totals for the public are sums of these rows.
    """
