"""Call rounds: whom to call, in which order, who holds which company now, and how each call went."""

import uuid
from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from campaigns.calls.workflow import OPEN_STATES, Outcome, RoundState
from campaigns.models.campaign import Campaign, CampaignQuerySet
from companies.models import Company
from placements.models import Place
from reference.models import LabourMarketRegion
from stagematch.models import Job
from stagematch.retention import Retention


class CallRoundQuerySet(CampaignQuerySet["CallRound"]):
    """Rounds by state and by who looks."""

    def open(self) -> Self:
        """Not ended."""
        return self.filter(state__in=OPEN_STATES)


@pghistory.track()
class CallRound(Campaign):
    """A round of calls: an audience in its order, a script, and how many places it is to bring."""

    retention = Retention.COMPANY

    script = models.TextField(_("what to say"), max_length=4000)
    target = models.PositiveIntegerField(_("places to be added"), validators=[MinValueValidator(1), MaxValueValidator(100_000)])
    deadline = models.DateField(_("last day"))
    state = models.CharField(max_length=8, choices=RoundState, default=RoundState.DRAFT)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Which fills it, when it is big.")

    objects = CallRoundQuerySet.as_manager()

    class Meta:
        ordering = ["deadline", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state=RoundState.DRAFT) | ~Q(started_at=None) | ~Q(ended_at=None), name="a_round_says_when_it_began"),
        ]

    @property
    def callable(self) -> bool:
        """Whether companies are given to callers today."""
        return self.state == RoundState.RUNNING and self.deadline >= timezone.localdate()


_WAITS: dict[str, Any] = {"outcome": "", "holder": None}


class Call(models.Model):
    """One company in a round: its turn, who holds it now, and how it ended.

    A caller holds a company until `held_until`; then anybody may be given it. `claim` names one holding, and with it one outcome.
    """

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(CallRound, on_delete=models.CASCADE, related_name="calls")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="calls")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not before this moment, and then before all others.")
    due_for = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who promised to call back.")
    holder = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    held_since = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, unique=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Times nobody answered.")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="", help_text="Once the company is done with in this round.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "company"], name="one_call_a_company_and_round"),
            # In all rounds at once: the database itself refuses two callers at one company.
            models.UniqueConstraint(fields=["company"], condition=Q(holder__isnull=False), name="one_caller_a_company"),
            models.UniqueConstraint(fields=["holder"], condition=Q(holder__isnull=False), name="one_company_a_caller"),
            models.CheckConstraint(
                condition=Q(holder=None) | Q(outcome="", held_until__isnull=False, held_since__isnull=False, claim__isnull=False),
                name="what_is_held_is_not_done_and_says_until_when",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "position"], condition=Q(**_WAITS, due_at=None), name="calls_waiting"),
            models.Index(fields=["round", "region", "position"], condition=Q(**_WAITS, due_at=None), name="calls_waiting_of_region"),
            models.Index(fields=["round", "due_at"], condition=Q(**_WAITS, due_at__isnull=False), name="calls_due"),
            models.Index(fields=["held_until"], condition=Q(holder__isnull=False), name="calls_held"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.position}: {self.company_id}"


class CallResult(models.Model):
    """How one call went: what a caller wrote down, once for each time they held the company. Undone ones stay, and count for nothing."""

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="results")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="call_results")
    claim = models.UUIDField(unique=True, help_text="The holding it ends: a double click, a second tab and the back button are one outcome.")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = models.CharField(_("note"), max_length=300, blank=True)
    spoke_to = models.CharField(_("spoke to"), max_length=100, blank=True, help_text="On whose word places were added or confirmed.")
    since = models.DateTimeField(help_text="When the caller got the company.")
    at = models.DateTimeField(default=timezone.now)
    call_at = models.DateTimeField(null=True, blank=True, help_text="When to call back.")
    places_added = models.PositiveIntegerField(default=0, help_text="Slots of the places added.")
    places = models.ManyToManyField(Place, blank=True, related_name="+")
    before = models.JSONField(default=dict, help_text="What undoing puts back.")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["company", "-at"], name="call_results_of_company")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.outcome}"
