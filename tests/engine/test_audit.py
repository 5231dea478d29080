"""Outcomes by groups of a researcher: intervals held against SciPy, small cells hidden, nothing that gives them away."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from matching.engine import InputError, Instance, Result, solve, write_instance, write_result
from matching.engine.__main__ import main
from matching.engine.audit import Row, audit, mean, read_groups, t_quantile, to_hide, wilson

from .instances import instance, place, random_rows, student


def of(rows: list[Row], group: str) -> Row:
    return next(row for row in rows if row.group == group)


def solved(placed: int, others: int) -> tuple[Instance, Result]:
    """`placed` students with a place each at some distance, and `others` without; ids from 1."""
    students = [student(id=1 + at, x=at * 10) for at in range(placed)] + [student(id=1 + placed + at, qualification="no") for at in range(others)]
    found = instance(students, [place(capacity=placed)])
    return found, solve(found)


def test_intervals_are_scipys() -> None:
    for hits, n in ((0, 7), (7, 7), (30, 93), (450, 500)):
        found, theirs = wilson(hits, n), stats.binomtest(hits, n).proportion_ci(method="wilson")
        assert found is not None
        assert (found.estimate, found.low, found.high) == pytest.approx((hits / n, theirs.low, theirs.high), abs=1e-9)
    for freedom in (4, 5, 9, 30, 400):
        assert t_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=0.002)
    values = np.array([100, 300, 350, 800, 820, 999])
    found, theirs = mean(values), stats.t.interval(0.95, 5, values.mean(), stats.sem(values))
    assert found is not None
    assert (found.low, found.high) == pytest.approx(theirs, rel=1e-3)


def test_each_group_has_its_own_figures() -> None:
    found = instance(*random_rows(31, 300, 120))
    result = solve(found)
    ids = found.students.id.tolist()
    report = audit(result, {"half": {i: "a" if at % 2 else "b" for at, i in enumerate(ids)}}, found)
    rows = np.arange(1, 300, 2)
    placed = rows[result.place_id[rows] >= 0]
    row = of(report.rows, "a")
    assert row.n == 150
    assert row.share is not None
    assert row.points is not None
    assert row.distance is not None
    assert row.share.estimate == len(placed) / 150
    assert row.points.estimate == pytest.approx(result.score[placed].mean())
    assert row.distance.estimate == pytest.approx(result.distance[placed].mean())
    assert (report.students, report.unknown, report.without) == (300, 0, 0)


def test_a_small_cell_is_hidden_whole_and_with_it_the_smallest_other() -> None:
    """c has 4 students; b, with 15, would give c away by subtraction from the whole."""
    _, result = solved(64, 20)
    groups = dict.fromkeys(range(1, 56), "a") | dict.fromkeys(range(70, 80), "a") | dict.fromkeys(range(56, 61), "b")
    groups |= dict.fromkeys(range(61, 65), "c") | dict.fromkeys(range(80, 85), "b") | dict.fromkeys(range(65, 70), "b")
    report = audit(result, {"g": groups})
    assert [(row.group, row.n, row.hidden) for row in report.rows] == [("a", 65, False), ("b", None, True), ("c", None, True)]
    assert of(report.rows, "c") == Row("g", "c", None, None, None, None)
    assert "4" not in [cell for line in report.table().splitlines() if line.split()[1] == "c" for cell in line.split()]


def test_few_without_a_place_are_hidden_as_few_with_one_are() -> None:
    _, result = solved(20, 4)
    assert all(row.hidden for row in audit(result, {"g": dict.fromkeys(range(1, 25), "all")}).rows)
    assert all(row.hidden for row in audit(solved(4, 20)[1], {"g": dict.fromkeys(range(1, 25), "all")}).rows)


def test_nobody_or_everybody_placed_is_no_small_cell() -> None:
    everybody = audit(solved(12, 0)[1], {"g": dict.fromkeys(range(1, 13), "all")}).rows[0]
    assert (everybody.n, everybody.share and everybody.share.estimate) == (12, 1.0)
    nobody = audit(solved(0, 12)[1], {"g": dict.fromkeys(range(1, 13), "all")}).rows[0]
    assert (nobody.n, nobody.share and nobody.share.estimate, nobody.points) == (12, 0.0, None)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": (1, 0), "b": (0, 1), "c": (30, 10), "d": (50, 50)}, "d"),  # a and b together are two students
        ({"a": (1, 0), "b": (6, 0), "c": (30, 10), "d": (50, 50)}, "d"),  # together they would all be placed
        ({"a": (0, 6), "c": (30, 10), "d": (50, 50)}, "d"),  # each of six would be known to have nothing
        ({"a": (6, 6), "b": (20, 20)}, "ab"),
        ({"a": (1, 1)}, ""),
    ],
)
def test_what_is_hidden_does_not_follow_from_what_is_shown(counts: dict[str, tuple[int, int]], shown: str) -> None:
    assert set(counts) - to_hide(counts) == set(shown)


def test_students_the_result_does_not_know_are_counted_not_guessed() -> None:
    report = audit(solved(6, 0)[1], {"g": dict.fromkeys(range(3, 12), "x")})
    assert (report.students, report.unknown, report.without) == (4, 5, 2)


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, result = solved(12, 6)
    write_instance(found, tmp_path / "in")
    write_result(result, tmp_path / "out")
    (tmp_path / "groups.csv").write_text("student,sex\n" + "".join(f"{i},{'v' if i % 2 else 'm'}\n" for i in range(1, 19)))
    assert main(["audit", str(tmp_path / "out"), str(tmp_path / "groups.csv"), "--json", str(tmp_path / "a.json")]) == 0
    assert "hidden" in capsys.readouterr().out
    assert {row["group"] for row in json.loads((tmp_path / "a.json").read_text())["rows"]} == {"m", "v"}
    assert main(["audit", str(tmp_path / "out"), str(tmp_path / "groups.csv"), "--instance", str(tmp_path / "in")]) == 0
    assert main(["audit", str(tmp_path / "out"), str(tmp_path / "none.csv")]) == 2


@pytest.mark.parametrize(
    ("text", "row"),
    [("", 1), ("sex\nm\n", 1), ("student\n1\n", 1), ("student,sex\nx,m\n", 2), ("student,sex\n1,m\n1,v\n", 3), ("student,sex\n1\n", 2)],
)
def test_wrong_groups_are_named(tmp_path: Path, text: str, row: int) -> None:
    (tmp_path / "groups.csv").write_text(text)
    with pytest.raises(InputError) as error:
        read_groups(tmp_path / "groups.csv")
    assert error.value.problems[0].row == row
