"""An invented country for the engine's benchmark: real postcodes, youth, establishments, qualifications and learning goals.

The whole is 540,000 students and 300,000 open places, drawn from what `manage.py seed_country` is drawn from (placements.country).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matching.engine import Criteria, Instance
from matching.engine.columns import ALL_DAYS, Vocabularies, Vocabulary, WordSets
from matching.engine.instance import Places, Students
from placements.country.land import (
    ALLOWANCES_HOPED,
    ALLOWANCES_OFFERED,
    CAPACITY,
    CAPACITY_SHARES,
    MINUTES,
    MINUTES_SHARES,
    MODE_SHARES,
    PART_WEEKS,
    STUDENTS,
    SUPPORT_OFFERED,
    SUPPORT_WANTED,
    TIER_SHARES,
    Courses,
    Land,
)
from placements.country.land import OPEN_PLACES as PLACES

TAGS = ("lift", "quiet", "buddy", "breaks", "screen", "interpreter", "vog", "licence")
NEEDS, DEMANDS = TAGS[:6], TAGS[6:]
DAY = 737_000 + 2_900  # a Monday in 2028; all that counts is the difference

Ints = NDArray[np.int64]


def sets(rows: list[NDArray[np.int64]]) -> WordSets:
    start = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=start[1:])
    return WordSets(start, np.concatenate([*rows, np.zeros(0, np.int64)]).astype(np.int32))


def pick_goals(draw: np.random.Generator, pool: Ints, least: int, most: int) -> Ints:
    """Between `least` and `most` distinct goals of a course."""
    size = min(int(draw.integers(least, most + 1)), len(pool))
    return pool[draw.permutation(len(pool))[:size]]


def country(students: int = STUDENTS, seed: int = 1) -> Instance:
    """An instance of this many students, seeded: the same on every machine."""
    draw = np.random.default_rng(seed)
    land, courses = Land(students / STUDENTS), Courses(draw)
    words = Vocabularies(Vocabulary(courses.codes), Vocabulary(TAGS), Vocabulary(courses.goal_codes), Vocabulary([s.lower() for s in land.sectors]))
    places = round(PLACES * students / STUDENTS)
    return Instance(make_students(draw, land, courses, students), make_places(draw, land, courses, places), Criteria(), words)


def more_places(students: int, count: int, seed: int = 7) -> Places:
    """Candidate places for the country of this many students: other companies, the same courses."""
    land, courses = Land(students / STUDENTS), Courses(np.random.default_rng(1))
    new = make_places(np.random.default_rng(seed), land, courses, count)
    return replace(new, id=new.id + 100_000_000)


def make_students(draw: np.random.Generator, land: Land, courses: Courses, n: int) -> Students:
    home = draw.choice(len(land.x), n, p=land.youth / land.youth.sum())
    course = draw.choice(len(courses.codes), n, p=courses.students)
    both = courses.pathways[course] == 3
    pathway = np.where(both, draw.random(n) < 0.25, courses.pathways[course] == 2).astype(np.int64)
    # Minutes × km/h ÷ 1.3 for bike, public transport, car and walking, in metres.
    mode = draw.choice(4, n, p=MODE_SHARES)
    minutes = draw.choice(MINUTES, n, p=MINUTES_SHARES)
    reach = minutes * np.array([15, 25, 40, 5])[mode] * 1000 // 78
    kind1 = draw.integers(-1, len(land.sectors), n)
    kind2 = np.where(kind1 >= 0, draw.integers(-1, len(land.sectors), n), -1)
    need = [np.array([draw.integers(len(NEEDS))]) if hit else np.zeros(0, int) for hit in draw.random(n) < 0.08]
    has = [len(NEEDS) + np.flatnonzero(hit) for hit in draw.random((n, 2)) < (0.7, 0.4)]
    part = draw.random(n) < 0.3
    return Students(
        id=10_000_001 + np.arange(n),
        x=land.x[home],
        y=land.y[home],
        qualification=course,
        level=courses.level[course],
        pathway=pathway,
        start=np.full(n, DAY),
        until=DAY + draw.choice([140, 154, 175], n),
        weeks=draw.choice([10, 18, 20], n),
        max_distance=reach,
        needs=sets(need),
        has=sets(has),
        days=np.where(part, draw.choice(PART_WEEKS, n), ALL_DAYS),
        days_needed=np.where(part, 2, draw.choice([3, 4], n)),
        goals=sets([pick_goals(draw, courses.goals[c], 0, 4) for c in course.tolist()]),
        kind1=kind1,
        kind2=kind2,
        support=draw.choice(4, n, p=SUPPORT_WANTED),
        allowance=draw.choice(ALLOWANCES_HOPED, n),
        tier=draw.choice(3, n, p=TIER_SHARES),
    )


def make_places(draw: np.random.Generator, land: Land, courses: Courses, m: int) -> Places:
    at = draw.choice(land.firms.size, m, p=(land.firms / land.firms.sum()).ravel())
    spot, kind = at // len(land.sectors), at % len(land.sectors)
    course = draw.choice(len(courses.codes), m, p=courses.places)
    extra = draw.random(m)
    taught = []
    for c, chance in zip(course.tolist(), extra.tolist(), strict=True):
        kin = courses.kin[c]
        more = kin if chance < 0.5 else [c]
        taught.append(np.unique([c, *more[:4]]))
    offered = draw.random((m, len(NEEDS))) < 0.5
    demanded = draw.random((m, len(DEMANDS))) < (0.12, 0.06)
    start = DAY - draw.integers(0, 60, m)
    return Places(
        id=50_000_001 + np.arange(m),
        company=1 + np.arange(m) // 2,
        x=land.x[spot],
        y=land.y[spot],
        qualifications=sets(taught),
        levels=np.where(draw.random(m) < 0.9, 15, 12),
        pathways=draw.choice([1, 2, 3], m, p=[0.25, 0.1, 0.65]),
        start=start,
        until=DAY + draw.choice([150, 180, 240], m),
        capacity=draw.choice(CAPACITY, m, p=CAPACITY_SHARES),
        offers=sets([np.flatnonzero(row) for row in offered]),
        demands=sets([len(NEEDS) + np.flatnonzero(row) for row in demanded]),
        days=np.where(draw.random(m) < 0.8, 0b11111, draw.choice([0b00111, 0b11100, ALL_DAYS], m)),
        goals=sets([pick_goals(draw, courses.goals[c], 4, 12) for c in course.tolist()]),
        kind=kind,
        support=draw.choice(4, m, p=SUPPORT_OFFERED),
        allowance=draw.choice(ALLOWANCES_OFFERED, m),
    )
