"""Companies, what they are recognised for, and what they offer: arrays, a row each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companies.models import CompanyKind as K
from placements.country.land import ALLOWANCES_OFFERED, CAPACITY, CAPACITY_SHARES, COMPANIES, PLACES, SUPPORT_OFFERED, Courses, Land
from placements.search.rows import GOALS, KINDS, OFFERS, REQUIREMENTS

Ints = NDArray[np.int64]

# Which kinds of company the establishments of a group of sectors are, and in which sector chambers a kind trains.
KINDS_OF: dict[str, tuple[str, ...]] = {
    "A": (K.GREEN,),
    "BF": (K.BUILDING, K.BUILDING, K.FACTORY, K.WORKSHOP),
    "GI": (K.SHOP, K.SHOP, K.HOSPITALITY, K.HOSPITALITY, K.WORKSHOP),
    "HJ": (K.LOGISTICS, K.ICT, K.ICT),
    "KL": (K.OFFICE,),
    "MN": (K.OFFICE, K.ICT, K.GOVERNMENT),
    "OQ": (K.CARE, K.CARE, K.CHILDCARE, K.CHILDCARE, K.GOVERNMENT),
    "RU": (K.PERSONAL, K.PERSONAL, K.CULTURE),
}
CHAMBERS_OF: dict[str, tuple[str, ...]] = {
    K.CARE: ("03",), K.CHILDCARE: ("03",), K.SHOP: ("04",), K.HOSPITALITY: ("06",), K.OFFICE: ("07",), K.ICT: ("05",),
    K.WORKSHOP: ("02", "01"), K.BUILDING: ("01",), K.FACTORY: ("01", "06"), K.LOGISTICS: ("02",), K.GREEN: ("06",),
    K.GOVERNMENT: ("07",), K.CULTURE: ("05", "08"), K.PERSONAL: ("08", "04"),
}  # fmt: skip
# A part of every company trains outside its own chambers too (entree, several sectors): so much of a course's weight is left.
ELSEWHERE = 0.02
OPEN, PAUSED = 0, 1
COMING, NEXT, PAST = 0, 1, 2


@dataclass(frozen=True)
class Supply:
    """Companies [c], recognitions [r] (company, course), places [p], and places × courses [s] (place, course)."""

    spot: Ints
    kind: Ints
    recognised: tuple[Ints, Ints]
    company: Ints
    course: Ints
    period: Ints
    state: Ints
    capacity: Ints
    taken: Ints
    applying: Ints
    pathways: Ints
    days: Ints
    requirements: Ints
    offers: Ints
    support: Ints
    allowance: Ints
    expenses: Ints
    group: Ints
    confirmed: Ints
    created: Ints
    taught: tuple[Ints, Ints]
    goals: tuple[Ints, Ints]


def make_supply(draw: np.random.Generator, land: Land, courses: Courses, scale: float) -> Supply:
    """Everything that companies bring, at a share of the country."""
    spot, kind = _companies(draw, land, round(COMPANIES * scale))
    recognised = _recognitions(draw, courses, kind)
    first = np.searchsorted(recognised[0], np.arange(len(spot) + 1))
    n = round(PLACES * scale)
    # A third of the companies offers nothing now; of the others some offer much more than most.
    willing = draw.gamma(0.7, 1.0, len(spot)) * (draw.random(len(spot)) < 0.67)
    company = np.sort(draw.choice(len(spot), n, p=willing / willing.sum()))
    course_at = first[company] + (draw.random(n) * (first[company + 1] - first[company])).astype(np.int64)
    course = recognised[1][course_at]
    capacity = draw.choice(CAPACITY, n, p=CAPACITY_SHARES)
    free = draw.random(n) < 0.89
    state = np.where(draw.random(n) < 0.965, OPEN, PAUSED)
    care = np.isin(kind[company], [KINDS.index(K.CARE), KINDS.index(K.CHILDCARE)])
    return Supply(
        spot=spot,
        kind=kind,
        recognised=recognised,
        company=company,
        course=course,
        period=draw.choice([COMING, NEXT, PAST], n, p=[0.7, 0.15, 0.15]),
        state=state,
        capacity=capacity,
        taken=np.where(free, (draw.random(n) * capacity * 0.6).astype(np.int64), capacity),
        applying=draw.poisson(0.6, n) * free,
        pathways=np.where(courses.pathways[course] == 3, draw.choice([1, 2, 3], n, p=[0.3, 0.1, 0.6]), courses.pathways[course]),
        days=np.where(draw.random(n) < 0.8, 0b11111, draw.choice([0b00111, 0b11100, 0b1111111], n)),
        requirements=_some(draw, n, len(REQUIREMENTS), 0.06) | (care & (draw.random(n) < 0.8)),
        offers=_some(draw, n, len(OFFERS), 0.4),
        support=draw.choice(4, n, p=SUPPORT_OFFERED),
        allowance=draw.choice(ALLOWANCES_OFFERED, n),
        expenses=draw.choice([0, 0, 50, 75], n),
        group=np.where(draw.random(n) < 0.04, draw.integers(2, 6, n), 1),
        confirmed=draw.integers(0, 300, n),
        created=np.sort(draw.integers(0, 900, n))[::-1],
        taught=_taught(draw, courses, recognised, first, company, course),
        goals=_goals(draw, courses, course),
    )


def _companies(draw: np.random.Generator, land: Land, n: int) -> tuple[Ints, Ints]:
    at = draw.choice(land.firms.size, n, p=(land.firms / land.firms.sum()).ravel())
    spot, sector = at // len(land.sectors), at % len(land.sectors)
    kind = np.zeros(n, np.int64)
    for number, name in enumerate(land.sectors):
        chosen = np.flatnonzero(sector == number)
        kind[chosen] = draw.choice([KINDS.index(one) for one in KINDS_OF.get(name, (K.OFFICE,))], len(chosen))
    return spot, kind


def _recognitions(draw: np.random.Generator, courses: Courses, kind: Ints) -> tuple[Ints, Ints]:
    """One to four courses a company, in chambers that fit its kind; sorted by company."""
    owner = np.repeat(np.arange(len(kind)), draw.choice([1, 2, 3, 4], len(kind), p=[0.35, 0.3, 0.2, 0.15]))
    course = np.zeros(len(owner), np.int64)
    for number, name in enumerate(KINDS):
        fits = np.isin(courses.chambers, CHAMBERS_OF[name])
        weight = courses.places * np.where(fits, 1.0, ELSEWHERE)
        chosen = np.flatnonzero(kind[owner] == number)
        course[chosen] = draw.choice(len(weight), len(chosen), p=weight / weight.sum())
    both = np.unique(owner * len(courses.codes) + course)
    return both // len(courses.codes), both % len(courses.codes)


def _taught(
    draw: np.random.Generator, courses: Courses, recognised: tuple[Ints, Ints], first: Ints, company: Ints, course: Ints
) -> tuple[Ints, Ints]:
    """The place's own course, and for half of them the others of the company in the same file; a fifth offers all."""
    sizes = first[company + 1] - first[company]
    place = np.repeat(np.arange(len(company)), sizes)
    offset = np.arange(len(place)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    other = recognised[1][first[company][place] + offset]
    wide = draw.random(len(company))
    kept = (other == course[place]) | (wide[place] < 0.2) | (wide[place] < 0.5) & (courses.dossier[other] == courses.dossier[course[place]])
    return place[kept], other[kept]


def _goals(draw: np.random.Generator, courses: Courses, course: Ints) -> tuple[Ints, Ints]:
    """Between four and twelve of the course's goals: (place, goal)."""
    width = max(len(goals) for goals in courses.goals)
    table = np.full((len(courses.goals), width), -1)
    for number, goals in enumerate(courses.goals):
        table[number, : len(goals)] = goals
    wanted = draw.integers(4, GOALS - 3, len(course))
    taken = draw.random((len(course), width)) * width < wanted[:, None]
    goal = np.where(taken, table[course], -1)
    place, column = np.nonzero(goal >= 0)
    return place, goal[place, column]


def _some(draw: np.random.Generator, n: int, width: int, share: float) -> Ints:
    """Each bit in this share of the rows."""
    return ((draw.random((n, width)) < share) << np.arange(width)).sum(axis=1)
