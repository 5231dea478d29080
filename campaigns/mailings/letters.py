"""The mail of a mailing: its text filled in, the link to answer under, who it is from and how to get no more."""

from campaigns.mailings import links, texts
from campaigns.models import Mailing, MailingRecipient
from companies.models import CompanyMembership
from placements.models import PlaceReminder
from placements.upkeep.links import stop_token
from stagematch.links import address
from stagematch.models import OutboxMail
from stagematch.outbox import letter

TEMPLATE = "campaigns/mail/mailing.txt"


def key_of(recipient: MailingRecipient) -> str:
    """The occasion of a mail in the outbox: it is queued once."""
    return f"mailing-{recipient.mailing_id}-{recipient.pk}"


def to_recipient(mailing: Mailing, recipient: MailingRecipient, reminder: PlaceReminder) -> OutboxMail:
    """The mail to one recipient (membership, user and company read along), not written yet; one click stops such mails (RFC 8058)."""
    stop = address("placements:stop_place_reminders", stop_token(reminder))
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    context = _context(mailing, recipient.membership, recipient.language) | {"answer": links.answer(recipient), "stop": stop}
    return letter(
        to=recipient.address, template=TEMPLATE, context=context, language=recipient.language, key=key_of(recipient), headers=headers, bulk=True
    )


def trial(mailing: Mailing, membership: CompanyMembership, language: str, *, to: str, key: str) -> OutboxMail:
    """The mail as this contact would get it, to somebody else: its links lead to the preview, so that nobody answers for the company."""
    preview = address("campaigns:mailing", mailing.public_id)
    context = _context(mailing, membership, language) | {"answer": preview, "stop": preview}
    return letter(to=to, template=TEMPLATE, context=context, language=language, key=key)


def _context(mailing: Mailing, membership: CompanyMembership, language: str) -> dict[str, object]:
    values = texts.values_for(membership, mailing.created_by.name if mailing.created_by else "StageMatch")
    subject, text = (texts.fill(part, values) for part in mailing.text(language))
    return {"subject": subject, "text": text.strip(), "company": membership.company.name, "sender": values["sender"]}
