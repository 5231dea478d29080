"""Every count of a night once more, slowly and in plain Python: it shares nothing with shortages.night but the rules in words."""

from collections import Counter, defaultdict
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from companies.models import Recognition
from placements.models import Place, Placement, PlacementRequest, PlaceSearchRow
from reference.models import PostcodeArea, Qualification

Cell = tuple[str, int, str]
WAITING = {"proposed", "approved", "objected"}
AGREED = {"confirmed", "introduced", "refusal_claimed", "agreed", "active"}


def group(qualification: Qualification, pathway: str) -> str:
    pupils = {"pro": "pro", "vso": "vso", "vmbo-lwt": "vmbo"}
    return pupils.get(qualification.kind) or f"mbo{qualification.level}{pathway.lower()}"


def recount(day: date) -> dict[Cell, Counter[str]]:
    cells: dict[Cell, Counter[str]] = defaultdict(Counter)
    _students(cells, day)
    _places(cells, day)
    return {cell: +counts for cell, counts in cells.items() if +counts}


def _students(cells: dict[Cell, Counter[str]], day: date) -> None:
    regions = {area.pc4: area.municipality.region_id for area in PostcodeArea.objects.select_related("municipality")}
    states = defaultdict(set)
    for request, state in Placement.objects.values_list("request_id", "state"):
        states[request].add(state)
    people = "student__programme__qualification"
    for request in PlacementRequest.objects.select_related(people):
        student = request.student
        if request.closed_at or student.left_at or request.ends_on <= day or int(student.postcode[:4]) not in regions:
            continue
        programme = student.programme
        counts = cells[regions[int(student.postcode[:4])], programme.qualification_id, group(programme.qualification, programme.pathway)]
        if states[request.pk] & AGREED:
            counts["placed"] += 1
        elif states[request.pk] & WAITING:
            counts["matched"] += 1
        else:
            counts["seeking"] += 1
            counts["ready"] += request.ready_at is not None
    began = date(day.year if day.month >= 8 else day.year - 1, 8, 1)
    seen = set()
    for placement in Placement.objects.filter(state="ended_early").select_related("request__" + people):
        student, ended = placement.request.student, timezone.localdate(placement.state_since)
        if began <= ended <= day and student.pk not in seen and int(student.postcode[:4]) in regions:
            seen.add(student.pk)
            programme = student.programme
            where = regions[int(student.postcode[:4])], programme.qualification_id, group(programme.qualification, programme.pathway)
            cells[where]["ended_early"] += 1


def _places(cells: dict[Cell, Counter[str]], day: date) -> None:
    recognised, chambers, named = defaultdict(set), defaultdict(set), defaultdict(list)
    for row in Recognition.objects.valid().select_related("qualification"):
        recognised[row.company_id].add(row.qualification_id)
        chambers[row.company_id].add(row.qualification.sector_chamber_id)
    qualifications = Qualification.objects.in_bulk()
    for place, crebo in PlaceSearchRow.objects.order_by("place_id", "qualification_id").values_list("place_id", "qualification_id"):
        named[place].append(qualifications[crebo])
    for place in Place.objects.select_related("company__municipality"):
        company = place.company
        if place.state != "open" or place.ends_on <= day or company.municipality is None:
            continue
        may = [q for q in named[place.pk] if q.pk in recognised[company.pk] or (q.kind != "mbo" and q.sector_chamber_id in chambers[company.pk])]
        fresh = timezone.localdate(place.confirmed_at) >= day - timedelta(weeks=settings.PLACE_STALE_WEEKS)
        amounts = {
            "offered": place.capacity,
            "confirmed": place.capacity if fresh else 0,
            "stale": 0 if fresh else place.capacity,
            "unused": place.capacity - place.taken,
        }
        served = list(dict.fromkeys((q.pk, group(q, pathway)) for q in may for pathway in ("BOL", "BBL") if pathway in place.pathways))
        for number, (crebo, own) in enumerate(served):
            counts = cells[company.municipality.region_id, crebo, own]
            for name, amount in amounts.items():
                counts[name] += amount
                counts[f"{name}_once"] += amount if number == 0 else 0
