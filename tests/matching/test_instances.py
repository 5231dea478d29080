"""The instance is the database as the rules read it, and nothing more."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import CompanyKind, Recognition, RecognitionState
from matching import instances, packages
from matching.engine import reach, solve
from placements.models import Adjustment, Place, PlaceSearchRow, PlaceState, Requirement, Weekday
from reference import travel
from reference.models import Pathway, QualificationKind
from tests.factories import CompanyFactory, PlaceFactory, PlacementFactory, PostcodeAreaFactory, QualificationFactory, RecognitionFactory
from tests.matching.making import World

pytestmark = pytest.mark.django_db


def fits(request, place):
    """The hard rules of DESIGN.md, read from the models alone."""
    student = request.student
    home = PostcodeAreaFactory(pc4=int(student.postcode[:4]))
    metres = travel.straight_metres((home.x, home.y), (place.company.x, place.company.y))
    weeks = (min(request.ends_on, place.ends_on) + timedelta(days=1) - max(request.starts_on, place.starts_on)).days
    return (
        student.programme.pathway in place.pathways
        and metres <= travel.max_metres(request.max_minutes, request.travel_mode)
        and weeks >= 7 * request.weeks
        and len(set(request.days) & set(place.days)) >= request.days_needed
        and set(request.needs) <= set(place.offers)
        and set(place.requirements) <= set(request.has)
    )


def some(rnd, choices, most):
    return rnd.sample(list(choices), rnd.randint(0, most))


def test_what_the_engine_finds_within_reach_is_what_the_models_say():
    rnd = random.Random(11)
    world = World(students=0, capacities=())
    for number in range(6):
        PostcodeAreaFactory(pc4=6512 + number, x=187_800 + 2500 * number, y=428_200 - 1500 * number)
    for _ in range(25):
        world.request(
            student__postcode=f"{rnd.randint(6511, 6517)}AB", travel_mode=rnd.choice(list(travel.TravelMode)), max_minutes=rnd.randint(5, 60),
            weeks=rnd.randint(8, 20), days=some(rnd, Weekday, 5) or ["mo"], days_needed=rnd.randint(0, 3), needs=some(rnd, Adjustment, 1),
            has=some(rnd, Requirement, 3), kind1=rnd.choice(list(CompanyKind)),
        )  # fmt: skip
    for _ in range(25):
        company = CompanyFactory(x=187_800 + rnd.randint(0, 15_000), y=428_200 - rnd.randint(0, 9_000), kind=rnd.choice(list(CompanyKind)))
        start = world.period.starts_on + timedelta(days=rnd.randint(0, 40))
        world.place(
            company=company, starts_on=start, pathways=[rnd.choice(list(Pathway))] if rnd.random() < 0.2 else [Pathway.BOL, Pathway.BBL],
            days=some(rnd, Weekday, 6) or ["fr"], offers=some(rnd, Adjustment, 8), requirements=some(rnd, Requirement, 1),
            capacity=rnd.randint(1, 3),
        )  # fmt: skip
    instance = instances.build(world.round)
    result = solve(instance, seed=world.round.seed)
    requests, places = list(instances.seeking(world.round)), list(Place.objects.select_related("company"))
    found = {request.pk: {option.place_id for option in reach(instance, result, request.pk)} for request in requests}
    expected = {request.pk: {place.pk for place in places if fits(request, place)} for request in requests}
    assert found == expected
    assert sum(map(len, found.values())) > 50


def test_the_stored_files_are_the_same_instance():
    world = World(students=4, capacities=(2, 0))
    world.requests[0].goals.set(world.qualification.goals.all()[:2])
    instance = instances.build(world.round)
    again = packages.unpack_instance(packages.pack_instance(instance))
    assert again.input_digest == instance.input_digest
    assert packages.pack_instance(again) == packages.pack_instance(instance)


def test_only_ready_students_without_a_place_take_part():
    world = World(students=2, capacities=())
    world.request(ready_at=None)
    world.request(closed_at=timezone.now())
    PlacementFactory(request=world.request(), place=world.place())
    assert {row["id"] for row in instances.student_rows(world.round)} == {request.pk for request in world.requests}


def test_a_full_place_stays_in_without_a_slot():
    world = World(students=1, capacities=(1,))
    PlacementFactory(request=world.requests[0], place=world.places[0])
    assert [row["capacity"] for row in instances.place_rows(world.round)] == [0]


def test_a_place_takes_part_only_where_its_company_is_recognised():
    world = World(students=1, capacities=(1, 1, 1))
    refused, paused, stays = world.places
    Recognition.objects.filter(company=refused.company).update(state=RecognitionState.REFUSED)
    Place.objects.filter(pk=paused.pk).update(state=PlaceState.PAUSED)
    assert [row["id"] for row in instances.place_rows(world.round)] == [stays.pk]


def test_a_reserved_code_needs_any_recognition_in_its_sector_chamber():
    code = QualificationFactory(reserved=True)
    world = World(students=0, capacities=())
    world.programme.qualification = code
    world.programme.save()
    company = CompanyFactory()
    RecognitionFactory(company=company, qualification=QualificationFactory(sector_chamber=code.sector_chamber))
    place = PlaceFactory(company=company, period=world.period, qualifications=[])
    PlaceSearchRow.objects.create(place=place, qualification=code, x=0, y=0, starts_on=place.starts_on, ends_on=place.ends_on)
    assert code.kind != QualificationKind.MBO
    assert [row["id"] for row in instances.place_rows(world.round)] == [place.pk]
    Recognition.objects.update(state=RecognitionState.REFUSED)
    assert instances.place_rows(world.round) == []


def test_places_for_other_qualifications_are_left_out():
    world = World(students=1, capacities=(1,))
    PlaceFactory(period=world.period)
    assert [row["id"] for row in instances.place_rows(world.round)] == [world.places[0].pk]


def test_the_number_of_queries_does_not_grow():
    world = World(students=2, capacities=(1,))
    instances.build(world.round)  # fills the process's cache of postcodes
    with CaptureQueriesContext(connection) as few:
        instances.build(world.round)
    for _ in range(20):
        world.request()
        world.place()
    with CaptureQueriesContext(connection) as many:
        instances.build(world.round)
    assert len(many) == len(few) <= 7
