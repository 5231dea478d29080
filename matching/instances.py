"""From the database to the engine: what a round asks and what companies offer, as rows without a single name.

Six queries, however many students. The columns are those of docs/engine.md.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Exists, OuterRef, QuerySet

from matching.engine import Instance
from matching.models import Round
from placements.models import Place, PlacementRequest, PlaceSearchRow, PlaceState
from placements.models.place import counted_goals, may_train
from placements.models.request import at_the_start
from reference.models import PostcodeArea
from reference.selectors import postcode_point
from reference.travel import max_metres

ONE_DAY = timedelta(days=1)
# What is read of a request and of a place, here and for the whole country at once (matching.columnar).
REQUEST_COLUMNS = (
    "pk", "student__postcode", "student__adult_on", "travel_mode", "max_minutes",
    "student__programme__qualification_id", "student__programme__qualification__level", "student__programme__pathway",
    "starts_on", "ends_on", "weeks", "needs", "has", "days", "days_needed", "kind1", "kind2", "support", "allowance", "tier",
)  # fmt: skip
PLACE_COLUMNS = (
    "pk", "company_id", "company__x", "company__y", "company__kind", "pathways", "starts_on", "ends_on", "capacity", "taken",
    "offers", "requirements", "days", "support", "allowance",
)  # fmt: skip


def build(round_: Round) -> Instance:
    """The round as it stands now; raises engine.InputError if the engine cannot take it."""
    return Instance.from_rows(student_rows(round_), place_rows(round_), round_.criteria.as_engine())


def seeking(round_: Round) -> QuerySet[PlacementRequest]:
    """Requests that the round matches: of its programmes, in its period, prepared, without a place."""
    return PlacementRequest.objects.seeking().filter(period=round_.period_id, student__programme__in=round_.programmes.values("pk"))


def student_rows(round_: Round) -> list[dict[str, Any]]:
    """The requests that the round matches; raises PostcodeArea.DoesNotExist for a postcode that no area has."""
    return request_rows(seeking(round_))


def request_rows(asked: QuerySet[PlacementRequest]) -> list[dict[str, Any]]:
    """One row a request, with the request's key as id; raises PostcodeArea.DoesNotExist for a postcode that no area has."""
    requests = asked.order_by("pk").values_list(*REQUEST_COLUMNS)
    goals = _codes(PlacementRequest.goals.through.objects.filter(placementrequest__in=asked), "placementrequest_id")
    reach: dict[tuple[str, int | None], int] = {}
    rows = []
    for (
        pk, postcode, adult_on, mode, minutes, crebo, level, pathway, first, last, weeks,
        needs, has, days, days_needed, kind1, kind2, support, allowance, tier,
    ) in requests:  # fmt: skip
        if (mode, minutes) not in reach:
            reach[mode, minutes] = max_metres(minutes or 0, mode)
        point = postcode_point(postcode)
        if point is None:
            raise PostcodeArea.DoesNotExist(f"No postcode area {postcode[:4]}.")
        x, y = point
        rows.append({
            "id": pk, "x": x, "y": y, "qualification": str(crebo), "level": level, "pathway": pathway,
            "from": first, "until": last + ONE_DAY, "weeks": weeks, "max_distance": reach[mode, minutes],
            "needs": " ".join(needs), "has": " ".join(at_the_start(has, adult_on, first)),
            "days": days, "days_needed": days_needed, "goals": goals[pk],
            "kind1": kind1, "kind2": kind2, "support": support, "allowance": allowance, "tier": tier,
        })  # fmt: skip
    return rows


def place_rows(round_: Round) -> list[dict[str, Any]]:
    """One row a place offered in the period for a qualification of the round, with the slots that are free now.

    A full place stays in, without a slot: it is why somebody can read "full" instead of "none near". A place for other
    qualifications only cannot change anybody's result, so it is left out.
    """
    wanted = round_.programmes.values("qualification")
    recognised = recognised_rows().filter(place__state=PlaceState.OPEN, place__period=round_.period_id)
    return offer_rows(Place.objects.filter(Exists(recognised.filter(place=OuterRef("pk"), qualification__in=wanted))))


def offer_rows(offered: QuerySet[Place]) -> list[dict[str, Any]]:
    """One row a place as it is now, for those of its qualifications for which the company is recognised now."""
    crebos: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, crebo, level in recognised_rows().filter(place__in=offered).values_list("place_id", "qualification_id", "qualification__level"):
        crebos[place].append((crebo, level))
    goals = _codes(counted_goals().filter(place__in=offered), "place_id")
    places = offered.order_by("pk").values_list(*PLACE_COLUMNS)
    return [
        {
            "id": pk, "company": company, "x": x, "y": y, "kind": kind, "pathways": pathways,
            "qualifications": {str(crebo) for crebo, _ in crebos[pk]}, "levels": {level for _, level in crebos[pk]},
            "from": first, "until": last + ONE_DAY, "capacity": capacity - taken,
            "offers": " ".join(offers), "demands": " ".join(demands), "days": days, "goals": goals[pk], "support": support, "allowance": allowance,
        }
        for pk, company, x, y, kind, pathways, first, last, capacity, taken, offers, demands, days, support, allowance in places
    ]  # fmt: skip


def recognised_rows() -> QuerySet[PlaceSearchRow]:
    """Search rows under which the company may train now."""
    return PlaceSearchRow.objects.filter(may_train(OuterRef("place__company"), "qualification"))


def _codes(links: QuerySet[Any], owner: str) -> dict[int, str]:
    """Codes of the learning goals per owner, as one text: a row an owner instead of a row a goal."""
    return defaultdict(str, links.order_by().values_list(owner).annotate(codes=StringAgg("learninggoal__code", " ")))
