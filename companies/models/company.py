"""Companies and their people."""

import uuid
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Post, User
from reference.fields import BranchField, KvKField, PostcodeField
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
            return self
        if actor.has_post:
            return self.in_regions_of(actor)
        return self.none()

    def in_regions_of(self, actor: Actor) -> Self:
        """Companies in the regions of an advisor's or scout's post; a post without regions covers all."""
        regions = Post.regions.through.objects.filter(post_id=actor.object_id or 0).values("labourmarketregion_id")
        if not regions.exists():
            return self
        return self.filter(municipality__region__in=regions)


@pghistory.track()
class Company(models.Model):
    """One workplace (vestiging) that trains students, under its KvK and branch number."""

    retention = Retention.COMPANY

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(CompanyGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="companies")
    name = models.CharField(_("name of the company"), max_length=200)
    kvk = KvKField(_("KvK number"))
    branch = BranchField(_("branch number (vestigingsnummer)"))
    kind = models.CharField(_("kind of company"), max_length=12, choices=CompanyKind)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = PostcodeField(_("postcode"))
    place = models.CharField(_("town"), max_length=100)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="companies")
    x = models.IntegerField(help_text="RD New, metres, of the postcode area.")
    y = models.IntegerField(help_text="RD New, metres, of the postcode area.")
    website = models.URLField(_("website"), blank=True)
    about = models.TextField(_("what the company does"), max_length=1000, blank=True)
    wants_no_asks = models.BooleanField(
        _("No mails that a student nearby looks for a place"),
        default=False,
        db_default=False,
        help_text=_("Students can ask you for a place when you offer none; you never get more than a few such mails a week."),
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["kvk", "branch"], name="one_company_per_branch")]

    def __str__(self) -> str:
        return self.name


class CompanyMembership(models.Model):
    """Somebody who acts for a company, as contact or as trainer."""

    retention = Retention.ACCOUNT

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="company_memberships")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=CompanyRole)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "company", "role"], condition=Q(ended_at=None), name="one_running_company_role_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.company})"
