"""What keeps places up to date: answers to "still right?", who is reminded, who takes over, how often a place is looked at, tip cards."""

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import CompanyMembership
from placements.models.place import Place
from stagematch.retention import Retention


class Answer(models.TextChoices):
    """What a company says when it is asked whether a place is still right; each can be taken back with another."""

    YES = "yes", _("still right")
    FULL = "full", _("full")
    CHANGED = "changed", _("changed")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("stopped")


class PlaceAnswer(models.Model):
    """One answer about one place: who gave it, when, and whether from a mail. Never changed."""

    retention = Retention.COMPANY

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="answers")
    answer = models.CharField(max_length=8, choices=Answer)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_mail = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["place", "-at"], name="answers_of_a_place")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.answer}"


class PlaceReminder(models.Model):
    """When one contact of a company was last asked by mail whether places are still right, and whether they stopped such mails."""

    retention = Retention.ACCOUNT

    membership = models.OneToOneField(CompanyMembership, on_delete=models.CASCADE, related_name="place_reminder")
    asked_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"reminders of {self.membership_id}"


def wants_no_place_mails(user: str) -> Exists:
    """Of rows with a path to a person: who has stopped mails about places, for whichever company. The one rule for reminders and mailings."""
    return Exists(PlaceReminder.objects.filter(membership__user=OuterRef(user), stopped_at__isnull=False))


class TakeOver(models.Model):
    """The answer to who guides students now that a trainer has left; without a successor, the places were paused."""

    retention = Retention.COMPANY

    left = models.OneToOneField(CompanyMembership, on_delete=models.CASCADE, related_name="take_over")
    successor = models.ForeignKey(CompanyMembership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"after {self.left_id}: {self.successor_id}"


class PlaceLooks(models.Model):
    """How often a place's page was opened on a day. A count and nothing else: nowhere is written who looked."""

    retention = Retention.FIGURES

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="looks")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "day"], name="one_count_of_looks_a_day")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.day}: {self.count}"


class Moment(models.TextChoices):
    """When a company reads a tip card."""

    OFFERING = "offering", _("while offering a place")
    ALLOWANCE = "allowance", _("while filling in what a student gets")
    APPLICANTS = "applicants", _("while answering applications")
    FIRST_DAY = "first_day", _("before the first day of a student")
    GUIDANCE = "guidance", _("while a student works there")


class TipCard(models.Model):
    """The administrators' own words of a tip card; without a row the words of placements.upkeep.tips are read."""

    retention = Retention.REFERENCE

    moment = models.CharField(max_length=12, choices=Moment, unique=True)
    shown = models.BooleanField(_("Show this card"), default=True)
    title_nl = models.CharField(_("Title in Dutch"), max_length=100)
    text_nl = models.TextField(_("Text in Dutch"), max_length=1000)
    title_en = models.CharField(_("Title in English"), max_length=100)
    text_en = models.TextField(_("Text in English"), max_length=1000)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.moment
