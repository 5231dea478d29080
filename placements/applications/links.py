"""Answering straight from a mail: a signed link for one application and one person of the company, valid as long as the answer is asked.

Nothing is stored, and opening it changes nothing: mail scanners open every link. It signs nobody in.
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.actor import Actor
from accounts.hats import HatKind, hats_of
from companies.models import CompanyMembership, CompanyRole
from placements.models import Application
from stagematch.links import opened, signed

SALT = "placements.applications.answer"
KINDS = {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}


class LinkDead(Exception):
    """The link is not ours, too old, or of somebody who no longer acts for the company."""


def make(application: Application, membership: CompanyMembership) -> str:
    """The last part of the address."""
    return signed([application.public_id.hex, _mark(application.public_id.hex, membership.pk)], salt=SALT)


def _mark(application: str, membership: int) -> str:
    """Who it is, in this link only: a link can be read, so that a key in it would tell how many there are and which are the same."""
    return salted_hmac(SALT, f"{application}:{membership}").hexdigest()[:16]


def follow(token: str) -> tuple[Application, Actor]:
    """The application and who answers, under the hat of the company. Raises LinkDead."""
    # A day more than the answer may take: who comes too late reads so, and not that the link is broken.
    found = opened(token, salt=SALT, days=settings.APPLICATION_EXPIRY_DAYS + 1)
    if found is None:
        raise LinkDead
    public_id, mark = found
    own = Application.objects.with_hold().select_related("place__company", "place__period", "placement").prefetch_related("questions")
    application = own.filter(public_id=public_id).first()
    if application is None:
        raise LinkDead
    acting = CompanyMembership.objects.filter(company=application.place.company_id, ended_at=None, user__is_active=True).select_related("user")
    membership = next((member for member in acting if constant_time_compare(_mark(public_id, member.pk), mark)), None)
    if membership is None:
        raise LinkDead
    hats = tuple(hats_of(membership.user))
    hat = next((hat for hat in hats if hat.kind == KINDS[CompanyRole(membership.role)] and hat.object_id == membership.pk), None)
    if hat is None:
        raise LinkDead
    return application, Actor(user=membership.user, hat=hat, hats=hats)
