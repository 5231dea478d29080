"""The hats that companies give: contact and trainer."""

from accounts.hats import Hat, HatKind
from accounts.models import User
from companies.models import CompanyMembership, CompanyRole

KINDS = {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}


def hats_of(user: User) -> list[Hat]:
    """Roles at companies, oldest first."""
    memberships = CompanyMembership.objects.filter(user=user, ended_at=None).select_related("company").order_by("pk")
    return [Hat(KINDS[CompanyRole(m.role)], m.pk, m.company_id, m.company.name) for m in memberships]
