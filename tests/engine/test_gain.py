"""What a slot more at a candidate would do is what solving again with that slot gives."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from matching.engine import InputError, solve, write_instance, write_result
from matching.engine.__main__ import main
from matching.engine.columns import PLACE_COLUMNS
from matching.engine.gain import gain

from .instances import instance, place, random_rows, student


@pytest.mark.parametrize("policy", ["most", "generous"])
def test_a_gain_is_what_solving_again_gives(policy: str) -> None:
    students, places = random_rows(71, 240, 290)
    given, candidates = places[:90], [row | {"capacity": 1} for row in places[90:]]
    found = instance(students, given)
    before = solve(found, policy=policy, seed=8)
    gains = gain(found, before, candidates)
    assert len(candidates) == 200
    more = 0
    for row, tier, points in zip(candidates, gains.student_tier.tolist(), gains.points.tolist(), strict=True):
        after = solve(instance(students, [*given, row]), policy=policy, seed=8)
        came = np.flatnonzero((after.place_id >= 0) & (before.place_id < 0))
        assert [tier] * (tier >= 0) == found.students.tier[came].tolist()
        assert points == value(after, policy) - value(before, policy)
        more += tier >= 0
    assert 0 < more < len(candidates)


def value(result: object, policy: str) -> int:
    scores = result.score[result.place_id >= 0]  # type: ignore[attr-defined]
    return int((1000 - (1000 - scores) ** 2 // 1000 if policy == "generous" else scores).sum())


def test_a_candidate_nobody_can_have_gains_nothing() -> None:
    found = instance([student()], [place()])
    gains = gain(found, solve(found), [place(id=7, qualifications="other"), place(id=8, x=90_000)])
    assert gains.student_tier.tolist() == [-1, -1]
    assert gains.points.tolist() == [0, 0]


def test_the_command_writes_a_row_a_candidate(tmp_path: Path) -> None:
    found = instance([student(id=1), student(id=2, tier=0)], [place()])
    write_instance(found, tmp_path / "in")
    write_result(solve(found), tmp_path / "out")
    with (tmp_path / "candidates.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, list(PLACE_COLUMNS))
        writer.writeheader()
        writer.writerows([place(id=1), place(id=2, levels="1")])
    command = ["gain", str(tmp_path / "in"), str(tmp_path / "out"), str(tmp_path / "candidates.csv")]
    assert main([*command, "--out", str(tmp_path / "gain.csv")]) == 0
    assert (tmp_path / "gain.csv").read_text().splitlines() == ["candidate,student_tier,points", "1,2,1000", "2,,0"]


def test_a_stable_result_has_no_prices_to_gain_by() -> None:
    found = instance([student()], [place()])
    with pytest.raises(InputError, match="stable has no prices"):
        gain(found, solve(found, policy="stable"), [place(id=3)])
