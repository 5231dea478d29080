"""Why this place, and why not that one."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine import misses, reach, solve

from .instances import instance, place, random_rows, student
from .oracles import feasible


def test_reach_lists_every_place_within_the_rules_with_its_points() -> None:
    found = instance(*random_rows(41, 150, 90))
    result = solve(found)
    pairs = feasible(found)
    for row in range(0, 150, 10):
        options = reach(found, result, int(found.students.id[row]))
        wanted = {int(found.places.id[j]): score for (i, j), score in pairs.items() if i == row}
        assert {option.place_id: option.score for option in options} == wanted
        assert all(sum(option.points.values()) == option.score for option in options)


def test_the_own_place_costs_nothing_and_no_other_costs_less() -> None:
    found = instance(*random_rows(42, 150, 90))
    result = solve(found)
    for row in np.flatnonzero(result.place_id >= 0)[:20].tolist():
        bounds = {o.place_id: o.lower_bound for o in reach(found, result, int(found.students.id[row]))}
        assert bounds[int(result.place_id[row])] == 0
        assert all(bound is not None and bound >= 0 for bound in bounds.values())


def test_misses_name_the_first_rule_that_fails_nearest_first() -> None:
    found = instance(
        [student(needs="lift", max_distance=5_000)],
        [
            place(id=1, x=9_000, offers="lift"),
            place(id=2, x=100, levels="1"),
            place(id=3, x=300),
            place(id=4, x=50, offers="lift"),
            place(id=5, qualifications="other"),
        ],
    )
    assert [(m.place_id, m.rule, m.distance) for m in misses(found, 1)] == [(2, "level", 100), (3, "needs", 300), (1, "distance", 9_000)]


def test_an_unknown_student_is_a_key_error() -> None:
    found = instance([student()], [place()])
    with pytest.raises(KeyError):
        misses(found, 99)
    with pytest.raises(KeyError):
        reach(found, solve(found), 99)
