"""Reports of a shortage by schools, students and parents, and the log of what is done about them."""

import uuid
from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Post, User
from companies.models import Company
from placements.models import Place
from reference.models import LabourMarketRegion, Pathway, PostcodeArea, Qualification
from schools.models import Programme, School, Student
from shortages.groups import TargetGroup
from shortages.reports.numbers import new_number
from shortages.reports.workflow import CLOSED_STATES, OPEN_STATES, ReportAct, ReportCode, ReportState, Who
from stagematch.retention import Retention

# The advisor target groups helps these; the advisor practice the others.
TARGET_GROUPS = (TargetGroup.PRO, TargetGroup.VSO, TargetGroup.VMBO, TargetGroup.MBO1_BOL, TargetGroup.MBO1_BBL)


class ReporterKind(models.TextChoices):
    """Who reports."""

    STUDENT = "student", _("a student")
    PARENT = "parent", _("a parent")
    SCHOOL = "school", _("a school")


class Tried(models.TextChoices):
    """What was tried before."""

    SEARCHED = "searched", _("searched for places here or elsewhere on the internet")
    ASKED = "asked", _("asked companies by phone, by mail or at the door")
    APPLIED = "applied", _("applied, and got a no or no answer")
    SCHOOL = "school", _("asked the school for help")
    NETWORK = "network", _("asked family, friends or the job on the side")
    NOTHING = "nothing", _("nothing yet")


class Cause(models.TextChoices):
    """Why there is no place, as whoever reports it sees it."""

    NO_COMPANY = "no_company", _("there is no company for this work nearby")
    FULL = "full", _("the companies are full")
    DISTANCE = "distance", _("it is too far, or cannot be reached by bus or bike")
    DAYS = "days", _("the days do not fit")
    PERIOD = "period", _("the weeks do not fit")
    REQUIREMENT = "requirement", _("a company asks something that the student does not have")
    DISCRIMINATION = "discrimination", _("the student is treated unequally (discrimination)")
    OTHER = "other", _("something else")


class ShortageReportQuerySet(models.QuerySet["ShortageReport"]):
    """Reports by state and by who looks."""

    def open(self) -> Self:
        """Somebody has to do something about these."""
        return self.filter(state__in=OPEN_STATES)

    def late(self, today: date) -> Self:
        """Open, and past their deadline."""
        return self.open().filter(due_on__lt=today)

    def at_desk(self, actor: Actor) -> Self:
        """Those that SBB's people see: of the own regions. Colleagues there stand in for each other, whatever the kind of student."""
        confirmed = self.exclude(state=ReportState.UNCONFIRMED)
        if actor.is_(HatKind.ADMINISTRATOR):
            return confirmed
        if not actor.has_post:
            return self.none()
        regions = Post.regions.through.objects.filter(post_id=actor.object_id or 0)
        return confirmed.filter(Exists(regions.filter(labourmarketregion_id=OuterRef("region_id"))) | ~Exists(regions))

    def of_own_kind(self, actor: Actor) -> Self:
        """Of the students that this kind of advisor helps: whose work it is."""
        if actor.is_(HatKind.ADVISOR_TARGET_GROUPS):
            return self.filter(group__in=TARGET_GROUPS)
        return self.exclude(group__in=TARGET_GROUPS) if actor.is_(HatKind.ADVISOR_PRACTICE) else self

    def own(self, actor: Actor) -> Self:
        """Those that the actor sent while signed in."""
        return self.filter(user=actor.user) if actor.user else self.none()

    def of_own_programmes(self, actor: Actor) -> Self:
        """For coordinators and administrators of a school: reports about their programmes there, whoever sent them."""
        if not actor.is_(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN):
            return self.none()
        programmes = Programme.objects.visible_to(actor).filter(qualification=OuterRef("qualification"), pathway=OuterRef("pathway"))
        return self.exclude(state=ReportState.UNCONFIRMED).filter(Exists(programmes), school_id=actor.school_id)

    def visible_to(self, actor: Actor) -> Self:
        """Own ones, those of the own programmes for a school, those of the own regions for SBB."""
        if actor.has_post:
            return self.at_desk(actor) | self.own(actor)
        if actor.school_id:
            return self.own(actor) | self.of_own_programmes(actor)
        return self.own(actor)

    def with_total(self) -> Self:
        """`total`: students the report is about, those of joined reports included; `held`: whether its advisor still has the post."""
        more = self.model.objects.filter(joined_to=OuterRef("pk"), state=ReportState.JOINED).order_by().values("joined_to")
        added = more.annotate(n=Sum("adds")).values("n")
        return self.annotate(total=F("how_many") + Coalesce(models.Subquery(added, output_field=IntegerField()), 0))

    def work_list(self) -> Self:
        """Open ones first, the longest overdue on top; closed ones by when."""
        first = Case(When(state__in=OPEN_STATES, then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.annotate(first=first).order_by("first", "due_on", F("closed_at").desc(nulls_last=True), "pk")


@pghistory.track(exclude=["email", "note"])
class ShortageReport(models.Model):
    """A need for places that was not found: by whom, for what, where and when, and how far it is. It names no student without their consent."""

    retention = Retention.PLACEMENT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=11, unique=True, default=new_number, editable=False)
    once = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="Of the form that was sent: a double click is one report.")
    kind = models.CharField(_("who reports"), max_length=7, choices=ReporterKind)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="shortage_reports")
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(max_length=2, default="nl")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="shortage_reports")
    school_name = models.CharField(_("name of the school"), max_length=150, blank=True)
    student = models.ForeignKey(Student, on_delete=models.SET_NULL, null=True, blank=True, related_name="shortage_reports")
    consent_at = models.DateTimeField(null=True, blank=True, help_text="When the student let the advisor know the name.")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="shortage_reports", verbose_name=_("qualification"))
    pathway = models.CharField(_("pathway"), max_length=3, choices=Pathway)
    group = models.CharField(_("target group"), max_length=8, choices=TargetGroup)
    area = models.ForeignKey(PostcodeArea, on_delete=models.PROTECT, related_name="shortage_reports", verbose_name=_("postcode"))
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, related_name="shortage_reports", verbose_name=_("region"))
    how_many = models.PositiveSmallIntegerField(_("how many"), default=1, validators=[MinValueValidator(1), MaxValueValidator(500)])
    needed_from = models.DateField(_("needed from"))
    until = models.DateField(_("until"))
    tried = ArrayField(models.CharField(max_length=8, choices=Tried), default=list, verbose_name=_("what was tried"))
    cause = models.CharField(_("cause"), max_length=14, choices=Cause)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ReportState, default=ReportState.UNCONFIRMED)
    due_on = models.DateField(_("deadline"))
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, blank=True, related_name="shortage_reports", help_text="Who has it in hand.")
    joined_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined")
    adds = models.PositiveSmallIntegerField(default=0, help_text="Students that a joined report adds to the other one.")
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When it reached the advisors.")
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=15, choices=ReportCode, blank=True)
    later_on = models.DateField(_("starts on"), null=True, blank=True)

    objects = ShortageReportQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("needed_from")), name="report_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(how_many__gte=1, how_many__lte=500), name="report_of_1_to_500_students"),
            models.CheckConstraint(condition=Q(kind=ReporterKind.SCHOOL) | Q(how_many=1), name="one_student_reports_one"),
            models.CheckConstraint(condition=~Q(cause=Cause.OTHER) | ~Q(note=""), name="another_cause_is_explained"),
            models.CheckConstraint(condition=Q(student__isnull=True) | Q(consent_at__isnull=False), name="no_name_without_consent"),
            models.CheckConstraint(
                condition=Q(state=ReportState.UNCONFIRMED, opened_at=None) | Q(opened_at__isnull=False), name="an_open_report_says_when"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED_STATES, closed_at__isnull=False) | (~Q(state__in=CLOSED_STATES) & Q(closed_at=None)),
                name="a_closed_report_says_when",
            ),
            models.CheckConstraint(condition=~Q(state=ReportState.NOT_SOLVED) | ~Q(close_reason=""), name="not_solved_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state=ReportState.JOINED, joined_to__isnull=False) | (~Q(state=ReportState.JOINED) & Q(joined_to=None)),
                name="a_joined_report_says_with_which",
            ),
            models.CheckConstraint(condition=~Q(joined_to=F("id")), name="no_report_is_joined_with_itself"),
        ]
        indexes = [
            models.Index(fields=["region", "state", "due_on"], name="reports_by_region"),
            models.Index(fields=["qualification", "pathway", "region"], condition=Q(state__in=OPEN_STATES), name="open_reports_alike"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def course(self) -> str:
        """What it is about: Kok (BOL)."""
        return self.qualification.along(self.pathway)

    @property
    def tried_words(self) -> list[str]:
        """What was tried, in words."""
        return [str(Tried(one).label) for one in self.tried]

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.state in OPEN_STATES

    def is_late(self, today: date) -> bool:
        """Whether its deadline has passed."""
        return self.is_open and self.due_on < today


class ReportStep(models.Model):
    """One line of a report's log: who did what, and when. Never changed."""

    retention = Retention.AUDIT

    report = models.ForeignKey(ShortageReport, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(max_length=11, choices=ReportAct)
    from_state = models.CharField(max_length=12, choices=ReportState, blank=True)
    to_state = models.CharField(max_length=12, choices=ReportState)
    who = models.CharField(max_length=8, choices=[(who.value, who.value) for who in Who])
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    hat = models.CharField(max_length=40)
    code = models.CharField(max_length=15, choices=ReportCode, blank=True)
    text = models.CharField(max_length=500, blank=True)
    told = models.BooleanField(default=False, help_text="Whether whoever reported it reads the text.")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(
        ShortageReport, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Joined with, split from."
    )
    from_region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(act=ReportAct.PROPOSE) | Q(place__isnull=False), name="a_proposal_names_a_place")]
        indexes = [models.Index(fields=["company", "-at"], condition=Q(company__isnull=False), name="report_steps_by_company")]
        triggers = [pgtrigger.Protect(name="steps_are_never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.act}"
