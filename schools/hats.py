"""The hats that schools give: staff roles, being a student, being a parent; and what accepting an invitation makes."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts import hats
from accounts.hats import HatKind
from accounts.models import User
from schools.models import Guardian, SchoolMembership, SchoolRole, Student

KINDS = {
    SchoolRole.ADMIN.value: HatKind.SCHOOL_ADMIN,
    SchoolRole.COORDINATOR.value: HatKind.COORDINATOR,
    SchoolRole.SUPERVISOR.value: HatKind.SUPERVISOR,
}
ROLES = {kind: SchoolRole(role) for role, kind in KINDS.items()}


def staff_hats(user: User) -> QuerySet[Any]:
    """Running roles at schools."""
    memberships = SchoolMembership.objects.filter(user=user, ended_at=None)
    return hats.rows(memberships, kind=KINDS, organisation="school_id", label="school__name")


def student_hats(user: User) -> QuerySet[Any]:
    """The own student record; its organisation is the student itself, because that is all a student sees."""
    return hats.rows(Student.objects.active().filter(user=user), kind=HatKind.STUDENT, organisation="pk", label="school__name")


def guardian_hats(user: User) -> QuerySet[Any]:
    """The children of a parent, until the day they turn 18; the organisation is the child's student record."""
    children = Guardian.objects.filter(user=user, student__left_at=None, student__adult_on__gt=timezone.localdate())
    return hats.rows(children, kind=HatKind.GUARDIAN, organisation="student_id", label="student__first_name")
