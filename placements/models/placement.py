"""The placement itself (BPV), its log, its introduction, and a company's claim to refuse."""

import uuid
from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from accounts.steps import Step
from placements.models.place import Adjustment, Place
from placements.models.request import PlacementRequest
from placements.workflow import KNOWN_STATES, OPEN_STATES, REFUSAL_GROUNDS, PlacementState, ReasonCode
from schools.models import Student
from stagematch.retention import Retention

_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)
# The slot is counted where it is taken, by the database, under the place's row lock:
# no path (service, COPY, shell) can forget it, and the CHECK on Place refuses one too many.
_COUNT_SLOTS = f"""
    IF TG_OP <> 'INSERT' AND OLD.state IN ({_OPEN}) THEN
        UPDATE placements_place SET taken = taken - 1 WHERE id = OLD.place_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ({_OPEN}) THEN
        UPDATE placements_place SET taken = taken + 1 WHERE id = NEW.place_id;
    END IF;
    RETURN NULL;
"""  # noqa: S608 the states are constants of ours
_SLOT_CHANGES = f"OLD.place_id <> NEW.place_id OR (OLD.state IN ({_OPEN})) <> (NEW.state IN ({_OPEN}))"


class PlacementQuerySet(models.QuerySet["Placement"]):
    """Placements by state and by who looks."""

    def open(self) -> Self:
        """Those that hold a slot."""
        return self.filter(state__in=OPEN_STATES)

    def known_to_company(self) -> Self:
        """Those of which the company may know the student: the student has agreed."""
        return self.filter(Q(state__in=KNOWN_STATES) | Q(confirmed_at__isnull=False))

    def visible_to(self, actor: Actor) -> Self:
        """Own ones for students (from APPROVED on) and school staff; for a company only from CONFIRMED on."""
        if actor.company_id:
            return self.filter(place__company_id=actor.company_id).known_to_company()
        if actor.student_id:
            return self.filter(request__student_id=actor.student_id, told_at__isnull=False)
        return self.filter(request__student__in=Student.objects.visible_to(actor))


@pghistory.track()
class Placement(models.Model):
    """One student at one place in one period: the BPV itself."""

    retention = Retention.PLACEMENT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(PlacementRequest, on_delete=models.PROTECT, related_name="placements")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="placements")
    state = models.CharField(max_length=16, choices=PlacementState, default=PlacementState.PROPOSED)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    shared_needs = ArrayField(
        models.CharField(max_length=12, choices=Adjustment), default=list, blank=True, verbose_name=_("adjustments the company may know")
    )
    state_since = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the student could first see it; until then approval can be undone.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the student agreed; from then on the company knows who comes.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(state__in=OPEN_STATES), name="one_open_placement_per_request"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="placement_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(state__in=KNOWN_STATES) | Q(confirmed_at__isnull=False), name="a_company_knows_only_after_the_student_agreed"
            ),
        ]
        indexes = [models.Index(fields=["place", "state"])]
        triggers = [
            pgtrigger.Trigger(name="count_slots", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Delete, func=_COUNT_SLOTS),
            pgtrigger.Trigger(
                name="count_slots_on_change",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state", "place_id"),
                condition=pgtrigger.Condition(_SLOT_CHANGES),
                func=_COUNT_SLOTS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} → {self.place_id} ({self.state})"

    @property
    def first_meeting(self) -> "Introduction | None":
        """The introduction that is planned or was held, if any."""
        return getattr(self, "introduction", None)


class PlacementTransition(Step):
    """One move of a placement: who, when, from where to where, and why. Never changed."""

    retention = Retention.AUDIT

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=16, choices=PlacementState, blank=True)
    to_state = models.CharField(max_length=16, choices=PlacementState)
    reason_code = models.CharField(max_length=20, choices=ReasonCode, blank=True)
    reason = models.TextField(max_length=1000, blank=True)

    class Meta(Step.Meta):
        triggers = [pgtrigger.Protect(name="transitions_are_never_changed", operation=pgtrigger.Update)]


@pghistory.track()
class Refusal(models.Model):
    """A company's claim that it cannot take a student, with a coded ground and evidence, judged by the coordinator."""

    retention = Retention.PLACEMENT

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("waiting for the coordinator")
        VALID = "valid", _("ground valid")
        INVALID = "invalid", _("rejected")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="refusals")
    from_state = models.CharField(max_length=16, choices=PlacementState, help_text="Where the placement goes back to when the claim is rejected.")
    ground = models.CharField(_("ground"), max_length=20, choices=[(code.value, code.label) for code in REFUSAL_GROUNDS])
    evidence = models.TextField(_("evidence"), max_length=2000)
    claimed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    claimed_at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.WAITING)
    verdict_code = models.CharField(max_length=20, choices=ReasonCode, blank=True)
    verdict_reason = models.TextField(max_length=1000, blank=True)
    judged_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-claimed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["placement"], condition=Q(verdict="waiting"), name="one_waiting_refusal_per_placement"),
            models.CheckConstraint(condition=Q(verdict="waiting") | Q(judged_at__isnull=False), name="a_judged_refusal_says_when"),
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} ({self.get_verdict_display()})"


@pghistory.track()
class Introduction(models.Model):
    """The meeting after the match (kennismaking); never a selection interview."""

    retention = Retention.PLACEMENT

    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="introduction")
    at = models.DateTimeField(_("day and time"))
    where = models.CharField(_("where"), max_length=200)
    note = models.CharField(_("what to bring or know"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.where}"
