"""Answering straight from a mail: a signed link for one application and one person of the company, valid as long as the answer is asked.

Nothing is stored, and opening it changes nothing: mail scanners open every link. It signs nobody in.
"""

from django.conf import settings

from accounts.actor import Actor
from companies.models import CompanyMembership
from placements.mail_links import LinkDead, follower, mark_of, read
from placements.models import Application
from stagematch.links import signed

SALT = "placements.applications.answer"

__all__ = ["LinkDead", "follow", "make"]


def make(application: Application, membership: CompanyMembership) -> str:
    """The last part of the address."""
    about = application.public_id.hex
    return signed([about, mark_of(membership.pk, about=about, salt=SALT)], salt=SALT)


def follow(token: str) -> tuple[Application, Actor]:
    """The application and who answers, under the hat of the company. Raises LinkDead."""
    # A day more than the answer may take: who comes too late reads so, and not that the link is broken.
    public_id, mark = read(token, salt=SALT, days=settings.APPLICATION_EXPIRY_DAYS + 1)
    own = Application.objects.with_hold().select_related("place__company", "place__period", "placement").prefetch_related("questions")
    application = own.filter(public_id=public_id).first()
    if application is None:
        raise LinkDead
    return application, follower(application.place.company_id, mark, about=public_id, salt=SALT)
