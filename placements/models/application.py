"""An application for a place: a profile made of lists, its log, and questions with answers from lists. No name, no free text."""

import uuid
from datetime import datetime, timedelta
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.steps import Step
from placements.applications.questions import ANSWER_CHOICES, QUESTION_CHOICES, Side
from placements.applications.workflow import RUNNING_STATES, WAITING_STATES, ApplicationState
from placements.models.place import Place
from placements.models.placement import Placement
from placements.models.request import PlacementRequest
from placements.workflow import ReasonCode
from schools.models import Student
from stagematch.retention import Retention

_WAITING = ", ".join(f"'{state.value}'" for state in WAITING_STATES)
# Counted where it happens, as slots are: searching orders by it, and no path can forget it.
_COUNT_APPLICATIONS = f"""
    IF TG_OP <> 'INSERT' AND OLD.state IN ({_WAITING}) THEN
        UPDATE placements_place SET applying = applying - 1 WHERE id = OLD.place_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ({_WAITING}) THEN
        UPDATE placements_place SET applying = applying + 1 WHERE id = NEW.place_id;
    END IF;
    RETURN NULL;
"""  # noqa: S608 the states are constants of ours
_COUNT_CHANGES = f"OLD.place_id <> NEW.place_id OR (OLD.state IN ({_WAITING})) <> (NEW.state IN ({_WAITING}))"


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications by state and by who looks."""

    def waiting(self) -> Self:
        """Those that the company can still answer."""
        return self.filter(state__in=WAITING_STATES)

    def running(self) -> Self:
        """Those that wait for an answer, or got a yes."""
        return self.filter(state__in=RUNNING_STATES)

    def standing(self) -> Self:
        """Those beside which no second one to the same place is sent: running, or with a no of which the student has not been told."""
        return self.filter(Q(state__in=RUNNING_STATES) | Q(state=ApplicationState.DECLINED, told_at=None))

    def with_hold(self) -> Self:
        """With `held`: the student is being given another place, so that nobody has to answer now."""
        other = Placement.objects.open().filter(request=models.OuterRef("request")).exclude(place=models.OuterRef("place"))
        return self.annotate(held=models.Exists(other))

    def with_question_of(self, side: Side) -> Self:
        """With `asked`: a question of that side waits for an answer, as long as answers are given."""
        open_ = ApplicationQuestion.objects.filter(application=models.OuterRef("pk"), asked_by=side, answer="")
        return self.annotate(asked=models.Exists(open_.filter(application__state__in=RUNNING_STATES)))

    def visible_to(self, actor: Actor) -> Self:
        """Own ones for students, those for own places for a company (without who), those of own students for school staff."""
        if actor.company_id:
            return self.filter(place__company_id=actor.company_id)
        if actor.student_id:
            return self.filter(request__student_id=actor.student_id)
        return self.filter(request__student__in=Student.objects.visible_to(actor))


@pghistory.track()
class Application(models.Model):
    """A student asks for a place with a profile made of lists; the company answers without knowing who it is."""

    retention = Retention.PLACEMENT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(PlacementRequest, on_delete=models.PROTECT, related_name="applications")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=10, choices=ApplicationState, default=ApplicationState.SENT)
    # What the company reads, frozen when it was sent: placements.applications.profile says what may be in it.
    profile = models.JSONField(default=dict)
    placement = models.OneToOneField(Placement, on_delete=models.SET_NULL, null=True, blank=True, related_name="application")
    ground = models.CharField(max_length=20, choices=ReasonCode, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    state_since = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the student was told of a no; until then it can be undone.")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "place"], condition=Q(state__in=RUNNING_STATES), name="one_running_application_per_request_and_place"
            ),
            models.CheckConstraint(condition=~Q(state=ApplicationState.DECLINED) | ~Q(ground=""), name="a_declined_application_names_a_ground"),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.ACCEPTED) | Q(placement__isnull=False), name="an_accepted_application_has_a_placement"
            ),
        ]
        indexes = [models.Index(fields=["place", "state"]), models.Index(fields=["state", "sent_at"])]
        triggers = [
            pgtrigger.Trigger(
                name="count_applications", when=pgtrigger.After, operation=pgtrigger.Insert | pgtrigger.Delete, func=_COUNT_APPLICATIONS
            ),
            pgtrigger.Trigger(
                name="count_applications_on_change",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state", "place_id"),
                condition=pgtrigger.Condition(_COUNT_CHANGES),
                func=_COUNT_APPLICATIONS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    @property
    def due_at(self) -> datetime:
        """Until when the company can answer."""
        return self.sent_at + timedelta(days=settings.APPLICATION_EXPIRY_DAYS)

    @property
    def waits(self) -> bool:
        """Whether the company can still answer."""
        return self.state in WAITING_STATES


class ApplicationTransition(Step):
    """One move of an application: who, when, from where to where, and on which ground. Never changed."""

    retention = Retention.AUDIT

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=10, choices=ApplicationState, blank=True)
    to_state = models.CharField(max_length=10, choices=ApplicationState)
    reason_code = models.CharField(max_length=20, choices=ReasonCode, blank=True)

    class Meta(Step.Meta):
        triggers = [pgtrigger.Protect(name="application_transitions_are_never_changed", operation=pgtrigger.Update)]


@pghistory.track()
class ApplicationQuestion(models.Model):
    """A question from the list about an application, and its answer from the list that belongs to it."""

    retention = Retention.PLACEMENT

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="questions")
    asked_by = models.CharField(max_length=8, choices=Side)
    code = models.CharField(max_length=20, choices=QUESTION_CHOICES)
    answer = models.CharField(max_length=20, choices=ANSWER_CHOICES, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="each_question_is_asked_once"),
            models.CheckConstraint(condition=Q(answer="") | Q(answered_at__isnull=False), name="an_answer_says_when"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.answer or '?'}"
