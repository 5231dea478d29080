"""Answering straight from a mail: a signed link for one application and one person of the company, valid as long as the answer is asked.

Nothing is stored, and opening it changes nothing: mail scanners open every link. It signs nobody in.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing

from accounts.actor import Actor
from accounts.hats import HatKind, hats_of
from companies.models import CompanyMembership, CompanyRole
from placements.models import Application

SALT = "placements.applications.answer"
KINDS = {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}


class LinkDead(Exception):
    """The link is not ours, too old, or of somebody who no longer acts for the company."""


def make(application: Application, membership: CompanyMembership) -> str:
    """The last part of the address."""
    return signing.dumps([application.pk, membership.pk], salt=SALT, compress=False)


def follow(token: str) -> tuple[Application, Actor]:
    """The application and who answers, under the hat of the company. Raises LinkDead."""
    try:
        # A day more than the answer may take: who comes too late reads so, and not that the link is broken.
        application_pk, membership_pk = signing.loads(token, salt=SALT, max_age=timedelta(days=settings.APPLICATION_EXPIRY_DAYS + 1))
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkDead from None
    membership = CompanyMembership.objects.filter(pk=membership_pk, ended_at=None, user__is_active=True).select_related("user").first()
    own = Application.objects.select_related("place__company", "place__period", "placement").prefetch_related("questions")
    application = own.filter(pk=application_pk, place__company=membership.company_id).first() if membership else None
    if membership is None or application is None:
        raise LinkDead
    hats = tuple(hats_of(membership.user))
    hat = next((hat for hat in hats if hat.kind == KINDS[CompanyRole(membership.role)] and hat.object_id == membership.pk), None)
    if hat is None:
        raise LinkDead
    return application, Actor(user=membership.user, hat=hat, hats=hats)
