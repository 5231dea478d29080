"""Students and what they ask for: arrays, a row each; students and requests are one to one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placements.country.land import (
    ALLOWANCES_HOPED,
    MINUTES,
    MINUTES_SHARES,
    MODE_SHARES,
    PART_WEEKS,
    STUDENTS,
    SUPPORT_WANTED,
    TIER_SHARES,
    Courses,
    Land,
)
from placements.search.rows import KINDS, OFFERS

Ints = NDArray[np.int64]
MODES = ("bike", "public-transport", "car", "walk")
NEAREST_SCHOOLS = 4


@dataclass(frozen=True)
class Demand:
    """Students [n]: home is a postcode area, school one of the nearest, `has` two bits; goals (student, goal)."""

    home: Ints
    course: Ints
    school: Ints
    bbl: Ints
    mode: Ints
    minutes: Ints
    days: Ints
    days_needed: Ints
    kind1: Ints
    kind2: Ints
    need: Ints
    has: Ints
    support: Ints
    allowance: Ints
    tier: Ints
    goals: tuple[Ints, Ints]


def make_demand(draw: np.random.Generator, land: Land, courses: Courses, schools: NDArray[np.float64], scale: float) -> Demand:
    """Students by youth; schools: points [k, 2], RD New metres."""
    n = round(STUDENTS * scale)
    home = draw.choice(len(land.x), n, p=land.youth / land.youth.sum())
    course = draw.choice(len(courses.codes), n, p=courses.students)
    far = np.hypot(land.x[:, None] - schools[None, :, 0], land.y[:, None] - schools[None, :, 1])
    nearest = np.argsort(far, axis=1)[:, :NEAREST_SCHOOLS]
    # One school in the neighbourhood teaches a course, whoever follows it.
    school = nearest[home, course % nearest.shape[1]]
    part = draw.random(n) < 0.3
    kind1 = draw.integers(-1, len(KINDS), n)
    return Demand(
        home=home,
        course=course,
        school=school,
        bbl=np.where(courses.pathways[course] == 3, draw.random(n) < 0.25, courses.pathways[course] == 2).astype(np.int64),
        mode=draw.choice(len(MODES), n, p=MODE_SHARES),
        minutes=draw.choice(MINUTES, n, p=MINUTES_SHARES),
        days=np.where(part, draw.choice(PART_WEEKS, n), 0b11111),
        days_needed=np.where(part, 2, draw.choice([3, 4], n)),
        kind1=kind1,
        kind2=np.where(kind1 >= 0, draw.integers(-1, len(KINDS), n), -1),
        need=np.where(draw.random(n) < 0.08, draw.integers(0, len(OFFERS), n), -1),
        has=((draw.random((n, 2)) < (0.7, 0.4)) << np.arange(2)).sum(axis=1),
        support=draw.choice(4, n, p=SUPPORT_WANTED),
        allowance=draw.choice(ALLOWANCES_HOPED, n),
        tier=draw.choice(3, n, p=TIER_SHARES),
        goals=_goals(draw, courses, course),
    )


def _goals(draw: np.random.Generator, courses: Courses, course: Ints) -> tuple[Ints, Ints]:
    """Up to four of the course's goals a student."""
    width = 12
    table = np.full((len(courses.goals), width), -1)
    for number, goals in enumerate(courses.goals):
        table[number, : len(goals)] = goals
    goal = np.where(draw.random((len(course), width)) < 0.18, table[course], -1)
    keep = np.cumsum(goal >= 0, axis=1) <= 4
    student, column = np.nonzero((goal >= 0) & keep)
    return student, goal[student, column]
