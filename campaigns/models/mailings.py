"""Mailings to companies: what is written to whom, and what became of each address."""

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from campaigns.mailings.workflow import MailingState, Reason, RecipientState
from campaigns.models.campaign import Campaign, CampaignQuerySet
from companies.models import CompanyMembership
from stagematch.models import Job, OutboxMail
from stagematch.retention import Retention


@pghistory.track()
class Mailing(Campaign):
    """One text, in Dutch and English, to the contacts of an audience of companies."""

    retention = Retention.COMPANY

    subject_nl = models.CharField(_("subject in Dutch"), max_length=120)
    text_nl = models.TextField(_("text in Dutch"), max_length=4000)
    subject_en = models.CharField(_("subject in English"), max_length=120)
    text_en = models.TextField(_("text in English"), max_length=4000)
    state = models.CharField(max_length=8, choices=MailingState, default=MailingState.DRAFT)
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Under which hat: only its regions are mailed.")
    tested_at = models.DateTimeField(null=True, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True, help_text="When the addresses were written down.")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Which hands the mails over.")

    objects = CampaignQuerySet["Mailing"].as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state=MailingState.DRAFT, started_at=None) | ~Q(started_at=None), name="a_mailing_says_when_it_began"),
            models.CheckConstraint(
                condition=Q(state__in=[MailingState.DONE, MailingState.STOPPED], ended_at__isnull=False)
                | (~Q(state__in=[MailingState.DONE, MailingState.STOPPED]) & Q(ended_at=None)),
                name="a_mailing_says_when_it_ended",
            ),
        ]

    def text(self, language: str) -> tuple[str, str]:
        """Subject and text in a language."""
        return (self.subject_nl, self.text_nl) if language == "nl" else (self.subject_en, self.text_en)


class Reply(models.TextChoices):
    """What somebody said under the link of a mailing; about which places stands in PlaceAnswer."""

    PLACES = "places", _("said whether places are right")
    OFFERS = "offers", _("wants to offer a place")
    NOTHING = "nothing", _("has no places now")


class MailingRecipient(models.Model):
    """One address of a mailing: the contact of a company, in whose language it is written, and what became of it."""

    retention = Retention.ACCOUNT

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients")
    membership = models.ForeignKey(CompanyMembership, on_delete=models.CASCADE, related_name="mailings")
    address = models.EmailField(max_length=254)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=8, choices=RecipientState, default=RecipientState.WAITING, db_default=RecipientState.WAITING)
    reason = models.CharField(max_length=8, choices=Reason, blank=True, default="", db_default="")
    mail = models.OneToOneField(OutboxMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    mailed_at = models.DateTimeField(null=True, blank=True, help_text="When it was put into the outbox.")
    answered_at = models.DateTimeField(null=True, blank=True)
    reply = models.CharField(max_length=8, choices=Reply, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint("mailing", Lower("address"), name="one_mail_an_address_and_mailing"),
            models.CheckConstraint(
                condition=Q(state=RecipientState.LEFT_OUT) & ~Q(reason="") | ~Q(state=RecipientState.LEFT_OUT) & Q(reason=""),
                name="who_is_left_out_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RecipientState.WAITING, RecipientState.LEFT_OUT], mailed_at=None)
                | ~Q(state__in=[RecipientState.WAITING, RecipientState.LEFT_OUT]) & Q(mailed_at__isnull=False),
                name="who_was_mailed_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "id"], condition=Q(state=RecipientState.WAITING), name="recipients_waiting"),
            models.Index(fields=["mailing"], condition=Q(state=RecipientState.QUEUED), name="recipients_on_their_way"),
            models.Index(fields=["address", "mailed_at"], condition=Q(mailed_at__isnull=False), name="when_an_address_was_mailed"),
        ]

    def __str__(self) -> str:
        # No address: this ends up in logs.
        return f"{self.mailing_id}: {self.membership_id} ({self.state})"
