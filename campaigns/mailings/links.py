"""The signed link in a mailing: for one recipient, to say how it stands with the company's places. Opening it changes nothing."""

from django.conf import settings

from accounts.actor import Actor
from campaigns.models import MailingRecipient
from placements.mail_links import LinkDead, follower, mark_of, read
from stagematch.links import address, signed

ANSWER = "campaigns.mailing.answer"


def answer(recipient: MailingRecipient) -> str:
    """The whole address under which a recipient answers (membership and company read along)."""
    company = recipient.membership.company.public_id.hex
    token = signed([recipient.pk, mark_of(recipient.membership_id, about=company, salt=ANSWER)], salt=ANSWER)
    return address("campaigns:mailing_answer", token)


def follow(token: str) -> tuple[MailingRecipient, Actor]:
    """Which mail it came with, and who answers. Raises LinkDead."""
    key, mark = read(token, salt=ANSWER, days=settings.PLACE_LINK_DAYS)
    found = MailingRecipient.objects.select_related("membership__company", "mailing").filter(pk=key).first()
    if found is None:
        raise LinkDead
    company = found.membership.company
    return found, follower(company.pk, mark, about=company.public_id.hex, salt=ANSWER)
