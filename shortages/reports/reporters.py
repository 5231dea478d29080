"""What the platform knows already of whoever reports: the course, where, when and how many."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from accounts.actor import Actor
from accounts.hats import HatKind
from placements.models import PlacementRequest
from placements.selectors import coming_periods
from placements.workflow import OPEN_STATES
from reference.formats import pc4
from schools.models import Programme, School, Student
from shortages.models import ReporterKind
from shortages.night.counting import running
from shortages.services.reports import Reporter

KINDS = {HatKind.STUDENT: ReporterKind.STUDENT, HatKind.GUARDIAN: ReporterKind.PARENT}


@dataclass(frozen=True)
class Known:
    """Kind of reporter if known; the one programme of a student or the ones of a member of staff; first answers of the form."""

    actor: Actor
    kind: ReporterKind | None = None
    student: Student | None = None
    programmes: QuerySet[Programme] | None = None
    school: School | None = None
    initial: Mapping[str, Any] = field(default_factory=dict)

    @property
    def course(self) -> str:
        """What the known student learns: Kok (BOL)."""
        programme = self.student.programme if self.student else None
        return programme.qualification.along(programme.pathway, programme.name) if programme else ""

    @property
    def may_give_name(self) -> bool:
        """Only a student decides about the own name."""
        return self.kind == ReporterKind.STUDENT and self.student is not None

    def reporter(self, *, kind: ReporterKind, email: str, school_name: str, with_name: bool) -> Reporter:
        """Who sends the report: the account if there is one, else the address."""
        user = self.actor.user
        hat = self.actor.hat.key if self.actor.hat else self.actor.kind
        student = self.student if with_name and self.may_give_name else None
        school = self.student.school if self.student else self.school
        language = user.language if user else get_language() or "nl"
        return Reporter(kind, user.email if user else email, language, user, school, "" if school else school_name, student, hat)


def known_of(actor: Actor) -> Known:
    """What is known of an actor; three queries at most."""
    if actor.kind in KINDS:
        return _student(actor, KINDS[HatKind(actor.kind)])
    if actor.school_id:
        school = School.objects.get(pk=actor.school_id)
        return Known(actor, ReporterKind.SCHOOL, None, with_seeking(Programme.objects.visible_to(actor)), school, {"postcode": school.postcode[:4]})
    return Known(actor)


def _student(actor: Actor, kind: ReporterKind) -> Known:
    """A student, or the child of a parent: the own course, the area of the home, the weeks of the own request."""
    student = Student.objects.select_related("school", "programme__qualification").filter(pk=actor.student_id or 0).first()
    if student is None:
        return Known(actor, kind)
    initial: dict[str, Any] = {"postcode": str(pc4(student.postcode))}
    request = PlacementRequest.objects.running().filter(student=student).order_by("-starts_on").first()
    weeks: Any = request or coming_periods().first()
    if weeks:
        initial |= {"needed_from": weeks.starts_on, "until": weeks.ends_on}
    return Known(actor, kind, student, None, student.school, initial)


def with_seeking(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    """Programmes with `seeking`: how many of their students are without a place."""
    requests = running(timezone.localdate()).filter(student__programme=OuterRef("pk")).exclude(placements__state__in=OPEN_STATES)
    counted = requests.order_by().values("student__programme").annotate(n=Count("student", distinct=True)).values("n")
    seeking = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return programmes.select_related("qualification").annotate(seeking=seeking).order_by("name", "pathway", "pk")
