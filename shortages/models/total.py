"""Sums of a night's cells, made once that night, so that a page adds up dozens of rows and not millions."""

from django.db import models

from reference.models import LabourMarketRegion, Qualification, SectorChamber
from shortages.groups import TargetGroup
from shortages.models.figure import COUNTS, Night
from stagematch.retention import Retention

# Means are kept as a sum and what it is divided by, so that they can be added up further.
MEANS = ("chance", "worth", "median_km")


class Total(models.Model):
    """Cells of a night added up; an empty region, chamber or group stands for all of them.

    Rows: (region | country) × (chamber | all) × (group | all), and country × qualification × group.
    """

    retention = Retention.FIGURES

    night = models.ForeignKey(Night, on_delete=models.PROTECT, related_name="%(class)ss")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, null=True, related_name="+")
    chamber = models.ForeignKey(SectorChamber, on_delete=models.PROTECT, null=True, related_name="+")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.CharField(max_length=8, choices=TargetGroup, blank=True)

    for _name in COUNTS:
        locals()[_name] = models.PositiveIntegerField(default=0)
    for _name in MEANS:
        locals()[f"{_name}_sum"] = models.FloatField(default=0)
        locals()[f"{_name}_of"] = models.FloatField(default=0)
    del _name

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["region", "chamber", "qualification", "group", "night"], nulls_distinct=False, name="one_%(class)s_per_slice"
            ),
        ]
        indexes = [models.Index(fields=["night", "chamber", "group"], name="%(class)s_by_night")]

    def __str__(self) -> str:
        return f"{self.night_id} {self.region_id} {self.chamber_id} {self.qualification_id} {self.group}"


class RegionTotal(Total):
    """Sums of the exact cells."""


class PublicTotal(Total):
    """Sums of the published cells, and of nothing else."""
