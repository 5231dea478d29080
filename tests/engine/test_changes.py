"""What would change it: the smallest change of the student's own limits, proven by solving again."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from matching.engine import Instance, Result, ground, solve
from matching.engine.alternatives import why_not, why_nothing
from matching.engine.changes import Change, Step
from matching.engine.changes import smallest as smallest_or_none
from matching.engine.sentences import what_would_change_it

from .instances import instance, place, random_rows, student


def smallest(found: Instance, result: Result, student_id: int) -> list[Change]:
    changes = smallest_or_none(found, result, student_id)
    assert changes is not None
    return changes


def kinds(found: Instance, result: Result, student_id: int = 1) -> list[tuple[tuple[str, int], ...]]:
    return [tuple((step.kind, step.by) for step in change.steps) for change in smallest(found, result, student_id)]


@pytest.mark.parametrize(
    ("own", "there", "steps"),
    [
        ({}, {"x": 12_300}, (Step("distance", 3, 13_000),)),
        ({}, {"x": 10_001}, (Step("distance", 1, 11_000),)),
        ({"days": "mo tu th", "days_needed": 3}, {"days": "mo tu fr"}, (Step("day", 1, days=("fr",)),)),
        ({"until": "2027-06-10"}, {}, (Step("later", 2, date(2027, 6, 24).toordinal()),)),
        ({"x": 4_000, "days": "mo", "days_needed": 1}, {"x": 17_000, "days": "fr"}, (Step("distance", 3, 13_000), Step("day", 1, days=("fr",)))),
    ],
)
def test_the_smallest_change_is_found(own: dict[str, Any], there: dict[str, Any], steps: tuple[Step, ...]) -> None:
    found = instance([student() | own], [place() | there])
    changes = smallest(found, solve(found), 1)
    assert steps in [change.steps for change in changes]
    assert all(change.place_id == 1 for change in changes)
    assert all(len(change.steps) == len(steps) for change in changes)


def test_fewer_days_are_proposed_but_never_none() -> None:
    found = instance([student(days="mo tu", days_needed=2)], [place(days="tu sa")])
    assert {(("days_needed", 1),), (("day", 1),)} == set(kinds(found, solve(found)))
    one = instance([student(days="mo", days_needed=1)], [place(days="sa su")])
    assert kinds(one, solve(one)) == [(("day", 1),), (("day", 1),)]


def test_a_need_is_never_proposed_to_be_dropped() -> None:
    found = instance([student(needs="lift")], [place(id=1), place(id=2, x=90_000, offers="lift")])
    assert smallest(found, solve(found), 1) == []


def test_a_place_that_is_full_of_earlier_turns_does_not_count_as_near() -> None:
    """Just out of reach is a slot of a tier before: one must go on to the free slot, 9 km further."""
    found = instance([student(id=1, max_distance=1_000), student(id=2, tier=0, max_distance=2_500)], [place(id=1, x=2_000), place(id=2, x=9_500)])
    result = solve(found)
    assert kinds(found, result) == [(("distance", 9),)]


def test_a_full_place_counts_when_the_one_there_can_move_on() -> None:
    found = instance([student(id=1, max_distance=1_000), student(id=2, tier=0)], [place(id=1, x=2_000), place(id=2, x=9_500)])
    (change,) = smallest(found, solve(found), 1)
    assert [(step.kind, step.by) for step in change.steps] == [("distance", 1)]
    assert (change.place_id, change.distance, change.others_out) == (1, 2_000, 0)


def test_who_would_be_put_out_is_counted() -> None:
    found = instance([student(id=1, max_distance=1_000, tier=0), student(id=2)], [place(x=2_000)])
    (change,) = smallest(found, solve(found), 1)
    assert (change.others_out, change.others_in) == (1, 0)


@pytest.mark.parametrize("seed", range(3))
def test_no_kilometre_less_would_have_been_enough(seed: int) -> None:
    students, places = random_rows(seed + 80, 110, 45, most_capacity=2)
    found = instance(students, places)
    result = solve(found, seed=seed)
    asked = 0
    for row in np.flatnonzero(result.place_id < 0)[:12].tolist():
        for change in smallest(found, result, int(result.student_id[row])):
            if [step.kind for step in change.steps] != ["distance"]:
                continue
            asked += 1
            for limit, placed in ((change.steps[0].to, True), (change.steps[0].to - 1_000, False)):
                rows = [r | {"max_distance": limit} if at == row else r for at, r in enumerate(students)]
                assert bool(solve(instance(rows, places), seed=seed).place_id[row] >= 0) is placed
    assert asked


def test_the_instance_is_left_as_it_was_and_a_placed_student_needs_no_change() -> None:
    rows = [student(max_distance=500, tier=0), student(id=2)]
    found = instance(rows, [place(x=900)])
    digest, result = found.input_digest, solve(found)
    assert smallest(found, result, 1)
    assert smallest(found, result, 2) == []
    assert instance(rows, [place(x=900)]).input_digest == digest
    assert found.students.max_distance.tolist() == [500, 10_000]


def test_stable_is_tried_by_its_own_rules() -> None:
    found = instance([student(max_distance=500)], [place(x=900)])
    assert kinds(found, solve(found, policy="stable")) == [(("distance", 1),)]


def test_what_is_too_large_to_look_into_is_not_called_hopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    found = instance([student(max_distance=500), student(id=2, tier=0, max_distance=500)], [place(x=400), place(id=2, x=900)])
    result = solve(found)
    monkeypatch.setattr(ground, "MOST_PAIRS", 0)
    assert smallest_or_none(found, result, 1) is None
    assert what_would_change_it(None, "nl") == []
    nothing = why_nothing(found, result, 1)
    assert nothing is not None
    assert (nothing.students, nothing.slots, nothing.in_reach) == (0, 0, 1)
    against = why_not(found, result, 2, 1)
    assert against.is_own
