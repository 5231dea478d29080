"""The folder of files: what is read, what is refused, and how it is said."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from matching.engine import Criteria, InputError, Instance, read_instance, solve, write_instance
from matching.engine.__main__ import main

from .instances import PLACE, STUDENT, instance, place, random_rows, student


def write_csv(file: Path, rows: list[dict[str, Any]], columns: dict[str, Any]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(columns))
        writer.writeheader()
        writer.writerows(rows)


def folder(path: Path, students: list[dict[str, Any]], places: list[dict[str, Any]]) -> Path:
    write_csv(path / "students.csv", students, STUDENT | (students[0] if students else {}))
    write_csv(path / "places.csv", places, PLACE)
    return path


def problems_of(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_instance(path)
    return caught.value


def test_what_is_written_reads_back_with_the_same_digest(tmp_path: Path) -> None:
    before = instance(*random_rows(1, 80, 40), Criteria(distance=400, goals=200))
    write_instance(before, tmp_path)
    assert read_instance(tmp_path).input_digest == before.input_digest


def test_packed_files_read_the_same(tmp_path: Path) -> None:
    before = instance(*random_rows(2, 20, 10))
    write_instance(before, tmp_path)
    for name in ("students.csv", "places.csv"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
        (tmp_path / name).unlink()
    assert read_instance(tmp_path).input_digest == before.input_digest


def test_columns_may_stand_in_any_order_and_all_days_may_be_written_out(tmp_path: Path) -> None:
    rows = [student(days="mo tu we th fr sa su")]
    write_csv(tmp_path / "students.csv", rows, dict(reversed(STUDENT.items())))
    write_csv(tmp_path / "places.csv", [place()], PLACE)
    assert read_instance(tmp_path).input_digest == instance([student()], [place()]).input_digest


def test_an_unknown_column_is_reported_and_ignored(tmp_path: Path) -> None:
    found = read_instance(folder(tmp_path, [student(name="Noor")], [place()]))
    assert found.warnings == ["students.csv: column 'name' is unknown and ignored"]


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({"id": 0}, "id", "from 1 to 2^62"),
        ({"id": (1 << 62) + 1}, "id", "from 1 to 2^62"),
        ({"x": 10_000_001}, "x", "from -10000000 to 10000000"),
        ({"y": "1.5"}, "y", "whole metres"),
        ({"level": 5}, "level", "a level from 1 to 4"),
        ({"pathway": "bol"}, "pathway", "BOL or BBL"),
        ({"from": "01-02-2027"}, "from", "a date as 2027-02-01"),
        ({"until": "2027-02-01"}, "until", "a date after from"),
        ({"max_distance": -1}, "max_distance", "from 0 to"),
        ({"days": "mo di"}, "days", "words of mo tu we th fr sa su"),
        ({"days_needed": 8}, "days_needed", "from 0 to 7"),
        ({"goals": " ".join(f"g{k}" for k in range(65))}, "goals", "at most 64"),
        ({"kind2": "shop"}, "kind2", "empty, because kind1 is empty"),
        ({"qualification": ""}, "qualification", "one word, not empty"),
        ({"allowance": "-5"}, "allowance", "from 0 to"),
        ({"tier": 10}, "tier", "from 0 to 9"),
    ],
)
def test_a_wrong_cell_is_named_by_file_line_and_column(tmp_path: Path, changes: dict[str, Any], column: str, expected: str) -> None:
    error = problems_of(folder(tmp_path, [student(id=7), student(**changes)], [place()]))
    assert error.count == 1
    problem = error.problems[0]
    assert (problem.file, problem.row, problem.column) == ("students.csv", 3, column)
    assert expected in problem.expected


def test_duplicate_ids_are_errors(tmp_path: Path) -> None:
    error = problems_of(folder(tmp_path, [student(id=3), student(id=4), student(id=3)], [place()]))
    assert [(p.row, p.column) for p in error.problems] == [(4, "id")]


def test_the_first_twenty_problems_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    error = problems_of(folder(tmp_path, [student(id=k + 1, level=9) for k in range(57)], [place()]))
    assert (len(error.problems), error.count) == (20, 57)
    assert "… and 37 more" in str(error)
    assert "57 problems" in str(error)


def test_a_missing_column_a_short_row_and_no_table_at_all_are_named(tmp_path: Path) -> None:
    folder(tmp_path, [student()], [place()])
    text = (tmp_path / "students.csv").read_text("utf-8")
    (tmp_path / "students.csv").write_text(text.replace("tier", "tear"), "utf-8")
    assert problems_of(tmp_path).problems[0].column == "tier"
    (tmp_path / "students.csv").write_text(text + "1,2\n", "utf-8")
    assert "cells, not 2" in problems_of(tmp_path).problems[0].expected
    (tmp_path / "students.csv").write_bytes(b"\xff\xfe\x00PK")
    assert "UTF-8" in problems_of(tmp_path).problems[0].expected


def test_criteria_that_do_not_sum_to_a_thousand_are_refused(tmp_path: Path) -> None:
    folder(tmp_path, [student()], [place()])
    (tmp_path / "criteria.toml").write_text("distance = 400\n", "utf-8")
    assert "must sum to 1000, not 1100" in problems_of(tmp_path).problems[0].expected


def test_rows_may_hold_python_values() -> None:
    from datetime import date

    rows = student(goals=["b", "a"], days={"mo"}, **{"from": date(2027, 2, 1)})
    text = student(goals="a b", days="mo")
    assert instance([rows], [place(levels=[1, 2, 3, 4])]).input_digest == instance([text], [place()]).input_digest


def test_a_row_without_a_required_value_is_named() -> None:
    row = student()
    del row["level"]
    with pytest.raises(InputError) as caught:
        Instance.from_rows([row], [])
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (1, "level")


def test_the_command_line_solves_and_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_instance(instance(*random_rows(3, 60, 30)), tmp_path / "in")
    assert main(["solve", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--seed", "5"]) == 0
    assert main(["verify", str(tmp_path / "in"), str(tmp_path / "out")]) == 0
    assert "proven" in capsys.readouterr().out
    assert main(["explain", str(tmp_path / "in"), str(tmp_path / "out"), "--student", "8"]) == 0
    assert '"reach"' in capsys.readouterr().out


def test_the_command_line_refutes_a_result_changed_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_instance(instance([student()], [place()]), tmp_path / "in")
    main(["solve", str(tmp_path / "in"), "--out", str(tmp_path / "out")])
    file = tmp_path / "out" / "placements.csv"
    file.write_text(file.read_text("utf-8").replace("1000,300", "999,299"), "utf-8")
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "in"), str(tmp_path / "out")]) == 1
    assert "score: student 1 place 1" in capsys.readouterr().out


def test_wrong_input_ends_with_code_two_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder(tmp_path, [student(level=7)], [place()])
    assert main(["solve", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "students.csv, row 2, column level" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main(["verify", str(tmp_path), str(tmp_path / "out")]) == 2


def test_the_summary_holds_what_it_promises() -> None:
    summary = solve(instance(*random_rows(4, 40, 20))).summary
    promised = {"input_digest", "result_digest", "tiers", "score", "edges", "seconds", "peak_mib", "lottery_unique", "versions"}
    assert promised <= summary.keys()
    assert summary["seconds"].keys() >= {"edges", "who", "where", "prices", "lottery", "certificate", "total"}
