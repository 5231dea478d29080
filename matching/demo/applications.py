"""Applications of the demo: students of the open round who do not wait for it, with every state somewhere; sent by the product's own services."""

from datetime import timedelta

from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import Hat, HatKind
from companies.models import CompanyMembership, CompanyRole
from matching.demo.draw import Draw
from matching.demo.people import give_login
from placements.hooks import fits_of
from placements.models import Application, Place, PlacementRequest
from placements.services import applications, questions
from placements.workflow import ReasonCode
from reference.models import SchoolKind
from schools.models import SchoolMembership, SchoolRole

STUDENTS = 10
MOST_EACH = 3
OFFERED = 40


def make_applications(draw: Draw) -> None:
    """A handful of students apply for the places that fit them best; the first of them and the company it waits for get one-click logins.

    Their coordinator, who decides about a yes, has one already.
    """
    coordinators = SchoolMembership.objects.filter(role=SchoolRole.COORDINATOR, user__is_demo=True, school__kind=SchoolKind.MBO)
    seeking = PlacementRequest.objects.seeking().filter(
        student__user__isnull=False, student__user__is_demo=False, student__programme__in=coordinators.values("programmes")
    )
    requests = seeking.select_related("student__user", "student__programme").prefetch_related("goals").order_by("-pk")[: STUDENTS * 3]
    sent: list[Application] = []
    applicants = 0
    for request in requests:
        made = _apply(draw, request, 1 + applicants % MOST_EACH)
        sent += made
        applicants += bool(made)
        if applicants == STUDENTS:
            break
    _answer(sent)
    if sent:
        give_login(sent[0].request.student.user, "Student die solliciteert")
    waiting = Application.objects.waiting().select_related("place").order_by("pk").first()
    if waiting:
        give_login(_contact(waiting).user, "Bedrijf met sollicitaties")


def _apply(draw: Draw, request: PlacementRequest, how_many: int) -> list[Application]:
    """Send applications for the places of the own qualification that fit best and are near enough."""
    student = request.student
    offered = Place.objects.open().filter(period=request.period_id, search_rows__qualification=student.programme.qualification_id)
    places = {place.pk: place for place in offered.order_by("pk")[:OFFERED]}
    fits = {key: fit for key, fit in fits_of(request, list(places)).items() if not fit.rule and not fit.far}
    actor = Actor(user=student.user, hat=Hat(HatKind.STUDENT, student.pk, student.pk, ""))
    goals = list(request.goals.all())
    made = []
    for key in sorted(fits, key=lambda key: (-fits[key].total, key))[:how_many]:
        skills = [goal for goal in goals if draw.chance(0.5)]
        application = applications.send(
            request=request, place=places[key], goals=goals, skills=skills, days=request.days, days_needed=request.days_needed, actor=actor
        )
        # As if sent over the last days, so that some are nearly due.
        Application.objects.filter(pk=application.pk).update(sent_at=timezone.now() - timedelta(days=draw.random.randint(0, 9)))
        made.append(application)
    return made


def _answer(sent: list[Application]) -> None:
    """Some are seen, one has a question, one a no, two a yes that waits for the coordinator."""
    for number, application in enumerate(sent):
        company = _contact(application)
        kind = HatKind.COMPANY_CONTACT
        actor = Actor(user=company.user, hat=Hat(kind, company.pk, company.company_id, ""))
        if number % 3 == 1:
            applications.see(application=application, actor=actor)
        if number == 1:
            questions.ask(application=application, code="shift_days", actor=actor)
        elif number == 4:
            applications.decline(application=application, ground=ReasonCode.TRAINER_GONE, actor=actor)
        elif number in (6, 8) and not application.request.placements.open().exists():
            applications.accept(application=application, actor=actor)
    applications.tell_due(now=timezone.now() + timedelta(hours=1))


def _contact(application: Application) -> CompanyMembership:
    contacts = CompanyMembership.objects.filter(company=application.place.company_id, role=CompanyRole.CONTACT, ended_at=None)
    return contacts.select_related("user").order_by("pk")[0]
