"""Choosing new places greedily: each choice does what solving again with all chosen so far gives."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine import Instance
from matching.engine.additions import Addition, best_additions
from matching.engine.again import blocks_of, resolve

from .instances import instance, place, random_rows, student


def reached(found: Instance, seed: int) -> tuple[dict[int, int], int]:
    """Students placed per tier, and the total."""
    result = resolve(found, "most", seed)
    placed = result.place_id >= 0
    return {t: int((placed & (found.students.tier == t)).sum()) for t in (0, 1, 2)}, int(result.score[placed].sum())


@pytest.mark.parametrize("seed", range(3))
def test_each_choice_does_exactly_what_it_says_after_those_before_it(seed: int) -> None:
    students, places = random_rows(seed + 40, 130, 40, most_capacity=2)
    extra = [row | {"id": 50_000 + at, "capacity": 1} for at, row in enumerate(random_rows(seed + 41, 130, 40)[1])]
    chosen = best_additions(instance(students, places), extra, 12, seed=seed)
    assert len(chosen) == len({choice.candidate for choice in chosen}) == 12
    tiers, total = reached(instance(students, places), seed)
    for choice in chosen:
        places = [*places, extra[choice.candidate - 50_000]]
        again, more = reached(instance(students, places), seed)
        grown = [tier for tier in again if again[tier] > tiers[tier]]
        assert grown == ([] if choice.student_tier is None else [choice.student_tier])
        assert more - total == choice.points
        tiers, total = again, more
    orders = [choice.student_tier if choice.student_tier is not None else 10 for choice in chosen]
    assert orders[0] == min(orders)


def test_two_slots_that_serve_the_same_student_are_not_both_chosen_for_that() -> None:
    found = instance([student(id=1), student(id=2, qualification="other", tier=0)], [place(capacity=0)])
    slots = [place(id=10), place(id=11, x=5_000), place(id=12, qualifications="other", x=9_000)]
    assert best_additions(found, slots, 9) == [Addition(12, 0, 730), Addition(10, 2, 1000)]
    assert found.words.qualifications.words == ["25180", "other"]


def test_more_slots_at_places_that_exist_are_candidates_like_any_other() -> None:
    """Three students, one slot; the place itself twice over, under its own id: opened once only, for it is one row."""
    found = instance([student(id=number) for number in (1, 2, 3)], [place(id=1), place(id=2, capacity=0, x=1_000)])
    assert [one.candidate for one in best_additions(found, found.places, 5)] == [1, 2]


def test_nothing_is_chosen_where_nothing_helps() -> None:
    assert best_additions(instance([], []), [place()], 3) == []
    assert best_additions(instance([student()], [place()]), [place(id=2)], 3) == []
    assert best_additions(instance([student()], []), [place(id=2)], 0) == []


def test_a_part_cut_out_is_solved_as_the_whole_is() -> None:
    found = instance(*random_rows(44, 200, 90))
    whole = resolve(found, "most", 3)
    for block in blocks_of(found):
        part = resolve(block.instance, "most", 3)
        assert np.array_equal(part.place_id, whole.place_id[block.students])
        assert part.p is not None
        assert whole.p is not None
        assert np.array_equal(part.p, whole.p[block.places])
