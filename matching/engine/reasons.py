"""Why this place, in facts: per criterion the points, the most there are, and what they rest on; and what a place is in the match."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .again import block_of, part_of_result, take
from .criteria import CRITERIA
from .explanation import seats_taken
from .gain import gain
from .ground import ground_of
from .instance import Instance
from .result import Result

Case = tuple[str, dict[str, int]]


@dataclass(frozen=True)
class Criterion:
    """One criterion at the own place. case: which sentence fits; facts: the numbers in it (metres, euro a month, counts)."""

    criterion: str
    points: int
    max: int
    case: str
    facts: dict[str, int]


@dataclass(frozen=True)
class WhyThis:
    student_id: int
    place_id: int
    policy: str
    score: int
    criteria: list[Criterion]


@dataclass(frozen=True)
class PlaceFacts:
    """A place in a match. in_reach: students who may have it; price: smallest price; extra_tier, extra_points: what one more slot does.

    extra_points is None under `stable`, and where the part of the instance is too large to ask for one place.
    """

    place_id: int
    capacity: int
    taken: int
    in_reach: int | None
    price: int | None
    extra_tier: int | None
    extra_points: int | None


def why_this(instance: Instance, result: Result, student_id: int) -> WhyThis | None:
    """Why this place; None for a student without one. KeyError when unknown."""
    row = result.row_of(student_id)
    if result.place_id[row] < 0:
        return None
    place = int(result.place_id[row])
    at, column = instance.row_by_student[student_id], instance.row_by_place[place]
    c, points = instance.criteria, result.points[row].tolist()
    cases = [ask(instance, at, column) for ask in (distance, goals, kind, support, days, allowance)]
    rows = [Criterion(name, got, most, *case) for name, got, most, case in zip(CRITERIA, points, c.weights, cases, strict=True)]
    return WhyThis(student_id, place, result.policy, int(result.score[row]), rows)


def distance(instance: Instance, row: int, column: int) -> Case:
    s, p = instance.students, instance.places
    squared = int(s.x[row] - p.x[column]) ** 2 + int(s.y[row] - p.y[column]) ** 2
    return "limit", {"distance": int(np.sqrt(squared)), "limit": int(s.max_distance[row])}


def goals(instance: Instance, row: int, column: int) -> Case:
    asked, offered = instance.students.goals.of(row), instance.places.goals.of(column)
    if not len(asked):
        return "none", {}
    return "met", {"met": int(np.isin(asked, offered).sum()), "asked": len(asked)}


def kind(instance: Instance, row: int, column: int) -> Case:
    first, second, here = (int(v) for v in (instance.students.kind1[row], instance.students.kind2[row], instance.places.kind[column]))
    if first < 0:
        return "none", {}
    return ("first" if here == first else "second" if here >= 0 and here == second else "other"), {}


def support(instance: Instance, row: int, column: int) -> Case:
    wanted, offered = int(instance.students.support[row]), int(instance.places.support[column])
    if not wanted:
        return "none", {}
    return ("enough" if offered >= wanted else "less"), {"wanted": wanted, "offered": offered}


def days(instance: Instance, row: int, column: int) -> Case:
    own, there = int(instance.students.days[row]), int(instance.places.days[column])
    return "shared", {"shared": (own & there).bit_count(), "own": own.bit_count()}


def allowance(instance: Instance, row: int, column: int) -> Case:
    hoped, offered = int(instance.students.allowance[row]), int(instance.places.allowance[column])
    if not hoped:
        return "none", {}
    return ("enough" if offered >= hoped else "less"), {"hoped": hoped, "offered": offered}


def about_place(instance: Instance, result: Result, place_id: int) -> PlaceFacts:
    """What a place is in the match; KeyError when unknown."""
    column = instance.row_by_place[place_id]
    price = None if result.p is None else int(result.p[column])
    taken, capacity = int(seats_taken(instance, result)[column]), int(instance.places.capacity[column])
    offered = instance.places.qualifications.of(column)
    near = np.flatnonzero(np.isin(instance.students.qualification, offered))
    ground = ground_of(instance, int(instance.students.id[near[0]]), result.policy) if len(near) else None
    if ground is None:
        return PlaceFacts(place_id, capacity, taken, None if len(near) else 0, price, None, None)
    in_reach = int((ground.graph.col == ground.place(place_id)).sum())
    if result.p is None:
        return PlaceFacts(place_id, capacity, taken, in_reach, price, None, None)
    tier, points = one_more(instance, result, int(near[0]), place_id)
    return PlaceFacts(place_id, capacity, taken, in_reach, price, tier, points)


def one_more(instance: Instance, result: Result, student_row: int, place_id: int) -> tuple[int | None, int]:
    """Tier of the student placed more (None: nobody) and points, if this place had one slot more."""
    block = block_of(instance, student_row)
    part = block.instance
    same = take(part.places, np.array([part.row_by_place[place_id]]))
    found = gain(part, part_of_result(result, block), same)
    tier = int(found.student_tier[0])
    return (tier if tier >= 0 else None), int(found.points[0])
