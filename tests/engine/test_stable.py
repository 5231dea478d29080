"""Policy stable: what a text-book deferred acceptance gives, and no pair that would rather have each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import Instance, lottery_rank, pair_hash, solve, verify
from matching.engine.digest import result_digest
from matching.engine.verify_rules import blocks, nearness

from .instances import instance, random_rows


def textbook(found: Instance, seed: int) -> dict[int, int]:
    """Deferred acceptance as in the text-book: student row → place row."""
    s, p = found.students, found.places
    turns = sorted(range(len(s)), key=lambda i: (int(s.tier[i]), lottery_rank(seed, int(s.id[i])), int(s.id[i])))
    turn = {i: number for number, i in enumerate(turns)}
    wish: dict[int, list[tuple[tuple[int, int, int], int]]] = {i: [] for i in range(len(s))}
    worth: dict[tuple[int, int], tuple[int, int]] = {}
    for part in blocks(found):
        near = nearness(found, part)
        for a, b in zip(*np.nonzero(part.failing < 0), strict=True):
            i, j = int(part.students[a]), int(part.places[b])
            points = part.points[a, b]
            draw = pair_hash(seed, int(s.id[i]), int(p.id[j]))
            wish[i].append(((-int(points.sum()), -draw, int(p.id[j])), j))
            rank = 1000 * int(s.tier.max() - s.tier[i]) + int(points[1]) + int(points[4]) + int(near[a, b])
            worth[i, j] = (rank, -turn[i])
    held: dict[int, list[int]] = {j: [] for j in range(len(p))}
    lists = {i: [j for _, j in sorted(rows)] for i, rows in wish.items()}
    waiting = list(lists)
    while waiting:
        i = waiting.pop()
        if lists[i]:
            j = lists[i].pop(0)
            held[j] = sorted([*held[j], i], key=lambda k: worth[k, j], reverse=True)
            waiting.extend(held[j][int(p.capacity[j]) :])
            del held[j][int(p.capacity[j]) :]
    return {i: j for j, some in held.items() for i in some}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(seed=st.integers(0, 10_000), students=st.integers(1, 150), share=st.floats(0.2, 1.0))
def test_the_result_is_the_textbook_one(seed: int, students: int, share: float) -> None:
    found = instance(*random_rows(seed, students, max(1, int(students * share))))
    result = solve(found, policy="stable", seed=seed)
    wanted = {int(found.students.id[i]): int(found.places.id[j]) for i, j in textbook(found, seed).items()}
    placed = result.place_id >= 0
    assert dict(zip(result.student_id[placed].tolist(), result.place_id[placed].tolist(), strict=True)) == wanted
    assert verify(found, result) == []


def test_it_has_no_prices_and_places_no_more_than_most() -> None:
    found = instance(*random_rows(51, 600, 300))
    stable, most = solve(found, policy="stable"), solve(found)
    assert stable.u is None
    assert stable.p is None
    assert stable.summary["placed"] <= most.summary["placed"]


def test_a_pair_that_would_rather_have_each_other_is_named() -> None:
    found = instance(*random_rows(52, 300, 150))
    result = solve(found, policy="stable")
    row = int(np.flatnonzero(result.place_id >= 0)[0])
    place = result.place_id.copy()
    place[row] = -1
    reason = [*result.reason]
    reason[row] = "full"
    summary = result.summary | {"result_digest": result_digest(result.student_id, place)}
    findings = verify(found, replace(result, place_id=place, reason=reason, summary=summary))
    assert {f.rule for f in findings} == {"stable"}
    assert int(result.student_id[row]) in {f.student for f in findings}


@pytest.mark.parametrize(("students", "places"), [(0, 0), (1, 0), (0, 1)])
def test_empty_sides_work(students: int, places: int) -> None:
    rows = random_rows(1, 1, 1)
    found = instance(rows[0][:students], rows[1][:places])
    assert verify(found, solve(found, policy="stable")) == []
