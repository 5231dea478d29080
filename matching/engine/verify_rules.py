"""The rules a second time, written from the published text in NumPy, for `verify` alone: it shares nothing with the solver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import WordSets
from .instance import Instance

HARD_RULES = ("qualification", "distance", "level", "pathway", "period", "days", "needs", "demands")
CELLS = 1_500_000
Ints = NDArray[np.int64]


class Block(NamedTuple):
    """Students × places of one qualification: rows [a], rows [b], and matrices [a, b]."""

    students: Ints
    places: Ints
    distance: Ints
    failing: NDArray[np.int8]
    points: Ints


def blocks(instance: Instance) -> Iterator[Block]:
    """All (student, place) pairs of a same qualification that could lie within reach, in blocks that fit in memory."""
    s, p = instance.students, instance.places
    owner = np.repeat(np.arange(len(p)), p.qualifications.sizes())
    for q in np.unique(s.qualification):
        places = owner[p.qualifications.word == q]
        places = places[np.argsort(p.x[places], kind="stable")]
        students = np.flatnonzero(s.qualification == q)
        students = students[np.argsort(s.x[students], kind="stable")]
        step = max(1, CELLS // max(1, len(places)))
        for low in range(0, len(students), step):
            some = students[low : low + step]
            west = np.searchsorted(p.x[places], (s.x[some] - s.max_distance[some]).min(), "left")
            east = np.searchsorted(p.x[places], (s.x[some] + s.max_distance[some]).max(), "right")
            yield block(instance, some, places[west:east])


def block(instance: Instance, students: Ints, places: Ints) -> Block:
    """Judge every pair of these students and places, which share the qualification."""
    s, p = instance.students, instance.places
    i, j = students[:, None], places[None, :]
    distance = whole_root((s.x[i] - p.x[j]) ** 2 + (s.y[i] - p.y[j]) ** 2)
    shared_days = np.bitwise_count(s.days[i] & p.days[j]).astype(np.int64)
    period = np.minimum(s.until[i], p.until[j]) - np.maximum(s.start[i], p.start[j])
    has_all = np.zeros(distance.shape, bool)
    checks = [
        has_all,
        distance > s.max_distance[i],
        (p.levels[j] & (1 << (s.level[i] - 1))) == 0,
        (p.pathways[j] & (1 << s.pathway[i])) == 0,
        period < 7 * s.weeks[i],
        shared_days < s.days_needed[i],
        outside(s.needs, students, p.offers, places),
        outside(p.demands, places, s.has, students).T,
    ]
    failing = np.full(distance.shape, -1, np.int8)
    for rule in range(len(checks) - 1, -1, -1):
        failing[checks[rule]] = rule
    return Block(students, places, distance, failing, score(instance, students, places, distance, shared_days))


def whole_root(squared: Ints) -> Ints:
    root = np.sqrt(squared.astype(np.float64)).astype(np.int64)
    root -= root * root > squared
    return root + ((root + 1) * (root + 1) <= squared)


def held(sets: WordSets, rows: Ints) -> tuple[Ints, Ints]:
    """The words of these rows one after the other, and the position in `rows` each belongs to."""
    sizes = sets.sizes()[rows]
    owner = np.repeat(np.arange(len(rows)), sizes)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return sets.word[np.repeat(sets.start[:-1][rows], sizes) + within].astype(np.int64), owner


def table(sets: WordSets, rows: Ints, words: Ints) -> NDArray[np.float32]:
    """Which of `words` (ascending) each row's set holds, as 0 and 1."""
    out = np.zeros((len(rows), len(words)), np.float32)
    found, owner = held(sets, rows)
    known = np.isin(found, words)
    out[owner[known], np.searchsorted(words, found[known])] = 1
    return out


def used(sets: WordSets, rows: Ints) -> Ints:
    """Every word that one of these rows holds, ascending."""
    return np.unique(held(sets, rows)[0])


def outside(asked: WordSets, askers: Ints, given: WordSets, givers: Ints) -> NDArray[np.bool_]:
    """Whether an asker's set is not contained in a giver's: bool [askers, givers]."""
    words = used(asked, askers)
    return (table(asked, askers, words) @ (1 - table(given, givers, words)).T) > 0


def score(instance: Instance, students: Ints, places: Ints, distance: Ints, shared_days: Ints) -> Ints:
    """Points on the six criteria as published, int64 [students, places, 6]; meaningful where the hard rules hold."""
    s, p, c = instance.students, instance.places, instance.criteria
    i, j = students[:, None], places[None, :]
    out = np.empty((*distance.shape, 6), np.int64)
    reach = s.max_distance[i]
    out[..., 0] = np.where(reach == 0, c.distance, c.distance * (reach - distance) // np.maximum(reach, 1))
    words = used(s.goals, students)
    met = (table(s.goals, students, words) @ table(p.goals, places, words).T).astype(np.int64)
    asked = s.goals.sizes()[i]
    out[..., 1] = np.where(asked == 0, c.goals, c.goals * met // np.maximum(asked, 1))
    kind = np.broadcast_to(p.kind[j], distance.shape)
    second = np.where((kind == s.kind2[i]) & (kind >= 0), c.kind_second, 0)
    wished = np.where((kind == s.kind1[i]) & (kind >= 0), c.kind, second)
    out[..., 2] = np.where(s.kind1[i] < 0, c.kind, wished)
    out[..., 3] = np.maximum(0, c.support - c.support_step * np.maximum(0, s.support[i] - p.support[j]))
    out[..., 4] = c.days * shared_days // np.bitwise_count(s.days[i])
    hoped, offered = s.allowance[i], p.allowance[j]
    out[..., 5] = np.where(offered >= hoped, c.allowance, c.allowance * offered // np.maximum(hoped, 1))
    return out


def goal(policy: str, total: Ints) -> Ints:
    """What the policy adds up: the score itself, or for generous 1000 − (1000 − s)²//1000."""
    return 1000 - (1000 - total) ** 2 // 1000 if policy == "generous" else total


def nearness(instance: Instance, part: Block) -> Ints:
    """100·(max − d)//max for the ranking of places under `stable`: int64 [students, places]."""
    reach = instance.students.max_distance[part.students][:, None]
    return np.where(reach == 0, 100, 100 * (reach - part.distance) // np.maximum(reach, 1))
