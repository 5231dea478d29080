"""Who of a company follows a link in a mail: each person gets a link of their own, so that an answer says who gave it."""

from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actor import Actor
from accounts.hats import HatKind, hats_of
from companies.models import CompanyMembership, CompanyRole
from stagematch.links import opened

KINDS = {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}


class LinkDead(Exception):
    """The link is not ours, too old, or of somebody who no longer acts for the company."""


def read(token: str, *, salt: str, days: int) -> Any:
    """What a link was signed for. Raises LinkDead for one that is not ours or too old."""
    found = opened(token, salt=salt, days=days)
    if found is None:
        raise LinkDead
    return found


def mark_of(membership: int, *, about: str, salt: str) -> str:
    """Who it is, in this link only: a link can be read, so that a key in it would tell how many there are and which are the same."""
    return salted_hmac(salt, f"{about}:{membership}").hexdigest()[:16]


def follower(company: int, mark: str, *, about: str, salt: str) -> Actor:
    """Whoever the link was mailed to, under the hat of the company. Raises LinkDead."""
    people = CompanyMembership.objects.filter(company=company, user__is_active=True).select_related("user", "continued_by__user")
    named = next((member for member in people if constant_time_compare(mark_of(member.pk, about=about, salt=salt), mark)), None)
    # Of two roles of one person at two records that became one, the one that goes on answers for the other.
    membership = named and (named.continued_by or named)
    membership = membership if membership and membership.ended_at is None else None
    hats = tuple(hats_of(membership.user)) if membership else ()
    hat = next((hat for hat in hats if membership and hat.kind == KINDS[CompanyRole(membership.role)] and hat.object_id == membership.pk), None)
    if membership is None or hat is None:
        raise LinkDead
    return Actor(user=membership.user, hat=hat, hats=hats)
