"""Instances to test with: one plain pair to vary, and random ones full of ties, sets and scarcity."""

from __future__ import annotations

import random
from typing import Any

from matching.engine import Criteria, Instance

STUDENT: dict[str, Any] = {
    "id": 1, "x": 0, "y": 0, "qualification": "25180", "level": 4, "pathway": "BOL", "from": "2027-02-01", "until": "2027-07-01",
    "weeks": 20, "max_distance": 10_000, "needs": "", "has": "", "days": "", "days_needed": 0, "goals": "", "kind1": "", "kind2": "",
    "support": 0, "allowance": 0, "tier": 2,
}  # fmt: skip
PLACE: dict[str, Any] = {
    "id": 1, "company": 1, "x": 0, "y": 0, "qualifications": "25180", "levels": "1 2 3 4", "pathways": "BOL BBL",
    "from": "2027-01-01", "until": "2027-08-01", "capacity": 1, "offers": "", "demands": "", "days": "", "goals": "", "kind": "",
    "support": 3, "allowance": 0,
}  # fmt: skip


def student(**changes: Any) -> dict[str, Any]:
    return STUDENT | changes


def place(**changes: Any) -> dict[str, Any]:
    return PLACE | changes


def instance(students: list[dict[str, Any]], places: list[dict[str, Any]], criteria: Criteria | None = None) -> Instance:
    return Instance.from_rows(students, places, criteria)


def random_rows(
    seed: int, students: int, places: int, *, most_capacity: int = 3, spread: int = 15_000
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Students and places with ties (few distinct spots), several qualifications a place, empty sets and slots."""
    draw = random.Random(seed)
    spots = [(draw.randrange(spread), draw.randrange(spread)) for _ in range(max(3, places // 3))]
    qualifications = [f"q{k}" for k in range(1 + students // 60)]
    goals = [f"g{k}" for k in range(90)]
    return (
        [random_student(draw, number, spots, qualifications, goals) for number in range(students)],
        [random_place(draw, number, spots, qualifications, goals, most_capacity) for number in range(places)],
    )


def random_student(draw: random.Random, number: int, spots: list[tuple[int, int]], qualifications: list[str], goals: list[str]) -> dict[str, Any]:
    x, y = draw.choice(spots)
    kind1 = draw.choice(["", "shop", "office"])
    return student(
        id=1 + number * 7,
        x=x,
        y=y,
        qualification=draw.choice(qualifications),
        level=draw.randint(1, 4),
        pathway=draw.choice(["BOL", "BOL", "BBL"]),
        until=draw.choice(["2027-06-01", "2027-07-01", "2027-09-01"]),
        weeks=draw.choice([8, 15, 17]),
        max_distance=draw.choice([0, 4_000, 8_000, 20_000]),
        needs=draw.choice(["", "", "", "lift", "lift quiet"]),
        has=draw.choice(["", "vog", "vog licence"]),
        days=draw.choice(["", "mo tu we", "th fr", "sa"]),
        days_needed=draw.choice([0, 0, 1, 2]),
        goals=draw.sample(goals, draw.choice([0, 1, 3, 64])),
        kind1=kind1,
        kind2=draw.choice(["", "farm", "office"]) if kind1 else "",
        support=draw.randint(0, 3),
        allowance=draw.choice([0, 0, 100, 333]),
        tier=draw.choice([0, 1, 2, 2, 2]),
    )


def random_place(
    draw: random.Random,
    number: int,
    spots: list[tuple[int, int]],
    qualifications: list[str],
    goals: list[str],
    most_capacity: int,
) -> dict[str, Any]:
    x, y = draw.choice(spots)
    return place(
        id=5 + number * 3,
        company=1 + number // 2,
        x=x,
        y=y,
        qualifications=draw.sample(qualifications, min(len(qualifications), draw.choice([1, 1, 2]))),
        levels=draw.choice(["1 2 3 4", "1 2 3 4", "3 4"]),
        pathways=draw.choice(["BOL BBL", "BOL"]),
        until=draw.choice(["2027-06-15", "2027-08-01"]),
        capacity=draw.randint(0, most_capacity),
        offers=draw.choice(["lift quiet", "lift", ""]),
        demands=draw.choice(["", "", "vog"]),
        days=draw.choice(["", "", "mo tu we th fr"]),
        goals=draw.sample(goals, draw.choice([0, 5, 30])),
        kind=draw.choice(["", "shop", "office", "farm"]),
        support=draw.randint(0, 3),
        allowance=draw.choice([0, 100, 250]),
    )
