"""What if, and what a class and the policies look like in figures."""

from __future__ import annotations

import pytest

from matching.engine import CRITERIA, Criteria, InputError, solve
from matching.engine.classes import class_summary, compare
from matching.engine.whatif import what_if

from .instances import instance, place, random_rows, student


def test_more_slots_place_more_and_the_instance_stays_as_it_was() -> None:
    found = instance([student(id=1), student(id=2)], [place(id=1), place(id=2, x=50_000)])
    digest, result = found.input_digest, solve(found)
    after, difference = what_if(found, result, capacities={1: 2})
    assert (difference.placed, difference.unplaced, difference.moved) == (1, 0, 0)
    assert (difference.before.placed, difference.after.placed) == (1, 2)
    assert int((after.place_id == 1).sum()) == 2
    del found.__dict__["input_digest"]
    assert found.input_digest == digest


@pytest.mark.parametrize(
    ("limits", "placed"), [({"max_distance_factor": 1.5}, 1), ({"max_distance_plus": 5_000}, 1), ({"max_distance_factor": 0.5}, 0)]
)
def test_other_limits_are_solved_with(limits: dict[str, float], placed: int) -> None:
    found = instance([student(id=1)], [place(id=1, x=14_000)])
    _, difference = what_if(found, solve(found), **limits)  # type: ignore[arg-type]
    assert difference.after.placed == placed


def test_other_weights_move_students_and_points_go_by_the_weights_of_each_match() -> None:
    found = instance([student(goals="a b", max_distance=10_000)], [place(id=1, goals=""), place(id=2, x=10_000, goals="a")])
    result = solve(found)
    other = Criteria(distance=100, goals=500)
    after, difference = what_if(found, result, criteria=other)
    assert (result.place_id.tolist(), after.place_id.tolist()) == ([1], [2])
    assert (difference.moved, difference.better, difference.worse) == (1, 0, 1)
    assert (result.score.tolist(), after.score.tolist()) == ([700], [650])


def test_what_if_is_the_same_as_solving_the_changed_files() -> None:
    students, places = random_rows(91, 120, 60)
    found = instance(students, places)
    after, _ = what_if(found, solve(found, policy="generous", seed=4), max_distance_plus=3_000, capacities={5: 9})
    rows = [row | {"max_distance": row["max_distance"] + 3_000} for row in students]
    plain = solve(instance(rows, [row | ({"capacity": 9} if row["id"] == 5 else {}) for row in places]), policy="generous", seed=4)
    assert after.summary["result_digest"] == plain.summary["result_digest"]
    assert after.summary["input_digest"] == plain.summary["input_digest"]


@pytest.mark.parametrize("change", [{"capacities": {99: 1}}, {"capacities": {1: -1}}, {"max_distance_factor": -1.0}])
def test_what_cannot_be_is_refused(change: dict[str, object]) -> None:
    found = instance([student()], [place()])
    with pytest.raises(InputError):
        what_if(found, solve(found), **change)  # type: ignore[arg-type]


def test_a_class_shows_where_it_loses_points_and_why_some_have_nothing() -> None:
    found = instance(
        [student(id=1, goals="a b c"), student(id=2, needs="lift"), student(id=3, goals="a"), student(id=4)],
        [place(id=1, x=1_000, goals="a", capacity=9)],
    )
    summary = class_summary(found, solve(found), [1, 2, 3])
    assert (summary.students, summary.placed, summary.reasons) == (3, 2, {"needs": 1})
    assert summary.lost == {"distance": 30.0, "goals": 100.0, "kind": 0.0, "support": 0.0, "days": 0.0, "allowance": 0.0}
    assert (summary.binding, summary.mean, summary.below_500, summary.median_distance) == ("goals", 870.0, 0, 1_000.0)
    assert summary.tiers == {2: (3, 2)}
    with pytest.raises(KeyError):
        class_summary(found, solve(found), [77])


def test_a_class_without_a_place_has_no_means() -> None:
    found = instance([student()], [])
    summary = class_summary(found, solve(found), [1])
    assert (summary.mean, summary.median_distance, summary.binding) == (None, None, None)
    assert class_summary(found, solve(found), []).students == 0


def test_policies_side_by_side_each_give_what_solving_gives() -> None:
    found = instance(*random_rows(92, 150, 60))
    rows = compare(found, seed=3)
    assert [row.policy for row in rows] == ["most", "generous", "stable"]
    assert rows[0].differs == 0
    for row in rows:
        result = solve(found, policy=row.policy, seed=3)
        placed = result.place_id >= 0
        assert row.figures.placed == placed.sum() == sum(here for _, here in row.figures.tiers.values())
        assert row.figures.mean == pytest.approx(result.score[placed].mean())
        assert sum(row.figures.lost.values()) == pytest.approx(1000 - result.score[placed].mean())
    assert rows[2].figures.placed <= rows[0].figures.placed
    assert set(rows[0].figures.lost) == set(CRITERIA)


def test_a_coordinator_compares_for_own_students_only() -> None:
    found = instance(*random_rows(93, 100, 50))
    own = found.students.id[:10].tolist()
    assert {row.figures.students for row in compare(found, ("most", "stable"), student_ids=own)} == {10}
