"""Other people's solvers and plain text-book code, to hold the engine's answers against."""

from __future__ import annotations

import itertools

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.engine import Instance, lottery_rank, pair_hash
from matching.engine.verify_rules import blocks

Pairs = dict[tuple[int, int], int]


def feasible(instance: Instance) -> Pairs:
    """(student row, place row) → score, from the verifier's rules."""
    found: Pairs = {}
    for part in blocks(instance):
        for a, b in zip(*np.nonzero(part.failing < 0), strict=True):
            found[int(part.students[a]), int(part.places[b])] = int(part.points[a, b].sum())
    return found


def greedy_set(instance: Instance, pairs: Pairs, seed: int) -> set[int]:
    """Students in the order of tier and lottery, each kept if a plain augmenting path can still place them."""
    s = instance.students
    near: dict[int, list[int]] = {}
    for i, j in pairs:
        near.setdefault(i, []).append(j)
    order = sorted(range(len(s)), key=lambda i: (int(s.tier[i]), lottery_rank(seed, int(s.id[i])), int(s.id[i])))
    sitting: dict[int, list[int]] = {j: [] for j in range(len(instance.places))}

    def seat(i: int, seen: set[int]) -> bool:
        for j in near.get(i, []):
            if j in seen:
                continue
            seen.add(j)
            if len(sitting[j]) < instance.places.capacity[j]:
                sitting[j].append(i)
                return True
            for other in list(sitting[j]):
                if seat(other, seen):
                    sitting[j].remove(other)
                    sitting[j].append(i)
                    return True
        return False

    return {i for i in order if seat(i, set())}


def best_total(students: set[int], pairs: Pairs, capacity: list[int]) -> int:
    """The highest total that places exactly these students, by OR-Tools' min-cost flow."""
    flow = min_cost_flow.SimpleMinCostFlow()
    rows = {i: number for number, i in enumerate(sorted(students))}
    sink = len(rows) + len(capacity)
    for (i, j), score in pairs.items():
        if i in rows:
            flow.add_arc_with_capacity_and_unit_cost(rows[i], len(rows) + j, 1, -score)
    for j, slots in enumerate(capacity):
        flow.add_arc_with_capacity_and_unit_cost(len(rows) + j, sink, slots, 0)
    for number in rows.values():
        flow.set_node_supply(number, 1)
    flow.set_node_supply(sink, -len(rows))
    assert flow.solve() == flow.OPTIMAL
    return -flow.optimal_cost()


def best_by_trying(instance: Instance, students: set[int], pairs: Pairs, seed: int) -> tuple[int, int, dict[int, int]]:
    """Every assignment of these few students: the highest (total, sum of hashes), and who goes where."""
    rows = sorted(students)
    options = [[j for (i, j) in pairs if i == row] for row in rows]
    best: tuple[int, int, dict[int, int]] = (-1, -1, {})
    for choice in itertools.product(*options):
        if any(choice.count(j) > instance.places.capacity[j] for j in set(choice)):
            continue
        total = sum(pairs[i, j] for i, j in zip(rows, choice, strict=True))
        drawn = sum(pair_hash(seed, int(instance.students.id[i]), int(instance.places.id[j])) for i, j in zip(rows, choice, strict=True))
        best = max(best, (total, drawn, dict(zip(rows, choice, strict=True))), key=lambda found: found[:2])
    return best
