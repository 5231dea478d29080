"""Reads of reference data that pages, forms, imports and the matching share."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from reference.formats import pc4
from reference.models import (
    LabourMarketRegion,
    LearningGoal,
    PostcodeArea,
    Qualification,
    QualificationKind,
    SchoolKind,
    SchoolRecord,
)
from reference.projection import Point
from reference.words import found_by_words, guesses

KIND_OF_SCHOOL = {
    SchoolKind.MBO: QualificationKind.MBO,
    SchoolKind.PRO: QualificationKind.PRO,
    SchoolKind.VSO: QualificationKind.VSO,
    SchoolKind.VMBO: QualificationKind.VMBO_LWT,
}

# Letters of a search that are read: a whole page of text costs the database a minute.
LONGEST_SEARCH = 100
# Points of the postcode areas by pc4, filled at first use; a process that runs on after a new load keeps the old points.
_points: dict[int, Point] = {}


def qualifications_for(kind: SchoolKind | str) -> QuerySet[Qualification]:
    """What a school of this kind can teach: current crebos for mbo, reserved codes for the others."""
    return Qualification.objects.current().filter(kind=KIND_OF_SCHOOL[SchoolKind(kind)]).select_related("sector_chamber")


def search_qualifications(words: str, among: QuerySet[Qualification] | None = None) -> QuerySet[Qualification]:
    """Current qualifications that somebody's own words mean, the best first; those with words like these when there are none.

    among narrows it to some; then those need not be current. No words: none. Beyond a hundred letters nothing is read.
    """
    words = words[:LONGEST_SEARCH]
    offered = (Qualification.objects.current() if among is None else among).select_related("sector_chamber")
    found = found_by_words(words, offered)
    return found if found.exists() else guesses(words, offered)


def goals_for(qualification: Qualification) -> QuerySet[LearningGoal]:
    """The goals a student or company can choose from, the most particular first."""
    return LearningGoal.objects.filter(qualification_links__qualification=qualification).order_by("qualification_links__position", "text")


def postcode_area(postcode: str) -> PostcodeArea | None:
    """The area of a stored postcode (`1234AB` or `1234`) with its municipality and region; None if there is none."""
    return PostcodeArea.objects.select_related("municipality__region").filter(pk=pc4(postcode)).first()


def postcode_point(postcode: str) -> Point | None:
    """The point, RD New metres, of a stored postcode (`1234AB` or `1234`); None if we do not know its area.

    One query fills a dict of all 4,072 areas, so a file of 10,000 students costs no more than one student.
    """
    area = pc4(postcode)
    if not _points:
        _points.update((key, Point(x, y)) for key, x, y in PostcodeArea.objects.values_list("pc4", "x", "y"))
    if area not in _points:
        found = PostcodeArea.objects.filter(pk=area).values_list("x", "y").first()
        if found is None:
            return None
        _points[area] = Point(*found)
    return _points[area]


def regions() -> QuerySet[LabourMarketRegion]:
    """The 35 labour market regions by name."""
    return LabourMarketRegion.objects.order_by("name")


def search_schools(words: str, kinds: Iterable[SchoolKind] = tuple(SchoolKind)) -> QuerySet[SchoolRecord]:
    """Sites in the public register whose name, place, postcode or BRIN holds every word. No words: none."""
    found = SchoolRecord.objects.filter(kinds__overlap=[SchoolKind(kind).value for kind in kinds])
    if not words.split():
        return found.none()
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(place__icontains=word) | Q(code__istartswith=word) | Q(postcode__istartswith=word))
    return found.select_related("municipality").order_by("name", "code")
