"""What the bottom floor remembers: long jobs, mails on their way, uploaded tables."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stagematch.retention import Retention


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    IN_PARTS = "in_parts", _("Working in parts")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def open(cls) -> list["JobState"]:
        return [cls.QUEUED, cls.RUNNING, cls.IN_PARTS]


class Job(models.Model):
    """One long task as a row: whoever holds its lease works on it, and a lease that ran out is handed to the next.

    The broker only wakes workers; what must not be lost stands here (docs/decisions/0001-jobs-and-outbox.md).
    """

    retention = Retention.OPERATION

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    attempts_ended = models.PositiveSmallIntegerField(default=0, help_text="Attempts that did what they should: dividing a job is no failure.")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="parts", help_text="The job this is a part of.")
    weight = models.FloatField(default=1, help_text="Its share of the work among the parts.")
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    woken_at = models.DateTimeField(null=True, blank=True)
    phase = models.CharField(max_length=80, blank=True)
    share = models.FloatField(default=0)
    seconds_left = models.PositiveIntegerField(null=True, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="What it found, when that is kept nowhere else.")
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(state__in=JobState.open()), name="one_open_job_per_key"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="job_share_is_a_fraction"),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, lease_until__isnull=False) | (~Q(state=JobState.RUNNING) & Q(lease_until__isnull=True)),
                name="job_runs_under_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=JobState.open(), finished_at__isnull=True) | (~Q(state__in=JobState.open()) & Q(finished_at__isnull=False)),
                name="job_ends_with_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until", "woken_at"], condition=Q(state__in=JobState.open()), name="job_open"),
            models.Index(fields=["kind", "key", "-created_at"], name="job_history"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in JobState.open()

    @property
    def percent(self) -> int:
        """Progress for a page, 0 to 100."""
        return round(100 * self.share)

    @property
    def phase_text(self) -> str:
        """The phase in the reader's language; handlers pass it through `gettext_noop`."""
        return gettext(self.phase) if self.phase else ""

    @property
    def error_text(self) -> str:
        return gettext(self.error) if self.error else ""


class MailState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    IN_DOUBT = "in_doubt", _("In doubt")
    FAILED = "failed", _("Failed")

    @classmethod
    def open(cls) -> list["MailState"]:
        return [cls.PENDING, cls.SENDING]


class OutboxMail(models.Model):
    """One mail to one person, written in the transaction that caused it and sent at most once.

    IN_DOUBT: the sender died between handing it over and hearing that it arrived; it is listed, never sent again.
    """

    retention = Retention.OPERATION

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField(max_length=254)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    headers = models.JSONField(default=dict, db_default=Value({}, output_field=models.JSONField()), blank=True, help_text="More than every mail has.")
    bulk = models.BooleanField(default=False, db_default=False, help_text="Of a mailing: goes after all other mail.")
    message_id = models.CharField(max_length=250, unique=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MailState.SENDING, lease_until__isnull=False) | (~Q(state=MailState.SENDING) & Q(lease_until__isnull=True)),
                name="mail_is_sent_under_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False) | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
                name="mail_sent_has_a_time",
            ),
            # A text may hold a link that lets somebody in: it goes as soon as nobody needs it to send.
            models.CheckConstraint(condition=Q(state__in=MailState.open()) | Q(body="", headers={}), name="mail_that_ended_keeps_no_text"),
        ]
        indexes = [
            models.Index(fields=["bulk", "next_at", "id"], condition=Q(state=MailState.PENDING), name="mail_due"),
            models.Index(fields=["lease_until"], condition=Q(state=MailState.SENDING), name="mail_leased"),
            models.Index(fields=["to", "created_at"], condition=Q(state=MailState.FAILED), name="mail_bounced"),
        ]

    def __str__(self) -> str:
        # No address: this ends up in logs.
        return f"mail {self.pk} ({self.state})"


class ClaimedAhead(models.Model):
    """A mail that a sender has claimed and not begun with: what stands here was surely not handed to the mail server.

    The table is UNLOGGED (migration 0007): PostgreSQL empties it when it has crashed, exactly when a row that was deleted could have
    come back. So its rows may go without waiting for the disk.
    """

    retention = Retention.OPERATION

    mail = models.OneToOneField(OutboxMail, on_delete=models.CASCADE, primary_key=True, related_name="ahead")

    def __str__(self) -> str:
        return f"mail {self.pk}, not begun"


class ImportState(models.TextChoices):
    PREVIEW = "preview", _("To be checked")
    APPLIED = "applied", _("Imported")
    UNDONE = "undone", _("Undone")


class TableImport(models.Model):
    """An uploaded table from preview to undo; an app inherits this and adds whose it is (stagematch.imports).

    rows: one object a row of the file, `{number, cells, errors, outcome}`; after applying, only wrong rows keep their cells.
    saved: what applying did, `{number, outcome, id, before, after}`, which is what undo needs and nothing more.
    """

    # Each app names the category of what it imports.
    retention: ClassVar[Retention]

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PREVIEW)
    rows = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    saved = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    kept = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    unknown_columns = models.JSONField(default=list)
    rows_total = models.PositiveIntegerField(default=0)
    rows_wrong = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    rows_total=F("rows_wrong") + F("rows_created") + F("rows_updated") + F("rows_unchanged"),
                ),
                name="%(app_label)s_%(class)s_counts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.PREVIEW, applied_at__isnull=True) | (~Q(state=ImportState.PREVIEW) & Q(applied_at__isnull=False)),
                name="%(app_label)s_%(class)s_applied_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def rows_good(self) -> int:
        return self.rows_total - self.rows_wrong

    def wrong_rows(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["errors"]]
