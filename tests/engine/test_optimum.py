"""The engine's answer is the best there is: held against plain code and other solvers, on random instances full of ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matching.engine import Instance, Result, solve, verify

from .instances import instance, random_rows
from .oracles import best_by_trying, best_total, feasible, greedy_set

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SLOW
@given(
    seed=st.integers(0, 10_000),
    students=st.integers(5, 160),
    share=st.floats(0.1, 1.2),
    most_capacity=st.sampled_from([1, 3, 50]),
)
def test_the_placed_set_is_the_greedy_one_and_the_total_is_the_best(seed: int, students: int, share: float, most_capacity: int) -> None:
    rows = random_rows(seed, students, max(1, int(students * share / max(1, most_capacity // 2))), most_capacity=most_capacity)
    found = instance(*rows)
    result = solve(found, seed=seed)
    pairs = feasible(found)
    placed = {int(row) for row in np.flatnonzero(result.place_id >= 0)}
    assert result.summary["edges"] == len(pairs)
    assert placed == greedy_set(found, pairs, seed)
    assert result.summary["score"] == best_total(placed, pairs, found.places.capacity.tolist())
    assert verify(found, result) == []


@pytest.mark.parametrize("size", [1_000, 3_000])
def test_larger_instances_have_the_best_total_too(size: int) -> None:
    found = instance(*random_rows(size, size, size // 2))
    result = solve(found, seed=size)
    pairs = feasible(found)
    placed = {int(row) for row in np.flatnonzero(result.place_id >= 0)}
    assert result.summary["score"] == best_total(placed, pairs, found.places.capacity.tolist())
    assert verify(found, result) == []


@SLOW
@given(seed=st.integers(0, 10_000), students=st.integers(5, 150))
def test_with_one_slot_a_place_scipy_finds_the_same_total(seed: int, students: int) -> None:
    found = instance(*random_rows(seed, students, students, most_capacity=1))
    result = solve(found, seed=seed)
    pairs = feasible(found)
    placed = np.flatnonzero(result.place_id >= 0)
    number = {int(row): k for k, row in enumerate(placed)}
    usable = [(number[i], j, 1001 - score) for (i, j), score in pairs.items() if i in number and found.places.capacity[j]]
    if usable:
        i, j, cost = map(list, zip(*usable, strict=True))
        graph = csr_matrix((cost, (i, j)), shape=(len(placed), len(found.places)))
        rows, columns = min_weight_full_bipartite_matching(graph)
        assert result.summary["score"] == 1001 * len(placed) - int(graph[rows, columns].sum())


@SLOW
@given(seed=st.integers(0, 10_000), students=st.integers(1, 6))
def test_between_equal_totals_the_highest_sum_of_draws_wins(seed: int, students: int) -> None:
    """All alike but for the id, so that nearly every assignment has the same total."""
    rows = random_rows(seed, students, 6, spread=1)
    same = {"goals": "", "kind1": "", "kind2": "", "days": "", "allowance": 0, "support": 0}
    found = instance([row | same for row in rows[0]], [row | {"days": ""} for row in rows[1]])
    result = solve(found, seed=seed)
    pairs = feasible(found)
    placed = {int(row) for row in np.flatnonzero(result.place_id >= 0)}
    total, _, where = best_by_trying(found, placed, pairs, seed)
    if placed:
        assert result.summary["score"] == total
        assert {i: int(result.place_id[i]) for i in placed} == {i: int(found.places.id[j]) for i, j in where.items()}


def more_slots(found: Instance, row: int) -> Instance:
    capacity = found.places.capacity.copy()
    capacity[row] += 1
    return replace(found, places=replace(found.places, capacity=capacity))


def total(result: Result) -> int:
    return int(result.score[result.place_id >= 0].sum())


def test_one_more_slot_gives_what_the_price_says() -> None:
    """Either somebody more is placed, or the total rises by exactly the price."""
    found = instance(*random_rows(31, 260, 110))
    before = solve(found, seed=6)
    assert before.p is not None
    rose = 0
    for row in range(len(found.places)):
        after = solve(more_slots(found, row), seed=6)
        if after.summary["placed"] == before.summary["placed"]:
            assert total(after) - total(before) == before.p[row]
            rose += 1
        else:
            assert after.summary["placed"] == before.summary["placed"] + 1
    assert 0 < rose < len(found.places)
