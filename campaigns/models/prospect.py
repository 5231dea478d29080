"""What a call or mail to a company is worth, one row a qualification it may train for; refreshed after every night."""

from django.db import models
from django.db.models import F, Q

from companies.models import Company
from reference.models import LabourMarketRegion, Qualification
from stagematch.retention import Retention

# The order of a call round: what the night advises, then what one more place would be worth, then how many seek in vain nearby.
_ORDER = (F("advised").desc(), F("worth").desc(), F("unmet").desc(), "company")


class Prospect(models.Model):
    """One more place for this qualification at this company: whom it would help. Made by `campaigns.prospects.refresh`, read by audiences.

    It orders companies and says why; whether a company belongs to an audience is always asked of the companies themselves.
    """

    retention = Retention.FIGURES

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="prospects")
    qualification = models.ForeignKey(Qualification, on_delete=models.CASCADE, related_name="+")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.CASCADE, null=True, related_name="+")
    worth = models.FloatField(default=0, help_text="Students placed more: of the night's advice, else of one slot more in the region.")
    unmet = models.PositiveIntegerField(default=0, help_text="Students without a place within reach, less the free slots within reach.")
    advised = models.BooleanField(default=False, help_text="Among the night's ten acts of the region.")
    best = models.BooleanField(default=False, help_text="One row of each company: the one of most worth.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "qualification"], name="one_prospect_per_qualification")]
        indexes = [
            models.Index(*_ORDER, condition=Q(best=True), name="best_prospects"),
            models.Index("region", *_ORDER, condition=Q(best=True), name="best_prospects_of_region"),
            models.Index("qualification", *_ORDER, name="prospects_of_qualification"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} × {self.qualification_id}: {self.worth}"
