"""Reads of schools that pages share."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Invitation
from accounts.selectors import waiting_invitations
from reference.models import SchoolRecord
from reference.selectors import search_schools
from schools.hats import ROLES
from schools.models import Guardian, Programme, School, SchoolMembership, SchoolRole, SchoolState, Student, StudentImport
from stagematch.models import ImportState

FOUND = 20
UNDO_DAYS = 7


def own_school(actor: Actor) -> School:
    """The school of a member of staff; an error for others."""
    return School.objects.visible_to(actor).get()


def own_counts(actor: Actor) -> dict[str, int]:
    """How many programmes, students, students without an account, and of these not even invited, are one's own; one query."""
    present = Q(students__left_at=None, school__state=SchoolState.VERIFIED)
    invited = Exists(Invitation.objects.waiting().filter(kind=HatKind.STUDENT, organisation_id=OuterRef("students__pk")))
    own = Programme.objects.filter(pk__in=Programme.objects.visible_to(actor))
    counts: dict[str, int] = own.aggregate(
        of_programmes=Count("pk", distinct=True),
        of_students=Count("students", filter=present),
        without_account=Count("students", filter=present & Q(students__user=None)),
        not_invited=Count("students", filter=present & Q(~invited, students__user=None)),
    )
    return counts


def register_search(words: str) -> list[tuple[SchoolRecord, bool]]:
    """Schools in the public register with whether each is here already, at most FOUND + 1."""
    records = list(search_schools(words)[: FOUND + 1])
    here = set(School.objects.exclude(state=SchoolState.REFUSED).filter(brin__in=[r.code for r in records]).values_list("brin", flat=True))
    return [(record, record.code in here) for record in records]


def waiting_schools() -> QuerySet[School]:
    """Schools that somebody must verify, the longest waiting first: those whose registrant confirmed the address."""
    confirmed = SchoolMembership.objects.filter(school=OuterRef("pk"), ended_at=None)
    registrants = Prefetch("memberships", SchoolMembership.objects.filter(ended_at=None).select_related("user").order_by("pk"))
    schools = School.objects.filter(state=SchoolState.REGISTERED)
    return schools.filter(Exists(confirmed)).prefetch_related(registrants).order_by("created_at", "pk")


def registrations(schools: list[School]) -> dict[int, Invitation]:
    """The registrant's invitation by school."""
    found = Invitation.objects.filter(kind=HatKind.SCHOOL_ADMIN, invited_by=None, organisation_id__in=[school.pk for school in schools])
    return {invitation.organisation_id: invitation for invitation in found.order_by("pk") if invitation.organisation_id}


def decided_schools() -> QuerySet[School]:
    """Schools that were verified or refused, the latest decision first."""
    return School.objects.exclude(state=SchoolState.REGISTERED).select_related("decided_by").order_by("-decided_at", "-pk")


def programmes_with_counts(actor: Actor) -> QuerySet[Programme]:
    """Own programmes with their qualification, number of students, and staff."""
    staff = Prefetch("staff", SchoolMembership.objects.filter(ended_at=None).select_related("user").order_by("user__name", "pk"))
    programmes = Programme.objects.filter(pk__in=Programme.objects.visible_to(actor)).select_related("qualification").prefetch_related(staff)
    return programmes.annotate(student_count=Count("students", filter=Q(students__left_at=None))).order_by("name", "pk")


def staff_of(school: School) -> QuerySet[SchoolMembership]:
    """Running roles with people and programmes, by name."""
    return (
        SchoolMembership.objects.filter(school=school, ended_at=None)
        .select_related("user")
        .prefetch_related("programmes")
        .order_by("user__name", "user_id", "role")
    )


def recently_ended(school: School) -> QuerySet[SchoolMembership]:
    """Roles that ended in the last week and can be given back."""
    since = timezone.now() - timedelta(days=UNDO_DAYS)
    return SchoolMembership.objects.filter(school=school, ended_at__gte=since).select_related("user").order_by("-ended_at", "-pk")


def staff_invitations(school: School) -> QuerySet[Invitation]:
    """Colleagues who were invited and have not come yet."""
    return waiting_invitations(list(ROLES), school.pk)


def administrators_of(school: School) -> list[Any]:
    """Users who run the school's part here."""
    running = school.memberships.filter(role=SchoolRole.ADMIN, ended_at=None).select_related("user").order_by("pk")
    return [membership.user for membership in running]


def students_list(actor: Actor) -> QuerySet[Student]:
    """Own students who have not left, with what the list shows of each."""
    invited = Invitation.objects.waiting().filter(kind=HatKind.STUDENT, organisation_id=OuterRef("pk"))
    students = Student.objects.filter(pk__in=Student.objects.active().visible_to(actor))
    guardians = Exists(Guardian.objects.filter(student=OuterRef("pk")))
    return students.select_related("programme").annotate(invited=Exists(invited), has_guardian=guardians)


def classes(actor: Actor) -> list[str]:
    """Names of the classes among one's own students."""
    groups = Student.objects.active().visible_to(actor).exclude(group="").order_by("group")
    return list(groups.values_list("group", flat=True).distinct())


def imports_of(actor: Actor, user: Any) -> QuerySet[StudentImport]:
    """Imports one may see: one's own, and for the school's administrator all of the school; those with content for later too."""
    found = StudentImport.objects.filter(school__in=School.objects.visible_to(actor)).order_by("-created_at", "-pk")
    return found if actor.is_(HatKind.SCHOOL_ADMIN) else found.filter(uploaded_by=user)


def recent_imports(actor: Actor, user: Any) -> QuerySet[StudentImport]:
    """The last few imports without their rows, which may be many."""
    return imports_of(actor, user).exclude(state=ImportState.PREVIEW).select_related("uploaded_by").defer("rows", "saved", "kept")[:5]
