"""Schools, their staff, programmes, students and parents."""

import uuid
from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import User
from reference.fields import PostcodeField
from reference.models import Pathway, Qualification, SchoolKind
from stagematch.models import TableImport
from stagematch.retention import Retention


class SchoolState(models.TextChoices):
    """A school can upload nobody before somebody has checked that it is that school."""

    REGISTERED = "registered", _("waiting for verification")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("not accepted")


class SchoolRole(models.TextChoices):
    """What a member of staff does."""

    ADMIN = "admin", _("administrator")
    COORDINATOR = "coordinator", _("BPV coordinator")
    SUPERVISOR = "supervisor", _("supervisor")


class SchoolQuerySet(models.QuerySet["School"]):
    """Schools by state and by who looks."""

    def verified(self) -> Self:
        """Schools that may upload students."""
        return self.filter(state=SchoolState.VERIFIED)

    def visible_to(self, actor: Actor) -> Self:
        """The own school for staff, all for administrators, none for others."""
        if actor.is_(HatKind.ADMINISTRATOR):
            return self
        if actor.school_id:
            return self.filter(pk=actor.school_id)
        return self.none()


@pghistory.track()
class School(models.Model):
    """One school, or one location of it, under its BRIN."""

    retention = Retention.ACCOUNT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    brin = models.CharField(_("BRIN"), max_length=6, unique=True, help_text=_("Four characters, with two digits for a location: 25PN or 25PN00."))
    name = models.CharField(_("name of the school"), max_length=200)
    kind = models.CharField(_("kind of school"), max_length=10, choices=SchoolKind)
    postcode = PostcodeField(_("postcode"))
    place = models.CharField(_("town"), max_length=100)
    website = models.URLField(_("website"), blank=True)
    state = models.CharField(max_length=12, choices=SchoolState, default=SchoolState.REGISTERED)
    state_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class WayToPlace(models.TextChoices):
    """How the students of a programme get a place in a school year."""

    MATCHED = "matched", _("they are matched")
    APPLY = "apply", _("they find a place and apply")
    BOTH = "both", _("both: they are matched, and may apply")


# While a programme has chosen nothing, nothing is closed to its students.
FIRST_WAY = WayToPlace.BOTH


def school_year(day: date) -> int:
    """The school year of a day, by the year in which it began: 1 August to 31 July."""
    return day.year if day.month >= 8 else day.year - 1


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """A coordinator or supervisor sees their own programmes, a school administrator the school's, a student theirs.

        Before verification only the administrator does, to prepare them; in a school that was refused nobody.
        """
        if actor.is_(HatKind.SCHOOL_ADMIN):
            return self.filter(school_id=actor.school_id).exclude(school__state=SchoolState.REFUSED)
        if actor.is_(HatKind.COORDINATOR, HatKind.SUPERVISOR):
            return self.filter(school_id=actor.school_id, school__state=SchoolState.VERIFIED, staff=actor.object_id)
        if actor.student_id:
            return self.filter(students=actor.student_id)
        return self.none()


@pghistory.track()
class Programme(models.Model):
    """What a school teaches: a qualification along a pathway."""

    retention = Retention.ACCOUNT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="programmes")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("qualification"))
    pathway = models.CharField(_("pathway"), max_length=3, choices=Pathway)
    name = models.CharField(_("name used at school"), max_length=200, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["school", "qualification", "pathway"], name="one_programme_per_qualification_and_pathway")]

    def __str__(self) -> str:
        return f"{self.name} {self.pathway}"

    def way_on(self, day: date) -> WayToPlace:
        """How its students get a place that begins on this day."""
        return self.way_in(school_year(day))

    def way_in(self, year: int) -> WayToPlace:
        """How its students get a place in a school year: as chosen for it, else as for the year before; both at first."""
        chosen = {row.year: row.way for row in self.years.all() if row.year <= year}
        return WayToPlace(chosen[max(chosen)]) if chosen else FIRST_WAY


@pghistory.track()
class ProgrammeYear(models.Model):
    """What a programme has chosen for one school year."""

    retention = Retention.ACCOUNT

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("school year"), help_text="In which it begins: 2026 is 2026-2027.")
    way = models.CharField(_("how students get a place"), max_length=8, choices=WayToPlace)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "year"], name="one_way_per_programme_and_year")]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year}: {self.way}"


@pghistory.track()
class SchoolMembership(models.Model):
    """Somebody's role at a school; coordinators and supervisors have programmes of their own."""

    retention = Retention.ACCOUNT

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="school_memberships")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=SchoolRole)
    programmes = models.ManyToManyField(Programme, blank=True, related_name="staff", verbose_name=_("programmes"))
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "school", "role"], condition=Q(ended_at=None), name="one_running_school_role_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.school})"


class StudentQuerySet(models.QuerySet["Student"]):
    """Students by programme and by who looks."""

    def without_account(self) -> Self:
        """Students who cannot sign in yet."""
        return self.filter(user=None)

    def active(self) -> Self:
        """Students who have not left."""
        return self.filter(left_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Own record for a student, the child for a parent, own programmes for staff; never a company, advisor or scout.

        A school that is not accepted (any more) has staff, and no students of whom they may know.
        """
        if actor.student_id:
            return self.filter(pk=actor.student_id)
        if actor.school_id:
            return self.filter(programme__in=Programme.objects.visible_to(actor), school__state=SchoolState.VERIFIED)
        return self.none()


@pghistory.track()
class Student(models.Model):
    """Somebody who follows a programme; "student" for every kind of school."""

    retention = Retention.STUDENT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="students")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="students", verbose_name=_("programme"))
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="student")
    number = models.CharField(_("student number"), max_length=20)
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    postcode = PostcodeField(_("postcode"))
    group = models.CharField(_("class"), max_length=40, blank=True)
    exit_phase = models.BooleanField(_("in the exit phase"), default=False)
    adult_on = models.DateField(_("turns 18 on"), null=True, blank=True, help_text=_("Only for minors: the date of birth of an adult is not kept."))
    created_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = StudentQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="student_number_unique_per_school"),
            models.UniqueConstraint("school", Lower("email"), name="student_email_unique_per_school"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def is_minor(self, on: date | None = None) -> bool:
        """Whether the student is under 18 on a day (today if none)."""
        return self.adult_on is not None and self.adult_on > (on or timezone.localdate())


@pghistory.track()
class Guardian(models.Model):
    """A parent or guardian of a minor: gets copies and signs along."""

    retention = Retention.STUDENT

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="guardians")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="guardianships")
    name = models.CharField(_("name of the parent"), max_length=150)
    email = models.EmailField(_("e-mail address of the parent"))

    class Meta:
        constraints = [models.UniqueConstraint("student", Lower("email"), name="one_guardian_per_email")]

    def __str__(self) -> str:
        return self.name


class StudentImport(TableImport):
    """A file of students that a school uploaded: its rows, their errors, and what to undo."""

    retention = Retention.STUDENT

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="student_imports")
