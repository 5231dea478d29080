"""Companies and their people."""

import uuid
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import User
from reference.fields import BranchField, KvKField, PhoneField, PostcodeField
from reference.models import Municipality
from stagematch.retention import Retention


class CompanyKind(models.TextChoices):
    """Kind of company as a student would say it; also what a student may wish for."""

    CARE = "care", _("care and welfare")
    CHILDCARE = "childcare", _("childcare and education")
    SHOP = "shop", _("shop or wholesale")
    HOSPITALITY = "hospitality", _("restaurant, hotel or bakery")
    OFFICE = "office", _("office")
    ICT = "ict", _("ICT and media")
    WORKSHOP = "workshop", _("garage or workshop")
    BUILDING = "building", _("building and installation")
    FACTORY = "factory", _("factory or laboratory")
    LOGISTICS = "logistics", _("transport and storage")
    GREEN = "green", _("plants, animals and nature")
    GOVERNMENT = "government", _("government and security")
    CULTURE = "culture", _("culture, sport and events")
    PERSONAL = "personal", _("hair, beauty and repair")


class CompanyRole(models.TextChoices):
    """What somebody does at a company."""

    CONTACT = "contact", _("contact")
    TRAINER = "trainer", _("trainer")


class CompanyGroup(models.Model):
    """What several companies, branches or departments belong to."""

    retention = Retention.COMPANY

    name = models.CharField(_("name"), max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class CompanyQuerySet(models.QuerySet["Company"]):
    """Companies by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """The own company for its people, those in the own regions for SBB, all for school staff and administrators."""
        if actor.company_id:
            return self.filter(pk=actor.company_id)
        if actor.school_id or actor.is_(HatKind.ADMINISTRATOR):
            return self.standing()
        if actor.has_post:
            return self.standing().in_regions_of(actor)
        return self.none()

    def standing(self) -> Self:
        """Without records that were merged into another: these are nowhere a company of their own."""
        return self.filter(merged_into=None)

    def addressed(self, public_id: uuid.UUID | str) -> Self:
        """The company under an address; that of a record that was merged leads to the one that was kept."""
        # One look-up by key: with an OR of both, PostgreSQL reads every company.
        return self.standing().filter(pk__in=Company.objects.filter(public_id=public_id).values(goes_on_as=Coalesce("merged_into", "pk")))

    def in_regions_of(self, actor: Actor) -> Self:
        """Companies in the regions of an advisor's or scout's post; a post without regions covers all."""
        return self.filter(municipality__region__in=actor.regions) if actor.regions else self


@pghistory.track()
class Company(models.Model):
    """One workplace (vestiging) that trains students, under its KvK and branch number."""

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(CompanyGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="companies")
    name = models.CharField(_("name of the company"), max_length=200)
    department = models.CharField(_("department"), max_length=100, blank=True, default="", db_default="")
    kvk = KvKField(_("KvK number"))
    branch = BranchField(_("branch number (vestigingsnummer)"))
    kind = models.CharField(_("kind of company"), max_length=12, choices=CompanyKind)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = PostcodeField(_("postcode"))
    place = models.CharField(_("town"), max_length=100)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="companies")
    x = models.IntegerField(help_text="RD New, metres, of the postcode area.")
    y = models.IntegerField(help_text="RD New, metres, of the postcode area.")
    phone = PhoneField(_("telephone number"), blank=True, default="", db_default="")
    website = models.URLField(_("website"), blank=True)
    about = models.TextField(_("what the company does"), max_length=1000, blank=True)
    wants_no_asks = models.BooleanField(
        _("No mails that a student nearby looks for a place"),
        default=False,
        db_default=False,
        help_text=_("Students can ask you for a place when you offer none; you never get more than a few such mails a week."),
    )
    created_at = models.DateTimeField(default=timezone.now)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False,
        help_text="The record of the same company that goes on; never one that was merged itself.",
    )  # fmt: skip

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        # Departments at one branch train apart; without departments a branch is one company.
        constraints = [
            models.UniqueConstraint("kvk", "branch", Lower("department"), name="one_company_per_branch"),
            models.CheckConstraint(condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="merged_into_another_company"),
        ]
        indexes = [models.Index(fields=["postcode"], name="companies_by_postcode")]

    def __str__(self) -> str:
        return self.name


class CompanyMembership(models.Model):
    """Somebody who acts for a company, as contact or as trainer."""

    retention = Retention.ACCOUNT

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="company_memberships")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=CompanyRole)
    ended_at = models.DateTimeField(null=True, blank=True)
    continued_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="continues", editable=False,
        help_text="The same role of the same person, at the other of two records that became one.",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "company", "role"], condition=Q(ended_at=None), name="one_running_company_role_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.company})"
