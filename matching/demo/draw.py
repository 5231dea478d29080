"""Drawing people and companies over the real map: postcodes by youth, companies by establishments."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from matching.demo.plan import CENTRE, NEAR, SECTOR_KINDS
from placements.country.words import FIRST_NAMES, LAST_NAMES
from reference.models import EstablishmentCount, PostcodeArea

T = TypeVar("T")
# Letters that a Dutch postcode may have; SA, SD and SS cannot come up.
LETTERS = "ABCEGHJKLMNPRTVWXZ"


@dataclass(frozen=True)
class Name:
    """An invented name."""

    first: str
    last: str

    @property
    def address(self) -> str:
        """The part of an e-mail address before the number that makes it unique."""
        plain = f"{self.first}.{self.last}".lower().replace(" ", "").replace("ö", "o").replace("ë", "e")
        return "".join(letter for letter in plain if letter.isalnum() or letter == ".")


class Draw:
    """One seeded source of chance with the areas around Nijmegen."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  invented people need no secrecy
        areas = list(PostcodeArea.objects.select_related("municipality").order_by("pc4"))
        own = [area for area in areas if area.municipality_id == CENTRE]
        x, y = sum(a.x for a in own) / len(own), sum(a.y for a in own) / len(own)
        self.areas = [a for a in areas if (a.x - x) ** 2 + (a.y - y) ** 2 <= NEAR**2 and a.inhabitants]
        self.by_municipality: dict[str, list[PostcodeArea]] = {}
        for area in self.areas:
            self.by_municipality.setdefault(area.municipality_id, []).append(area)

    def name(self) -> Name:
        """A first and a last name."""
        return Name(self.random.choice(FIRST_NAMES), self.random.choice(LAST_NAMES))

    def area_of_student(self) -> PostcodeArea:
        """Where a student lives: by young inhabitants, near Nijmegen more often."""
        if not hasattr(self, "_weights"):
            self._weights = [area.youth * (4 if area.municipality_id == CENTRE else 1) for area in self.areas]
        return self.random.choices(self.areas, self._weights)[0]

    def postcode(self, area: PostcodeArea) -> str:
        """A full postcode in an area."""
        return f"{area.pc4}{self.random.choice(LETTERS)}{self.random.choice(LETTERS)}"

    def company_seats(self, count: int) -> list[tuple[PostcodeArea, str]]:
        """Areas and kinds of so many companies, by the establishments counted in each municipality and group of sectors."""
        rows = EstablishmentCount.objects.filter(municipality__in=self.by_municipality, sector__in=SECTOR_KINDS).order_by("municipality_id", "sector")
        cells = [(row.municipality_id, row.sector, row.count * SECTOR_KINDS[row.sector][0]) for row in rows]
        chosen = self.random.choices(cells, [weight for _municipality, _sector, weight in cells], k=count)
        return [(self._area_in(municipality), self.random.choice(SECTOR_KINDS[sector][1])) for municipality, sector, _weight in chosen]

    def _area_in(self, municipality: str) -> PostcodeArea:
        areas = self.by_municipality[municipality]
        return self.random.choices(areas, [area.inhabitants for area in areas])[0]

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Between so many of the options, without doubles."""
        return self.random.sample(options, min(len(options), self.random.randint(least, most)))

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.random.random() < share
