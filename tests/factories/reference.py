"""Reference data: a few rows, made once each."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

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
    SectorChamber,
)

# Nijmegen, in RD New metres; towns around it lie a few kilometres off.
NIJMEGEN_X, NIJMEGEN_Y = 187_800, 428_200


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
