"""The right of a company to train for a qualification, and its story."""

import uuid
from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from accounts.steps import Step
from companies.models.company import Company
from companies.workflow import ENDED_STATES, PENDING_STATES, VALID_STATES, ExceptionReason, R, RecognitionReason, RecognitionState
from reference.models import LearningGoal, Qualification
from stagematch.retention import Retention


class RecognitionQuerySet(models.QuerySet["Recognition"]):
    """Recognitions by state and by who looks."""

    def valid(self) -> Self:
        """Recognitions under which a company may train students now."""
        return self.filter(valid=True)

    def pending(self) -> Self:
        """Asked for and not decided: the two weeks run."""
        return self.filter(state__in=PENDING_STATES)

    def running(self) -> Self:
        """Neither refused, withdrawn nor lapsed: no second one beside it."""
        return self.exclude(state__in=ENDED_STATES)

    def without_visit(self) -> Self:
        """Recognised by way of exception, and not visited since."""
        return self.valid().exclude(exception="")

    def visible_to(self, actor: Actor) -> Self:
        """Those of companies the actor may see; what a company has not sent yet is its own."""
        seen = self.filter(company__in=Company.objects.visible_to(actor))
        return seen if actor.company_id else seen.exclude(state=R.DRAFT)


@pghistory.track(exclude=["valid"])
class Recognition(models.Model):
    """The right of a company to train for one qualification, or the request for it."""

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="recognitions")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="recognitions", verbose_name=_("qualification"))
    state = models.CharField(_("State"), max_length=13, choices=RecognitionState, default=RecognitionState.SUBMITTED)
    # The one place that says which states count: search rows, the engine's input and the nightly figures all read this column.
    valid = models.GeneratedField(
        expression=models.Case(models.When(state__in=[str(state) for state in VALID_STATES], then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    decide_before = models.DateField(help_text="Two weeks after the request.")
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    first_recognised_on = models.DateField(null=True, blank=True, help_text="From here four years without students are counted.")
    review_due_on = models.DateField(null=True, blank=True, help_text="Four years after the decision.")
    exception = models.CharField(_("why without a visit"), max_length=13, choices=ExceptionReason, blank=True, default="", db_default="")
    visit_before = models.DateField(_("the visit follows before"), null=True, blank=True)
    assessed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Second advisor, without a visit."
    )
    goals = models.ManyToManyField(
        LearningGoal, blank=True, related_name="recognitions", help_text="Work processes for which it is recognised; none: all of the qualification."
    )
    shared_with = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="shared_recognitions", help_text="Who trains for the rest."
    )

    objects = RecognitionQuerySet.as_manager()

    class Meta:
        ordering = ["decide_before", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "qualification"],
                condition=~Q(state__in=ENDED_STATES),
                name="one_running_recognition_per_qualification",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[R.DRAFT, *PENDING_STATES]) | Q(decided_at__isnull=False), name="a_decided_recognition_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=VALID_STATES) | Q(review_due_on__isnull=False), name="a_recognised_company_is_reviewed_again"
            ),
            models.CheckConstraint(
                condition=Q(exception="", visit_before=None) | ~Q(exception="") & Q(visit_before__isnull=False),
                name="an_exception_has_a_reason_and_a_date",
            ),
            # Who left SBB is forgotten in time (SET_NULL); the trail of transitions keeps the hats.
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(assessed_by=None) | ~Q(approved_by=F("assessed_by")),
                name="the_second_advisor_is_another_one",
            ),
            models.CheckConstraint(condition=Q(shared_with=None) | ~Q(shared_with=F("company")), name="shared_with_another_company"),
        ]
        indexes = [models.Index(fields=["visit_before"], condition=~Q(exception=""), name="recognitions_to_visit")]

    def __str__(self) -> str:
        return f"{self.company} – {self.qualification}"

    @property
    def pending(self) -> bool:
        """Whether the two weeks run."""
        return self.state in PENDING_STATES

    @property
    def tone(self) -> str:
        """Colour of the badge that names the state."""
        return TONES.get(RecognitionState(self.state), "warning")

    @property
    def due_on(self) -> date | None:
        """The day before which an advisor has to act; None if there is none."""
        if self.pending:
            return self.decide_before
        if self.state in VALID_STATES:
            return self.visit_before or self.review_due_on
        return None


TONES = {
    R.RECOGNISED: "success",
    R.REASSESSED: "success",
    R.DRAFT: "neutral",
    R.REFUSED: "danger",
    R.SUSPENDED: "danger",
    R.WITHDRAWN: "danger",
    R.LAPSED: "danger",
    R.MERGED: "neutral",
}


class WithheldGoal(models.Model):
    """A goal that a company may not offer: it is recognised for other parts of the qualification only. A view (migration 0005).

    The one place of this rule: forms and files offer nothing of it, search rows and the engine do not count it. What another valid
    recognition of the company covers is not withheld.
    """

    retention = Retention.COMPANY

    pk = models.CompositePrimaryKey("company_id", "goal_id")
    company = models.ForeignKey(Company, on_delete=models.DO_NOTHING, related_name="+")
    goal = models.ForeignKey(LearningGoal, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "companies_withheldgoal"

    def __str__(self) -> str:
        return f"{self.company_id}: {self.goal_id}"


class RecognitionTransition(Step):
    """One move of a recognition: who, when, from where to where, and why. Never changed."""

    retention = Retention.AUDIT

    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=13, choices=RecognitionState, blank=True)
    to_state = models.CharField(max_length=13, choices=RecognitionState)
    reason_code = models.CharField(max_length=20, choices=RecognitionReason, blank=True)
    reason = models.TextField(max_length=1000, blank=True)

    class Meta(Step.Meta):
        triggers = [pgtrigger.Protect(name="recognition_steps_are_never_changed", operation=pgtrigger.Update)]
