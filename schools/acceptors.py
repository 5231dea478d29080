"""What an accepted invitation makes at a school: a role, or the tie between an account and a student or parent."""

from django.db import transaction

from accounts.models import Invitation, User
from accounts.services import InvitationClosed
from schools import notifications
from schools.hats import ROLES
from schools.models import Guardian, Programme, School, SchoolMembership, SchoolRole, SchoolState, Student


@transaction.atomic
def accept_staff(*, user: User, organisation_id: int, invitation: Invitation) -> None:
    """Give the role that the invitation names, its programmes, and `also` (who registers a school is coordinator too)."""
    school = School.objects.get(pk=organisation_id)
    role = ROLES[invitation.kind]  # type: ignore[index]
    programmes = Programme.objects.filter(school=school, pk__in=invitation.details.get("programmes", []))
    for each in [role, *(SchoolRole(also) for also in invitation.details.get("also", []))]:
        membership, _ = SchoolMembership.objects.get_or_create(user=user, school=school, role=each, ended_at=None)
        if each != SchoolRole.ADMIN:
            membership.programmes.add(*programmes)
    if invitation.invited_by_id is None and school.state == SchoolState.REGISTERED:
        notifications.tell_administrators(school, name=user.name, email=user.email)


@transaction.atomic
def accept_student(*, user: User, organisation_id: int, invitation: Invitation) -> None:
    """Tie the account to the student record.

    Raises InvitationClosed if another account has it, the account another student, or the school has mended the address or
    taken the student off the list since: a link that went to somebody else by mistake opens nothing.
    """
    student = Student.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if student.email.lower() != invitation.email or student.left_at is not None:
        raise InvitationClosed("withdrawn")
    if student.user_id not in (None, user.pk) or Student.objects.filter(user=user).exclude(pk=student.pk).exists():
        raise InvitationClosed("used")
    student.user = user
    student.save()


@transaction.atomic
def accept_guardian(*, user: User, organisation_id: int, invitation: Invitation) -> None:
    """Tie the account to the parents of the child that have this address.

    Raises InvitationClosed if the school removed them, or the child has turned 18 since.
    """
    found = Guardian.objects.select_for_update(of=("self",)).select_related("student")
    guardian = found.filter(student_id=organisation_id, email__iexact=invitation.email).first()
    if guardian is None or not guardian.student.is_minor():
        raise InvitationClosed("withdrawn")
    guardian.user = user
    guardian.save()
