"""Answering "still right?" straight from a mail: a signed link for one person, about one place or about the places that the mail asked after.

Nothing is stored, and opening it changes nothing: mail scanners open every link. It signs nobody in and opens nothing else.
"""

from datetime import UTC, datetime

from django.conf import settings

from accounts.actor import Actor
from companies.models import Company, CompanyMembership
from placements.mail_links import LinkDead, follower, mark_of, read
from placements.models import Place, PlaceReminder
from stagematch.links import opened, signed

ONE, ALL, STOP = "placements.upkeep.one", "placements.upkeep.all", "placements.upkeep.stop"


def about_one(place: Place, membership: CompanyMembership) -> str:
    """The last part of the address under which one place is answered about."""
    about = place.public_id.hex
    return signed([about, mark_of(membership.pk, about=about, salt=ONE)], salt=ONE)


def follow_one(token: str) -> tuple[Place, Actor]:
    """The place and who answers. Raises LinkDead."""
    public_id, mark = read(token, salt=ONE, days=settings.PLACE_LINK_DAYS)
    place = Place.objects.select_related("company", "period").with_taught().filter(public_id=public_id).first()
    if place is None:
        raise LinkDead
    return place, follower(place.company_id, mark, about=public_id, salt=ONE)


def about_all(membership: CompanyMembership, asked_at: datetime) -> str:
    """The last part of the address under which everything that was asked after is said to be right."""
    about = membership.company.public_id.hex
    return signed([about, mark_of(membership.pk, about=about, salt=ALL), int(asked_at.timestamp())], salt=ALL)


def follow_all(token: str) -> tuple[Company, Actor, datetime]:
    """The company, who answers, and when it was asked: what was confirmed since is not asked after. Raises LinkDead."""
    public_id, mark, asked_at = read(token, salt=ALL, days=settings.PLACE_LINK_DAYS)
    company = Company.objects.addressed(public_id).first()
    if company is None:
        raise LinkDead
    return company, follower(company.pk, mark, about=public_id, salt=ALL), datetime.fromtimestamp(asked_at, UTC)


def stop_token(reminder: PlaceReminder) -> str:
    """The last part of the address that ends these mails; it never grows too old, because a mail may be read late."""
    return signed(reminder.pk, salt=STOP)


def stopped_by(token: str) -> PlaceReminder | None:
    """Whose mails a link is about; None for one that is not ours."""
    return PlaceReminder.objects.select_related("membership__user").filter(pk=opened(token, salt=STOP) or 0).first()
