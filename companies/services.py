"""What changes companies: registering one, its people, and asking for and deciding on recognition."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Invitation, User
from accounts.services import invite
from companies import notifications
from companies.hooks import company_moved
from companies.models import Company, CompanyMembership, CompanyRole, Recognition, RecognitionState
from reference.models import Qualification
from reference.selectors import postcode_area

# SBB decides within two weeks and assesses again every four years (DOMAIN.md, "Recognition").
DECIDE_WITHIN = timedelta(weeks=2)
REVIEW_AFTER_YEARS = 4

ROLE_HATS = {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}


class AlreadyDecided(Exception):
    """The recognition was decided before, by somebody else or in another tab."""


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


@transaction.atomic
def request_recognition(*, company: Company, qualifications: list[Qualification]) -> list[Recognition]:
    """Ask for recognition for qualifications; those that run already are left as they are."""
    Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    running = set(company.recognitions.exclude(state=RecognitionState.REFUSED).values_list("qualification_id", flat=True))
    wanted = [
        Recognition(company=company, qualification=qualification, decide_before=timezone.localdate() + DECIDE_WITHIN)
        for qualification in qualifications
        if qualification.pk not in running
    ]
    return Recognition.objects.bulk_create(wanted)


@transaction.atomic
def decide_recognition(*, recognition: Recognition, state: RecognitionState, reason: str, actor: Actor) -> Recognition:
    """Recognise or refuse; the company hears it by mail. Raises AlreadyDecided."""
    locked = Recognition.objects.select_for_update(of=("self",)).select_related("company", "qualification").get(pk=recognition.pk)
    if locked.state == state and locked.decided_by_id == getattr(actor.user, "pk", None):
        return locked
    if locked.state != RecognitionState.REQUESTED:
        raise AlreadyDecided(_("This request was decided already: %(state)s.") % {"state": locked.get_state_display()})
    today = timezone.localdate()
    locked.state, locked.reason, locked.decided_by, locked.decided_at = state, reason, actor.user, timezone.now()
    if state == RecognitionState.RECOGNISED:
        # 29 February has no namesake four years on when that year is 2100; 28 February then.
        day = 28 if (today.month, today.day) == (2, 29) else today.day
        locked.review_due_on = today.replace(year=today.year + REVIEW_AFTER_YEARS, day=day)
    locked.save()
    notifications.recognition_decided(recognition=locked)
    return locked
