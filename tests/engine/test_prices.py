"""One more slot at a place does exactly what the prices and `gain` say, on 200 places, held against solving again."""

from __future__ import annotations

import numpy as np
import pytest

from matching.engine import Instance, Result
from matching.engine.again import resolve
from matching.engine.gain import gain

from .instances import instance, random_rows


def total(result: Result) -> int:
    """The total of the policy."""
    points = result.score[result.place_id >= 0]
    return int((1000 - (1000 - points) ** 2 // 1000 if result.policy == "generous" else points).sum())


def came(before: Result, after: Result, found: Instance) -> list[int]:
    """Tiers of the students placed more; nobody may have lost a place."""
    assert not np.any((before.place_id >= 0) & (after.place_id < 0))
    return found.students.tier[(after.place_id >= 0) & (before.place_id < 0)].tolist()


@pytest.mark.parametrize(("seed", "policy"), [*((seed, "most") for seed in range(8)), (8, "generous"), (9, "generous")])
def test_one_more_slot_places_the_promised_student_or_adds_exactly_the_price(seed: int, policy: str) -> None:
    students, places = random_rows(seed + 900, 45, 40, most_capacity=2)
    found = instance(students, places)
    before = resolve(found, policy, seed)
    promised = gain(found, before, found.places)
    assert before.p is not None
    for at in range(0, 40, 2):
        again = instance(students, [row | {"capacity": row["capacity"] + (number == at)} for number, row in enumerate(places)])
        after = resolve(again, policy, seed)
        tiers = came(before, after, found)
        promise = int(promised.student_tier[at])
        assert tiers == ([] if promise < 0 else [promise])
        assert total(after) - total(before) == promised.points[at]
        if not tiers:
            assert promised.points[at] == before.p[at]
