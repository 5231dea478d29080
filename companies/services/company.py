"""What changes companies: registering one, its details and its people."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.hats import Hat, HatKind
from accounts.models import Invitation, User
from accounts.services import InvitationClosed, invite, resend_invitation
from companies import notifications
from companies.hooks import company_moved, company_registered
from companies.models import Company, CompanyGroup, CompanyMembership, CompanyRole
from companies.services.claims import claim
from companies.services.transitions import request_recognition, submit_drafts
from reference.models import Qualification
from reference.selectors import postcode_area

ROLE_HATS = {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}


def locate(company: Company) -> None:
    """Set the company's point and municipality from its postcode area; the form has checked that we know it."""
    area = postcode_area(company.postcode)
    if area is None:
        raise ValueError(f"unknown postcode area {company.postcode[:4]}")
    company.x, company.y, company.municipality_id = area.x, area.y, area.municipality_id


@transaction.atomic
def register_company(
    *,
    company: Company,
    name: str,
    email: str,
    language: str,
    group: str = "",
    trains: bool = False,
    trainers: Sequence[str] = (),
    qualifications: Iterable[Qualification] = (),
    lead: str = "",
    by: User | None = None,
) -> tuple[Company, bool]:
    """Register a company and invite its first contact by mail; returns it and whether it is new. What else was asked waits for that.

    A company that exists is not made twice: its own people hear of it and can let the newcomer in; where it has none, SBB checks who it is.
    trains, trainers: who guides students, besides the contact or instead; by: a contact of another branch or department, known already.
    """
    qualifications = list(qualifications)
    more = {"trains": trains, "trainers": list(trainers)}
    existing = _registered(company, by)
    if existing:
        company_registered.send(Company, company=existing, new=False, lead=lead)
        asked = more | {"qualifications": [qualification.pk for qualification in qualifications]}
        _lead_to_its_people(existing, name=name, email=email, language=language, phone=company.phone, more=asked)
        return existing, False
    if group:
        company.group = CompanyGroup.objects.filter(name__iexact=group).first() or CompanyGroup.objects.get_or_create(name=group)[0]
    locate(company)
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError:  # the same click, twice at once: the other one made it
        again = {"trains": trains, "trainers": trainers, "qualifications": qualifications, "lead": lead, "by": by}
        return register_company(company=company, name=name, email=email, language=language, **again)  # type: ignore[arg-type]
    request_recognition(company=company, qualifications=qualifications)
    company_registered.send(Company, company=company, new=True, lead=lead)
    if by:
        _let_in(company, by, CompanyRole.CONTACT)
        finish_registration(company=company, user=by, more=more)
    else:
        whom = {"email": email, "name": name, "kind": HatKind.COMPANY_CONTACT, "language": language}
        invite(**whom, organisation_id=company.pk, organisation_name=company.name, by=None, details=more)
    return company, True


def _registered(company: Company, by: User | None) -> Company | None:
    """The record of this branch (and department) that stands; only who is known there already adds a department beside the others."""
    there = Company.objects.select_for_update(of=("self",)).filter(kvk=company.kvk, branch=company.branch)
    found = list(there.order_by("pk"))
    same = [other for other in found if other.department.casefold() == company.department.casefold()]
    first = next(iter(same or ([] if by else found)), None)
    return (first.merged_into or first) if first else None


def _lead_to_its_people(company: Company, *, name: str, email: str, language: str, phone: str, more: Mapping[str, Any]) -> None:
    """Nobody takes over a company unseen, and nobody is left standing at the door.

    Whoever registered it first gets the same link again, whatever else is typed now: who types it has not shown who they are.
    """
    first = Invitation.objects.waiting().filter(kind=HatKind.COMPANY_CONTACT, organisation_id=company.pk, invited_by=None)
    if contacts := notifications.contacts_of(company):
        notifications.somebody_wants_in(company=company, contacts=contacts, name=name, email=email)
    elif waiting := first.filter(email__iexact=email).first():
        with suppress(InvitationClosed):  # used in this moment
            resend_invitation(invitation=waiting)
    else:
        claim(company=company, name=name, email=email, language=language, phone=phone, more=more)


def _let_in(company: Company, user: User, role: CompanyRole) -> CompanyMembership:
    return CompanyMembership.objects.get_or_create(user=user, company=company, role=role, ended_at=None)[0]


def finish_registration(*, company: Company, user: User, more: Mapping[str, Any]) -> None:
    """What waited until a contact had shown who they are: trainers are invited, and the request for recognition is sent."""
    contact = _let_in(company, user, CompanyRole.CONTACT)
    if more.get("trains") or user.email in more.get("trainers", ()):
        _let_in(company, user, CompanyRole.TRAINER)
    for email in more.get("trainers", ()):
        if email != user.email:
            invite_colleague(company=company, name="", email=email, role=CompanyRole.TRAINER, by=user, language=user.language)
    asked = Qualification.objects.current().mbo().filter(pk__in=more.get("qualifications", ()))
    request_recognition(company=company, qualifications=asked)
    submit_drafts(company=company, actor=Actor(user=user, hat=Hat(HatKind.COMPANY_CONTACT, contact.pk, company.pk, company.name)))


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
    """Give somebody who accepted an invitation their role at the company; who registered it sets the rest going."""
    role = next(role for role, hat in ROLE_HATS.items() if hat == invitation.kind)
    company = Company.objects.select_related("merged_into").get(pk=organisation_id)
    company = company.merged_into or company
    _let_in(company, user, role)
    if role == CompanyRole.CONTACT and (invitation.invited_by_id is None or invitation.details):
        finish_registration(company=company, user=user, more=invitation.details)
        invitation.details = {}


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
