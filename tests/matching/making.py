"""A round with students and places, and a run of it with its result stored, without a worker."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from matching.engine import solve
from matching.models import Round, Run
from matching.services import rounds, runs
from placements.models import Place, PlacementRequest
from schools.models import Programme, SchoolMembership
from tests.factories import (
    CompanyFactory,
    CoordinatorFactory,
    PeriodFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    ProgrammeFactory,
    QualificationFactory,
    RequestFactory,
    actor_for,
)


class World:
    """One programme with a coordinator, students who are ready, and places for them."""

    def __init__(self, students: int = 3, capacities: tuple[int, ...] = (1, 1), **request: Any) -> None:
        PostcodeAreaFactory()
        self.period = PeriodFactory()
        self.qualification = QualificationFactory()
        self.programme: Programme = ProgrammeFactory(qualification=self.qualification)
        self.coordinator: SchoolMembership = CoordinatorFactory(school=self.programme.school, programmes=[self.programme])
        self.actor: Actor = actor_for(self.coordinator)
        self.requests: list[PlacementRequest] = [self.request(**request) for _ in range(students)]
        self.places: list[Place] = [self.place(capacity) for capacity in capacities]
        self.round: Round = self.open_round()

    def request(self, **fields: Any) -> PlacementRequest:
        return RequestFactory(**{"ready": True, "student__programme": self.programme, "period": self.period, **fields})

    def place(self, capacity: int = 1, **fields: Any) -> Place:
        return PlaceFactory(**{"qualifications": [self.qualification], "period": self.period, "capacity": capacity, **fields})

    def open_round(self, name: str = "Voorjaarsronde") -> Round:
        deadline = timezone.localdate() + timedelta(days=14)
        return rounds.open_round(name=name, programmes=[self.programme], period=self.period, deadline=deadline, actor=self.actor)

    def run(self, round_: Round | None = None) -> Run:
        return finished_run(round_ or self.round)


def finished_run(round_: Round) -> Run:
    """A run of the round as a worker would have stored it."""
    run = Run.objects.create(round=round_, policy=round_.policy, criteria=round_.criteria, seed=round_.seed)
    Round.objects.filter(pk=round_.pk).update(state="running")
    instance = runs._frozen(run)
    runs._store(run, instance, solve(instance, policy=run.policy, seed=run.seed))
    run.refresh_from_db()
    round_.refresh_from_db()
    return run


def finished_round() -> Round:
    """A round of a school that has nobody else in it, finished: two students had two places."""
    programme = ProgrammeFactory()
    coordinator = CoordinatorFactory(school=programme.school, programmes=[programme])
    period = PeriodFactory()
    for _ in range(2):
        RequestFactory(ready=True, student__programme=programme, period=period)
    PlaceFactory(qualifications=[programme.qualification], period=period, capacity=2)
    deadline = timezone.localdate() + timedelta(days=14)
    round_ = rounds.open_round(name="Klaar", programmes=[programme], period=period, deadline=deadline, actor=actor_for(coordinator))
    finished_run(round_)
    round_.runs.update(taken_over_at=timezone.now())
    Round.objects.filter(pk=round_.pk).update(state="published", published_at=timezone.now())
    return round_


def far_company(metres: int) -> Any:
    """A company so many metres from the students."""
    near = CompanyFactory()
    near.x = PostcodeAreaFactory().x + metres
    near.save(update_fields=["x"])
    return near


def at(name: str, *things: Any) -> str:
    """The address of a page of matching about these things."""
    return reverse(f"matching:{name}", args=[thing.public_id for thing in things])


def text(response: Any) -> str:
    return str(response.content.decode())
