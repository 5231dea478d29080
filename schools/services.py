"""What changes at a school: registering, verification, programmes, staff."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Invitation, User
from accounts.services import invite
from reference.models import Qualification, SchoolRecord
from schools import notifications
from schools.hats import KINDS
from schools.models import Programme, ProgrammeYear, School, SchoolMembership, SchoolRole, SchoolState, WayToPlace
from schools.selectors import administrators_of


class SchoolKnown(Exception):
    """The school is here already; its people can invite more."""


class AlreadyThere(Exception):
    """The programme, role or person exists already."""


class LastAdministrator(Exception):
    """A school cannot lose its last administrator."""


@dataclass(frozen=True)
class Registration:
    """What somebody who registers a school says about it and about themselves."""

    kind: str
    postcode: str
    place: str
    website: str
    name: str
    email: str


@transaction.atomic
def register_school(*, record: SchoolRecord, registration: Registration, language: str) -> School:
    """Add a school of the public register, waiting for verification, and mail its first user a link to confirm the address.

    Administrators hear of it when the address is confirmed (acceptors.accept_staff): nobody fills their list with invented ones.
    A refused school, or one whose registrant never confirmed, can be registered again: it is the same record.
    Raises SchoolKnown when the school has people here.
    """
    school, _ = School.objects.select_for_update(of=("self",)).get_or_create(
        brin=record.code, defaults={"name": record.name, "kind": registration.kind, "postcode": registration.postcode, "place": registration.place}
    )
    if _is_taken(school, registration.email):
        raise SchoolKnown
    if school.state == SchoolState.REFUSED:
        _begin_anew(school)
    school.kind, school.postcode, school.place = registration.kind, registration.postcode, registration.place
    school.website = registration.website
    school.state, school.state_reason, school.decided_by, school.decided_at = SchoolState.REGISTERED, "", None, None
    school.save()
    invite(
        email=registration.email,
        name=registration.name,
        kind=KINDS[SchoolRole.ADMIN.value],
        organisation_id=school.pk,
        organisation_name=school.name,
        by=None,
        language=language,
        details={"also": [SchoolRole.COORDINATOR.value]},
    )
    return school


def _begin_anew(school: School) -> None:
    """Whoever was refused does not come along with whoever registers the school next: roles end, links open nothing."""
    SchoolMembership.objects.filter(school=school, ended_at=None).update(ended_at=timezone.now())
    staff = Invitation.objects.waiting().filter(kind__in=list(KINDS.values()), organisation_id=school.pk)
    staff.update(withdrawn_at=timezone.now())


def _is_taken(school: School, email: str) -> bool:
    """Whether others speak for the school, or may still confirm that they do."""
    if school.state == SchoolState.REFUSED:
        return False
    if school.state == SchoolState.VERIFIED or school.memberships.filter(ended_at=None).exists():
        return True
    waiting = Invitation.objects.waiting().filter(kind=KINDS[SchoolRole.ADMIN.value], organisation_id=school.pk, expires_at__gt=timezone.now())
    return waiting.exclude(email=email.strip().lower()).exists()


@transaction.atomic
def ask_to_join(*, school: School, name: str, email: str) -> int:
    """Tell the school's administrators that somebody wants to join; once a day and address. Returns how many are told."""
    people = administrators_of(school)
    for user in people:
        notifications.tell_wants_to_join(school, name=name, email=email.strip().lower(), to=user, day=f"{timezone.localdate():%Y%m%d}")
    return len(people)


@transaction.atomic
def decide_school(*, school: School, verified: bool, reason: str, by: User) -> School:
    """Verify a school or refuse it with a reason, and tell its people; the same decision twice is told once."""
    school = School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    state = SchoolState.VERIFIED if verified else SchoolState.REFUSED
    if school.state == state:
        return school
    school.state, school.state_reason, school.decided_by, school.decided_at = state, reason, by, timezone.now()
    school.save()
    notifications.tell_decision(school)
    return school


@transaction.atomic
def add_programme(*, school: School, qualification: Qualification, pathway: str, name: str, staff: Iterable[SchoolMembership]) -> Programme:
    """Add a programme under the school's own name for it (else the qualification's). Raises AlreadyThere."""
    programme, new = Programme.objects.get_or_create(
        school=school, qualification=qualification, pathway=pathway, defaults={"name": name or qualification.name}
    )
    if not new:
        raise AlreadyThere
    programme.staff.set(staff)
    return programme


@transaction.atomic
def change_programme(*, programme: Programme, name: str, staff: Iterable[SchoolMembership]) -> Programme:
    """Change a programme's own name and whose it is."""
    programme.name = name or programme.qualification.name
    programme.save()
    programme.staff.set(staff)
    return programme


@transaction.atomic
def choose_way(*, programme: Programme, year: int, way: WayToPlace) -> None:
    """Say how the students of a programme get a place in a school year (named by the year in which it begins)."""
    ProgrammeYear.objects.update_or_create(programme=programme, year=year, defaults={"way": way})


@transaction.atomic
def invite_staff(*, school: School, email: str, name: str, role: str, programmes: Iterable[Programme], by: User, language: str) -> Invitation:
    """Invite a colleague to a role with programmes. Raises AlreadyThere if that person has it."""
    if SchoolMembership.objects.filter(school=school, role=role, ended_at=None, user__email__iexact=email.strip()).exists():
        raise AlreadyThere
    return invite(
        email=email,
        name=name,
        kind=KINDS[SchoolRole(role).value],
        organisation_id=school.pk,
        organisation_name=school.name,
        by=by,
        language=language,
        details={"programmes": [programme.pk for programme in programmes]},
    )


@transaction.atomic
def set_programmes(*, membership: SchoolMembership, programmes: Iterable[Programme]) -> None:
    """Say which programmes are a coordinator's or supervisor's own."""
    membership.programmes.set(programmes)


@transaction.atomic
def end_membership(*, membership: SchoolMembership) -> SchoolMembership:
    """End somebody's role; safe to call twice. Raises LastAdministrator."""
    School.objects.select_for_update(of=("self",)).get(pk=membership.school_id)
    membership = SchoolMembership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if membership.ended_at:
        return membership
    others = SchoolMembership.objects.filter(school_id=membership.school_id, role=SchoolRole.ADMIN, ended_at=None).exclude(pk=membership.pk)
    if membership.role == SchoolRole.ADMIN and not others.exists():
        raise LastAdministrator
    membership.ended_at = timezone.now()
    membership.save()
    return membership


@transaction.atomic
def restore_membership(*, membership: SchoolMembership) -> SchoolMembership:
    """Give back a role that was ended; safe to call twice. Raises AlreadyThere if the person has it anew."""
    membership = SchoolMembership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    membership.ended_at = None
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise AlreadyThere from error
    return membership
