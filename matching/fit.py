"""How well places fit one student, outside any round: the published rules and points, by the engine's second program (NumPy alone)."""

from collections.abc import Collection

import numpy as np

from matching import words
from matching.engine import CRITERIA, Instance
from matching.engine.columns import MAX_METRE
from matching.engine.verify_rules import HARD_RULES, block
from matching.instances import offer_rows, request_rows
from matching.models import Criteria
from placements.hooks import Asked, Fit
from placements.models import Place, PlacementRequest
from reference.models import PostcodeArea


def fits_of(request: PlacementRequest, places: Collection[int], asked: Asked | None = None) -> dict[int, Fit]:
    """Fit of places (keys) by the latest criteria, as prepared or as asked now. Seven queries.

    Nothing while the request is not ready or its postcode is unknown.
    """
    if request.ready_at is None:
        return {}
    try:
        student = request_rows(PlacementRequest.objects.filter(pk=request.pk))
    except PostcodeArea.DoesNotExist:
        return {}
    if asked:
        student[0].update(goals=" ".join(asked["goals"]), days=asked["days"], days_needed=asked["days_needed"])
    criteria = Criteria.latest().as_engine()
    crebo = student[0]["qualification"]
    rows = offer_rows(Place.objects.filter(pk__in=places))
    offered = [row for row in rows if crebo in row["qualifications"]]
    found = {row["id"]: _unfit("qualification") for row in rows if crebo not in row["qualifications"]}
    if not offered:
        return found
    # Twice the same student: as prepared, and as if distance were no rule, because one may apply further away than planned.
    instance = Instance.from_rows([student[0], {**student[0], "id": student[0]["id"] + 1, "max_distance": MAX_METRE}], offered, criteria)
    judged = block(instance, np.arange(2), np.arange(len(offered)))
    most = {name: getattr(criteria, name) for name in CRITERIA}
    for column, row in enumerate(offered):
        points = {name: max(0, int(value)) for name, value in zip(CRITERIA, judged.points[0, column], strict=True)}
        failing = int(judged.failing[1, column])
        rule = HARD_RULES[failing] if failing >= 0 else ""
        far = int(judged.failing[0, column]) == HARD_RULES.index("distance")
        found[row["id"]] = Fit(points, most, dict(words.CRITERION), rule, words.MISSES[rule] if rule else "", far)
    return found


def _unfit(rule: str) -> Fit:
    return Fit({}, {}, {}, rule, words.Obstacle(rule).label)
