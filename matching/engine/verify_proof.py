"""The proofs: who (alternating paths), where (dual feasibility, no gap), smallest prices, and the draw between equals.

Rows of the instance throughout; each function answers (rule, student row, place row, message).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .explicit import EdgeProblem
from .instance import Instance
from .order import PAIR_SHIFT, lottery_ranks, splitmix64_array

Ints = NDArray[np.int64]
Found = list[tuple[str, int | None, int | None, str]]
NAMED = 20


@dataclass(frozen=True)
class Pairs:
    """Every feasible pair, sorted by student: student, place, value, merit [k]; student i has start[i]:start[i + 1].

    value is what the student side adds up, merit what a place ranks by within a tier (policy stable).
    """

    start: Ints
    student: Ints
    place: Ints
    value: Ints
    merit: Ints

    @classmethod
    def of(cls, students: int, student: Ints, place: Ints, value: Ints, merit: Ints) -> Pairs:
        order = np.lexsort((place, student))
        start = np.searchsorted(student[order], np.arange(students + 1))
        return cls(start, student[order], place[order], value[order], merit[order])

    def places_of(self, student: int) -> Ints:
        return self.place[self.start[student] : self.start[student + 1]]


def sitters(place: Ints, places: int) -> tuple[Ints, Ints]:
    """Students per place as rows: start [m + 1], student."""
    placed = np.flatnonzero(place >= 0)
    order = placed[np.argsort(place[placed], kind="stable")]
    return np.searchsorted(place[order], np.arange(places + 1)), order


def who_findings(instance: Instance | EdgeProblem, seed: int, place: Ints, pairs: Pairs) -> Found:
    """No unplaced student reaches a free slot, or a student who comes later in the order.

    Students are tried in the order; what an earlier one has visited holds only full places and still earlier students,
    so it need not be visited again.
    """
    s = instance.students
    order = np.lexsort((s.id, lottery_ranks(seed, s.id), s.tier))
    turn = np.empty(len(s), np.int64)
    turn[order] = np.arange(len(s))
    start, sitter = sitters(place, len(instance.places))
    free = np.diff(start) < instance.places.capacity
    visited = np.zeros(len(instance.places), bool)
    found: Found = []
    for root in order[place[order] < 0].tolist():
        waiting = [root]
        while waiting:
            near = pairs.places_of(waiting.pop())
            near = near[~visited[near]]
            visited[near] = True
            for at in near.tolist():
                if free[at]:
                    found.append(("who", root, at, "is unplaced, though a free slot can be reached by moving others"))
                here = sitter[start[at] : start[at + 1]]
                later = here[turn[here] > turn[root]]
                if len(later):
                    message = f"is unplaced, though student {s.id[later[0]]}, who comes later, sits within reach"
                    found.append(("who", root, at, message))
                waiting.extend(here.tolist())
        if len(found) >= NAMED:
            break
    return found


def where_findings(instance: Instance | EdgeProblem, place: Ints, u: Ints, p: Ints, pairs: Pairs) -> Found:
    """p ≥ 0, u + p ≥ s on every pair of a placed student, p = 0 where a slot is free, Σu + Σcap·p = Σs."""
    found: Found = [("price", None, int(j), f"the price {p[j]} is negative") for j in np.flatnonzero(p < 0)[:NAMED]]
    placed = place >= 0
    for i in np.flatnonzero(~placed & (u != 0))[:NAMED]:
        found.append(("certificate", int(i), None, f"u is {u[i]} for an unplaced student, not 0"))
    slack = u[pairs.student] + p[pairs.place] - pairs.value
    for e in np.flatnonzero((slack < 0) & placed[pairs.student])[:NAMED]:
        i, j = int(pairs.student[e]), int(pairs.place[e])
        found.append(("where", i, j, f"u + p = {u[i] + p[j]} is less than the score {pairs.value[e]}"))
    own = pairs.place == place[pairs.student]
    for e in np.flatnonzero(own & (slack != 0))[:NAMED]:
        i, j = int(pairs.student[e]), int(pairs.place[e])
        found.append(("where", i, j, f"u + p = {u[i] + p[j]} is not the score {pairs.value[e]} of the own pair"))
    capacity = instance.places.capacity
    taken = np.bincount(place[placed], minlength=len(capacity))
    for j in np.flatnonzero((taken < capacity) & (p != 0))[:NAMED]:
        found.append(("price", None, int(j), f"the price is {p[j]}, though a slot is free"))
    total, bound = int(pairs.value[own].sum()), int(u.sum()) + sum(int(c) * int(x) for c, x in zip(capacity, p, strict=True))
    if total != bound:
        found.append(("gap", None, None, f"the certificate proves {bound} points, the result has {total}"))
    return found


def price_findings(place: Ints, u: Ints, p: Ints, pairs: Pairs) -> Found:
    """Every price is held up by an exact pair of someone at a place that is held up itself; a price of 0 always is.

    A place whose price nobody holds up could be cheaper: then the prices are not the smallest.
    """
    exact = (u[pairs.student] + p[pairs.place] == pairs.value) & (place[pairs.student] >= 0)
    origin, target = place[pairs.student[exact]], pairs.place[exact]
    order = np.argsort(origin, kind="stable")
    start = np.searchsorted(origin[order], np.arange(len(p) + 1))
    target = target[order]
    held = p == 0
    waiting = np.flatnonzero(held).tolist()
    while waiting:
        at = waiting.pop()
        near = target[start[at] : start[at + 1]]
        near = np.unique(near[~held[near]])
        held[near] = True
        waiting.extend(near.tolist())
    return [("smallest_price", None, int(j), f"the price {p[j]} can be lowered") for j in np.flatnonzero(~held)[:NAMED]]


def tie_findings(instance: Instance | EdgeProblem, seed: int, place: Ints, u: Ints, p: Ints, pairs: Pairs) -> Found:
    """No exchange of exact pairs raises the sum of the hashes (no cycle with a gain, by Bellman and Ford).

    A node per place, and one for "a slot left free": places with a free slot lead to it, it leads to places without a price.
    """
    s, places = instance.students, instance.places
    exact = (u[pairs.student] + p[pairs.place] == pairs.value) & (place[pairs.student] >= 0)
    student, target = pairs.student[exact], pairs.place[exact]
    rank = lottery_ranks(seed, s.id)

    def hashed(i: Ints, j: Ints) -> Ints:
        return (splitmix64_array(rank[i] ^ places.id[j].astype(np.uint64)) >> np.uint64(PAIR_SHIFT)).astype(np.int64)

    move = target != place[student]
    student, target = student[move], target[move]
    origin = place[student]
    gain = hashed(student, target) - hashed(student, origin)
    taken = np.bincount(place[place >= 0], minlength=len(places))
    free, unpriced, extra = np.flatnonzero(taken < places.capacity), np.flatnonzero(p == 0), len(places)
    tail = np.concatenate([origin, free, np.full(len(unpriced), extra)])
    head = np.concatenate([target, np.full(len(free), extra), unpriced])
    weight = np.concatenate([gain, np.zeros(len(free) + len(unpriced), np.int64)])
    best, by = np.zeros(extra + 1, np.int64), np.full(extra + 1, -1, np.int64)
    for turn in range(extra + 2):
        better = best[tail] + weight > best[head]
        if not better.any():
            return []
        arcs = np.flatnonzero(better)
        arcs = arcs[np.argsort(best[tail[arcs]] + weight[arcs], kind="stable")]  # the best of each head comes last
        best[head[arcs]] = best[tail[arcs]] + weight[arcs]
        by[head[arcs]] = arcs
        if turn % 16 == 15 or turn > extra:
            cycle = find_cycle(by, tail)
            if cycle is not None:
                moves = [e for e in cycle if e < len(student)]
                return [("lottery", int(student[e]), int(target[e]), "an exchange of equal score has a higher sum of draws") for e in moves[:NAMED]]
    return [("lottery", None, None, "an exchange of equal score has a higher sum of draws")]


def stable_findings(instance: Instance | EdgeProblem, seed: int, place: Ints, pairs: Pairs) -> Found:
    """No student and place would rather have each other than what they have (or than a slot left free)."""
    s, p = instance.students, instance.places
    rank = lottery_ranks(seed, s.id)
    turn = np.empty(len(s), np.int64)
    turn[np.lexsort((s.id, rank, s.tier))] = np.arange(len(s))
    drawn = splitmix64_array(rank[pairs.student] ^ p.id[pairs.place].astype(np.uint64)) >> np.uint64(PAIR_SHIFT)
    order = np.lexsort((p.id[pairs.place], -drawn.astype(np.int64), -pairs.value, pairs.student))
    wish = np.empty(len(order), np.int64)  # the position of each pair in its student's list of preference
    wish[order] = np.arange(len(order)) - pairs.start[pairs.student[order]]
    own = pairs.place == place[pairs.student]
    content = np.full(len(s), np.iinfo(np.int64).max)
    content[pairs.student[own]] = wish[own]
    worth = 1000 * (s.tier.max(initial=0) - s.tier[pairs.student]) + pairs.merit
    claim = worth * len(s) + (len(s) - 1 - turn[pairs.student])
    worst = np.full(len(p), np.iinfo(np.int64).max)
    np.minimum.at(worst, pairs.place[own], claim[own])
    taken = np.bincount(place[place >= 0], minlength=len(p))
    welcome = (taken[pairs.place] < p.capacity[pairs.place]) | (claim > worst[pairs.place])
    blocking = (wish < content[pairs.student]) & welcome & (p.capacity[pairs.place] > 0)
    return [
        ("stable", int(pairs.student[e]), int(pairs.place[e]), "student and place would rather have each other")
        for e in np.flatnonzero(blocking)[:NAMED]
    ]


def find_cycle(by: Ints, tail: Ints) -> list[int] | None:
    """Arcs of a cycle among the arcs that last improved each node, if there is one: such a cycle has a gain."""
    colour = np.zeros(len(by), np.int64)
    for root in range(len(by)):
        node, trail = root, []
        while node >= 0 and colour[node] == 0:
            colour[node] = root + 1
            trail.append(node)
            node = int(tail[by[node]]) if by[node] >= 0 else -1
        if node >= 0 and colour[node] == root + 1:
            ring = trail[trail.index(node) :]
            return [int(by[at]) for at in ring]
    return None
