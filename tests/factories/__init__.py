"""Factories with traits for everything people do with StageMatch. Shared by all tests: add to it, do not rewrite it.

coordinator = CoordinatorFactory(programmes=[programme])         # a SchoolMembership; .user signs in
request = RequestFactory(ready=True, student__programme=programme)
place = PlaceFactory(qualifications=[programme.qualification], capacity=3)
placement = PlacementFactory(confirmed=True)
login_as(client, coordinator)                                    # also a Student, Guardian, CompanyMembership, Post or User
actor = actor_for(coordinator)
"""

import logging

from tests.factories.acting import actor_for, login_as
from tests.factories.people import (
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    GuardianFactory,
    PostFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchoolAdminFactory,
    SchoolFactory,
    SchoolMembershipFactory,
    StudentFactory,
    SupervisorFactory,
    TrainerFactory,
    UserFactory,
)
from tests.factories.placements import WEEK, ApplicationFactory, PeriodFactory, PlaceFactory, PlacementFactory, RequestFactory
from tests.factories.reference import (
    NIJMEGEN_X,
    NIJMEGEN_Y,
    LearningGoalFactory,
    MunicipalityFactory,
    PostcodeAreaFactory,
    ProvinceFactory,
    QualificationFactory,
    RegionFactory,
    SectorChamberFactory,
)
from tests.factories.shortages import NightFactory, PublicFigureFactory, RegionFigureFactory, ShortageReportFactory

logging.getLogger("factory").setLevel(logging.WARNING)  # else a failed test shows each attribute it made

__all__ = [
    "NIJMEGEN_X",
    "NIJMEGEN_Y",
    "WEEK",
    "ApplicationFactory",
    "CompanyFactory",
    "ContactFactory",
    "CoordinatorFactory",
    "GuardianFactory",
    "LearningGoalFactory",
    "MunicipalityFactory",
    "NightFactory",
    "PeriodFactory",
    "PlaceFactory",
    "PlacementFactory",
    "PostFactory",
    "PostcodeAreaFactory",
    "ProgrammeFactory",
    "ProvinceFactory",
    "PublicFigureFactory",
    "QualificationFactory",
    "RecognitionFactory",
    "RegionFactory",
    "RegionFigureFactory",
    "RequestFactory",
    "SchoolAdminFactory",
    "SchoolFactory",
    "SchoolMembershipFactory",
    "SectorChamberFactory",
    "ShortageReportFactory",
    "StudentFactory",
    "SupervisorFactory",
    "TrainerFactory",
    "UserFactory",
    "actor_for",
    "login_as",
]
