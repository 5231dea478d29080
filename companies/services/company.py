"""What changes companies: registering one, its details and its people."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.hats import HatKind
from accounts.models import Invitation, User
from accounts.services import invite
from companies import notifications
from companies.hooks import company_moved
from companies.models import Company, CompanyMembership, CompanyRole
from reference.selectors import postcode_area

ROLE_HATS = {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}


def locate(company: Company) -> None:
    """Set the company's point and municipality from its postcode area; the form has checked that we know it."""
    area = postcode_area(company.postcode)
    if area is None:
        raise ValueError(f"unknown postcode area {company.postcode[:4]}")
    company.x, company.y, company.municipality_id = area.x, area.y, area.municipality_id


@transaction.atomic
def register_company(*, company: Company, name: str, email: str, language: str) -> tuple[Company, bool]:
    """Register a company and invite its first contact by mail; returns it and whether it is new.

    A company that exists is not made twice: its own people hear of it and can let the newcomer in.
    """
    existing = Company.objects.select_for_update(of=("self",)).filter(kvk=company.kvk, branch=company.branch).first()
    if existing:
        contacts = list(User.objects.filter(company_memberships__company=existing, company_memberships__ended_at=None).distinct().order_by("pk"))
        if contacts:
            notifications.somebody_wants_in(company=existing, contacts=contacts, name=name, email=email)
            return existing, False
        # Nobody has accepted yet: only the address that was invited gets a new link, so that no stranger takes it over.
        if not Invitation.objects.filter(kind=HatKind.COMPANY_CONTACT, organisation_id=existing.pk, email__iexact=email).exists():
            return existing, False
        company = existing
    else:
        locate(company)
        try:
            with transaction.atomic():
                company.save()
        except IntegrityError:  # the same click, twice at once: the other one made it
            return register_company(company=company, name=name, email=email, language=language)
    invite(
        email=email,
        name=name,
        kind=HatKind.COMPANY_CONTACT,
        organisation_id=company.pk,
        organisation_name=company.name,
        by=None,
        language=language,
    )
    return company, not existing


@transaction.atomic
def update_company(*, company: Company) -> Company:
    """Save changed details; a new postcode moves the company's places with it."""
    before = (company.x, company.y)
    locate(company)
    company.save()
    if (company.x, company.y) != before:
        company_moved.send(Company, company=company)
    return company


def accept_company_invitation(*, user: User, organisation_id: int, invitation: Invitation) -> None:
    """Give somebody who accepted an invitation their role at the company."""
    role = next(role for role, hat in ROLE_HATS.items() if hat == invitation.kind)
    CompanyMembership.objects.get_or_create(user=user, company_id=organisation_id, role=role, ended_at=None)


def invite_colleague(*, company: Company, name: str, email: str, role: CompanyRole, by: User, language: str) -> Invitation:
    """Invite a colleague as contact or trainer."""
    return invite(
        email=email,
        name=name,
        kind=ROLE_HATS[role],
        organisation_id=company.pk,
        organisation_name=company.name,
        by=by,
        language=language,
    )


@transaction.atomic
def end_membership(*, membership: CompanyMembership) -> CompanyMembership:
    """End somebody's role; raises ValueError for the last contact, who would leave nobody behind."""
    others = CompanyMembership.objects.select_for_update(of=("self",)).filter(
        company_id=membership.company_id, role=CompanyRole.CONTACT, ended_at=None
    )
    if membership.role == CompanyRole.CONTACT and not [other for other in others if other.pk != membership.pk]:
        raise ValueError(_("This is the last contact of the company. Invite somebody else first."))
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    return membership


@transaction.atomic
def restore_membership(*, membership: CompanyMembership) -> CompanyMembership:
    """Undo the end of a role."""
    CompanyMembership.objects.filter(pk=membership.pk).exclude(
        user__company_memberships__in=CompanyMembership.objects.filter(company_id=membership.company_id, role=membership.role, ended_at=None)
    ).update(ended_at=None)
    membership.refresh_from_db()
    return membership
