"""Whether pairs still fit: the hard rules once more, on the database of this moment.

A run is read days after it was made. Meanwhile a company changed its place, an advisor withdrew a recognition, a student moved.
"""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from matching import instances
from matching.engine import Instance
from matching.engine.verify_rules import HARD_RULES, block
from matching.words import Obstacle
from placements.models import Place, PlacementRequest, PlaceSearchRow, PlaceState


def obstacles(pairs: Mapping[int, int]) -> dict[int, Obstacle]:
    """Of pairs request → place (keys): the first hard rule that fails now, for those that fit no longer; nine queries, however many.

    Before the rules comes whether the student still looks, and the company still offers the place at all. Capacity is no rule
    here: whether a slot is free is counted under the place's lock. A paused place keeps what it has.
    """
    students = instances.request_rows(PlacementRequest.objects.filter(pk__in=pairs))
    places = {row["id"]: row for row in instances.offer_rows(Place.objects.filter(pk__in=set(pairs.values()))) if row["qualifications"]}
    offered = set(PlaceSearchRow.objects.filter(place__in=set(pairs.values())).values_list("place_id", "qualification_id"))
    found: dict[int, Obstacle] = {}
    together: dict[int, list[int]] = defaultdict(list)
    for row in students:
        place = pairs[row["id"]]
        if place in places and row["qualification"] in places[place]["qualifications"]:
            together[place].append(row["id"])
        else:
            found[row["id"]] = Obstacle.RECOGNITION if (place, int(row["qualification"])) in offered else Obstacle.QUALIFICATION
    asked = PlacementRequest.objects.filter(pk__in=pairs)
    found |= dict.fromkeys(asked.exclude(pk__in=PlacementRequest.objects.running()).values_list("pk", flat=True), Obstacle.STOPPED)
    stopped = set(Place.objects.filter(pk__in=set(pairs.values()), state=PlaceState.STOPPED).values_list("pk", flat=True))
    found |= {request: Obstacle.WITHDRAWN for request, place in pairs.items() if place in stopped}
    instance = Instance.from_rows(students, places.values())
    for place, requests in together.items():
        rows = np.array([instance.row_by_student[request] for request in requests])
        rules = block(instance, rows, np.array([instance.row_by_place[place]])).failing[:, 0]
        broken = {request: Obstacle(HARD_RULES[rule]) for request, rule in zip(requests, rules.tolist(), strict=True) if rule >= 0}
        found = broken | found
    return found
