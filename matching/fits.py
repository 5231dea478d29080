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
from placements.models import Place, PlacementRequest, PlaceSearchRow


def obstacles(pairs: Mapping[int, int]) -> dict[int, Obstacle]:
    """Of pairs request → place (keys): the first hard rule that fails now, for those that fit no longer; seven queries, however many.

    Capacity is no rule here: whether a slot is free is counted under the place's lock.
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
    instance = Instance.from_rows(students, places.values())
    for place, requests in together.items():
        rows = np.array([instance.row_by_student[request] for request in requests])
        rules = block(instance, rows, np.array([instance.row_by_place[place]])).failing[:, 0]
        found |= {request: Obstacle(HARD_RULES[rule]) for request, rule in zip(requests, rules.tolist(), strict=True) if rule >= 0}
    return found
