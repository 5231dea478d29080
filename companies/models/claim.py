"""Who says to act for a company that stands here without people."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from companies.models.company import Company
from stagematch.retention import Retention


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims by state and by who looks."""

    def waiting(self) -> Self:
        """Nobody has decided on them yet."""
        return self.filter(accepted=None)

    def visible_to(self, actor: Actor) -> Self:
        """Those on companies the actor may see."""
        return self.filter(company__in=Company.objects.visible_to(actor))


@pghistory.track()
class Claim(models.Model):
    """Somebody registered a company that is known here and has no people: SBB checks who it is before they are let in."""

    retention = Retention.ACCOUNT

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="claims")
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("telephone"), max_length=16, blank=True, default="", db_default="")
    details = models.JSONField(default=dict, db_default=Value({}, output_field=models.JSONField()), help_text="As an invitation keeps them.")
    language = models.CharField(max_length=2, default="nl")
    made_at = models.DateTimeField(default=timezone.now)
    accepted = models.BooleanField(null=True, help_text="None until somebody has decided.")
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("why not"), max_length=300, blank=True, default="", db_default="")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["company", "email"], condition=Q(accepted=None), name="one_waiting_claim_per_address")]

    def __str__(self) -> str:
        return f"{self.email} → {self.company}"
