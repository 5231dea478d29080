"""Best fit: the matching engine's own score of each place for one student. The engine stands a floor higher and registers itself here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from placements.search.find import PAGE
from placements.search.rows import Rows
from schools.models import Student


@dataclass(frozen=True)
class Fit:
    """How well a place fits: points of 1000 with their breakdown, or the rule that stands in the way.

    rule: the engine's name of it, obstacle: in a few words; request: the key of what was asked.
    """

    score: int
    points: list[dict[str, Any]] = field(default_factory=list)
    obstacle: str = ""
    rule: str = ""
    request: int = 0

    @property
    def words(self) -> str:
        """The score as people read it: `613 of 1000 points`."""
        return _("%(n)s of 1000 points") % {"n": self.score}


@dataclass(frozen=True)
class Fits:
    """Scores of the rows found, -1 where a rule stands in the way; `explain` makes the Fit of some."""

    rows: Rows
    scores: np.ndarray[Any, np.dtype[np.int64]]
    explain: Callable[[np.ndarray[Any, Any]], list[Fit]]
    of: dict[int, Fit] = field(default_factory=dict)

    def page(self, page: int) -> Rows:
        """The rows of one page: best score first, equals by the shortest line, then the nearest; what does not fit comes last."""
        order = np.lexsort((self.rows.place, self.rows.metres, self.rows.queue, -self.scores))
        chosen = order[PAGE * (page - 1) : PAGE * page]
        self.of.update(zip(self.rows.place[chosen].tolist(), self.explain(chosen), strict=True))
        return self.rows.of(chosen)


Scorer = Callable[[Student, Rows, date], Fits | None]
_scorers: list[Scorer] = []


def register(scorer: Scorer) -> None:
    """Let the engine score; called once, when the apps are ready."""
    _scorers[:] = [scorer]


def fits_of(student: Student, rows: Rows, today: date) -> Fits | None:
    """Scores for a student who has done the preparation of a coming period; None for others, or without an engine."""
    return _scorers[0](student, rows, today) if _scorers else None
