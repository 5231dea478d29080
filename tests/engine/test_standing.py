"""Slots added to a standing result do what solving everything again does: the same students, the same total, the same prices."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from matching.engine import Instance, Result, solve
from matching.engine.again import take
from matching.engine.chains import mark
from matching.engine.columns import PLACE_COLUMNS
from matching.engine.gain import as_places, gain, joined
from matching.engine.instance import Places, by_column
from matching.engine.standing import NOBODY, Standing, comings_of, grounds_of, price, waiting

from .instances import instance, random_rows


def setting(seed: int, students: int, places: int, most_capacity: int) -> tuple[Instance, Result, Places]:
    rows = random_rows(seed, students, places, most_capacity=most_capacity)
    found = instance(*rows)
    extra = [row | {"id": 90_000 + at} for at, row in enumerate(random_rows(seed, students, places + 40)[1][places:])]
    candidates = as_places(by_column(extra, PLACE_COLUMNS), found, "candidates", 1)
    return found, solve(found, seed=seed), candidates


def with_added(found: Instance, candidates: Places, slots: dict[int, int]) -> Instance:
    rows = np.array(sorted(slots), np.int64)
    both = joined(found.places, take(candidates, rows))
    capacity = both.capacity.copy()
    capacity[len(found.places) :] = [slots[row] for row in rows.tolist()]
    return Instance(found.students, replace(both, capacity=capacity), found.criteria, found.words)


@pytest.mark.parametrize(("seed", "most_capacity"), [(1, 1), (2, 2), (3, 3), (4, 6), (5, 8), (6, 1)])
def test_each_slot_added_does_what_solving_again_gives(seed: int, most_capacity: int) -> None:
    found, result, candidates = setting(seed, 110, 45, most_capacity)
    draw = random.Random(seed)
    standings = [Standing(ground) for ground in grounds_of(found, result, candidates)]
    slots: dict[int, int] = {}
    before = result
    some_points = 0
    for _turn in range(14):
        row = draw.randrange(len(candidates))
        standing = next(standing for standing in standings if standing.ground.at[row] >= 0)
        step = standing.add(row)
        slots[row] = slots.get(row, 0) + 1
        after = solve(with_added(found, candidates, slots), seed=seed)
        came = np.flatnonzero((after.place_id >= 0) & (before.place_id < 0))
        assert found.students.tier[came].tolist() == [step.tier] * (step.tier != NOBODY)
        assert after.summary["score"] - before.summary["score"] == step.points
        some_points += step.tier == NOBODY and step.points > 0
        check_prices(standing, found, after)
        before = after
    assert some_points or most_capacity < 6


def check_prices(standing: Standing, found: Instance, after: Result) -> None:
    """The same students, marks as if made anew, and the smallest prices where nobody waits."""
    assert after.p is not None
    seats, ground = standing.seats, standing.ground
    assert np.array_equal(seats.match >= 0, after.place_id[ground.row] >= 0)
    real = (ground.existing >= 0) & (seats.cap > 0) & (seats.root < 0)  # where nobody waits
    assert np.array_equal(seats.price[real], after.p[: len(found.places)][ground.existing[real]])
    fresh = seats._replace(root=np.full_like(seats.root, -1))
    mark(ground.graph, fresh, waiting(ground, fresh), np.empty(len(ground.row) + 1, np.int32))
    assert np.array_equal(fresh.root, seats.root)
    assert (np.bincount(seats.match[seats.match >= 0], minlength=len(seats.cap)) <= seats.cap).all()


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_what_is_weighed_is_what_the_pricing_of_all_says(seed: int) -> None:
    found, result, candidates = setting(seed, 120, 50, 1 + seed % 3)
    gains = gain(found, result, candidates)
    for ground in grounds_of(found, result, candidates):
        rows, tiers, points = Standing(ground).weigh()
        mine = ground.candidate[ground.candidate >= 0]
        expected = gains.student_tier[mine]
        lowest = min((tier for tier in expected.tolist() if tier >= 0), default=NOBODY)
        assert sorted(set(tiers.tolist())) == [lowest]
        same = mine[expected == lowest]
        best = gains.points[same].max()
        assert points.max() == best
        assert set(rows[points == best].tolist()) == set(same[gains.points[same] == best].tolist())


def test_a_copy_goes_its_own_way_and_closed_candidates_are_not_weighed() -> None:
    found, result, candidates = setting(21, 80, 30, 1)
    ground = grounds_of(found, result, candidates)[0]
    standing = Standing(ground)
    other = standing.copy()
    rows, _, points = standing.weigh()
    first = int(rows[np.argmax(points)])
    step = other.add(first)
    assert step.points == points.max()
    assert np.array_equal(standing.weigh()[2], points)
    other.want(np.array([first]))
    assert len(other.weigh()[0]) == 0


@pytest.mark.parametrize(("seed", "most_capacity"), [(31, 1), (32, 3), (33, 8)])
def test_candidates_priced_by_their_pairs_alone_are_priced_as_by_the_search_over_everything(seed: int, most_capacity: int) -> None:
    found, result, candidates = setting(seed, 150, 60, most_capacity)
    gains = gain(found, result, candidates)
    tiers, points = price(found, result, comings_of(found, result), candidates)
    assert np.array_equal(tiers, gains.student_tier)
    assert np.array_equal(points, gains.points)
