"""What changes about people's access: invitations, accounts, posts."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.hats import COMPANY_HATS, HatKind, acceptor_for
from accounts.models import Invitation, Post, User
from stagematch import outbox
from stagematch.links import address

VALID_FOR = timedelta(days=14)
# A second click within this time sends no second mail.
SEND_AGAIN_AFTER = timedelta(minutes=1)
TOKEN_BYTES = 32


class InvitationClosed(Exception):
    """The link does not work any more; `reason` is unknown, used, withdrawn or expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SignInFirst(Exception):
    """The invited address has an account already: its owner signs in, then accepts."""


def digest(token: str) -> str:
    """What the database keeps of a link's token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    kind: HatKind | str,
    organisation_id: int | None,
    organisation_name: str,
    by: User | None,
    language: str,
    details: dict[str, Any] | None = None,
) -> Invitation:
    """Mail a link that gives this address one hat at one organisation, valid for 14 days and for one use.

    by: None when somebody registers their own organisation. While an invitation for the same hat waits, that one is sent again.
    """
    acceptor_for(kind)  # KeyError here and not at the invited person's click
    email = email.strip().lower()
    hat: dict[str, Any] = {"email": email, "kind": HatKind(kind), "organisation_id": organisation_id}
    fields = {"name": name, "organisation_name": organisation_name, "invited_by": by, "language": language, "details": details or {}}
    known = Invitation.objects.waiting().select_for_update(of=("self",)).filter(**hat).first()
    if known is None:
        try:
            with transaction.atomic():
                return _send(Invitation(**hat, **fields))
        except IntegrityError:  # the same click, twice at once: the other one sent it
            known = Invitation.objects.waiting().select_for_update(of=("self",)).get(**hat)
    for field, value in fields.items():
        setattr(known, field, value)
    known.save()
    return known if _just_sent(known) else _send(known)


@transaction.atomic
def resend_invitation(*, invitation: Invitation) -> Invitation:
    """Send a waiting invitation with a new link; the old link ends. Raises InvitationClosed."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise InvitationClosed("used" if invitation.accepted_at else "withdrawn")
    return invitation if _just_sent(invitation) else _send(invitation)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation) -> Invitation:
    """End a waiting invitation; safe to call twice. Raises InvitationClosed if it was accepted."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.accepted_at:
        raise InvitationClosed("used")
    if not invitation.withdrawn_at:
        invitation.withdrawn_at = timezone.now()
        invitation.save()
    return invitation


def open_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation behind a link. Raises InvitationClosed."""
    found = Invitation.objects.filter(token_digest=digest(token))
    invitation = (found.select_for_update(of=("self",)) if lock else found).first()
    if invitation is None:
        raise InvitationClosed("unknown")
    if invitation.accepted_at:
        raise InvitationClosed("used")
    if invitation.withdrawn_at:
        raise InvitationClosed("withdrawn")
    if not invitation.is_open:
        raise InvitationClosed("expired")
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, user: User | None, name: str = "", password: str = "", language: str = "nl") -> User:
    """Give the invited person the hat, and an account with a verified address if they have none.

    Raises InvitationClosed, or SignInFirst when the address has an account and `user` is not its owner.
    """
    invitation = open_invitation(token, lock=True)
    owner = User.objects.filter(email=invitation.email).first()
    if owner is not None and owner != user:
        raise SignInFirst
    if owner is None:
        owner = User.objects.create_user(invitation.email, password, name=name, language=language)
    # The link came by mail, so the address is theirs.
    EmailAddress.objects.update_or_create(user=owner, email=owner.email, defaults={"verified": True, "primary": True})
    acceptor_for(invitation.kind)(user=owner, organisation_id=invitation.organisation_id, invitation=invitation)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), owner
    invitation.save()
    return owner


@transaction.atomic
def accept_post(*, user: User, organisation_id: int | None, invitation: Invitation) -> None:
    """Acceptor of posts: advisor, scout or administrator, for the regions named in the invitation (none: all)."""
    post, _ = Post.objects.get_or_create(user=user, kind=invitation.kind, ended_at=None)
    post.regions.set(invitation.details.get("regions", []))


@transaction.atomic
def end_post(*, post: Post, undo: bool = False) -> Post:
    """End a post, or give back one that was ended; safe to call twice."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if undo and Post.objects.filter(user_id=post.user_id, kind=post.kind, ended_at=None).exists():
        return post
    post.ended_at = None if undo else post.ended_at or timezone.now()
    post.save()
    return post


def _just_sent(invitation: Invitation) -> bool:
    return invitation.is_open and invitation.sent_at > timezone.now() - SEND_AGAIN_AFTER


def _send(invitation: Invitation) -> Invitation:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation.token_digest = digest(token)
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + VALID_FOR
    invitation.save()
    outbox.queue(
        to=invitation.email,
        template=_template(invitation),
        context={"invitation": invitation, "url": address("accounts:invitation", token)},
        language=invitation.language,
        key=f"invitation-{invitation.pk}-{invitation.token_digest[:16]}",
    )
    return invitation


def _template(invitation: Invitation) -> str:
    """Companies are addressed as "u"; who registered an organisation confirms instead of being invited."""
    company = "_company" if invitation.kind in COMPANY_HATS else ""
    occasion = "registration" if invitation.invited_by is None and invitation.organisation_id else "invitation"
    return f"accounts/mail/{occasion}{company}.txt"
