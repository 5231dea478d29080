"""One invented school for benchmarks/school.py: students ready for a round, and places within reach, from the real reference tables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import HatKind, hats_of
from accounts.models import User
from companies.models import Company, CompanyKind, Recognition, RecognitionState
from matching.models import Round
from matching.services import rounds
from placements.models import Adjustment, Period, Place, PlacementRequest, PlaceSearchRow, Requirement, Weekday
from reference.loading import load_reference
from reference.models import PostcodeArea, Qualification, QualificationKind
from schools.models import Programme, School, SchoolMembership, SchoolState, Student

NEAR = (188_000, 428_000)  # Nijmegen, RD New
RADIUS, COURSES, NAME = 30_000, 40, "Benchmark"
BATCH = 1000
DAYS = [Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY]


def school_round(students: int) -> tuple[Round, Actor]:
    """The round of a school of so many students, and who may run it; made once, found again by the next benchmark."""
    name = f"{NAME} {students}"
    found = Round.objects.filter(name=name).first()
    if found is None:
        found = _make(name, students)
    return found, _actor(User.objects.get(email=_address(students)))


def _actor(user: User) -> Actor:
    return Actor(user, next(hat for hat in hats_of(user) if hat.kind == HatKind.COORDINATOR))


def _address(students: int) -> str:
    return f"benchmark-{students}@example.org"


def _make(name: str, students: int) -> Round:
    if not PostcodeArea.objects.exists():
        load_reference()
    draw = np.random.default_rng(students)
    today = timezone.localdate()
    period = Period.objects.create(name=name, starts_on=today + timedelta(days=60), ends_on=today + timedelta(days=60 + 140))
    school = School.objects.create(
        brin=f"{students % 100:02}ZZ", name=name, kind="mbo", postcode="6511AB", place="Nijmegen", state=SchoolState.VERIFIED
    )
    courses = list(Qualification.objects.current().filter(kind=QualificationKind.MBO, goal_links__isnull=False).distinct().order_by("pk"))
    chosen = [courses[i] for i in draw.permutation(len(courses))[:COURSES].tolist()]
    programmes = Programme.objects.bulk_create(
        Programme(school=school, qualification=course, pathway=pathway, name=course.name[:200]) for course in chosen for pathway in ("BOL", "BBL")
    )
    user = User.objects.create(email=_address(students), name=name)
    member = SchoolMembership.objects.create(user=user, school=school, role="coordinator")
    member.programmes.set(programmes)
    dx, dy = NEAR
    areas = [a for a in PostcodeArea.objects.all() if (a.x - dx) ** 2 + (a.y - dy) ** 2 < RADIUS**2 and a.inhabitants]
    goals = {course.pk: list(course.goal_links.values_list("goal_id", flat=True)) for course in chosen}
    _students(draw, students, period, programmes, areas, goals)
    _places(draw, students * 3 // 5, period, chosen, areas, goals)
    return rounds.open_round(name=name, programmes=programmes, period=period, deadline=today + timedelta(days=30), actor=_actor(user))


def _students(draw: Any, n: int, period: Period, programmes: list[Programme], areas: list[PostcodeArea], goals: dict[int, list[int]]) -> None:
    youth = np.array([area.youth for area in areas], float)
    home = draw.choice(len(areas), n, p=youth / youth.sum()).tolist()
    course = draw.integers(len(programmes), size=n).tolist()
    people = Student.objects.bulk_create(
        [
            Student(
                school_id=programmes[c].school_id, programme=programmes[c], number=str(i), first_name="Student", last_name=str(i),
                email=f"{i}@example.org", postcode=f"{areas[h].pc4}AB", group=f"klas {i % 4}",
            )
            for i, (h, c) in enumerate(zip(home, course, strict=True))
        ],
        batch_size=BATCH,
    )  # fmt: skip
    kinds, needs = list(CompanyKind), list(Adjustment)
    requests = PlacementRequest.objects.bulk_create(
        [
            PlacementRequest(
                student=student, period=period, starts_on=period.starts_on, ends_on=period.ends_on, weeks=int(draw.choice([10, 18, 20])),
                travel_mode=str(draw.choice(["bike", "public-transport", "car"], p=[0.4, 0.45, 0.15])), max_minutes=int(draw.choice([30, 45, 60])),
                days=DAYS, days_needed=int(draw.integers(2, 5)), kind1=kinds[draw.integers(len(kinds))],
                needs=[needs[draw.integers(len(needs))]] if draw.random() < 0.08 else [], has=[Requirement.VOG] if draw.random() < 0.7 else [],
                support=int(draw.integers(4)),
                allowance=int(draw.choice([0, 150, 300])), tier=int(draw.choice(3, p=[0.05, 0.15, 0.8])),
                ready_at=timezone.now(),
            )
            for student in people
        ],
        batch_size=BATCH,
    )  # fmt: skip
    link = PlacementRequest.goals.through
    link.objects.bulk_create(
        [
            link(placementrequest_id=request.pk, learninggoal_id=goal)
            for request, c in zip(requests, course, strict=True)
            for goal in _some(draw, goals[programmes[c].qualification_id], 4)
        ],
        batch_size=BATCH,
    )


def _places(draw: Any, n: int, period: Period, chosen: list[Qualification], areas: list[PostcodeArea], goals: dict[int, list[int]]) -> None:
    at = draw.integers(len(areas), size=n).tolist()
    kinds, offers = list(CompanyKind), list(Adjustment)
    companies = Company.objects.bulk_create(
        [
            Company(
                name=f"Bedrijf {i}", kvk=f"{90_000_000 + i}", branch=f"{i:012}", kind=kinds[draw.integers(len(kinds))], street="Straat 1",
                postcode=f"{areas[a].pc4}AB", place=areas[a].place, municipality_id=areas[a].municipality_id, x=areas[a].x, y=areas[a].y,
            )
            for i, a in enumerate(at)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    course = draw.integers(len(chosen), size=(n, 2)).tolist()
    taught = [list({chosen[c].pk for c in pair}) for pair in course]
    decided, due = timezone.now(), date(2035, 1, 1)
    Recognition.objects.bulk_create(
        [
            Recognition(
                company=company, qualification_id=crebo, state=RecognitionState.RECOGNISED, decide_before=due, decided_at=decided, review_due_on=due
            )
            for company, crebos in zip(companies, taught, strict=True)
            for crebo in crebos
        ],
        batch_size=BATCH,
    )
    places = Place.objects.bulk_create(
        [
            Place(
                company=company, title="Stageplek", period=period, starts_on=period.starts_on, ends_on=period.ends_on, pathways=["BOL", "BBL"],
                days=DAYS, capacity=int(draw.choice([1, 2, 3], p=[0.6, 0.3, 0.1])), offers=[o for o in offers if draw.random() < 0.5],
                requirements=[Requirement.VOG] if draw.random() < 0.12 else [], support=int(draw.integers(4)),
                allowance=int(draw.choice([0, 200, 350])),
            )
            for company in companies
        ],
        batch_size=BATCH,
    )  # fmt: skip
    PlaceSearchRow.objects.bulk_create(
        [
            PlaceSearchRow(place=place, qualification_id=crebo, x=company.x, y=company.y, starts_on=place.starts_on, ends_on=place.ends_on)
            for place, company, crebos in zip(places, companies, taught, strict=True)
            for crebo in crebos
        ],
        batch_size=BATCH,
    )
    link = Place.goals.through
    link.objects.bulk_create(
        [
            link(place_id=place.pk, learninggoal_id=goal)
            for place, crebos in zip(places, taught, strict=True)
            for goal in {goal for crebo in crebos for goal in _some(draw, goals[crebo], 6)}
        ],
        batch_size=BATCH,
    )


def _some(draw: Any, pool: list[int], most: int) -> list[int]:
    return [pool[i] for i in draw.permutation(len(pool))[: int(draw.integers(0, most + 1))].tolist()]
