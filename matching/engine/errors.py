"""What can go wrong with input, said so that the sender can mend it."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One thing wrong in the input: where it is and what was expected there."""

    file: str
    row: int | None
    column: str | None
    expected: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column is not None:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: {self.expected}"


class InputError(ValueError):
    """The input cannot be used; `problems` holds the first twenty, `count` counts all."""

    def __init__(self, problems: list[Problem], count: int | None = None) -> None:
        self.problems = problems[:SHOWN]
        self.count = len(problems) if count is None else count
        super().__init__(problems, self.count)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.count > len(lines):
            lines.append(f"… and {self.count - len(lines)} more")
        lines.append(f"{self.count} problem{'' if self.count == 1 else 's'} in the input")
        return "\n".join(lines)


class TooManyEdges(InputError):
    """More possible pairs than allowed, found before any of them is stored."""


class Cancelled(Exception):
    """The caller asked to stop; nothing was written."""


class Problems:
    """Collects problems of one file; keeps the first ones and counts the rest."""

    def __init__(self) -> None:
        self.first: list[Problem] = []
        self.count = 0

    def add(self, file: str, row: int | None, column: str | None, expected: str) -> None:
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(Problem(file, row, column, expected))

    def raise_if_any(self) -> None:
        if self.count:
            raise InputError(sorted(self.first, key=lambda p: (p.file, p.row or 0)), self.count)
