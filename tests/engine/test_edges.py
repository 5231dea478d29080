"""Edges given by others: published problems with known optima, and what is refused."""

from __future__ import annotations

import csv
import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.engine import EdgeProblem, InputError, read_edges, solve_edges, verify
from matching.engine.__main__ import main

PUBLISHED = Path(os.environ.get("MATCHING_INSTANCES", Path(__file__).parents[3] / "shared" / "data" / "matching-instances"))
COST_TOP = 1_000


def problem(**changes: Any) -> EdgeProblem:
    given: dict[str, Any] = {"i": [0, 0, 1], "j": [0, 1, 0], "score": [900, 850, 800], "cap": [1, 1], "tier": [0, 0], "n": 2}
    return EdgeProblem.of(**(given | changes))


@pytest.mark.parametrize("name", ["assign100", "assign500", "assign600", "assign700"])
def test_published_optima_are_reached(name: str) -> None:
    file = PUBLISHED / "orlib" / f"{name}.txt.gz"
    if not file.exists():
        pytest.skip(f"the published instances are not here: {PUBLISHED} (set MATCHING_INSTANCES)")
    numbers = np.array(gzip.decompress(file.read_bytes()).split(), np.int64)
    n, costs = int(numbers[0]), numbers[1:]
    i, j = np.divmod(np.arange(n * n), n)
    found = EdgeProblem.of(i, j, COST_TOP - costs, np.ones(n, int), np.zeros(n, int), n)
    result = solve_edges(found)
    with (PUBLISHED / "index.csv").open(encoding="utf-8") as lines:
        known = {row["file"]: int(row["known_optimum"]) for row in csv.DictReader(lines)}
    assert COST_TOP * n - result.summary["score"] == known[f"orlib/{name}.txt.gz"]
    if n <= 100:
        assert verify(found, result) == []


def test_edges_are_solved_and_proven() -> None:
    found = problem()
    result = solve_edges(found)
    assert result.place_id.tolist() == [2, 1]
    assert result.score.tolist() == [850, 800]
    assert verify(found, result) == []


def test_scores_up_to_a_million_work() -> None:
    rng = np.random.default_rng(5)
    i, j = np.divmod(np.arange(60 * 40), 40)
    found = EdgeProblem.of(i, j, rng.integers(0, 1_000_001, 2400), rng.integers(0, 3, 40), rng.integers(0, 3, 60), 60)
    assert verify(found, solve_edges(found, seed=3)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"i": [0, 0, 2]}, "from 0 to 1"),
        ({"j": [0, 5, 0]}, "from 0 to 1"),
        ({"score": [900, 850, 1_000_001]}, "from 0 to 1000000"),
        ({"j": [0, 0, 0]}, "no pair twice"),
        ({"tier": [0]}, "2 numbers"),
        ({"score": [0.5, 1.0, 2.0]}, "whole numbers"),
        ({"score": [1, 2]}, "the same length"),
    ],
)
def test_wrong_edges_are_refused_with_what_is_expected(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        problem(**changes)


def test_stable_is_refused_as_edges_do_not_say_what_places_prefer() -> None:
    with pytest.raises(InputError, match="do not say what places prefer"):
        solve_edges(problem(), policy="stable")


def test_a_pair_that_is_not_in_the_file_is_named() -> None:
    found = problem()
    result = solve_edges(found)
    forged = replace(result, place_id=np.array([1, 2]))
    assert ("edge", 2, 2) in {(f.rule, f.student, f.place) for f in verify(found, forged)}


def test_the_command_line_takes_a_file_of_edges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "edges.npz"
    np.savez(file, i=[0, 0, 1], j=[0, 1, 0], score=[900, 850, 800], cap=[1, 1], tier=[0, 0], n=2)
    assert read_edges(file).places.capacity.tolist() == [1, 1]
    assert main(["solve", "--edges", str(file), "--out", str(tmp_path / "out")]) == 0
    assert main(["verify", str(file), str(tmp_path / "out")]) == 0
    assert "proven" in capsys.readouterr().out
    assert main(["solve", "--out", str(tmp_path / "out2")]) == 2
