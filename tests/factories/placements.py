"""Places, requests, placements and applications."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from companies.models import CompanyKind, Recognition
from placements.applications.profile import snapshot
from placements.models import Application, Period, Place, Placement, PlacementRequest, PlaceSearchRow, PlaceState, PreparationStep
from placements.workflow import PlacementState
from reference.models import LearningGoal, Pathway, Qualification
from tests.factories.people import CompanyFactory, RecognitionFactory, StudentFactory
from tests.factories.reference import QualificationFactory

WEEK = ["mo", "tu", "we", "th", "fr"]


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
