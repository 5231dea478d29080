"""What `solve` promises, on instances small enough to see the answer."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.engine import Cancelled, TooManyEdges, lottery_rank, solve, verify

from .instances import instance, place, random_rows, student

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("students", "places"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_sizes_nought_and_one_work(students: int, places: int) -> None:
    found = instance([student()][:students], [place()][:places])
    result = solve(found)
    assert result.place_id.tolist() == ([1] if students and places else [-1] * students)
    assert verify(found, result) == []


def test_capacity_nought_everywhere_places_nobody_and_says_full() -> None:
    found = instance([student(id=k) for k in range(1, 9)], [place(id=k, capacity=0) for k in range(1, 5)])
    result = solve(found)
    assert set(result.reason) == {"full"}
    assert verify(found, result) == []


def test_who_is_decided_by_tier_and_lottery_never_by_score() -> None:
    far = student(id=1, x=9_000, tier=1)
    near = student(id=2, tier=2)
    result = solve(instance([near, far], [place()]))
    assert result.place_id.tolist() == [-1, 1]
    assert result.reason == ["full", ""]


def test_inside_a_tier_the_lower_draw_gets_the_place() -> None:
    rows = [student(id=k) for k in range(1, 40)]
    result = solve(instance(rows, [place(capacity=5)]), seed=12)
    drawn = sorted(range(1, 40), key=lambda k: lottery_rank(12, k))[:5]
    assert set(result.student_id[result.place_id > 0].tolist()) == set(drawn)


def test_where_is_the_highest_total_for_those_placed() -> None:
    students = [student(id=1, x=0), student(id=2, x=1_000)]
    places = [place(id=1, x=1_000), place(id=2, x=4_000)]
    result = solve(instance(students, places))
    assert result.score.sum() == 970 + 910  # 1 → 1 and 2 → 2; the other way round gives 880 + 1000: the same


def test_points_follow_the_published_rules() -> None:
    found = solve(
        instance(
            [student(x=3_000, goals="a b c", kind1="shop", kind2="farm", support=3, days="mo tu we", allowance=300)],
            [place(goals="a c d", kind="farm", support=1, days="tu we th", allowance=100)],
        )
    )
    assert found.points.tolist() == [[210, 200, 75, 20, 66, 16]]
    assert found.score.tolist() == [587]
    assert found.distance.tolist() == [3_000]


@pytest.mark.parametrize(
    ("student_changes", "place_changes", "reason"),
    [
        ({}, {"x": 20_000}, "none_near"),
        ({}, {"qualifications": "other"}, "none_near"),
        ({}, {"levels": "1 2"}, "level"),
        ({}, {"pathways": "BBL"}, "pathway"),
        ({}, {"from": "2027-04-01"}, "period"),
        ({"days_needed": 2}, {"days": "mo"}, "days"),
        ({"needs": "lift"}, {"offers": "quiet"}, "needs"),
        ({"has": "licence"}, {"demands": "vog"}, "demands"),
        ({}, {"capacity": 0}, "full"),
    ],
)
def test_an_unplaced_student_reads_the_first_rule_that_leaves_no_place(
    student_changes: dict[str, Any], place_changes: dict[str, Any], reason: str
) -> None:
    found = instance([student(**student_changes)], [place(**place_changes)])
    result = solve(found)
    assert result.reason == [reason]
    assert verify(found, result) == []


def test_a_place_that_comes_further_through_the_rules_gives_the_reason() -> None:
    rows = [place(id=1, levels="1"), place(id=2, offers="")]
    assert solve(instance([student(needs="lift")], rows)).reason == ["needs"]


def test_what_a_place_without_slots_asks_is_no_reason_for_having_none() -> None:
    asked = student(needs="lift")
    full, free = place(id=1, levels="1", capacity=0), place(id=2, offers="")
    for rows, reason in (([full], "taken"), ([full, free], "needs")):
        found = instance([asked], rows)
        result = solve(found)
        assert result.reason == [reason]
        assert verify(found, result) == []


def test_the_order_of_rows_and_the_number_of_threads_do_not_matter() -> None:
    students, places = random_rows(11, 900, 500)
    first = solve(instance(students, places), seed=3, threads=1)
    for seed in range(3):
        random.Random(seed).shuffle(students)
        random.Random(seed).shuffle(places)
        again = solve(instance(students, places), seed=3, threads=seed + 2)
        assert again.summary["result_digest"] == first.summary["result_digest"]
        assert again.summary["input_digest"] == first.summary["input_digest"]


ELSEWHERE = """
from matching.engine import solve
from tests.engine.instances import instance, random_rows

print(solve(instance(*random_rows(11, 300, 200)), seed=3, threads=4).summary["result_digest"])
"""


def test_another_process_gives_the_same_result() -> None:
    """With an empty compile cache as well: `benchmarks.engine --digests` does that, for compiling takes longer than a test may."""
    here = solve(instance(*random_rows(11, 300, 200)), seed=3, threads=1).summary["result_digest"]
    elsewhere = subprocess.run([sys.executable, "-c", ELSEWHERE], check=True, capture_output=True, text=True, cwd=ROOT)
    assert elsewhere.stdout.split() == [here]


def test_another_seed_is_another_draw() -> None:
    found = instance(*random_rows(12, 300, 60))
    assert solve(found, seed=1).summary["result_digest"] != solve(found, seed=2).summary["result_digest"]


def test_generous_lifts_the_lowest_at_some_cost() -> None:
    found = instance(*random_rows(13, 700, 700))
    most, generous = solve(found), solve(found, policy="generous")
    assert np.array_equal(most.place_id >= 0, generous.place_id >= 0)
    assert generous.summary["score"] <= most.summary["score"]
    bent = [int((1000 - (1000 - r.score[r.place_id >= 0]) ** 2 // 1000).sum()) for r in (most, generous)]
    assert bent[1] > bent[0]
    assert verify(found, generous) == []


def test_progress_is_told_and_ends_at_the_whole() -> None:
    told: list[tuple[str, float, float | None]] = []
    solve(instance(*random_rows(14, 200, 100)), on_progress=lambda *said: told.append(said))
    assert told[-1][1] == pytest.approx(1.0)
    assert [share for _, share, _ in told] == sorted(share for _, share, _ in told)


def test_cancelling_stops_the_run() -> None:
    with pytest.raises(Cancelled):
        solve(instance(*random_rows(15, 400, 200)), cancelled=lambda: True)


def test_too_many_possible_pairs_are_refused_beforehand() -> None:
    found = instance([student(id=k) for k in range(1, 101)], [place(id=k) for k in range(1, 101)])
    with pytest.raises(TooManyEdges, match="at most 9999 possible pairs"):
        solve(found, max_edges=9_999)
    assert solve(found, max_edges=10_000).summary["placed"] == 100


def test_many_candidates_that_break_a_rule_do_not_count_as_pairs() -> None:
    found = instance([student(id=k, level=1) for k in range(1, 51)], [place(id=k, levels="2") for k in range(1, 51)])
    assert solve(found, max_edges=10).summary["edges"] == 0
