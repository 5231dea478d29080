"""Messages between student and company, through the platform, once both know of each other."""

import uuid
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from placements.applications.questions import Side
from placements.models.placement import Placement
from schools.models import Student
from stagematch.retention import Retention


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """The two who write, from CONFIRMED on; the school only a thread in which something was reported to it."""
        if actor.company_id:
            return self.filter(placement__in=Placement.objects.visible_to(actor))
        if actor.student_id:
            return self.filter(placement__request__student_id=actor.student_id)
        reported = Message.objects.filter(reported_at__isnull=False).values("placement")
        return self.filter(placement__request__student__in=Student.objects.visible_to(actor), placement__in=reported)


class Message(models.Model):
    """One message about a definitive placement; the mail about it never carries the text."""

    retention = Retention.PLACEMENT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    side = models.CharField(max_length=8, choices=Side)
    text = models.TextField(_("message"), max_length=2000)
    at = models.DateTimeField(default=timezone.now)
    reported_at = models.DateTimeField(null=True, blank=True, help_text="When the other side showed it to the school.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["placement", "at"])]

    def __str__(self) -> str:
        return f"{self.side} {self.at:%Y-%m-%d %H:%M}"
