"""One problem in memory: students, places and criteria as arrays in row order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import PLACE_COLUMNS, STUDENT_COLUMNS, Column, Vocabularies, WordSets
from .criteria import Criteria
from .errors import Problems

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Students:
    """One row a request. Metres, days since year 1, euro a month; codes point into the instance's words."""

    id: Ints
    x: Ints
    y: Ints
    qualification: Ints
    level: Ints
    pathway: Ints
    start: Ints
    until: Ints
    weeks: Ints
    max_distance: Ints
    needs: WordSets
    has: WordSets
    days: Ints
    days_needed: Ints
    goals: WordSets
    kind1: Ints
    kind2: Ints
    support: Ints
    allowance: Ints
    tier: Ints

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Places:
    """One row a place. `levels`, `pathways` and `days` are bits; `until` is exclusive."""

    id: Ints
    company: Ints
    x: Ints
    y: Ints
    qualifications: WordSets
    levels: Ints
    pathways: Ints
    start: Ints
    until: Ints
    capacity: Ints
    offers: WordSets
    demands: WordSets
    days: Ints
    goals: WordSets
    kind: Ints
    support: Ints
    allowance: Ints

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Instance:
    """Everything the engine may know. It cannot see a name."""

    students: Students
    places: Places
    criteria: Criteria
    words: Vocabularies
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def from_rows(
        cls,
        students: Iterable[Mapping[str, Any]],
        places: Iterable[Mapping[str, Any]],
        criteria: Criteria | None = None,
    ) -> Instance:
        """Build an instance from mappings with the columns of the CSV files; raises InputError."""
        return cls.from_columns(by_column(students, STUDENT_COLUMNS), by_column(places, PLACE_COLUMNS), criteria, first_row=1)

    @classmethod
    def from_columns(
        cls,
        students: Mapping[str, list[Any]],
        places: Mapping[str, list[Any]],
        criteria: Criteria | None,
        *,
        first_row: int,
        files: tuple[str, str] = ("students.csv", "places.csv"),
    ) -> Instance:
        """Build an instance from columns of cells; `first_row` numbers the first row in messages."""
        problems, words = Problems(), Vocabularies.empty()
        student = read_columns(files[0], students, STUDENT_COLUMNS, first_row, problems, words)
        place = read_columns(files[1], places, PLACE_COLUMNS, first_row, problems, words)
        for file, table in ((files[0], student), (files[1], place)):
            report_duplicates(file, table["id"], first_row, problems)
            report_reversed(file, table, first_row, problems)
        for row in np.flatnonzero((student["kind1"] < 0) & (student["kind2"] >= 0)):
            problems.add(files[0], first_row + int(row), "kind2", "empty, because kind1 is empty")
        problems.raise_if_any()
        return cls(Students(**renamed(student)), Places(**renamed(place)), criteria or Criteria(), words)

    @cached_property
    def input_digest(self) -> str:
        """SHA-256 over the canonical rows sorted by id: the same whatever the order of rows."""
        from .digest import input_digest

        return input_digest(self)

    @cached_property
    def row_by_student(self) -> dict[int, int]:
        return {int(i): row for row, i in enumerate(self.students.id)}

    @cached_property
    def row_by_place(self) -> dict[int, int]:
        return {int(i): row for row, i in enumerate(self.places.id)}


def by_column(rows: Iterable[Mapping[str, Any]], table: Mapping[str, Any]) -> dict[str, list[Any]]:
    rows = list(rows)
    return {name: [row.get(name, "") for row in rows] for name in table}


def read_columns(
    file: str,
    cells: Mapping[str, list[Any]],
    table: Mapping[str, Any],
    first_row: int,
    problems: Problems,
    words: Vocabularies,
) -> dict[str, Any]:
    return {name: reader(Column(file, name, cells[name], first_row, problems), words) for name, (reader, _) in table.items()}


def renamed(table: dict[str, Any]) -> dict[str, Any]:
    return {"start" if name == "from" else name: value for name, value in table.items()}


def report_duplicates(file: str, ids: Ints, first_row: int, problems: Problems) -> None:
    order = np.argsort(ids, kind="stable")
    again = order[1:][ids[order][1:] == ids[order][:-1]]
    for row in np.sort(again):
        if ids[row]:  # zero stands for an id that could not be read and was reported already
            problems.add(file, first_row + int(row), "id", f"an id that occurs once; {ids[row]} occurs before")


def report_reversed(file: str, table: Mapping[str, Any], first_row: int, problems: Problems) -> None:
    for row in np.flatnonzero((table["until"] <= table["from"]) & (table["until"] > 0) & (table["from"] > 0)):
        problems.add(file, first_row + int(row), "until", "a date after from")
