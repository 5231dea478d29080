"""Where the matching app, a floor above, says how well a place fits a student: the engine's own points and rules."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypedDict

from django.utils.functional import Promise

from placements.models import PlacementRequest
from placements.search.query import Query

Words = str | Promise


@dataclass(frozen=True)
class Fit:
    """How well one place fits one request: points by criterion (of `most`), and the hard rule that forbids it, if any.

    rule: the engine's name of the first rule that fails, empty if none; why: the same in words; words: labels of the criteria;
    far: further than the student wanted to travel (that forbids nothing here: one may apply further away).
    """

    points: dict[str, int]
    most: dict[str, int]
    words: dict[str, Words] = field(default_factory=dict)
    rule: str = ""
    why: Words = ""
    far: bool = False

    @property
    def total(self) -> int:
        """Points together, 0..1000."""
        return sum(self.points.values())


class Asked(TypedDict):
    """What is asked of one place instead of what was prepared: goals (codes), days, and how many of them a week."""

    goals: list[str]
    days: list[str]
    days_needed: int


FitProvider = Callable[[PlacementRequest, Collection[int], Asked | None], dict[int, Fit]]
_fits: list[FitProvider] = []


def register_fit(provider: FitProvider) -> None:
    """Say who computes fits; one is asked."""
    if provider not in _fits:
        _fits.append(provider)


def fits_of(request: PlacementRequest, places: Collection[int], asked: Asked | None = None) -> dict[int, Fit]:
    """Fit of each of these places (by key) for a prepared request, or for what is asked now instead; nothing without a provider.

    A handful of queries for all places.
    """
    return _fits[0](request, places, asked) if _fits and places else {}


ShortageAddress = Callable[[Query], str]
_shortages: list[ShortageAddress] = []


def register_shortage(address: ShortageAddress) -> None:
    """Say where somebody who finds nothing reports that; one is asked."""
    if address not in _shortages:
        _shortages.append(address)


def shortage_address(query: Query) -> str:
    """The page on which a search that found little becomes a report of a shortage; empty where nobody takes them."""
    return _shortages[0](query) if _shortages else ""
