"""What the map and the trend can show, and how its numbers are written."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shortages.models.figure import COUNTS
from shortages.models.total import MEANS

NOTHING = "–"
# What is summed per group of rows; means are divided at the end.
COLUMNS = (*COUNTS, *(f"{name}_{part}" for name in MEANS for part in ("sum", "of")))


@dataclass(frozen=True)
class Measure:
    """One number of a view: where it comes from, its words, and whether more of it is worse."""

    key: str
    column: str
    label: Promise
    short: Promise
    more_is_worse: bool = True
    decimals: int = 0
    unit: str = ""

    @property
    def is_count(self) -> bool:
        """Whether it counts something, so that it can be added up."""
        return self.column in COUNTS

    def write(self, value: float | None) -> str:
        """The number as it is read: `1.240`, `65%`, `0,4`; a dash where there is none."""
        if value is None:
            return NOTHING
        return (
            number_format(round(value, self.decimals) if self.decimals else round(value), self.decimals, use_l10n=True, force_grouping=True)
            + self.unit
        )


# Two counts of students, and everywhere these words for them: all without a place, and those of them who are ready for one.
MEASURES = {
    measure.key: measure
    for measure in (
        Measure("klaar", "ready", _("Students ready for a place"), _("ready for a place")),
        Measure("zonder", "seeking", _("Students without a place"), _("without a place")),
        Measure("ongebruikt", "unused_once", _("Slots unused"), _("slots unused"), more_is_worse=False),
        Measure("kans", "chance", _("Chance of a place"), _("chance"), more_is_worse=False, unit="%"),
        Measure("waarde", "worth", _("Worth of one more place"), _("students more"), decimals=1),
        Measure("meldingen", "reports_open", _("Reports open"), _("reports")),
    )
}


@dataclass(frozen=True)
class Sums:
    """Counts of some cells added up, and their means."""

    counts: Mapping[str, float]

    def get(self, column: str) -> float | None:
        """A count, or a mean weighed by the students it is about; None where nothing is known."""
        if column not in MEANS:
            return self.counts[column] or 0
        of = self.counts[f"{column}_of"]
        return self.counts[f"{column}_sum"] / of if of else None

    def of(self, measure: Measure, *, single: bool = False) -> float | None:
        """The number of a measure; single: of one qualification, where every place counts that names it."""
        return self.get(measure.column.removesuffix("_once") if single else measure.column)


EMPTY = Sums(dict.fromkeys(COLUMNS, 0))
