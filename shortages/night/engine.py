"""The engine of the night: all who seek and are ready, all that is offered, one match; it takes nobody a place.

What it finds besides: why the others have none (`stops`), how far the way is, and what one more place would do (`worth`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.conf import settings
from django.db.models import QuerySet
from numpy.typing import NDArray

from matching import columnar
from matching.engine import Instance, Result
from matching.models import Criteria
from placements.models import Place, PlacementRequest, PlaceState
from reference.travel import road_metres
from shortages.models import Night, Stop
from shortages.night import storing
from shortages.night.cells import NOWHERE, Axes, Ints, regions_by_postcode
from shortages.night.snapshot import together
from stagematch.moments import midnight

POLICY = "most"
NEAR = 40_000  # metres in a straight line: "there are places, but further than they can travel"
# docs/shortages.md, "What stops them": the engine's reason (docs/engine.md, "reason") as one of ours. `none_near` is divided by NEAR.
STOPS = {
    "none_near": Stop.RECOGNITION,
    "level": Stop.RECOGNITION,
    "pathway": Stop.RECOGNITION,
    "period": Stop.PERIOD,
    "days": Stop.DAYS,
    "needs": Stop.REQUIREMENT,
    "demands": Stop.REQUIREMENT,
    "full": Stop.CAPACITY,
    "taken": Stop.CAPACITY,
}


def seed_of(day: date) -> int:
    """The lot of a night: 63 bits of the SHA-256 of its date, known to all and chosen by nobody."""
    return int.from_bytes(hashlib.sha256(day.isoformat().encode()).digest()[:8], "big") >> 1


def asked(day: date) -> QuerySet[PlacementRequest]:
    """Requests that the night matches: ready, without a place, not over."""
    return PlacementRequest.objects.seeking().filter(ends_on__gt=day)


def offered(day: date) -> QuerySet[Place]:
    """Places that the night matches: offered, not over, confirmed lately enough to be found by the search; full ones without a slot."""
    shown = midnight(day - timedelta(weeks=settings.PLACE_HIDDEN_WEEKS))
    return Place.objects.filter(state=PlaceState.OPEN, ends_on__gt=day, confirmed_at__gte=shown)


def read(axes: Axes, day: date, moment: str | None) -> tuple[Instance, Ints]:
    """The country as an instance, and of each student the number of the region where they live."""
    criteria = Criteria.latest().as_engine()
    instance, homes = together(moment, lambda: columnar.read(asked(day), offered(day), criteria), lambda: _homes(axes, day))
    row = np.searchsorted(homes[0], instance.students.id)
    return instance, homes[1][row]


def _homes(axes: Axes, day: date) -> Ints:
    """Requests in the order of their keys and the numbers of their regions; those who live nowhere are not in the instance."""
    sql, params = asked(day).order_by("pk").values_list("pk", "student__postcode").query.sql_with_params()
    pk, pc4 = columnar.numbers(f"SELECT t.pk, left(t.postcode, 4)::integer FROM ({sql}) AS t(pk, postcode)", params, 2)  # noqa: S608 - all of it ours
    return np.stack([pk, regions_by_postcode(axes)[pc4]])


def load(night: Night) -> tuple[Instance, Result]:
    """What the engine worked on and what it found, for two days after the night; NightData.DoesNotExist after that."""
    instance = storing.instance_from(storing.get(night, "instance"))
    return instance, storing.result_from(storing.get(night, "result"), instance)


@dataclass(frozen=True)
class Found:
    """What the match says of every cell: students by what stops them, those placed, and metres by road to the place given (−1: nobody)."""

    stops: dict[Stop, Ints]
    placed: Ints
    median_metres: Ints


def by_cell(axes: Axes, instance: Instance, region: Ints, result: Result) -> Found:
    """Sum a result up, in the cells where the students live."""
    cell = student_cells(axes, instance, region)
    here, placed = region != NOWHERE, result.place_id >= 0
    stop = stops_of(instance, result)
    stops = {name: axes.sums(cell[here & ~placed & (stop == name)]) for name in Stop}
    which = here & placed
    medians = np.full(axes.size, -1, np.int64)
    order = np.lexsort((result.distance[which], cell[which]))
    cells, metres = cell[which][order], result.distance[which][order]
    found, first, count = np.unique(cells, return_index=True, return_counts=True)
    # The lower of the two in the middle: a way that somebody has.
    medians[found] = [road_metres(int(value)) for value in metres[first + (count - 1) // 2]]
    return Found(stops, axes.sums(cell[which]), medians)


def student_cells(axes: Axes, instance: Instance, region: Ints) -> Ints:
    """The cell of each student; of those who live in no region it means nothing."""
    crebo = np.array([int(word) for word in instance.words.qualifications.words], np.int64)
    own = crebo[instance.students.qualification] if len(instance.students) else np.zeros(0, np.int64)
    return axes.cell(np.maximum(region, 0), own, axes.groups_of(own, instance.students.pathway))


def stops_of(instance: Instance, result: Result) -> NDArray[np.object_]:
    """What stops each student without a place; empty for those with one."""
    stop = np.array([STOPS.get(reason, "") for reason in result.reason], object)
    lonely = np.array([reason == "none_near" for reason in result.reason], bool)
    rows = np.flatnonzero(lonely)
    stop[rows[near_any(instance, rows)]] = Stop.DISTANCE
    return stop


def near_any(instance: Instance, rows: Ints) -> NDArray[np.bool_]:
    """Whether any place offered for the student's qualification lies within NEAR of these students' homes."""
    s, p = instance.students, instance.places
    owner = np.repeat(np.arange(len(p)), p.qualifications.sizes())
    word = p.qualifications.word
    order = np.argsort(word, kind="stable")
    first = np.searchsorted(word[order], np.arange(len(instance.words.qualifications.words) + 1))
    near = np.zeros(len(rows), bool)
    for code in np.unique(s.qualification[rows]).tolist():
        there = np.unique(np.stack([axis[owner[order[first[code] : first[code + 1]]]] for axis in (p.x, p.y)]), axis=1)
        which = np.flatnonzero(s.qualification[rows] == code)
        homes, at = np.unique(np.stack([s.x[rows[which]], s.y[rows[which]]]), axis=1, return_inverse=True)
        close = np.zeros(homes.shape[1], bool)
        for number, (x, y) in enumerate(homes.T.tolist()):
            close[number] = bool((((there[0] - x) ** 2 + (there[1] - y) ** 2) <= NEAR * NEAR).any())
        near[which] = close[at.reshape(-1)]
    return near
