"""The published weights. Version 1 of the criteria has no other input."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from .errors import InputError, Problem

CRITERIA = ("distance", "goals", "kind", "support", "days", "allowance")
FULL = 1000
FILE = "criteria.toml"


@dataclass(frozen=True)
class Criteria:
    """Points per criterion, sum 1000; `kind_second` for a second wish, `support_step` lost per step too little."""

    distance: int = 300
    goals: int = 300
    kind: int = 150
    support: int = 100
    days: int = 100
    allowance: int = 50
    kind_second: int = 75
    support_step: int = 40

    def __post_init__(self) -> None:
        problems = []
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or not 0 <= value <= FULL:
                problems.append(Problem(FILE, None, field.name, f"a whole number from 0 to {FULL}, not {value!r}"))
        if not problems:
            total = sum(self.weights)
            if total != FULL:
                problems.append(Problem(FILE, None, None, f"the six weights must sum to {FULL}, not {total}"))
            if self.kind_second > self.kind:
                problems.append(Problem(FILE, None, "kind_second", f"at most the weight of kind, {self.kind}"))
        if problems:
            raise InputError(problems)

    @property
    def weights(self) -> tuple[int, ...]:
        """The six weights in the order of CRITERIA."""
        return tuple(getattr(self, name) for name in CRITERIA)

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def toml(self) -> str:
        return "".join(f"{name} = {value}\n" for name, value in self.as_dict().items())

    @classmethod
    def read(cls, path: Path) -> Criteria:
        """Read a criteria.toml; keys left out keep their default. Raises InputError."""
        try:
            found = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError([Problem(path.name, None, None, f"a TOML file in UTF-8: {error}")]) from None
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(found) - known)
        if unknown:
            raise InputError([Problem(path.name, None, name, f"one of {', '.join(sorted(known))}") for name in unknown])
        return cls(**found)
