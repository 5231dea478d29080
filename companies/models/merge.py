"""Two records of one company that become one: who asked, who decided, and exactly what moved, so that it can be undone."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actor import Actor
from accounts.models import User
from companies.models.company import Company
from stagematch.retention import Retention

UNDO_WITHIN = timedelta(days=30)


class MergeState(models.TextChoices):
    """What became of the question whether two records are one company."""

    ASKED = "asked", pgettext_lazy("merge", "asked")
    MERGED = "merged", pgettext_lazy("merge", "merged")
    DECLINED = "declined", pgettext_lazy("merge", "two companies")
    UNDONE = "undone", pgettext_lazy("merge", "undone")


class CompanyMergeQuerySet(models.QuerySet["CompanyMerge"]):
    """Merges by state and by who looks."""

    def waiting(self) -> Self:
        """Asked, and not decided."""
        return self.filter(state=MergeState.ASKED)

    def visible_to(self, actor: Actor) -> Self:
        """For SBB's people those of companies that they see; a merged record is where it was."""
        if not actor.has_post:
            return self.none()
        seen = Company.objects.in_regions_of(actor)
        return self.filter(kept__in=seen, merged__in=seen)


class CompanyMerge(models.Model):
    """One question whether two records are one company, its answer, and what was done.

    moved: what a `companies.merging.ledger.Ledger` wrote down, by table, field and key; left: what could not be put back by undoing it.
    """

    retention = Retention.AUDIT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="merges", help_text="Which goes on.")
    merged = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="merges_away", help_text="Which becomes part of the other.")
    state = models.CharField(max_length=8, choices=MergeState, default=MergeState.ASKED)
    reason = models.CharField(_("How do you know that they are one company?"), max_length=500)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)
    left = models.JSONField(default=dict)

    objects = CompanyMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="a_company_is_merged_into_another"),
            models.CheckConstraint(condition=Q(state=MergeState.ASKED) | Q(decided_at__isnull=False), name="a_decided_merge_says_when"),
            models.CheckConstraint(condition=~Q(state=MergeState.UNDONE) | Q(undone_at__isnull=False), name="an_undone_merge_says_when"),
            # Who left SBB is forgotten in time (SET_NULL).
            models.CheckConstraint(
                condition=~Q(state=MergeState.MERGED) | Q(asked_by=None) | Q(decided_by=None) | ~Q(asked_by=F("decided_by")),
                name="who_asks_for_a_merge_does_not_decide_on_it",
            ),
            models.UniqueConstraint(fields=["merged"], condition=Q(state=MergeState.MERGED), name="a_company_is_merged_once"),
            models.UniqueConstraint(fields=["kept", "merged"], condition=Q(state=MergeState.ASKED), name="one_open_question_per_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id} ({self.state})"

    @property
    def undo_until(self) -> datetime | None:
        """Until when it can be undone; None unless it stands."""
        return self.decided_at + UNDO_WITHIN if self.decided_at and self.state == MergeState.MERGED else None
