"""The columns of students.csv and places.csv, in one table, and how each value is read.

Every reader takes the values of one column and answers an array or a WordSets; what it cannot read it reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import Problems

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
ALL_DAYS = 127
PATHWAYS = ("BOL", "BBL")
LEVELS = ("1", "2", "3", "4")
MAX_ID = 1 << 62
MAX_METRE = 10_000_000
MAX_NUMBER = 1_000_000_000
MAX_GOALS = 64


@dataclass(frozen=True)
class WordSets:
    """A set of words per row: row i holds words[start[i]:start[i+1]], distinct codes into a vocabulary."""

    start: NDArray[np.int64]
    word: NDArray[np.int32]

    def of(self, row: int) -> NDArray[np.int32]:
        return self.word[self.start[row] : self.start[row + 1]]

    def sizes(self) -> NDArray[np.int64]:
        return np.diff(self.start)


class Vocabulary:
    """Words and their codes, in the order met."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = list(words)
        self.codes = {word: code for code, word in enumerate(self.words)}

    def code(self, word: str) -> int:
        found = self.codes.get(word)
        if found is None:
            found = self.codes[word] = len(self.words)
            self.words.append(word)
        return found


@dataclass(frozen=True)
class Vocabularies:
    """Words per kind of column; students and places share them."""

    qualifications: Vocabulary
    tags: Vocabulary
    goals: Vocabulary
    kinds: Vocabulary

    @classmethod
    def empty(cls) -> Vocabularies:
        return cls(Vocabulary(), Vocabulary(), Vocabulary(), Vocabulary())


@dataclass
class Column:
    """The values of one column on their way in, and where to report what is wrong with them."""

    file: str
    name: str
    values: Sequence[Any]
    first_row: int
    problems: Problems

    def wrong(self, index: int, expected: str) -> None:
        shown = str(self.values[index])[:40]
        self.problems.add(self.file, self.first_row + index, self.name, f"{expected}, not {shown!r}")


def whole_number(value: Any) -> int | None:
    """The integer a cell holds, or None: digits with an optional minus, nothing else."""
    if type(value) is int:
        return value
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        digits = text[1:] if text.startswith("-") else text
        if digits.isascii() and digits.isdigit() and len(digits) < 20:
            return int(text)
    return None


def numbers(column: Column, low: int, high: int, expected: str) -> NDArray[np.int64]:
    out = np.zeros(len(column.values), np.int64)
    for index, value in enumerate(column.values):
        number = whole_number(value)
        if number is None or not low <= number <= high:
            column.wrong(index, expected)
        else:
            out[index] = number
    return out


def dates(column: Column) -> NDArray[np.int64]:
    """Days since 1 January of year 1 (proleptic Gregorian ordinal)."""
    out = np.zeros(len(column.values), np.int64)
    seen: dict[Any, int | None] = {}
    for index, value in enumerate(column.values):
        if value not in seen:
            seen[value] = ordinal(value)
        day = seen[value]
        if day is None:
            column.wrong(index, "a date as 2027-02-01")
        else:
            out[index] = day
    return out


def ordinal(value: Any) -> int | None:
    if isinstance(value, date):
        return value.toordinal()
    text = str(value).strip()
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return None


def choices(column: Column, allowed: Sequence[str]) -> NDArray[np.int64]:
    out = np.zeros(len(column.values), np.int64)
    for index, value in enumerate(column.values):
        text = str(value).strip()
        if text in allowed:
            out[index] = allowed.index(text)
        else:
            column.wrong(index, f"{' or '.join(allowed)}")
    return out


def words(column: Column, vocabulary: Vocabulary, *, optional: bool) -> NDArray[np.int64]:
    """One word a cell as its code; −1 where empty."""
    out = np.full(len(column.values), -1, np.int64)
    for index, value in enumerate(column.values):
        parts = ("" if value is None else str(value)).split()
        if len(parts) == 1:
            out[index] = vocabulary.code(parts[0])
        elif parts or not optional:
            column.wrong(index, "one word" if optional else "one word, not empty")
    return out


def split(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.split()
    return [str(part) for part in value]


def masks(column: Column, allowed: Sequence[str], *, when_empty: int | None) -> NDArray[np.int64]:
    """A set of a few words as bits; `when_empty` None makes empty an error."""
    out = np.zeros(len(column.values), np.int64)
    seen: dict[str, int | None] = {}
    for index, value in enumerate(column.values):
        key = value if isinstance(value, str) else " ".join(split(value))
        if key not in seen:
            seen[key] = mask(key.split(), allowed, when_empty)
        bits = seen[key]
        if bits is None:
            column.wrong(index, f"words of {' '.join(allowed)}" + (", not empty" if when_empty is None else ""))
        else:
            out[index] = bits
    return out


def mask(parts: list[str], allowed: Sequence[str], when_empty: int | None) -> int | None:
    if not parts:
        return when_empty
    if any(part not in allowed for part in parts):
        return None
    return sum(1 << allowed.index(part) for part in set(parts))


def word_sets(column: Column, vocabulary: Vocabulary, *, optional: bool = True, most: int | None = None) -> WordSets:
    start = np.zeros(len(column.values) + 1, np.int64)
    found: list[int] = []
    seen: dict[str, list[int]] = {}  # many rows hold the same text
    for index, value in enumerate(column.values):
        whole = True
        if isinstance(value, str) and value in seen:
            codes = seen[value]
        else:
            parts = split(value)
            codes = sorted({vocabulary.code(part) for part in parts})
            if isinstance(value, str):
                seen[value] = codes
            else:
                whole = not any(part != part.strip() or not part or len(part.split()) != 1 for part in parts)
        if not whole:
            column.wrong(index, "words without spaces inside")
        elif not codes and not optional:
            column.wrong(index, "at least one word")
        elif most is not None and len(codes) > most:
            column.wrong(index, f"at most {most} words, not {len(codes)}")
        found.extend(codes)
        start[index + 1] = len(found)
    return WordSets(start, np.array(found, np.int32))


Reader = Callable[[Column, Vocabularies], Any]


def _number(low: int, high: int, expected: str) -> Reader:
    return lambda column, _: numbers(column, low, high, expected)


ID = _number(1, MAX_ID, "a whole number from 1 to 2^62")
METRE = _number(-MAX_METRE, MAX_METRE, "whole metres from -10000000 to 10000000")
NOT_NEGATIVE = _number(0, MAX_NUMBER, "a whole number from 0 to 1000000000")
DATE: Reader = lambda column, _: dates(column)  # noqa: E731
TAGS: Reader = lambda column, v: word_sets(column, v.tags)  # noqa: E731
KIND: Reader = lambda column, v: words(column, v.kinds, optional=True)  # noqa: E731
DAY_SET: Reader = lambda column, _: masks(column, DAYS, when_empty=ALL_DAYS)  # noqa: E731
SUPPORT = _number(0, 3, "a whole number from 0 to 3")

# column → (reader, may be empty)
STUDENT_COLUMNS: dict[str, tuple[Reader, bool]] = {
    "id": (ID, False),
    "x": (METRE, False),
    "y": (METRE, False),
    "qualification": (lambda column, v: words(column, v.qualifications, optional=False), False),
    "level": (_number(1, 4, "a level from 1 to 4"), False),
    "pathway": (lambda column, _: choices(column, PATHWAYS), False),
    "from": (DATE, False),
    "until": (DATE, False),
    "weeks": (_number(0, 10_000, "a whole number of weeks from 0 to 10000"), False),
    "max_distance": (NOT_NEGATIVE, False),
    "needs": (TAGS, True),
    "has": (TAGS, True),
    "days": (DAY_SET, True),
    "days_needed": (_number(0, 7, "a whole number from 0 to 7"), False),
    "goals": (lambda column, v: word_sets(column, v.goals, most=MAX_GOALS), True),
    "kind1": (KIND, True),
    "kind2": (KIND, True),
    "support": (SUPPORT, False),
    "allowance": (NOT_NEGATIVE, False),
    "tier": (_number(0, 9, "a whole number from 0 to 9"), False),
}

PLACE_COLUMNS: dict[str, tuple[Reader, bool]] = {
    "id": (ID, False),
    "company": (ID, False),
    "x": (METRE, False),
    "y": (METRE, False),
    "qualifications": (lambda column, v: word_sets(column, v.qualifications, optional=False), False),
    "levels": (lambda column, _: masks(column, LEVELS, when_empty=None), False),
    "pathways": (lambda column, _: masks(column, PATHWAYS, when_empty=None), False),
    "from": (DATE, False),
    "until": (DATE, False),
    "capacity": (NOT_NEGATIVE, False),
    "offers": (TAGS, True),
    "demands": (TAGS, True),
    "days": (DAY_SET, True),
    "goals": (lambda column, v: word_sets(column, v.goals), True),
    "kind": (KIND, True),
    "support": (SUPPORT, False),
    "allowance": (NOT_NEGATIVE, False),
}
