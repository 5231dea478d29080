"""Companies that might train students and that we do not know yet, and what became of them."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Post
from accounts.steps import Step
from campaigns.scouting.workflow import OPEN_STATES, RUNNING_STATES, LeadReason, LeadState
from companies.models import Company
from reference.fields import BranchField, KvKField
from reference.models import LabourMarketRegion, PostcodeArea, Qualification
from stagematch.retention import Retention


class Source(models.TextChoices):
    """Where a lead comes from."""

    STREET = "street", _("seen on the road")
    NETWORK = "network", _("heard from another company")
    SCHOOL = "school", _("heard from a school")
    CALLED = "called", _("the company asked by itself")
    EVENT = "event", _("met at a fair or a meeting")
    INTERNET = "internet", _("found on the internet or in the newspaper")
    OTHER = "other", _("something else")


class LeadQuerySet(models.QuerySet["Lead"]):
    """Leads by state and by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Those in the own regions for a scout (a post without regions covers all); nobody else sees who was approached."""
        if not actor.is_(HatKind.SCOUT):
            return self.none()
        regions = Post.regions.through.objects.filter(post_id=actor.object_id or 0)
        return self.filter(Exists(regions.filter(labourmarketregion_id=OuterRef("region_id"))) | ~Exists(regions))

    def work_list(self, post: int | None) -> Self:
        """Running ones first, own ones before those of colleagues, the soonest to call again first, then the oldest."""
        ended, others = ~Q(state__in=RUNNING_STATES), ~Q(post=post)
        return self.annotate(ended=ended, others=others).order_by("ended", "others", F("again_on").asc(nulls_last=True), "moved_at", "pk")


class Lead(models.Model):
    """A company that a scout has found: who it is, whom to ask for there, and how far it has come. No private persons beyond that contact."""

    retention = Retention.LEAD

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    once = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="Of the form that was sent: a double click is one lead.")
    name = models.CharField(_("name of the company"), max_length=200)
    kvk = KvKField(_("KvK number"), blank=True)
    branch = BranchField(_("branch number (vestigingsnummer)"), blank=True)
    postcode = models.CharField(_("postcode"), max_length=6, help_text="1234AB, or 1234 as long as the rest is not known.")
    area = models.ForeignKey(PostcodeArea, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(LabourMarketRegion, on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(_("whom to ask for"), max_length=150, blank=True)
    phone = models.CharField(_("phone number of the company"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail address at work"), blank=True)
    language = models.CharField(_("language of the mail"), max_length=2, choices=[("nl", _("Dutch")), ("en", _("English"))], default="nl")
    qualifications = models.ManyToManyField(Qualification, blank=True, related_name="+", verbose_name=_("what it might train for"))
    source = models.CharField(_("where it comes from"), max_length=8, choices=Source)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=14, choices=LeadState, default=LeadState.NEW)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="leads", help_text="Whose it is; a colleague takes over.")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="leads")
    again_on = models.DateField(_("call again on"), null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True, help_text="When the link was mailed last.")
    created_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now)
    forgotten_at = models.DateTimeField(null=True, blank=True, help_text="When contact and note were deleted.")

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kvk", "branch"], condition=~Q(kvk="") & Q(state__in=OPEN_STATES), name="one_open_lead_per_branch",
                violation_error_message=_("Somebody is working on this company already."),
            ),
            models.CheckConstraint(condition=Q(postcode__regex=r"^[1-9][0-9]{3}([A-Z]{2})?$"), name="a_lead_has_a_postcode"),
            models.CheckConstraint(
                condition=Q(state__in=[*OPEN_STATES, LeadState.NOT_INTERESTED]) | Q(company__isnull=False), name="a_registered_lead_names_its_company"
            ),
            models.CheckConstraint(condition=~Q(state=LeadState.INTERESTED) | ~Q(email=""), name="an_interested_lead_can_be_mailed"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["region", "state"], name="leads_by_region"),
            models.Index(fields=["company"], condition=Q(company__isnull=False), name="leads_by_company"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def running(self) -> bool:
        """Whether somebody has to do something, or waits for the company."""
        return self.state in RUNNING_STATES

    @property
    def tone(self) -> str:
        """Colour of the badge that names the state."""
        return TONES.get(LeadState(self.state), "info")


TONES = {LeadState.RECOGNISED: "success", LeadState.NEW: "warning", LeadState.NOT_INTERESTED: "neutral", LeadState.ALREADY_KNOWN: "neutral"}


class LeadStep(Step):
    """One move of a lead: who, when, from where to where, and why in a code. Never changed; it goes with the lead."""

    retention = Retention.LEAD

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="steps")
    from_state = models.CharField(max_length=14, choices=LeadState, blank=True)
    to_state = models.CharField(max_length=14, choices=LeadState)
    reason = models.CharField(max_length=14, choices=LeadReason, blank=True)

    class Meta(Step.Meta):
        triggers = [pgtrigger.Protect(name="lead_steps_are_never_changed", operation=pgtrigger.Update)]
