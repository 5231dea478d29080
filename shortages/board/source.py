"""Who reads which figures: the one place that decides, and the only one that pages and exports get figures from.

Exact figures of a region are for those whose post covers it; everybody else, and everybody about other regions, gets the published
ones. A page never mixes them within one number.
"""

from dataclasses import dataclass

from accounts.actor import Actor
from accounts.hats import HatKind
from shortages.models.figure import Cell, PublicFigure, RegionFigure
from shortages.models.forecast import Forecast, Outlook, PublicForecast
from shortages.models.total import PublicTotal, RegionTotal, Total

COUNTRY = "nl"


@dataclass(frozen=True)
class Source:
    """Where figures are read: cells, their sums, and what is expected."""

    exact: bool
    cells: type[Cell]
    totals: type[Total]
    outlooks: type[Outlook]


EXACT = Source(True, RegionFigure, RegionTotal, Forecast)
PUBLISHED = Source(False, PublicFigure, PublicTotal, PublicForecast)


@dataclass(frozen=True)
class Reach:
    """For which regions somebody is responsible: the codes, or everywhere."""

    regions: tuple[str, ...] = ()
    everywhere: bool = False

    def covers(self, region: str) -> bool:
        """Whether the region (COUNTRY: the whole country) is their responsibility."""
        return self.everywhere or region in self.regions

    def source(self, region: str) -> Source:
        """What they may read of a region or of the country."""
        return EXACT if self.covers(region) else PUBLISHED


def reach_of(actor: Actor) -> Reach:
    """What the post of an actor covers; nothing for everybody without one. One query at most."""
    if actor.is_(HatKind.ADMINISTRATOR):
        return Reach(everywhere=True)
    if not actor.has_post:
        return Reach()
    return Reach(actor.regions, everywhere=not actor.regions)
