"""What leads hear from companies: somebody registers, a company is recognised; and what they fill in for whoever follows their link."""

from typing import Any

from campaigns.scouting import links
from campaigns.services import leads
from companies.models import Company, Recognition
from placements.mail_links import LinkDead


def on_registered(sender: type[Company], *, company: Company, new: bool, lead: str, **_: Any) -> None:
    """Leads go along, in the same transaction."""
    leads.company_registered(company=company, new=new, token=lead)


def on_recognised(sender: type[Recognition], *, recognition: Recognition, **_: Any) -> None:
    """The lead that brought the company is done."""
    leads.company_recognised(recognition=recognition)


def prefill(token: str) -> dict[str, Any] | None:
    """What the scout knows, for the registration form; None for a link that is not ours or no longer works."""
    try:
        lead = links.follow(token)
    except LinkDead:
        return None
    known = {
        "kvk": lead.kvk, "branch": lead.branch, "name": lead.name, "postcode": lead.postcode if len(lead.postcode) > 4 else "",
        "phone": lead.phone, "contact_name": lead.contact_name, "contact_email": lead.email,
        "qualifications": list(lead.qualifications.order_by("pk").values_list("pk", flat=True)),
    }  # fmt: skip
    return {name: value for name, value in known.items() if value}
