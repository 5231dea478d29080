"""Who says to act for a company that stands here without people: asked, checked by SBB, let in or not."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.hats import HatKind
from accounts.models import User
from accounts.services import invite
from companies import notifications
from companies.models import Claim, Company


@transaction.atomic
def claim(*, company: Company, name: str, email: str, language: str, phone: str = "", more: Mapping[str, Any] | None = None) -> Claim:
    """Write down who says to act for a company, and what else they asked; they hear that it waits. The same address waits once."""
    facts = {"name": name, "language": language, "phone": phone, "details": dict(more or {})}
    made, new = Claim.objects.get_or_create(company=company, email=email.lower(), accepted=None, defaults=facts)
    if new:
        notifications.claim_waits(claim=made)
    return made


@transaction.atomic
def decide_claim(*, claim: Claim, accepted: bool, by: User, reason: str = "") -> Claim:
    """Let somebody in, by an invitation to the address they gave, or tell them that they were not. A second decision changes nothing."""
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if claim.accepted is not None:
        return claim
    claim.accepted, claim.decided_by, claim.decided_at, claim.reason = accepted, by, timezone.now(), reason
    claim.save(update_fields=["accepted", "decided_by", "decided_at", "reason"])
    if accepted:
        company = claim.company.merged_into or claim.company
        invite(
            email=claim.email, name=claim.name, kind=HatKind.COMPANY_CONTACT, organisation_id=company.pk, organisation_name=company.name,
            by=by, language=claim.language, details=claim.details,
        )  # fmt: skip
    else:
        notifications.claim_refused(claim=claim)
    return claim
