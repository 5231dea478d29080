"""Who gets a mail about what changed, and what they were last told."""

import uuid

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reference.models import LabourMarketRegion, Municipality
from shortages.models.figure import Night
from stagematch.retention import Retention


class DigestRefusal(models.Model):
    """Somebody who wants no digests; the row goes when they want them again."""

    retention = Retention.ACCOUNT

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="digest_refusal")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user_id}"


class Digest(models.Model):
    """One mail to one hat after one night; `facts` are what the next one is compared with. Numbers, never names of people."""

    retention = Retention.FIGURES

    hat = models.CharField(max_length=60, help_text="Key of the hat, or of the subscription.")
    night = models.ForeignKey(Night, on_delete=models.PROTECT, related_name="digests")
    date = models.DateField()
    facts = models.JSONField(default=dict)
    sent = models.BooleanField(default=True, help_text="False when there was nothing to say.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["hat", "-date"]
        constraints = [models.UniqueConstraint(fields=["hat", "date"], name="one_digest_per_hat_and_date")]

    def __str__(self) -> str:
        return f"{self.hat} {self.date:%Y-%m-%d}"


class ReaderKind(models.TextChoices):
    """Who reads the weekly mail without an account."""

    MUNICIPALITY = "municipality", _("municipality")
    PARTNER = "partner", _("partner")


@pghistory.track()
class DigestSubscription(models.Model):
    """A municipality or partner that gets the public figures of a region once a week."""

    retention = Retention.ACCOUNT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name of the organisation"), max_length=150)
    kind = models.CharField(_("kind"), max_length=12, choices=ReaderKind, default=ReaderKind.MUNICIPALITY)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("municipality"))
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, related_name="+", verbose_name=_("labour-market region"))
    language = models.CharField(_("language"), max_length=2, choices=[("nl", _("Dutch")), ("en", _("English"))], default="nl")
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the reader said yes, by the link in the first mail.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), F("region"), condition=Q(ended_at=None), name="one_running_subscription_per_address_and_region",
                violation_error_message=_("This address gets the mail of this region already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.region_id})"
