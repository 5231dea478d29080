"""What companies offer: periods, places, and the narrow rows that searching and matching read."""

import uuid
from typing import Self

import pghistory
import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from companies.models import Company, Recognition, WithheldGoal
from reference.models import LearningGoal, Pathway, Qualification, QualificationKind
from stagematch.models import TableImport
from stagematch.retention import Retention

# A month's allowance or expenses beyond this is a slip of the keyboard.
MOST_EUROS = 5000


class Weekday(models.TextChoices):
    """Days of the week as the engine writes them."""

    MONDAY = "mo", _("Monday")
    TUESDAY = "tu", _("Tuesday")
    WEDNESDAY = "we", _("Wednesday")
    THURSDAY = "th", _("Thursday")
    FRIDAY = "fr", _("Friday")
    SATURDAY = "sa", _("Saturday")
    SUNDAY = "su", _("Sunday")


class Adjustment(models.TextChoices):
    """The closed list of adjustments: a student may need one, a place may offer it. Never a diagnosis."""

    STEP_FREE = "step_free", _("entrance and work floor without steps")
    QUIET = "quiet", _("a quiet place to work")
    SHORT_DAYS = "short_days", _("shorter days or extra breaks")
    FIXED_TASKS = "fixed_tasks", _("fixed tasks and a clear structure")
    ONE_CONTACT = "one_contact", _("one fixed person to go to")
    WRITTEN = "written", _("instructions on paper or in pictures")
    EASY_DUTCH = "easy_dutch", _("simple Dutch at work")
    SITTING = "sitting", _("work that can be done sitting")
    NO_LIFTING = "no_lifting", _("no heavy lifting")
    SIGN_OR_TEXT = "sign_or_text", _("talking by text or sign language")
    REST_ROOM = "rest_room", _("a room to rest or withdraw")


class Requirement(models.TextChoices):
    """What a place may ask, published beforehand; a student has it or will have it at the start."""

    VOG = "vog", _("certificate of conduct (VOG)")
    AGE_16 = "age16", _("at least 16 years old (legal minimum)")
    AGE_18 = "age18", _("at least 18 years old (legal minimum)")
    VCA = "vca", _("safety certificate (VCA)")
    DRIVING_B = "driving_b", _("driving licence B")
    FORKLIFT = "forklift", _("fork-lift certificate")
    HYGIENE = "hygiene", _("food hygiene certificate (HACCP)")
    FIRST_AID = "first_aid", _("first aid certificate")


# Ages follow from what the school knows; nobody has to say them.
AGES = {Requirement.AGE_16: 16, Requirement.AGE_18: 18}


class PlaceState(models.TextChoices):
    """Whether a place is offered; full is not a state but a count."""

    OPEN = "open", _("offered")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("stopped")


class Pause(models.TextChoices):
    """Why a place is paused, where that is known."""

    HOLIDAY = "holiday", _("closed for a time")
    FULL = "full", _("full")
    NO_TRAINER = "no_trainer", _("nobody to guide students")


class Period(models.Model):
    """A stretch of the school year in which placements are done."""

    retention = Retention.REFERENCE

    name = models.CharField(_("name"), max_length=80, unique=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="period_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name


class PointField(models.Field):
    """PostgreSQL's own point, for nearest-neighbour search without PostGIS; only ever computed by the database."""

    def db_type(self, connection: object) -> str:
        """The column's type."""
        return "point"


class PlaceQuerySet(models.QuerySet["Place"]):
    """Places by what they offer and by who looks."""

    def open(self) -> Self:
        """Places that are offered, not full and not over."""
        return self.offered().filter(taken__lt=F("capacity"))

    def offered(self) -> Self:
        """Places that are offered and not over, full or not."""
        return self.filter(state=PlaceState.OPEN, ends_on__gt=timezone.localdate())

    def with_taught(self) -> Self:
        """With `taught`, names of its qualifications: what tells places of one title apart. No query of its own."""
        return self.annotate(taught=ArraySubquery(Qualification.objects.filter(places=OuterRef("pk")).order_by("name", "pk").values("name")))

    def visible_to(self, actor: Actor) -> Self:
        """Own places for a company; all for school staff; those in the own regions for SBB; open ones for everybody else."""
        if actor.company_id:
            return self.filter(company_id=actor.company_id)
        if actor.school_id or actor.is_(HatKind.ADMINISTRATOR):
            return self
        if actor.has_post:
            return self.filter(company__in=Company.objects.visible_to(actor))
        return self.open()


# Everything that a search row holds besides its point, kept true to the place whichever way the place changed.
_PUBLISHED = (
    *("state", "taken", "capacity", "applying", "answer_penalty", "period_id", "starts_on", "ends_on", "pathways", "days"),
    *("requirements", "offers", "support", "allowance", "expenses", "group_size", "confirmed_at"),
)
_DIFFERS = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _PUBLISHED)


@pghistory.track(exclude=["taken", "applying", "answer_penalty"])
class Place(models.Model):
    """What a company offers: so many students at once, for these qualifications, in this period."""

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="places")
    title = models.CharField(_("what the student will do, in a few words"), max_length=120)
    tasks = models.TextField(_("tasks"), max_length=2000, blank=True)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="places", verbose_name=_("period"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    qualifications = models.ManyToManyField(Qualification, through="PlaceSearchRow", related_name="places")
    pathways = ArrayField(models.CharField(max_length=3, choices=Pathway), verbose_name=_("pathways"))
    days = ArrayField(models.CharField(max_length=2, choices=Weekday), verbose_name=_("days"))
    capacity = models.PositiveSmallIntegerField(_("number of students at once"), default=1, validators=[MaxValueValidator(500)])
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    # Both order the search: how many wait for an answer here (a trigger counts), and how often the company gave none.
    applying = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    answer_penalty = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    goals = models.ManyToManyField(LearningGoal, blank=True, related_name="places", verbose_name=_("what can be learned here"))
    requirements = ArrayField(models.CharField(max_length=12, choices=Requirement), default=list, blank=True, verbose_name=_("requirements"))
    offers = ArrayField(
        models.CharField(max_length=12, choices=Adjustment), default=list, blank=True, verbose_name=_("adjustments that are possible")
    )
    support = models.PositiveSmallIntegerField(_("guidance offered"), default=1, validators=[MaxValueValidator(3)])
    allowance = models.PositiveIntegerField(_("allowance, euro a month"), default=0)
    expenses = models.PositiveIntegerField(_("expenses paid, euro a month"), default=0)
    group_size = models.PositiveSmallIntegerField(_("students who work together"), default=1)
    state = models.CharField(max_length=8, choices=PlaceState, default=PlaceState.OPEN)
    paused_because = models.CharField(max_length=10, choices=Pause, blank=True, default="", db_default="")
    paused_until = models.DateField(null=True, blank=True, help_text="The day on which it is offered again by itself.")
    confirmed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="place_never_takes_more_than_its_capacity"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="place_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(support__lte=3), name="place_support_0_to_3"),
            models.CheckConstraint(
                condition=Q(state=PlaceState.PAUSED) | Q(paused_because="", paused_until=None), name="only_a_paused_place_says_why_and_until_when"
            ),
            models.CheckConstraint(condition=Q(days__len__gte=1) & Q(pathways__len__gte=1), name="place_has_days_and_pathways"),
        ]
        indexes = [
            models.Index(fields=["company", "state"]),
            models.Index(fields=["paused_until"], condition=Q(paused_until__isnull=False), name="places_that_open_by_themselves"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="search_rows_follow",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf(*_PUBLISHED),
                condition=pgtrigger.Condition(_DIFFERS),
                func="PERFORM placements_refresh_search(ARRAY[NEW.id]); RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="search_words_follow",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("title", "tasks"),
                func="PERFORM placements_refresh_words(ARRAY[NEW.id]); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def free(self) -> int:
        """Slots that no open placement holds."""
        return self.capacity - self.taken


# The side of a square cell, metres: small enough to follow a circle, large enough that a circle of 40 km has but hundreds.
CELL = 2_500


class PlaceSearchRow(models.Model):
    """A place under one of its qualifications: narrow, for searching and for the engine.

    The database fills everything but place, qualification and point, by `placements_refresh_search` (docs/search.md).
    """

    retention = Retention.COMPANY

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="search_rows")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="search_rows")
    x = models.IntegerField()
    y = models.IntegerField()
    point = models.GeneratedField(expression=models.Func(F("x"), F("y"), function="point"), output_field=PointField(), db_persist=True)
    cell = models.GeneratedField(expression=F("y") / CELL * 1000 + F("x") / CELL, output_field=models.IntegerField(), db_persist=True)
    open = models.BooleanField(default=True, help_text="Offered, not full, not over, and the company is recognised for it.")
    main = models.BooleanField(default=False, help_text="One row of each place: the first that is open.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    packed = models.BinaryField(default=b"", help_text="All facts of the place in 48 bytes (placements.search.rows).")
    words = SearchVectorField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "qualification"], name="one_search_row_per_qualification")]
        indexes = [
            GistIndex(fields=["point"], name="open_search_rows_by_point", condition=Q(open=True)),
            models.Index(fields=["qualification", "cell"], include=["packed"], name="open_rows_by_crebo_and_cell", condition=Q(open=True)),
            models.Index(fields=["cell"], include=["packed"], name="open_places_by_cell", condition=Q(open=True, main=True)),
            GinIndex(fields=["words"], name="open_places_by_words", condition=Q(open=True, main=True)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fill_new_rows",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="made"),
                declare=[("wanted", "bigint[]")],
                func="""
                    SELECT array_agg(DISTINCT place_id) INTO wanted FROM made;
                    PERFORM placements_refresh_search(wanted), placements_refresh_words(wanted);
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="refresh_after_delete",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="gone"),
                func="PERFORM placements_refresh_search(array_agg(DISTINCT place_id)) FROM gone; RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="refresh_after_change",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("x", "y", "qualification_id"),
                func="PERFORM placements_refresh_search(ARRAY[NEW.place_id]), placements_refresh_words(ARRAY[NEW.place_id]); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} × {self.qualification_id}"


class PlaceImport(TableImport):
    """A file of places that a company uploaded."""

    retention = Retention.COMPANY

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="place_imports")


def may_train(company: Company | OuterRef, qualification: str = "") -> Q:
    """That a company may offer places for a qualification: it is recognised for it, or for another of the sector of a reserved code.

    qualification: the field that names it; without one, the rows are qualifications.
    """
    of = f"{qualification}__" if qualification else ""
    valid = Recognition.objects.valid().filter(company=company)
    same = Exists(valid.filter(qualification=OuterRef(f"{of}pk")))
    chamber = Exists(valid.filter(qualification__sector_chamber=OuterRef(f"{of}sector_chamber")))
    return Q(same) | ~Q(**{f"{of}kind": QualificationKind.MBO}) & Q(chamber)


def teachable(company: Company) -> models.QuerySet[LearningGoal]:
    """Goals that a company may offer: of what it is recognised for, without those that a recognition for a part leaves out."""
    withheld = WithheldGoal.objects.filter(company=company, goal=OuterRef("pk"))
    return LearningGoal.objects.filter(~Exists(withheld), qualifications__in=recognised_for(company)).distinct()


def counted_goals() -> models.QuerySet["Place.goals.through"]:  # type: ignore[name-defined]
    """Links of places to the goals that count: what a recognition for a part leaves out does not, whenever it was ticked."""
    link = Place.goals.through
    return link.objects.filter(~Exists(WithheldGoal.objects.filter(company=OuterRef("place__company"), goal=OuterRef("learninggoal"))))


def recognised_for(company: Company) -> models.QuerySet[Qualification]:
    """Qualifications for which a company may offer places."""
    return Qualification.objects.filter(may_train(company))
