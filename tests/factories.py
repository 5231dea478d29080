"""Factories with traits for everything people do with StageMatch. Shared by all tests: add to it, do not rewrite it.

coordinator = CoordinatorFactory(programmes=[programme])         # a SchoolMembership; .user signs in
request = RequestFactory(ready=True, student__programme=programme)
place = PlaceFactory(qualifications=[programme.qualification], capacity=3)
placement = PlacementFactory(confirmed=True)
login_as(client, coordinator)                                    # also a Student, Guardian, CompanyMembership, Post or User
actor = actor_for(coordinator)
"""

import logging
from datetime import timedelta
from typing import Any

import factory
from django.test import Client
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.actor import Actor
from accounts.hats import HatKind, hats_of
from accounts.middleware import SESSION_KEY
from accounts.models import Post, User
from companies.models import Company, CompanyKind, CompanyMembership, CompanyRole, Recognition, RecognitionState
from placements.applications.profile import snapshot
from placements.models import Application, Period, Place, Placement, PlacementRequest, PlaceSearchRow, PlaceState, PreparationStep
from placements.workflow import PlacementState
from reference.models import (
    GoalOrigin,
    GoalScheme,
    LabourMarketRegion,
    LearningGoal,
    Municipality,
    Pathway,
    PostcodeArea,
    Province,
    Qualification,
    QualificationGoal,
    QualificationKind,
    SchoolKind,
    SectorChamber,
)
from schools.models import Guardian, Programme, School, SchoolMembership, SchoolRole, SchoolState, Student
from shortages.models import Night, NightState, PublicFigure, RegionFigure, ReporterKind, ShortageReport
from shortages.reports.workflow import CLOSED_STATES, ReportState

logging.getLogger("factory").setLevel(logging.WARNING)  # else a failed test shows each attribute it made

WEEK = ["mo", "tu", "we", "th", "fr"]
# Nijmegen, in RD New metres; towns around it lie a few kilometres off.
NIJMEGEN_X, NIJMEGEN_Y = 187_800, 428_200


# -- reference: a few rows, made once each


class ProvinceFactory(DjangoModelFactory):
    class Meta:
        model = Province
        django_get_or_create = ("code",)

    code = "PV25"
    name = "Gelderland"


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = LabourMarketRegion
        django_get_or_create = ("code",)

    code = "AM15"
    name = "Rijk van Nijmegen"


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Municipality
        django_get_or_create = ("code",)

    code = "GM0268"
    name = "Nijmegen"
    province = factory.SubFactory(ProvinceFactory)
    region = factory.SubFactory(RegionFactory)
    inhabitants = 180_000


class PostcodeAreaFactory(DjangoModelFactory):
    """By default 6511, the middle of Nijmegen."""

    class Meta:
        model = PostcodeArea
        django_get_or_create = ("pc4",)

    pc4 = 6511
    lat = 51.8460
    lon = 5.8620
    x = NIJMEGEN_X
    y = NIJMEGEN_Y
    place = "Nijmegen"
    municipality = factory.SubFactory(MunicipalityFactory)
    inhabitants = 7000
    youth = 1500


class SectorChamberFactory(DjangoModelFactory):
    class Meta:
        model = SectorChamber
        django_get_or_create = ("code",)

    code = "08"
    name = "Zorg, welzijn en sport"


class LearningGoalFactory(DjangoModelFactory):
    class Meta:
        model = LearningGoal

    code = factory.Sequence(lambda n: f"B1-K1-W{n}")
    text = factory.Sequence(lambda n: f"Leerdoel {n}")
    scheme = GoalScheme.WORK_PROCESS


class QualificationFactory(DjangoModelFactory):
    """A current mbo qualification with four goals; `reserved=True` a code for practical education."""

    class Meta:
        model = Qualification
        skip_postgeneration_save = True

    class Params:
        reserved = factory.Trait(crebo=factory.Sequence(lambda n: 90_108 + n), kind=QualificationKind.PRO, level=1, name="Praktijkonderwijs, zorg")

    crebo = factory.Sequence(lambda n: 25_000 + n)
    name = factory.Sequence(lambda n: f"Helpende zorg {n}")
    level = 2
    kind = QualificationKind.MBO
    sector_chamber = factory.SubFactory(SectorChamberFactory)
    pathways = factory.LazyFunction(lambda: [Pathway.BOL, Pathway.BBL])
    search_text = factory.LazyAttribute(lambda q: f"{q.name.lower()} {q.crebo}")

    @factory.post_generation
    def goals(self: Qualification, create: bool, extracted: int | None, **_: Any) -> None:
        for position in range(4 if extracted is None else extracted):
            goal = LearningGoalFactory()
            QualificationGoal.objects.create(qualification=self, goal=goal, position=position, essential=position == 0, origin=GoalOrigin.DIRECT)


# -- people


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"persoon{n}@example.org")
    name = factory.Sequence(lambda n: f"Persoon {n}")
    language = "nl"
    password = "!"

    @factory.post_generation
    def verified(self: User, create: bool, extracted: bool | None, **_: Any) -> None:
        """`UserFactory(verified=True)` has an address that allauth knows."""
        if extracted:
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)


class PostFactory(DjangoModelFactory):
    """Somebody of SBB or the platform; `PostFactory(kind=HatKind.ADMINISTRATOR)`."""

    class Meta:
        model = Post

    user = factory.SubFactory(UserFactory)
    kind = HatKind.ADVISOR_PRACTICE


# -- schools


class SchoolFactory(DjangoModelFactory):
    """A verified mbo school; `registered=True` waits for verification."""

    class Meta:
        model = School

    class Params:
        registered = factory.Trait(state=SchoolState.REGISTERED)

    brin = factory.Sequence(lambda n: f"{n % 90 + 10}P{'ABCDEFGHJK'[n // 90 % 10]}")
    name = factory.Sequence(lambda n: f"ROC Waalstad {n}")
    kind = SchoolKind.MBO
    postcode = "6511AB"
    place = "Nijmegen"
    state = SchoolState.VERIFIED


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    school = factory.SubFactory(SchoolFactory)
    qualification = factory.SubFactory(QualificationFactory)
    pathway = Pathway.BOL
    name = factory.LazyAttribute(lambda p: p.qualification.name)


class SchoolMembershipFactory(DjangoModelFactory):
    """A member of staff; `programmes=[...]` are the own ones."""

    class Meta:
        model = SchoolMembership
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    school = factory.SubFactory(SchoolFactory)
    role = SchoolRole.ADMIN

    @factory.post_generation
    def programmes(self: SchoolMembership, create: bool, extracted: list[Programme] | None, **_: Any) -> None:
        self.programmes.set(extracted or [])


class SchoolAdminFactory(SchoolMembershipFactory):
    role = SchoolRole.ADMIN


class CoordinatorFactory(SchoolMembershipFactory):
    """`CoordinatorFactory(school=school, programmes=[programme])`."""

    role = SchoolRole.COORDINATOR


class SupervisorFactory(SchoolMembershipFactory):
    role = SchoolRole.SUPERVISOR


class StudentFactory(DjangoModelFactory):
    """A student who can sign in; `minor=True` has a parent too, `invited=True` has no account yet."""

    class Meta:
        model = Student
        skip_postgeneration_save = True

    class Params:
        invited = factory.Trait(user=None)
        minor = factory.Trait(
            adult_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=400)),
            guardian=factory.RelatedFactory("tests.factories.GuardianFactory", factory_related_name="student"),
        )

    programme = factory.SubFactory(ProgrammeFactory)
    school = factory.SelfAttribute("programme.school")
    number = factory.Sequence(lambda n: f"S{100_000 + n}")
    first_name = factory.Sequence(lambda n: f"Voornaam{n}")
    last_name = factory.Sequence(lambda n: f"Achternaam{n}")
    email = factory.Sequence(lambda n: f"student{n}@leerling.example.org")
    postcode = "6511AB"
    user = factory.SubFactory(UserFactory, email=factory.SelfAttribute("..email"), name=factory.LazyAttribute(lambda u: u.factory_parent.first_name))


class GuardianFactory(DjangoModelFactory):
    """A parent; the child is a minor, unless given."""

    class Meta:
        model = Guardian

    student = factory.SubFactory(StudentFactory, adult_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=400)))
    user = factory.SubFactory(UserFactory, email=factory.SelfAttribute("..email"), name=factory.SelfAttribute("..name"))
    name = factory.Sequence(lambda n: f"Ouder {n}")
    email = factory.Sequence(lambda n: f"ouder{n}@example.org")


# -- companies


class CompanyFactory(DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Bedrijf {n}")
    kvk = factory.Sequence(lambda n: f"{10_000_000 + n}")
    branch = factory.Sequence(lambda n: f"{n:012d}")
    kind = CompanyKind.CARE
    street = "Waalkade 1"
    postcode = "6511AB"
    place = "Nijmegen"
    municipality = factory.SubFactory(MunicipalityFactory)
    x = NIJMEGEN_X + 2000
    y = NIJMEGEN_Y


class ContactFactory(DjangoModelFactory):
    """Somebody who acts for a company: a CompanyMembership."""

    class Meta:
        model = CompanyMembership

    user = factory.SubFactory(UserFactory)
    company = factory.SubFactory(CompanyFactory)
    role = CompanyRole.CONTACT


class TrainerFactory(ContactFactory):
    role = CompanyRole.TRAINER


class RecognitionFactory(DjangoModelFactory):
    """A valid recognition; `requested=True` waits for an advisor."""

    class Meta:
        model = Recognition

    class Params:
        requested = factory.Trait(state=RecognitionState.SUBMITTED, decided_at=None, review_due_on=None)

    company = factory.SubFactory(CompanyFactory)
    qualification = factory.SubFactory(QualificationFactory)
    state = RecognitionState.RECOGNISED
    decide_before = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14))
    decided_at = factory.LazyFunction(timezone.now)
    review_due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=4 * 365))


# -- placements


class PeriodFactory(DjangoModelFactory):
    """Twenty weeks that begin in two months; one and the same for everybody unless named."""

    class Meta:
        model = Period
        django_get_or_create = ("name",)

    name = "Voorjaar"
    starts_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=60))
    ends_on = factory.LazyAttribute(lambda p: p.starts_on + timedelta(weeks=20))


class PlaceFactory(DjangoModelFactory):
    """A place of a company that is recognised for its qualifications: `PlaceFactory(qualifications=[q], capacity=3, goals=[...])`."""

    class Meta:
        model = Place
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    title = factory.Sequence(lambda n: f"Helpen op de afdeling {n}")
    tasks = "Bewoners helpen met eten, wandelen en de was."
    period = factory.SubFactory(PeriodFactory)
    starts_on = factory.SelfAttribute("period.starts_on")
    ends_on = factory.SelfAttribute("period.ends_on")
    pathways = factory.LazyFunction(lambda: [Pathway.BOL])
    days = factory.LazyFunction(lambda: list(WEEK))
    capacity = 1

    @factory.post_generation
    def qualifications(self: Place, create: bool, extracted: list[Qualification] | None, **_: Any) -> None:
        for qualification in extracted if extracted is not None else [QualificationFactory()]:
            if not Recognition.objects.filter(company=self.company, qualification=qualification).exists():
                RecognitionFactory(company=self.company, qualification=qualification)
            PlaceSearchRow.objects.create(
                place=self,
                qualification=qualification,
                x=self.company.x,
                y=self.company.y,
                open=self.state == PlaceState.OPEN,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
            )

    @factory.post_generation
    def goals(self: Place, create: bool, extracted: list[LearningGoal] | None, **_: Any) -> None:
        self.goals.set(extracted or [])


class RequestFactory(DjangoModelFactory):
    """A request with nothing filled in; `ready=True` has all five steps."""

    class Meta:
        model = PlacementRequest
        skip_postgeneration_save = True

    class Params:
        ready = factory.Trait(
            travel_mode="bike",
            max_minutes=40,
            days=factory.LazyFunction(lambda: list(WEEK)),
            days_needed=3,
            kind1=CompanyKind.CARE,
            steps_done=factory.LazyFunction(lambda: [step.value for step in PreparationStep]),
            ready_at=factory.LazyFunction(timezone.now),
        )

    student = factory.SubFactory(StudentFactory)
    period = factory.SubFactory(PeriodFactory)
    starts_on = factory.SelfAttribute("period.starts_on")
    ends_on = factory.SelfAttribute("period.ends_on")
    weeks = 10

    @factory.post_generation
    def goals(self: PlacementRequest, create: bool, extracted: list[LearningGoal] | None, **_: Any) -> None:
        self.goals.set(extracted or [])


class PlacementFactory(DjangoModelFactory):
    """A proposal; `approved`, `told`, `confirmed`, `introduced` put it further on. The place is for the student's qualification."""

    class Meta:
        model = Placement

    class Params:
        approved = factory.Trait(state=PlacementState.APPROVED)
        told = factory.Trait(state=PlacementState.APPROVED, told_at=factory.LazyFunction(timezone.now))
        confirmed = factory.Trait(
            state=PlacementState.CONFIRMED, told_at=factory.LazyFunction(timezone.now), confirmed_at=factory.LazyFunction(timezone.now)
        )
        introduced = factory.Trait(
            state=PlacementState.INTRODUCED, told_at=factory.LazyFunction(timezone.now), confirmed_at=factory.LazyFunction(timezone.now)
        )

    request = factory.SubFactory(RequestFactory, ready=True)
    place = factory.LazyAttribute(lambda p: PlaceFactory(period=p.request.period, qualifications=[p.request.student.programme.qualification]))
    starts_on = factory.SelfAttribute("request.starts_on")
    ends_on = factory.SelfAttribute("request.ends_on")


# -- acting


def actor_for(person: Any, kind: str | None = None) -> Actor:
    """The actor that a Student, Guardian, SchoolMembership, CompanyMembership, Post or User (the first hat, or of a kind) is."""
    user = person if isinstance(person, User) else person.user
    hats = tuple(hats_of(user))
    if kind is None and not isinstance(person, User):
        kind = _kind_of(person)
        return Actor(user=user, hat=next(hat for hat in hats if hat.kind == kind and hat.object_id == person.pk), hats=hats)
    return Actor(user=user, hat=next((hat for hat in hats if kind in (None, hat.kind)), None), hats=hats)


def login_as(client: Client, person: Any, kind: str | None = None) -> Actor:
    """Sign a test client in as somebody under one hat; returns the actor."""
    actor = actor_for(person, kind)
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    if actor.hat:
        session = client.session
        session[SESSION_KEY] = actor.hat.key
        session.save()
    return actor


def _kind_of(person: Any) -> str:
    if isinstance(person, Student):
        return HatKind.STUDENT
    if isinstance(person, Guardian):
        return HatKind.GUARDIAN
    if isinstance(person, Post):
        return HatKind(person.kind)
    if isinstance(person, CompanyMembership):
        return {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}[CompanyRole(person.role)]
    roles = {SchoolRole.ADMIN: HatKind.SCHOOL_ADMIN, SchoolRole.COORDINATOR: HatKind.COORDINATOR, SchoolRole.SUPERVISOR: HatKind.SUPERVISOR}
    return roles[SchoolRole(person.role)]


# -- applications


class ApplicationFactory(DjangoModelFactory):
    """An application that waits for an answer, for a place of the student's qualification in the request's period."""

    class Meta:
        model = Application

    request = factory.SubFactory(RequestFactory, ready=True)
    place = factory.LazyAttribute(lambda a: PlaceFactory(period=a.request.period, qualifications=[a.request.student.programme.qualification]))
    profile = factory.LazyAttribute(
        lambda a: snapshot(place=a.place, goals=[*a.request.goals.all()], skills=[], days=a.request.days, days_needed=a.request.days_needed, fit=None)
    )


# -- shortages


class ShortageReportFactory(DjangoModelFactory):
    """A parent's report that is new, about 6511 Nijmegen; `at=S.PROPOSED` puts it elsewhere in the workflow."""

    class Meta:
        model = ShortageReport

    class Params:
        at = ReportState.NEW

    kind = ReporterKind.PARENT
    email = factory.Sequence(lambda n: f"melder{n}@example.org")
    qualification = factory.SubFactory(QualificationFactory)
    pathway = Pathway.BOL
    group = "mbo2bol"
    area = factory.SubFactory(PostcodeAreaFactory)
    region = factory.LazyAttribute(lambda r: r.area.municipality.region)
    needed_from = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=200))
    tried = factory.LazyFunction(lambda: ["searched"])
    cause = "full"
    state = factory.LazyAttribute(lambda r: r.at)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=3))
    opened_at = factory.LazyAttribute(lambda r: None if r.at == ReportState.UNCONFIRMED else timezone.now())
    closed_at = factory.LazyAttribute(lambda r: timezone.now() if r.at in CLOSED_STATES else None)
    close_reason = factory.LazyAttribute(lambda r: "all_full" if r.at == ReportState.NOT_SOLVED else "")
    joined_to = factory.LazyAttribute(lambda r: ShortageReportFactory() if r.at == ReportState.JOINED else None)


class NightFactory(DjangoModelFactory):
    """A night that is done; today by default."""

    class Meta:
        model = Night

    date = factory.LazyFunction(timezone.localdate)
    state = NightState.DONE
    finished_at = factory.LazyFunction(timezone.now)


class RegionFigureFactory(DjangoModelFactory):
    """Exact counts of one cell; `PublicFigureFactory` makes a published one of the same form."""

    class Meta:
        model = RegionFigure

    night = factory.SubFactory(NightFactory)
    region = factory.SubFactory(RegionFactory)
    qualification = factory.SubFactory(QualificationFactory)
    group = "mbo3bol"


class PublicFigureFactory(RegionFigureFactory):
    """Counts in fives."""

    class Meta:
        model = PublicFigure
