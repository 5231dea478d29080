"""The narrow rows of places as arrays: 48 bytes a place, packed by the database (placements/migrations/search.sql)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from companies.models import CompanyKind
from placements.models.place import Adjustment, Requirement, Weekday
from reference.models import Pathway

Ints = NDArray[np.int32]
Marks = NDArray[np.bool_]

WORDS = 12
WIDTH = 4 * WORDS
EPOCH = date(2000, 1, 1).toordinal()
# Places never looked at for so long that no distance is that far; the metres of a place when nobody said where from.
NOWHERE = 0

# Vocabularies by bit, as the database packs them; a kind of company is a number from 1.
PATHWAYS = tuple(Pathway.values)
DAYS = tuple(Weekday.values)
REQUIREMENTS = tuple(Requirement.values)
OFFERS = tuple(Adjustment.values)
KINDS = tuple(CompanyKind.values)
GOALS = 16


def day_number(day: date) -> int:
    """Days since 1 January 2000, as the rows count them."""
    return day.toordinal() - EPOCH


@dataclass(frozen=True)
class Rows:
    """Places found: `words` int32 [n, 12] as packed, `metres` int32 [n] straight from the origin (0 without one)."""

    words: NDArray[np.int32]
    metres: Ints

    def __len__(self) -> int:
        return len(self.metres)

    def of(self, chosen: NDArray[np.intp] | Marks | slice) -> Rows:
        """Only some of them, in that order."""
        return Rows(self.words[chosen], self.metres[chosen])

    def seen_from(self, origin: tuple[int, int]) -> Rows:
        """The same places, with their metres from a point."""
        dx, dy = (axis.astype(np.float64) - at for axis, at in zip((self.x, self.y), origin, strict=True))
        return Rows(self.words, np.sqrt(dx * dx + dy * dy).astype(np.int32))

    @property
    def place(self) -> NDArray[np.int64]:
        """Keys of the places."""
        return (self.words[:, 0].astype(np.int64) << 32) | self.words[:, 1].view(np.uint32)

    @property
    def x(self) -> Ints:
        return self.words[:, 2]

    @property
    def y(self) -> Ints:
        return self.words[:, 3]

    @property
    def crebo(self) -> Ints:
        return self.words[:, 4]

    @property
    def period(self) -> Ints:
        return self.words[:, 5]

    @property
    def pathways(self) -> Ints:
        return self.words[:, 6] & 3

    @property
    def days(self) -> Ints:
        return self.words[:, 6] >> 2 & 127

    @property
    def requirements(self) -> Ints:
        return self.words[:, 6] >> 9 & 255

    @property
    def offers(self) -> Ints:
        return self.words[:, 6] >> 17 & 2047

    @property
    def goals(self) -> Ints:
        """Bits of the goals of the row's qualification, by their position in its list."""
        return self.words[:, 7] & 0xFFFF

    @property
    def kind(self) -> Ints:
        return self.words[:, 7] >> 16 & 15

    @property
    def support(self) -> Ints:
        return self.words[:, 7] >> 20 & 3

    @property
    def group(self) -> Ints:
        """1 where students work together on a project."""
        return self.words[:, 7] >> 22 & 1

    @property
    def expenses(self) -> Ints:
        """1 where expenses are paid."""
        return self.words[:, 7] >> 23 & 1

    @property
    def levels(self) -> Ints:
        """Levels of the qualifications under which the place was found, as bits."""
        return self.words[:, 7] >> 24 & 15

    @property
    def allowance(self) -> Ints:
        return self.words[:, 8] >> 16

    @property
    def free(self) -> Ints:
        return self.words[:, 8] & 0xFFFF

    @property
    def confirmed(self) -> Ints:
        return self.words[:, 9] >> 16

    @property
    def created(self) -> Ints:
        return self.words[:, 9] & 0xFFFF

    @property
    def starts(self) -> Ints:
        return self.words[:, 10] >> 16

    @property
    def ends(self) -> Ints:
        return self.words[:, 10] & 0xFFFF

    @property
    def queue(self) -> Ints:
        """How long the line is: 16ths of an open application for each free slot, plus 16 for each time the company kept silent."""
        word = self.words[:, 11]
        return 16 * (word >> 12) // np.maximum(self.free, 1) + 16 * (word >> 4 & 255)


def unpack(packed: bytes | memoryview | None, origin: tuple[int, int] | None) -> Rows:
    """Rows of the database's answer, with their metres from the origin; nothing for None."""
    words = np.frombuffer(packed or b"", ">i4").reshape(-1, WORDS).astype(np.int32)
    rows = Rows(words, np.zeros(len(words), np.int32))
    return rows.seen_from(origin) if origin else rows


def with_own_level(rows: Rows) -> Rows:
    """The levels of the row's own qualification instead of all under which the place is offered."""
    words = rows.words.copy()
    words[:, 7] = (words[:, 7] & 0x00FFFFFF) | (words[:, 11] & 15) << 24
    return Rows(words, rows.metres)


def once_each(rows: Rows) -> Rows:
    """Each place once, under the levels of all its rows here."""
    order = np.argsort(rows.place, kind="stable")
    place = rows.place[order]
    first = np.flatnonzero(np.r_[True, place[1:] != place[:-1]]) if len(place) else np.zeros(0, np.intp)
    if len(first) == len(place):
        return rows
    levels = np.bitwise_or.reduceat(rows.words[order, 7], first) & 0x0F000000
    kept = rows.of(order[first])
    kept.words[:, 7] = (kept.words[:, 7] & 0x00FFFFFF) | levels
    return kept


def cells_around(origin: tuple[int, int], radius: int, side: int) -> list[int]:
    """The cells (see PlaceSearchRow.cell) that a circle of so many metres touches."""
    x, y = origin
    found = []
    for row in range((y - radius) // side, (y + radius) // side + 1):
        low, high = row * side, (row + 1) * side
        gap = max(low - y, y - high, 0)
        half = int((radius * radius - gap * gap) ** 0.5) + 1
        found += [row * 1000 + column for column in range(max(-1, (x - half) // side), (x + half) // side + 1)]
    return found
