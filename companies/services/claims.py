"""Who says to act for a company that stands here without people: asked, checked by SBB, let in or not."""

from django.db import transaction
from django.utils import timezone

from accounts.hats import HatKind
from accounts.models import User
from accounts.services import invite
from companies import notifications
from companies.models import Claim, Company


def claim(*, company: Company, name: str, email: str, language: str) -> Claim:
    """Write down who says to act for a company; the same address waits once."""
    facts = {"name": name, "language": language}
    return Claim.objects.get_or_create(company=company, email=email.lower(), accepted=None, defaults=facts)[0]


@transaction.atomic
def decide_claim(*, claim: Claim, accepted: bool, by: User) -> Claim:
    """Let somebody in, by an invitation to the address they gave, or tell them that they were not. A second decision changes nothing."""
    claim = Claim.objects.select_for_update(of=("self",)).select_related("company").get(pk=claim.pk)
    if claim.accepted is not None:
        return claim
    claim.accepted, claim.decided_by, claim.decided_at = accepted, by, timezone.now()
    claim.save(update_fields=["accepted", "decided_by", "decided_at"])
    if accepted:
        company = claim.company.merged_into or claim.company
        invite(
            email=claim.email, name=claim.name, kind=HatKind.COMPANY_CONTACT, organisation_id=company.pk, organisation_name=company.name,
            by=by, language=claim.language,
        )  # fmt: skip
    else:
        notifications.claim_refused(claim=claim)
    return claim
