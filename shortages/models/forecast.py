"""What the next eight weeks bring if they go as the weeks before, made every night in the worker."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from reference.models import LabourMarketRegion, SectorChamber
from shortages.groups import TargetGroup
from shortages.models.figure import Night
from stagematch.retention import Retention


class ForecastMeasure(models.TextChoices):
    """What is forecast."""

    READY = "ready", _("students without a place")
    UNUSED = "unused_once", _("slots unused")


class Outlook(models.Model):
    """One series ahead: a region or the country, and in it everything, one target group or one sector chamber."""

    retention = Retention.FIGURES

    night = models.ForeignKey(Night, on_delete=models.PROTECT, related_name="%(class)ss")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, null=True, related_name="+")
    chamber = models.ForeignKey(SectorChamber, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.CharField(max_length=8, choices=TargetGroup, blank=True)
    measure = models.CharField(max_length=12, choices=ForecastMeasure)
    history = models.PositiveSmallIntegerField(help_text="Weeks of figures that it is made from.")
    season = models.PositiveSmallIntegerField(help_text="Length in weeks of the season in the model; 0: too little history for any forecast.")
    # A value a week, the first a week after the night; empty when there is too little history.
    values = ArrayField(models.FloatField(), default=list)
    low = ArrayField(models.FloatField(), default=list, help_text="With the upper bound: where it lies in eight of ten cases.")
    high = ArrayField(models.FloatField(), default=list)
    error_last = models.FloatField(null=True, help_text="How far the model was off on average in the last eight weeks, which it had not seen.")

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["night", "region", "chamber", "group", "measure"], nulls_distinct=False, name="one_%(class)s_per_slice"),
        ]

    def __str__(self) -> str:
        return f"{self.night_id} {self.region_id} {self.chamber_id} {self.group} {self.measure}"


class Forecast(Outlook):
    """From the exact figures."""


class PublicForecast(Outlook):
    """From the published figures, rounded to fives like them."""
