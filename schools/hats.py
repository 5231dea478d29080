"""The hats that schools give: staff roles, being a student, being a parent."""

from accounts.hats import Hat, HatKind
from accounts.models import User
from schools.models import Guardian, SchoolMembership, SchoolRole, Student

KINDS = {
    SchoolRole.ADMIN: HatKind.SCHOOL_ADMIN,
    SchoolRole.COORDINATOR: HatKind.COORDINATOR,
    SchoolRole.SUPERVISOR: HatKind.SUPERVISOR,
}


def hats_of(user: User) -> list[Hat]:
    """Roles at schools, then the own student record, then children."""
    memberships = SchoolMembership.objects.filter(user=user, ended_at=None).select_related("school").order_by("pk")
    staff = [Hat(KINDS[SchoolRole(m.role)], m.pk, m.school_id, m.school.name) for m in memberships]
    students = Student.objects.active().filter(user=user).select_related("school")
    own = [Hat(HatKind.STUDENT, s.pk, s.pk, s.school.name) for s in students]
    children = Guardian.objects.filter(user=user, student__left_at=None).select_related("student").order_by("pk")
    return staff + own + [Hat(HatKind.GUARDIAN, g.pk, g.student_id, g.student.first_name) for g in children]
