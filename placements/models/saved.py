"""What somebody keeps of a search: places, searches with their alerts and feed, and companies that were asked for a place."""

import secrets
import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import User
from companies.models import Company
from placements.models.place import Period, Place
from reference.models import Qualification
from schools.models import Student
from stagematch.retention import Retention


class Favourite(models.Model):
    """A place that a student keeps; nobody else sees it, and no order or score depends on it."""

    retention = Retention.STUDENT

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="favourites")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "place"], name="a_place_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.student_id} keeps {self.place_id}"


class Alerts(models.TextChoices):
    """How often a saved search mails what is new."""

    OFF = "off", _("no mail")
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")


def new_token() -> str:
    """A secret that nobody guesses, for an address that needs no login."""
    return secrets.token_urlsafe(24)


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Saved searches by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """The own ones, under the hat under which they were saved: "near my school" is that hat's."""
        return self.filter(user=actor.user, hat=actor.hat.key if actor.hat else "")


class SavedSearch(models.Model):
    """A search in its canonical form (placements.search.query), whom it is of, and what was told of it already.

    newest: key of the newest place that its owner has seen or was told of; only newer ones are told.
    """

    retention = Retention.ACCOUNT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    hat = models.CharField(max_length=60, help_text="Key of the hat under which it was saved.")
    name = models.CharField(_("name"), max_length=200)
    query = models.CharField(max_length=2000)
    alerts = models.CharField(_("mail me what is new"), max_length=6, choices=Alerts, default=Alerts.OFF)
    newest = models.BigIntegerField(default=0)
    looked_on = models.DateField(default=timezone.localdate, help_text="When the job last looked for new places.")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "hat", "query"], name="a_search_is_saved_once")]
        indexes = [models.Index(fields=["looked_on"], condition=~Q(alerts=Alerts.OFF), name="saved_searches_with_alerts")]

    def __str__(self) -> str:
        return f"search {self.pk}"  # its name may hold a postcode


class PlaceAsk(models.Model):
    """A student asked a recognised company that offers nothing whether it has a place; the company never learns who."""

    retention = Retention.STUDENT

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="asks")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="asks")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the student heard that the company offers a place now.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["student", "company", "period"], name="a_company_is_asked_once_a_period")]
        indexes = [
            models.Index(fields=["company", "created_at"], name="asks_of_a_company_by_time"),
            models.Index(fields=["period", "company"], condition=Q(told_at=None), name="asks_that_wait"),
        ]

    def __str__(self) -> str:
        return f"ask {self.pk}"
