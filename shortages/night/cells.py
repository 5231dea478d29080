"""The cells of a night: region × qualification × target group, as places in arrays that hold every cell there could be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference.models import LabourMarketRegion, Pathway, PostcodeArea, Qualification
from shortages.groups import TargetGroup, group_of

Ints = NDArray[np.int64]
GROUPS = tuple(TargetGroup)
PATHWAYS = tuple(Pathway.values)
NOWHERE = -1


@dataclass(frozen=True)
class Axes:
    """regions by code, crebos rising, and group [crebo, pathway]: the number of the group whose students follow it so."""

    regions: list[str]
    crebos: Ints
    group: Ints

    @classmethod
    def read(cls) -> Axes:
        """The axes as reference data has them. Two queries."""
        rows = list(Qualification.objects.order_by("crebo").values_list("crebo", "kind", "level"))
        group = [[GROUPS.index(group_of(kind, level, pathway)) for pathway in PATHWAYS] for _, kind, level in rows]
        regions = list(LabourMarketRegion.objects.order_by("code").values_list("code", flat=True))
        return cls(regions, np.array([row[0] for row in rows], np.int64), np.array(group, np.int64).reshape(-1, len(PATHWAYS)))

    @property
    def in_a_region(self) -> int:
        """Cells of one region."""
        return len(self.crebos) * len(GROUPS)

    @property
    def size(self) -> int:
        """Cells in all."""
        return len(self.regions) * self.in_a_region

    def cell(self, region: Ints, crebo: Ints, group: Ints) -> Ints:
        """Numbers of cells, by number of the region, crebo and number of the group."""
        return (region * len(self.crebos) + np.searchsorted(self.crebos, crebo)) * len(GROUPS) + group

    def groups_of(self, crebo: Ints, pathway: Ints) -> Ints:
        """Number of the group, by crebo and number of the pathway."""
        found: Ints = self.group[np.searchsorted(self.crebos, crebo), pathway]
        return found

    def sums(self, cell: Ints, amount: Ints | None = None) -> Ints:
        """How much falls into every cell: int64 [size]."""
        return np.bincount(cell, amount, minlength=self.size).astype(np.int64)

    def parts(self, cell: Ints) -> tuple[Ints, Ints]:
        """Crebo and number of the group of cells, whatever their region."""
        within = cell % self.in_a_region
        return self.crebos[within // len(GROUPS)], within % len(GROUPS)


def regions_by_postcode(axes: Axes) -> Ints:
    """Number of the region by four-digit postcode, NOWHERE where there is none: int64 [10000]."""
    number = {code: at for at, code in enumerate(axes.regions)}
    found = np.full(10_000, NOWHERE, np.int64)
    for pc4, region in PostcodeArea.objects.values_list("pc4", "municipality__region_id"):
        found[pc4] = number[region]
    return found
