"""Names that every page of the search needs and that hardly change: qualifications, their goals, periods.

Kept in the process for SEARCH_NAMES_SECONDS: a new period is in the filters a minute later. Places themselves are never kept, because
one that is full leaves the search at once.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from placements.models.place import Period
from placements.search.rows import GOALS
from reference.models import Qualification, QualificationGoal
from reference.words import synonyms

MOST_COURSES = 2000


@dataclass(frozen=True)
class Names:
    """Qualifications by crebo (read them only: all pages share them), and the current ones of each file."""

    qualifications: Mapping[int, Qualification]
    files: Mapping[str, Sequence[Qualification]]

    def of(self, crebos: Sequence[int]) -> list[Qualification]:
        """Those of these numbers that exist, by level and name."""
        return sorted((self.qualifications[crebo] for crebo in crebos if crebo in self.qualifications), key=_order)

    def siblings(self, crebos: Sequence[int]) -> list[Qualification]:
        """The other current qualifications of the same files, by level and name."""
        files = {one.dossier_code for one in self.of(crebos)}
        return sorted((one for code in files for one in self.files.get(code, ()) if one.pk not in crebos), key=_order)


def known() -> Names:
    """The names as they were at most SEARCH_NAMES_SECONDS ago. One query, or none."""
    return _known(_turn())


def periods() -> list[tuple[int, str]]:
    """Key and name of the periods, the first one first. One query, or none."""
    return _periods(_turn())


def goals_of(crebo: int) -> list[tuple[int, str]]:
    """Goals of a qualification by their position in its list. One query, or none."""
    return _goals(_turn(), crebo) if crebo else []


def words() -> frozenset[str]:
    """Every word by which a qualification is found. One query, or none."""
    return _words(_turn())


def _turn() -> int:
    """A number that stays the same as long as names are kept."""
    seconds = settings.SEARCH_NAMES_SECONDS
    return int(time.monotonic() // seconds) if seconds else time.monotonic_ns()


@lru_cache(maxsize=1)
def _known(_now: int) -> Names:
    found = {one.pk: one for one in Qualification.objects.only("crebo", "name", "level", "kind", "dossier_code", "current")}
    files = defaultdict(list)
    for one in found.values():
        if one.current and one.dossier_code:
            files[one.dossier_code].append(one)
    return Names(found, files)


@lru_cache(maxsize=1)
def _words(_now: int) -> frozenset[str]:
    texts = Qualification.objects.filter(current=True).values_list("search_text", flat=True)
    return frozenset(word for text in (*texts, *synonyms()) for word in text.split())


@lru_cache(maxsize=1)
def _periods(_now: int) -> list[tuple[int, str]]:
    return list(Period.objects.order_by("starts_on", "pk").values_list("pk", "name"))


@lru_cache(maxsize=MOST_COURSES)
def _goals(_now: int, crebo: int) -> list[tuple[int, str]]:
    links = QualificationGoal.objects.filter(qualification=crebo, position__lt=GOALS)
    return list(links.order_by("position").values_list("position", "goal__text"))


def _order(one: Qualification) -> tuple[int, str, int]:
    return one.level, one.name, one.pk
