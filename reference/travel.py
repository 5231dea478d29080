"""How far a student can get: the one place that turns minutes and a means of travel into metres and back.

Straight lines between postcode points, times a factor for the road. A router can take the place of these three functions;
the matching engine only ever sees straight-line metres.
"""

from math import ceil, isqrt

from django.db import models
from django.utils.translation import gettext_lazy as _

from reference.projection import Point


class TravelMode(models.TextChoices):
    WALK = "walk", _("on foot")
    BIKE = "bike", _("by bicycle")
    PUBLIC_TRANSPORT = "public-transport", _("by public transport")
    CAR = "car", _("by car")


# Kilometres an hour from door to door, waiting and parking included. From general knowledge, not from a source.
SPEED_KMH = {TravelMode.WALK: 5, TravelMode.BIKE: 15, TravelMode.PUBLIC_TRANSPORT: 25, TravelMode.CAR: 40}
# A road is this many tenths of the straight line: 1.3. From general knowledge, not from a source.
ROAD_TENTHS = 13


def max_metres(minutes: int, mode: TravelMode | str) -> int:
    """Straight-line metres within reach in so many minutes: minutes × speed ÷ 1.3, rounded down."""
    return minutes * SPEED_KMH[TravelMode(mode)] * 10_000 // (60 * ROAD_TENTHS)


def minutes(metres: int, mode: TravelMode | str) -> int:
    """Minutes that a straight line of so many metres takes by road, rounded up; never more than `max_metres` was asked for."""
    return ceil(metres * 60 * ROAD_TENTHS / (SPEED_KMH[TravelMode(mode)] * 10_000))


def straight_metres(a: Point | tuple[int, int], b: Point | tuple[int, int]) -> int:
    """Whole metres between two points on the plane, rounded down: the distance the matching engine computes."""
    return isqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)


def road_metres(metres: int) -> int:
    """Metres by road of a straight line, for showing to people."""
    return metres * ROAD_TENTHS // 10


def straight_within(road: int) -> int:
    """Straight-line metres of which the road is no longer than this: what is shown within 20 km is at most 20 km."""
    return (10 * road + 9) // ROAD_TENTHS
