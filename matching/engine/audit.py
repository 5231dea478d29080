"""The audit of outcomes by groups that a researcher holds: share placed, points and distance, with intervals, small cells hidden."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .classes import metres
from .columns import whole_number
from .errors import InputError, Problem, Problems
from .files import read_text
from .instance import Instance
from .result import Result

SMALL = 5
Z = 1.959963984540054  # 97.5 % of the normal distribution
STUDENT = "student"
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One group. Hidden (n None, no figures): a cell of 1–4, or the one group from which a hidden one could be worked out."""

    column: str
    group: str
    n: int | None
    share: Interval | None
    points: Interval | None
    distance: Interval | None

    @property
    def hidden(self) -> bool:
        return self.n is None


@dataclass(frozen=True)
class Audit:
    """Rows by column and group; `unknown`: students in the groups but not in the result, `without`: the reverse."""

    rows: list[Row]
    students: int
    unknown: int
    without: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"rows": [asdict(row) | {"hidden": row.hidden} for row in self.rows], "confidence": 0.95, "smallest_cell": SMALL}

    def table(self) -> str:
        """The rows as text, for people."""
        lines = [("column", "group", "n", "placed", "95 %", "points", "95 %", "metres", "95 %")]
        for row in self.rows:
            number = "hidden" if row.n is None else str(row.n)
            lines.append((row.column, row.group, number, *shown(row.share, 100, "%"), *shown(row.points), *shown(row.distance)))
        widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def shown(value: Interval | None, scale: int = 1, unit: str = "") -> tuple[str, str]:
    if value is None:
        return "", ""
    return f"{value.estimate * scale:.1f}{unit}", f"{value.low * scale:.1f}–{value.high * scale:.1f}"


def audit(result: Result, groups: Mapping[str, Mapping[int, str]], instance: Instance | None = None) -> Audit:
    """Outcomes per group; `groups`: column → student id → group. Metres need the instance (a result's files do not hold them).

    A student may be missing from a column. Small groups are hidden, and others with them, so that no total gives them away: `to_hide`.
    """
    distance = None if instance is None else distances(instance, result)
    rows: list[Row] = []
    for column, members in groups.items():
        cells: dict[str, list[int]] = {}
        for student, group in members.items():
            if student in result.row_by_student:
                cells.setdefault(group, []).append(result.row_by_student[student])
        rows += audit_column(result, column, {group: np.array(found, np.int64) for group, found in sorted(cells.items())}, distance)
    named = set().union(*groups.values()) if groups else set()
    known = named & result.row_by_student.keys()
    return Audit(rows, len(known), unknown=len(named) - len(known), without=len(result.student_id) - len(known))


def audit_column(result: Result, column: str, cells: dict[str, Ints], distance: Ints | None) -> list[Row]:
    placed = {group: rows[result.place_id[rows] >= 0] for group, rows in cells.items()}
    hidden = to_hide({group: (len(placed[group]), len(rows) - len(placed[group])) for group, rows in cells.items()})
    return [
        Row(column, group, None, None, None, None)
        if group in hidden
        else Row(
            column,
            group,
            len(rows),
            wilson(len(placed[group]), len(rows)),
            mean(result.score[placed[group]]),
            None if distance is None else mean(distance[placed[group]]),
        )
        for group, rows in cells.items()
    ]


def to_hide(counts: dict[str, tuple[int, int]]) -> set[str]:
    """Groups to hide, of (placed, not placed) by group: those that say something of few, and as many of the smallest others as it takes.

    What is hidden follows together from the whole less what is shown: that, too, must hold SMALL of both kinds.
    """
    hidden = {group for group, (placed, rest) in counts.items() if is_telling(placed, rest)}
    others = sorted((sum(both), group) for group, both in counts.items() if group not in hidden)
    while hidden and others and (len(hidden) == 1 or any(sum(counts[group][kind] for group in hidden) < SMALL for kind in (0, 1))):
        hidden.add(others.pop(0)[1])
    return hidden


def is_telling(placed: int, rest: int) -> bool:
    """Whether a group says something of few: 1–4 of a kind, or fewer than twice as many who all went the same way."""
    return 0 < placed < SMALL or 0 < rest < SMALL or (0 in (placed, rest) and placed + rest < 2 * SMALL)


def distances(instance: Instance, result: Result) -> Ints:
    """Metres per row of the result, −1 without a place."""
    if not np.array_equal(instance.students.id, result.student_id):
        raise InputError([Problem("students.csv", None, "id", "the students of the result, in its order")])
    out = np.full(len(result.student_id), -1, np.int64)
    placed = np.flatnonzero(result.place_id >= 0)
    out[placed] = metres(instance, result, placed)
    return out


def wilson(hits: int, n: int) -> Interval | None:
    """Share with its score interval (Wilson 1927): stays within 0 and 1, also for all or none."""
    if not n:
        return None
    share, z2 = hits / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def mean(values: Ints) -> Interval | None:
    """Mean with its t interval; None below SMALL values."""
    n = len(values)
    if n < SMALL:
        return None
    centre = float(values.mean())
    half = t_quantile(n - 1) * float(values.std(ddof=1)) / math.sqrt(n)
    return Interval(centre, centre - half, centre + half)


def t_quantile(freedom: int) -> float:
    """97.5 % of Student's t from 4 degrees on, within 0.002 (Abramowitz and Stegun, 26.7.5)."""
    z, v = Z, float(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / v ** (power + 1) for power, term in enumerate(terms))


def read_groups(path: str | Path) -> dict[str, dict[int, str]]:
    """Read groups.csv: a column `student` and one or more others; an empty cell is no group. Raises InputError."""
    file = Path(path)
    name = file.name.removesuffix(".gz")
    try:
        lines = list(csv.reader(io.StringIO(read_text(file.parent, name), newline=""), strict=True))
    except csv.Error as error:
        raise InputError([Problem(name, None, None, f"comma-separated cells: {error}")]) from None
    header = [cell.strip() for cell in lines[0]] if lines else []
    if header.count(STUDENT) != 1 or len(header) < 2 or len(set(header)) != len(header):
        raise InputError([Problem(name, 1, None, "a header with a column student and one or more columns of groups, each once")])
    return by_column(name, header, lines[1:])


def by_column(name: str, header: list[str], lines: Iterable[list[str]]) -> dict[str, dict[int, str]]:
    problems, at = Problems(), header.index(STUDENT)
    found: dict[str, dict[int, str]] = {column: {} for column in header if column != STUDENT}
    seen: set[int] = set()
    for number, cells in enumerate(lines, start=2):
        student = whole_number(cells[at]) if len(cells) == len(header) else None
        if len(cells) != len(header):
            problems.add(name, number, None, f"{len(header)} cells, not {len(cells)}")
        elif student is None or student in seen:
            problems.add(name, number, STUDENT, f"a student's id, once, not {cells[at][:40]!r}")
        else:
            seen.add(student)
            for column, cell in zip(header, cells, strict=True):
                if column != STUDENT and cell.strip():
                    found[column][student] = cell.strip()
    problems.raise_if_any()
    return found
