"""A small country with everything that may or may not count."""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from companies.models import RecognitionState
from placements.models import Period, Place, Placement, PlacementRequest, PlaceState
from placements.workflow import KNOWN_STATES, PlacementState
from reference.models import Pathway
from tests.factories import (
    CompanyFactory,
    MunicipalityFactory,
    PeriodFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    ProgrammeFactory,
    QualificationFactory,
    RecognitionFactory,
    RegionFactory,
    RequestFactory,
    SectorChamberFactory,
)

NORTH, SOUTH = (187_500, 428_500), (190_000, 330_000)


class Country:
    """Two regions 98 kilometres apart, three qualifications (two mbo of one chamber, one of practical education)."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.north = PostcodeAreaFactory()
        region = RegionFactory(code="AM34", name="Zuid-Limburg")
        town = MunicipalityFactory(code="GM0935", name="Maastricht", region=region)
        self.south = PostcodeAreaFactory(pc4=6211, x=SOUTH[0], y=SOUTH[1], place="Maastricht", municipality=town)
        self.chamber = SectorChamberFactory()
        self.cook, self.baker = (QualificationFactory(goals=1, level=level, pathways=["BOL", "BBL"]) for level in (2, 3))
        self.pupil = QualificationFactory(goals=1, reserved=True)
        self.period: Period = PeriodFactory()
        self.programmes = {
            (q.pk, pathway): ProgrammeFactory(qualification=q, pathway=pathway)
            for q in (self.cook, self.baker, self.pupil)
            for pathway in Pathway.values
        }

    def company(self, *recognised: Any, area: Any = None, **fields: Any) -> Any:
        area = area or self.north
        company = CompanyFactory(x=area.x, y=area.y, postcode=f"{area.pc4}AB", municipality=area.municipality, **fields)
        for qualification in recognised:
            RecognitionFactory(company=company, qualification=qualification)
        return company

    def place(self, *qualifications: Any, area: Any = None, **fields: Any) -> Place:
        fields.setdefault("company", self.company(*qualifications, area=area))
        made: Place = PlaceFactory(**{"qualifications": list(qualifications), "period": self.period, **fields})
        return made

    def request(self, qualification: Any, pathway: str = "BOL", area: Any = None, **fields: Any) -> PlacementRequest:
        postcode = f"{(area or self.north).pc4}AA"
        programme = self.programmes[qualification.pk, pathway]
        made: PlacementRequest = RequestFactory(
            **{"ready": True, "student__programme": programme, "student__postcode": postcode, "period": self.period, **fields}
        )
        return made

    def placement(self, request: PlacementRequest, place: Place, state: str) -> Placement:
        known = timezone.now() if state in KNOWN_STATES else None
        return Placement.objects.create(
            request=request, place=place, state=state, starts_on=place.starts_on, ends_on=place.ends_on, confirmed_at=known
        )


def crowded(seed: int) -> Country:
    """A country in which every state occurs, drawn from a seed."""
    country, draw = Country(), random.Random(seed)
    areas, qualifications = (country.north, country.south), (country.cook, country.baker, country.pupil)
    places = []
    for _number in range(24):
        some = draw.sample(qualifications, draw.choice((1, 1, 2, 3)))
        area = draw.choice(areas)
        company = country.company(area=area)
        for qualification in some:
            state = draw.choice((RecognitionState.RECOGNISED, RecognitionState.RECOGNISED, RecognitionState.SUBMITTED))
            if qualification is not country.pupil or draw.random() < 0.5:
                RecognitionFactory(company=company, qualification=qualification, state=state)
        places.append(
            PlaceFactory(
                company=company, qualifications=[], period=country.period, capacity=draw.randint(1, 4),
                pathways=draw.choice((["BOL"], ["BBL"], ["BBL", "BOL"])), state=draw.choice((PlaceState.OPEN,) * 5 + (PlaceState.PAUSED,)),
                confirmed_at=timezone.now() - timedelta(days=draw.choice((1, 30, 90, 92, 120, 300))),
            )
        )  # fmt: skip
        for qualification in some:
            places[-1].search_rows.create(
                qualification=qualification, x=company.x, y=company.y, starts_on=places[-1].starts_on, ends_on=places[-1].ends_on
            )
    states = list(PlacementState.values)
    for number in range(42):
        fields = {"ready": draw.random() < 0.8}
        if draw.random() < 0.1:
            fields["closed_at"] = timezone.now()
        if draw.random() < 0.1:
            fields["student__left_at"] = timezone.now()
        request = country.request(draw.choice(qualifications), draw.choice(Pathway.values), draw.choice(areas), **fields)
        if number < 2 * len(states):
            free = [place for place in places if Place.objects.get(pk=place.pk).free]
            country.placement(request, draw.choice(free), states[number % len(states)])
    over = {"starts_on": country.today - timedelta(days=200), "ends_on": country.today}
    country.request(country.cook, **over)
    country.place(country.cook, **over)
    nowhere = country.request(country.cook)
    type(nowhere.student).objects.filter(pk=nowhere.student_id).update(postcode="9999ZZ")
    return country
