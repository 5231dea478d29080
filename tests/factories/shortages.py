"""Reports of a shortage, nights and their figures."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from reference.models import Pathway
from shortages.models import Night, NightState, PublicFigure, RegionFigure, ReporterKind, ShortageReport
from shortages.reports.workflow import CLOSED_STATES, ReportState
from tests.factories.reference import PostcodeAreaFactory, QualificationFactory, RegionFactory


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
