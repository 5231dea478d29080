"""A result changed by hand is refuted, and the finding says what is wrong and with whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matching.engine import Instance, Result, solve, verify
from matching.engine.digest import result_digest

from .instances import instance, place, random_rows, student


@pytest.fixture(scope="module")
def found() -> Instance:
    return instance(*random_rows(21, 500, 260))


@pytest.fixture(scope="module")
def result(found: Instance) -> Result:
    return solve(found, seed=4)


def changed(result: Result, **changes: Any) -> Result:
    """The result with arrays replaced, and the digest written to match: the forger is not careless."""
    forged = replace(result, **changes)
    summary = result.summary | {"result_digest": result_digest(forged.student_id, forged.place_id)}
    return replace(forged, summary=summary)


def rules(instance_: Instance, forged: Result) -> set[str]:
    return {finding.rule for finding in verify(instance_, forged)}


def with_row(array: np.ndarray[Any, Any], row: int, value: Any) -> np.ndarray[Any, Any]:
    out = array.copy()
    out[row] = value
    return out


def test_an_untouched_result_is_proven(found: Instance, result: Result) -> None:
    assert verify(found, result) == []


def test_a_placement_taken_away_is_named(found: Instance, result: Result) -> None:
    row = int(np.flatnonzero(result.place_id >= 0)[0])
    reason = [*result.reason]
    reason[row] = "full"
    forged = changed(
        result,
        place_id=with_row(result.place_id, row, -1),
        u=with_row(result.u, row, 0),
        score=with_row(result.score, row, -1),
        reason=reason,
    )
    findings = verify(found, forged)
    assert ("who", int(result.student_id[row])) in {(f.rule, f.student) for f in findings}


def test_a_swapped_pair_is_refuted(found: Instance, result: Result) -> None:
    """Two students of one qualification change places: rule, score or total no longer hold."""
    s = found.students
    placed = np.flatnonzero(result.place_id >= 0)
    a = int(placed[0])
    b = next(int(row) for row in placed[1:] if s.qualification[row] == s.qualification[a] and result.place_id[row] != result.place_id[a])
    swapped = result.place_id.copy()
    swapped[[a, b]] = swapped[[b, a]]
    findings = verify(found, changed(result, place_id=swapped))
    assert {f.student for f in findings} & {int(s.id[a]), int(s.id[b])}


def test_a_price_raised_or_lowered_is_named(found: Instance, result: Result) -> None:
    row = int(np.flatnonzero(result.p > 0)[0])
    for step in (1, -1):
        findings = verify(found, changed(result, p=with_row(result.p, row, result.p[row] + step)))
        assert {f.rule for f in findings} & {"where", "gap", "price", "smallest_price"}


def test_prices_that_prove_the_total_but_are_not_the_smallest_are_named() -> None:
    students = [student(id=1), student(id=2)]
    lone = instance(students, [place(id=1, capacity=2)])
    result = solve(lone)
    forged = changed(result, p=result.p + 40, u=result.u - 40)
    findings = verify(lone, forged)
    assert [(f.rule, f.place) for f in findings] == [("smallest_price", 1)]


def test_a_free_slot_with_a_price_is_named() -> None:
    lone = instance([student()], [place(capacity=2)])
    result = solve(lone)
    forged = changed(result, p=result.p + 5, u=result.u - 5)
    assert "price" in rules(lone, forged)


def test_another_seed_than_the_one_drawn_is_refuted(found: Instance, result: Result) -> None:
    assert "who" in rules(found, changed(result, seed=result.seed + 1))


def test_a_tier_changed_afterwards_is_refuted(found: Instance, result: Result) -> None:
    row = int(np.flatnonzero((result.place_id >= 0) & (found.students.tier == 0))[0])
    tiers = with_row(found.students.tier, row, 9)
    other = replace(found, students=replace(found.students, tier=tiers))
    assert "input_digest" in rules(other, result)


def test_a_draw_between_equals_that_went_the_other_way_is_named() -> None:
    twins = [student(id=1), student(id=2)]
    equal = instance(twins, [place(id=1), place(id=2)])
    result = solve(equal, seed=9)
    forged = changed(result, place_id=result.place_id[::-1].copy())
    findings = verify(equal, forged)
    assert {f.rule for f in findings} == {"lottery"}
    assert {f.student for f in findings} <= {1, 2}


def test_a_free_slot_left_empty_for_an_equal_one_is_a_draw_too() -> None:
    lone = instance([student()], [place(id=k) for k in range(1, 6)])
    result = solve(lone, seed=2)
    for other in {1, 2, 3, 4, 5} - set(result.place_id.tolist()):
        forged = changed(result, place_id=np.array([other]))
        assert rules(lone, forged) == {"lottery"}


def test_points_written_down_wrongly_are_named(found: Instance, result: Result) -> None:
    row = int(np.flatnonzero(result.place_id >= 0)[3])
    points = result.points.copy()
    points[row, 1] += 1
    findings = verify(found, changed(result, points=points))
    assert [(f.rule, f.student) for f in findings] == [("score", int(result.student_id[row]))]


def test_a_wrong_reason_is_named(found: Instance, result: Result) -> None:
    row = int(np.flatnonzero(result.place_id < 0)[0])
    reason = [*result.reason]
    reason[row] = "period" if reason[row] != "period" else "full"
    findings = verify(found, changed(result, reason=reason))
    assert [(f.rule, f.student) for f in findings] == [("reason", int(result.student_id[row]))]


def test_a_place_over_its_capacity_is_named(found: Instance, result: Result) -> None:
    taken = int(result.place_id[result.place_id >= 0][0])
    row = found.row_by_place[taken]
    capacity = with_row(found.places.capacity, row, 0)
    smaller = replace(found, places=replace(found.places, capacity=capacity))
    findings = verify(smaller, result)
    assert ("capacity", taken) in {(f.rule, f.place) for f in findings}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"levels": "1"}, "level"),
        ({"pathways": "BBL"}, "pathway"),
        ({"x": 30_000}, "distance"),
        ({"from": "2027-05-01"}, "period"),
        ({"days": "su"}, "days"),
        ({"offers": ""}, "needs"),
        ({"demands": "vog"}, "demands"),
        ({"qualifications": "other"}, "qualification"),
    ],
)
def test_a_pair_that_breaks_a_hard_rule_is_named_with_the_rule(changes: dict[str, Any], rule: str) -> None:
    one = student(needs="lift", days_needed=2)
    before = solve(instance([one], [place(offers="lift")]))
    after = instance([one], [place(**({"offers": "lift"} | changes))])
    forged = replace(before, summary=before.summary | {"input_digest": after.input_digest})
    findings = verify(after, forged)
    assert (rule, 1, 1) in {(f.rule, f.student, f.place) for f in findings}


def test_the_digest_of_the_result_must_fit(found: Instance, result: Result) -> None:
    forged = replace(result, summary=result.summary | {"result_digest": "0" * 64})
    assert rules(found, forged) == {"result_digest"}


def test_a_student_left_out_of_the_result_is_named(found: Instance, result: Result) -> None:
    forged = replace(result, student_id=result.student_id[1:], place_id=result.place_id[1:])
    findings = verify(found, forged)
    assert [(f.rule, f.student) for f in findings] == [("students", int(result.student_id[0]))]
