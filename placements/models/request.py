"""One student's need for one placement in one period, filled in by the student in five short steps."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from companies.models import CompanyKind
from placements.models.place import AGES, Adjustment, Period, Requirement, Weekday
from placements.workflow import OPEN_STATES
from reference.models import LearningGoal
from reference.travel import TravelMode
from schools.models import Student
from stagematch.retention import Retention


class PreparationStep(models.TextChoices):
    """The five steps of the preparation, in order; each is saved on its own."""

    GOALS = "goals", _("What do you want to learn?")
    TRAVEL = "travel", _("How far can you travel?")
    DAYS = "days", _("Which days can you work?")
    KIND = "kind", _("What kind of company?")
    NEEDS = "needs", _("What do you need?")


def at_the_start(has: Iterable[str], adult_on: date | None, starts_on: date) -> list[str]:
    """The requirements that a student meets on the first day: what they said they have, and the ages.

    adult_on: the day of coming of age, None if the school gave none (an adult); then the student's own word counts.
    """
    if adult_on is None:
        return list(has)
    # Not as a date: who comes of age on the 29th of February has no such birthday in most years.
    first = (starts_on.year, starts_on.month, starts_on.day)
    reached = [age for age, years in AGES.items() if (adult_on.year - 18 + years, adult_on.month, adult_on.day) <= first]
    return [*(item for item in has if item not in AGES), *(age.value for age in reached)]


class PlacementRequestQuerySet(models.QuerySet["PlacementRequest"]):
    """Requests by readiness and by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of students the actor may see; never for a company."""
        return self.filter(student__in=Student.objects.visible_to(actor))

    def running(self) -> Self:
        """Requests of students who have not left, not closed by the school."""
        return self.filter(closed_at=None, student__left_at=None)

    def ready(self) -> Self:
        """Requests whose five steps are done."""
        return self.running().filter(ready_at__isnull=False)

    def seeking(self) -> Self:
        """Ready requests that no open placement answers."""
        return self.ready().exclude(placements__state__in=OPEN_STATES)


@pghistory.track()
class PlacementRequest(models.Model):
    """One student's need for one placement in one period."""

    retention = Retention.PLACEMENT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="requests")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="requests", verbose_name=_("period"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    weeks = models.PositiveSmallIntegerField(_("weeks"), validators=[MinValueValidator(1), MaxValueValidator(60)])
    goals = models.ManyToManyField(LearningGoal, blank=True, related_name="requests", verbose_name=_("learning goals"))
    travel_mode = models.CharField(_("how you travel"), max_length=16, choices=TravelMode, blank=True)
    max_minutes = models.PositiveSmallIntegerField(_("at most so many minutes"), null=True, blank=True, validators=[MaxValueValidator(180)])
    days = ArrayField(models.CharField(max_length=2, choices=Weekday), default=list, blank=True, verbose_name=_("days"))
    days_needed = models.PositiveSmallIntegerField(_("days a week"), default=0, validators=[MaxValueValidator(7)])
    kind1 = models.CharField(_("first wish"), max_length=12, choices=CompanyKind, blank=True)
    kind2 = models.CharField(_("second wish"), max_length=12, choices=CompanyKind, blank=True)
    needs = ArrayField(models.CharField(max_length=12, choices=Adjustment), default=list, blank=True, verbose_name=_("adjustments"))
    has = ArrayField(models.CharField(max_length=12, choices=Requirement), default=list, blank=True, verbose_name=_("what you have"))
    support = models.PositiveSmallIntegerField(_("guidance wanted"), default=1, validators=[MaxValueValidator(3)])
    allowance = models.PositiveIntegerField(_("allowance hoped for, euro a month"), default=0)
    tier = models.PositiveSmallIntegerField(_("order of turn"), default=2, validators=[MaxValueValidator(9)])
    tier_reason = models.CharField(max_length=300, blank=True)
    steps_done = ArrayField(models.CharField(max_length=8, choices=PreparationStep), default=list, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PlacementRequestQuerySet.as_manager()

    class Meta:
        ordering = ["period__starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["student", "period"], name="one_request_per_student_and_period"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="request_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(days_needed__lte=7), name="request_days_needed_at_most_7"),
            models.CheckConstraint(condition=~Q(kind1="") | Q(kind2=""), name="second_wish_only_after_a_first"),
            models.CheckConstraint(
                condition=Q(ready_at=None) | (~Q(travel_mode="") & Q(max_minutes__isnull=False)), name="a_ready_request_says_how_far"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} – {self.period_id}"

    @property
    def meets(self) -> list[str]:
        """The requirements that the student meets on the first day."""
        return at_the_start(self.has, self.student.adult_on, self.starts_on)

    @property
    def missing_steps(self) -> list[PreparationStep]:
        """Steps that the student has not done yet, in order."""
        return [step for step in PreparationStep if step not in self.steps_done]
