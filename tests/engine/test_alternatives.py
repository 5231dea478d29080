"""Why not that place, and why none, held against solving again with other people's code."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine import Instance, lottery_rank, reach, solve
from matching.engine.alternatives import why_not, why_nothing

from .instances import instance, place, random_rows, student
from .oracles import Pairs, best_total, feasible, greedy_set


def fixed(found: Instance, pairs: Pairs, i: int, j: int, seed: int) -> tuple[set[int], int]:
    """Student rows placed besides i, and the total, when i sits at j: plain greedy set and OR-Tools."""
    rest = {pair: score for pair, score in pairs.items() if pair[0] != i}
    capacity = found.places.capacity.copy()
    found.places.capacity[j] -= 1
    try:
        kept = greedy_set(found, rest, seed)
        return kept, best_total(kept, rest, found.places.capacity.tolist()) + pairs[i, j]
    finally:
        found.places.capacity[:] = capacity


@pytest.mark.parametrize("seed", range(4))
def test_the_cost_of_another_place_is_what_solving_again_gives(seed: int) -> None:
    found = instance(*random_rows(seed + 60, 70, 40, most_capacity=2))
    result = solve(found, seed=seed)
    pairs = {pair: score for pair, score in feasible(found).items() if found.places.capacity[pair[1]] > 0}
    before = set(np.flatnonzero(result.place_id >= 0).tolist())
    total = int(result.score[result.place_id >= 0].sum())
    for i, j in list(pairs)[::17]:
        answer = why_not(found, result, int(found.students.id[i]), int(found.places.id[j]))
        kept, best = fixed(found, pairs, i, j, seed)
        assert answer.rule is None
        assert answer.exact
        assert answer.lost == total - best
        assert answer.own_points == pairs[i, j]
        assert (answer.others_out, answer.others_in) == (len(before - kept - {i}), len(kept - before))
        if answer.lower_bound is not None and not answer.others_out and not answer.others_in:
            assert 0 <= answer.lower_bound <= answer.lost


def test_others_who_would_move_are_counted_by_their_points() -> None:
    """Both want the near place; 2 sits there because 1 loses less by going further."""
    found = instance(
        [student(id=1), student(id=2, max_distance=2_000)],
        [place(id=1), place(id=2, x=1_000)],
    )
    result = solve(found)
    assert result.place_id.tolist() == [2, 1]
    answer = why_not(found, result, 1, 1)
    assert (answer.points_now, answer.own_points) == (970, 1000)
    assert (answer.others_fewer, answer.others_more, answer.others_out, answer.lost) == (1, 0, 0, 120)
    assert answer.lower_bound == 0  # the smallest prices bound from below only; solving again is exact


def test_a_slot_somebody_else_needs_costs_them_their_place() -> None:
    found = instance([student(id=1), student(id=2, max_distance=500)], [place(id=1), place(id=2, x=1_000)])
    answer = why_not(found, solve(found), 1, 1)
    assert (answer.others_out, answer.others_fewer, answer.lost) == (1, 0, 970)


def test_the_student_without_a_place_would_put_one_out_who_came_before() -> None:
    found = instance(*random_rows(71, 90, 25, most_capacity=1))
    result = solve(found, seed=2)
    asked = 0
    for row in np.flatnonzero(np.array(result.reason) == "full")[:8].tolist():
        options = [option for option in reach(found, result, int(result.student_id[row])) if option.place_full]
        answer = why_not(found, result, int(result.student_id[row]), options[0].place_id)
        if answer.rule != "no_slot":
            assert (answer.others_out, answer.others_in, answer.points_now) == (1, 0, None)
            asked += 1
    assert asked


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"qualifications": "other"}, "qualification"),
        ({"x": 20_000}, "distance"),
        ({"levels": "1"}, "level"),
        ({"pathways": "BBL"}, "pathway"),
        ({"until": "2027-03-01"}, "period"),
        ({"days": "sa"}, "days"),
        ({"offers": ""}, "needs"),
        ({"demands": "vog"}, "demands"),
        ({"capacity": 0}, "no_slot"),
    ],
)
def test_a_rule_that_forbids_a_place_is_named(change: dict[str, object], rule: str) -> None:
    found = instance([student(needs="lift", days="mo tu", days_needed=2)], [place(id=1, offers="lift"), place(id=2, offers="lift") | change])
    answer = why_not(found, solve(found), 1, 2)
    assert (answer.rule, answer.exact, answer.lost) == (rule, False, None)


def test_the_own_place_costs_nothing() -> None:
    found = instance([student()], [place()])
    answer = why_not(found, solve(found), 1, 1)
    assert (answer.is_own, answer.lost, answer.own_points) == (True, 0, 1000)


def test_stable_is_solved_again_by_its_own_rules() -> None:
    """Under stable 2 keeps the near place (tier 0); with 1 there, 2 goes to the far one and loses points."""
    found = instance([student(id=1), student(id=2, tier=0)], [place(id=1), place(id=2, x=5_000)])
    answer = why_not(found, solve(found, policy="stable"), 1, 1)
    assert (answer.exact, answer.others_fewer, answer.lost, answer.lower_bound) == (True, 1, 0, None)


def test_a_full_region_is_a_closed_group_with_too_few_slots() -> None:
    """Three can only go to the two near slots; the fourth has a place of its own; the fifth can go to both sides."""
    near = [student(id=number, max_distance=1_000) for number in (1, 2, 3)]
    others = [student(id=4, x=50_000, tier=0), student(id=5, x=25_000, max_distance=26_000, tier=3)]
    found = instance([*near, *others], [place(id=1, capacity=2), place(id=2, x=50_000)])
    result = solve(found)
    last = max((1, 2, 3), key=lambda number: lottery_rank(1, number))
    answer = why_nothing(found, result, last)
    assert answer is not None
    assert (answer.reason, answer.students, answer.slots, answer.earlier) == ("full", 3, 2, 2)
    assert (answer.left["qualification"], answer.left["distance"], answer.in_reach) == (2, 1, 1)


def test_every_closed_group_has_more_students_than_slots() -> None:
    found = instance(*random_rows(72, 120, 40, most_capacity=2))
    result = solve(found)
    pairs = feasible(found)
    for row in np.flatnonzero(np.array(result.reason) == "full").tolist():
        answer = why_nothing(found, result, int(result.student_id[row]))
        assert answer is not None
        assert answer.students > answer.slots
        assert answer.in_reach == len([1 for i, _ in pairs if i == row])


def test_a_failing_rule_shows_how_many_places_each_rule_left() -> None:
    found = instance([student(needs="lift")], [place(id=1), place(id=2, levels="1"), place(id=3, x=90_000)])
    answer = why_nothing(found, solve(found), 1)
    assert answer is not None
    assert answer.reason == "needs"
    left = {"qualification": 3, "distance": 2, "level": 1, "pathway": 1, "period": 1, "days": 1, "needs": 0, "demands": 0}
    assert answer.left == left


def test_a_placed_student_has_no_reason_and_an_unknown_one_is_a_key_error() -> None:
    found = instance([student()], [place()])
    result = solve(found)
    assert why_nothing(found, result, 1) is None
    with pytest.raises(KeyError):
        why_nothing(found, result, 9)
    with pytest.raises(KeyError):
        why_not(found, result, 1, 9)
