"""The link under which a company registers that a scout has found: signed, for one lead and the address it was mailed to.

Opening it changes nothing (mail scanners open every link), it signs nobody in, and it dies with the interest of the company.
"""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from campaigns.models import Lead
from campaigns.scouting.workflow import S
from placements.mail_links import LinkDead, read
from stagematch.links import signed

SALT = "campaigns.lead"


def days() -> int:
    """How long a link works."""
    return int(settings.LEAD_LINK_DAYS)


def mark_of(lead: Lead) -> str:
    """Stands for the address it was mailed to: another address, another link."""
    return salted_hmac(SALT, f"{lead.public_id.hex}:{lead.email.lower()}").hexdigest()[:16]


def token_of(lead: Lead) -> str:
    """The last part of the address."""
    return signed([lead.public_id.hex, mark_of(lead)], salt=SALT)


def follow(token: str) -> Lead:
    """The lead a link is about. Raises LinkDead for one that is not ours, too old, for another address, or no longer waited for."""
    public_id, mark = read(token, salt=SALT, days=days())
    lead = Lead.objects.select_related("area", "post__user").filter(public_id=public_id, state=S.INTERESTED).first()
    if lead is None or not constant_time_compare(mark_of(lead), mark):
        raise LinkDead
    return lead
