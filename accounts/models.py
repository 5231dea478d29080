"""People: who signs in, their posts at SBB, invitations. Memberships live with their organisation."""

import uuid
from typing import ClassVar, Self

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.hats import POST_HATS, HatKind
from reference.models import LabourMarketRegion
from stagematch.retention import Retention


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address; there are no user names."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a user; without a password they set one by mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a user with Django's own superuser flag, for the command line only."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in; what they may do follows from the hats they wear."""

    retention = Retention.ACCOUNT

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=[("nl", _("Dutch")), ("en", _("English"))], default="nl")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Invented person with a one-click login; never in production.")
    demo_note = models.CharField(max_length=200, blank=True, help_text="Who the invented person is, for the page of demo logins.")
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email", violation_error_message=_("This e-mail address is already in use.")),
        ]

    def __str__(self) -> str:
        return self.name or self.email


@pghistory.track()
class Post(models.Model):
    """A person's post at SBB or on the platform, with the regions it covers (none: all)."""

    retention = Retention.ACCOUNT

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=30, choices=[(kind.value, kind.label) for kind in HatKind if kind in POST_HATS])
    regions = models.ManyToManyField(LabourMarketRegion, blank=True, related_name="posts")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], condition=models.Q(ended_at=None), name="one_running_post_of_a_kind_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_kind_display()})"

    @property
    def is_vacant(self) -> bool:
        """Whether whoever held it has left: a colleague goes on with the work."""
        return self.ended_at is not None or not self.user.is_active


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what became of them."""

    def waiting(self) -> Self:
        """Neither accepted nor withdrawn; the link may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


@pghistory.track(exclude=["token_digest"])
class Invitation(models.Model):
    """A single-use, expiring link that gives one e-mail address one hat at one organisation."""

    retention = Retention.ACCOUNT

    email = models.EmailField(_("e-mail address"))
    language = models.CharField(max_length=2, default="nl")
    details = models.JSONField(default=dict, help_text="What the app that made it needs to make the membership.")
    name = models.CharField(_("name"), max_length=150, blank=True)
    kind = models.CharField(max_length=30, choices=HatKind.choices)
    organisation_id = models.BigIntegerField(null=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="invitations_sent")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations_accepted")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "organisation_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "kind", "organisation_id"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                nulls_distinct=False,
                name="one_waiting_invitation_per_hat",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.kind} {self.organisation_name}"

    @property
    def child(self) -> str:
        """First name of the child, in the invitation of a parent."""
        return str(self.details.get("child", "")) if self.kind == HatKind.GUARDIAN else ""

    @property
    def role(self) -> str:
        """As what somebody is invited, with the name of the child for a parent."""
        return str(_("parent of %(child)s")) % {"child": self.child} if self.child else str(self.get_kind_display())

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return not self.accepted_at and not self.withdrawn_at and self.expires_at > timezone.now()
