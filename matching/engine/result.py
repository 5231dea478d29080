"""What a run answers, and the folder of files that holds it."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .criteria import CRITERIA
from .errors import InputError, Problem

Ints = NDArray[np.int64]
PLACEMENTS, CERTIFICATE, SUMMARY = "placements.csv", "certificate.npz", "summary.json"
HEADER = ("student", "place", "score", "distance", "goals", "kind", "support", "days", "allowance", "reason")
POLICIES = ("most", "generous", "stable")


@dataclass(frozen=True)
class Result:
    """One row a student in the order of the instance; −1 where not placed. u and p prove most and generous."""

    policy: str
    seed: int
    student_id: Ints
    place_id: Ints
    score: Ints
    distance: Ints
    points: Ints
    reason: list[str]
    places: Ints
    u: Ints | None
    p: Ints | None
    summary: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def row_by_student(self) -> dict[int, int]:
        return {int(i): row for row, i in enumerate(self.student_id)}

    def row_of(self, student_id: int) -> int:
        """The row of a student; KeyError when unknown."""
        return self.row_by_student[student_id]


def write_result(result: Result, path: str | Path) -> None:
    """Write placements.csv, certificate.npz and summary.json."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / PLACEMENTS).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(placement_rows(result))
    arrays: dict[str, Any] = {"student_id": result.student_id, "place_id": result.place_id, "places": result.places}
    if result.u is not None and result.p is not None:
        arrays |= {"u": result.u, "p": result.p}
    np.savez_compressed(folder / CERTIFICATE, **arrays, seed=np.int64(result.seed), policy=np.str_(result.policy))
    (folder / SUMMARY).write_text(json.dumps(result.summary, indent=2, ensure_ascii=False) + "\n", "utf-8")


def placement_rows(result: Result) -> list[list[Any]]:
    rows: list[list[Any]] = []
    table = zip(
        result.student_id.tolist(), result.place_id.tolist(), result.score.tolist(), result.points.tolist(), result.reason,
        strict=True,
    )  # fmt: skip
    for student, place, score, points, reason in table:
        known = ["" if value < 0 else value for value in points]  # given edges have a score and nothing else
        rows.append([student, place, score, *known, ""] if place >= 0 else [student, *[""] * 8, reason])
    return rows


def read_result(path: str | Path) -> Result:
    """Read a result folder; raises InputError when it is not one. What it claims is not checked: `verify` does that."""
    folder = Path(path)
    try:
        with np.load(folder / CERTIFICATE, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        summary = json.loads((folder / SUMMARY).read_text("utf-8"))
        with (folder / PLACEMENTS).open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, ValueError, EOFError, KeyError, csv.Error) as error:
        raise InputError([Problem(str(folder), None, None, f"a readable result: {error}")]) from None
    return assemble(arrays, rows, summary)


def assemble(arrays: dict[str, Any], rows: list[dict[str, str]], summary: dict[str, Any]) -> Result:
    missing = [name for name in ("student_id", "place_id", "places", "seed", "policy") if name not in arrays]
    missing += [name for name in HEADER if rows and name not in rows[0]]
    if missing:
        raise InputError([Problem(CERTIFICATE, None, name, "an array or column of this name") for name in missing])
    try:
        cells = {name: column(rows, name) for name in HEADER[:-1]}
    except ValueError as error:
        raise InputError([Problem(PLACEMENTS, None, None, f"whole numbers: {error}")]) from None
    if not np.array_equal(cells["student"], arrays["student_id"]) or not np.array_equal(cells["place"], arrays["place_id"]):
        raise InputError([Problem(PLACEMENTS, None, None, "the same students and places as in certificate.npz")])
    return Result(
        policy=str(arrays["policy"]),
        seed=int(arrays["seed"]),
        student_id=arrays["student_id"],
        place_id=arrays["place_id"],
        score=cells["score"],
        distance=np.full(len(rows), -1, np.int64),
        points=np.stack([cells[name] for name in CRITERIA], axis=1) if rows else np.zeros((0, 6), np.int64),
        reason=[row["reason"] for row in rows],
        places=arrays["places"],
        u=arrays.get("u"),
        p=arrays.get("p"),
        summary=summary,
    )


def column(rows: list[dict[str, str]], name: str) -> Ints:
    return np.array([int(row[name]) if row[name] else -1 for row in rows], np.int64)
