"""Visits of advisors, and what they found on the five conditions."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import Post, User
from companies.models.company import Company
from companies.models.recognition import Recognition
from companies.workflow import Condition
from stagematch.retention import Retention


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits by state and by who looks."""

    def planned(self) -> Self:
        """Still to come, or not written down yet."""
        return self.filter(held_at=None, cancelled_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Those at companies the actor may see."""
        return self.filter(company__in=Company.objects.visible_to(actor))


class Visit(models.Model):
    """An advisor goes to a company, for one or more of its recognitions; every visit asks for places as well."""

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="visits")
    advisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="visits")
    recognitions = models.ManyToManyField(Recognition, related_name="visits")
    starts_at = models.DateTimeField(_("day and time"))
    note = models.CharField(_("for yourself and the company"), max_length=200, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    places_offered = models.PositiveSmallIntegerField(_("places that the company can offer"), null=True, blank=True)
    places_note = models.CharField(_("what was said about places"), max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["advisor", "starts_at"], name="visits_of_an_advisor")]
        constraints = [
            models.CheckConstraint(condition=Q(held_at=None) | Q(cancelled_at=None), name="a_visit_is_held_or_cancelled"),
            models.CheckConstraint(condition=Q(held_at=None) | Q(places_offered__isnull=False), name="every_visit_asks_for_places"),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.starts_at:%Y-%m-%d}"


class VisitFeed(models.Model):
    """How often an advisor had the address of the own calendar renewed; without a row, never."""

    retention = Retention.ACCOUNT

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="visit_feed")
    renewed = models.PositiveIntegerField(default=0, help_text="Stands in the signed address: the one before it ends.")

    def __str__(self) -> str:
        return f"{self.post}: {self.renewed}"


class Assessment(models.Model):
    """What was found for one recognition, on a visit or (by way of exception) without one. Never changed; a later one counts instead."""

    retention = Retention.COMPANY

    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="assessments")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # Made by the form when it is opened: what a phone sends again after a lost answer is the same assessment.
    key = models.UUIDField(default=uuid.uuid4)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["key", "recognition"], name="one_assessment_a_form")]

    def __str__(self) -> str:
        return f"{self.recognition} {self.at:%Y-%m-%d}"

    @property
    def by_whom(self) -> str:
        """Who assessed it; somebody who left is forgotten in time."""
        return self.by.name if self.by else "SBB"


class Finding(models.Model):
    """Whether one condition is met, and by what that was seen."""

    retention = Retention.COMPANY

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="findings")
    condition = models.CharField(max_length=11, choices=Condition)
    met = models.BooleanField(_("met"))
    evidence = models.TextField(_("what you saw"), max_length=1000)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "condition"], name="one_finding_a_condition"),
            models.CheckConstraint(condition=~Q(evidence=""), name="a_finding_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.condition}: {self.met}"
