"""Reads for the pages of students, parents and companies; nothing here writes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from django.conf import settings
from django.db.models import BigIntegerField, BooleanField, Count, ExpressionWrapper, F, IntegerField, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast, Substr
from django.utils import timezone
from django.utils.functional import Promise

from accounts.actor import Actor
from accounts.models import User
from companies.models import CompanyMembership, Recognition, RecognitionState
from placements.models import Period, Place, Placement, PlacementRequest, PlaceSearchRow, PreparationStep, Weekday
from placements.models.place import may_train
from placements.workflow import OPEN_STATES, S
from reference.formats import pc4
from reference.models import LabourMarketRegion, PostcodeArea
from reference.selectors import postcode_point
from reference.travel import TravelMode, max_metres, minutes, road_metres, straight_metres
from schools.models import SchoolMembership, SchoolRole, Student


@dataclass(frozen=True)
class Reasons:
    """Why a placement was proposed: points in total (of 1000), a row per criterion with label, points, max and note, and sentences."""

    total: int
    rows: list[dict[str, object]]
    sentences: list[str] = field(default_factory=list)


ReasonsProvider = Callable[[Placement], Reasons | None]
_reasons: list[ReasonsProvider] = []


def register_reasons(provider: ReasonsProvider) -> None:
    """Let the matching app, a floor above, say why a placement was proposed."""
    if provider not in _reasons:
        _reasons.append(provider)


def reasons_for(placement: Placement) -> Reasons | None:
    """Why this placement was proposed; None for one that no run proposed."""
    return next((found for provider in _reasons if (found := provider(placement))), None)


UnplacedProvider = Callable[[PlacementRequest], str]
_unplaced: list[UnplacedProvider] = []


def register_unplaced(provider: UnplacedProvider) -> None:
    """Let the matching app say where a student reads why a finished round gave no place."""
    if provider not in _unplaced:
        _unplaced.append(provider)


def unplaced_address(request: PlacementRequest) -> str:
    """The page that says why the last finished round gave this request no place; empty when there is nothing to say."""
    return next((found for provider in _unplaced if (found := provider(request))), "")


# -- requests


def request_of(actor: Actor) -> PlacementRequest | None:
    """The request that a student (or parent) is busy with: the first one whose period is not over."""
    return (
        PlacementRequest.objects.visible_to(actor)
        .filter(closed_at=None, period__ends_on__gte=timezone.localdate())
        .select_related("period", "student__programme__qualification", "student__school", "student__user")
        .order_by("period__starts_on", "pk")
        .first()
    )


def coming_periods() -> QuerySet[Period]:
    """Periods that are not over, the first one first."""
    return Period.objects.filter(ends_on__gt=timezone.localdate()).order_by("starts_on", "pk")


def periods_to_choose() -> list[Period]:
    """Periods that are not over, those that have yet to begin before those that run already."""
    today = timezone.localdate()
    return sorted(coming_periods(), key=lambda period: (period.starts_on <= today, period.starts_on, period.pk))


@dataclass(frozen=True)
class Reach:
    """What lies within reach of a student: metres by road, offered places, their free slots, and how many fit what was filled in so far."""

    minutes: int
    mode: TravelMode
    road_metres: int
    places: int
    slots: int
    fitting: int


def reach_of(request: PlacementRequest, mode: str, most_minutes: int) -> Reach | None:
    """Places for the student's own qualification within so many minutes, free and long enough; None if the postcode is unknown."""
    student = request.student
    home = postcode_point(student.postcode)
    if home is None:
        return None
    metres = max_metres(most_minutes, mode)
    weeks = timedelta(weeks=request.weeks)
    dx, dy = (Cast(axis, BigIntegerField()) - value for axis, value in (("x", home[0]), ("y", home[1])))
    found = PlaceSearchRow.objects.filter(
        open=True,
        qualification=student.programme.qualification_id,
        place__pathways__contains=[student.programme.pathway],
        # Enough weeks in common: each end lies that much after each start.
        starts_on__lte=request.ends_on - weeks,
        ends_on__gte=request.starts_on + weeks,
    ).filter(ends_on__gte=F("starts_on") + weeks)
    within = found.annotate(squared=dx * dx + dy * dy).filter(squared__lt=(metres + 1) ** 2)
    counts = within.aggregate(places=Count("pk"), slots=Sum(F("place__capacity") - F("place__taken")), fitting=Count("pk", filter=_fitting(request)))
    return Reach(most_minutes, TravelMode(mode), road_metres(metres), counts["places"], counts["slots"] or 0, counts["fitting"])


def _fitting(request: PlacementRequest) -> Q:
    """Search rows whose place asks and offers what fits the steps that the student has done: the engine's rules about days, needs and demands."""
    fits = Q(pk__isnull=False)
    if PreparationStep.DAYS in request.steps_done and request.days_needed:
        fits &= Q(*(Q(place__days__contains=list(days)) for days in combinations(request.days, request.days_needed)), _connector=Q.OR)
    if PreparationStep.NEEDS in request.steps_done:
        fits &= Q(place__requirements__contained_by=request.meets, place__offers__contains=request.needs)
    return fits


# -- placements


def placement_of(actor: Actor, request: PlacementRequest) -> Placement | None:
    """The placement that a student (or parent) is told of: the open one, else the last that ended."""
    told = (
        Placement.objects.visible_to(actor).filter(request=request).select_related("place__company", "place__period", "introduction", "application")
    )
    placements = list(told.order_by("-state_since", "-pk")[:10])
    return next((placement for placement in placements if placement.state in OPEN_STATES), placements[0] if placements else None)


@dataclass(frozen=True)
class Journey:
    """How far a place is from home: metres by road, and minutes by the student's own means (None if that is not known)."""

    road_metres: int
    minutes: int | None
    mode: TravelMode | None


def journey_of(placement: Placement) -> Journey | None:
    """The way from home to the place; None if the postcode is unknown."""
    request, company = placement.request, placement.place.company
    home = postcode_point(request.student.postcode)
    if home is None:
        return None
    metres = straight_metres(home, (company.x, company.y))
    mode = TravelMode(request.travel_mode) if request.travel_mode else None
    return Journey(road_metres(metres), minutes(metres, mode) if mode else None, mode)


def common_days(placement: Placement) -> list[str | Promise]:
    """Days on which student and place both can, in the order of the week."""
    asked = set(placement.request.days) or set(Weekday)
    return [day.label for day in Weekday if day in asked and day in placement.place.days]


def answer_before(placement: Placement) -> datetime | None:
    """When the school is asked to call a student who has neither agreed nor objected; None if nothing is asked."""
    if not waits_for_student(placement) or placement.told_at is None:
        return None
    return max(placement.told_at, placement.state_since) + timedelta(days=settings.SILENCE_CALL_DAYS)


def company_people(placement: Placement) -> list[str]:
    """Names of those who speak for the company, for a student who has agreed; at most three, contacts first."""
    members = CompanyMembership.objects.filter(company=placement.place.company_id, ended_at=None).order_by("role", "pk")
    return list(dict.fromkeys(members.values_list("user__name", flat=True)))[:3]


def school_contacts(student: Student) -> list[User]:
    """Whom a student, parent or company can ask: the coordinators of the programme, else the administrators of the school."""
    own = Q(role=SchoolRole.COORDINATOR, programmes=student.programme_id) | Q(role=SchoolRole.ADMIN)
    members = SchoolMembership.objects.filter(own, school=student.school_id, ended_at=None).select_related("user")
    found = list(members.distinct().order_by("pk"))
    coordinators = [member.user for member in found if member.role == SchoolRole.COORDINATOR]
    return coordinators or [member.user for member in found]


def still_recognised() -> Q:
    """Placements whose company may train for the student's own qualification."""
    return may_train(OuterRef("place__company"), "request__student__programme__qualification")


def stuck(actor: Actor, *, days: int) -> QuerySet[Placement]:
    """Placements of own students that go no further by themselves.

    Either the student was told so many days ago and has not answered, or has left the school and still holds the place, or the company
    may not train any more (`recognised` is false).
    """
    before = timezone.now() - timedelta(days=days)
    silent = Q(state=S.APPROVED, told_at__lte=before, state_since__lte=before)
    left = Q(state__in=OPEN_STATES, request__student__left_at__isnull=False)
    own = Placement.objects.visible_to(actor).annotate(recognised=ExpressionWrapper(still_recognised(), output_field=BooleanField()))
    found = own.filter(silent | left | Q(state__in=OPEN_STATES, recognised=False))
    return found.select_related("request__student", "place__company").order_by("told_at", "pk")


# -- for companies


def who_comes(actor: Actor) -> QuerySet[Placement]:
    """Placements of which the company knows the student, those without a first meeting first."""
    known = Placement.objects.known_to_company().filter(place__company=actor.company_id)
    return known.select_related("place__company", "request__student__programme__qualification", "request__student__school", "introduction")


def first_meetings_due(actor: Actor) -> QuerySet[Placement]:
    """Who comes and has no first meeting yet, the earliest start first; not where the school looks for another place."""
    return who_comes(actor).filter(still_recognised(), state=S.CONFIRMED).order_by("starts_on", "pk")


def students_being_asked(actor: Actor) -> list[Place]:
    """Places with `asked`: how many students are being asked for it now. A number, nothing of the person."""
    unknown = Placement.objects.filter(place__company=actor.company_id, state__in=(S.APPROVED, S.OBJECTED), confirmed_at=None)
    counts = dict(unknown.values_list("place_id").annotate(asked=Count("pk")).order_by())
    places = list(Place.objects.visible_to(actor).filter(pk__in=counts).select_related("period").order_by("title", "pk"))
    for place in places:
        place.asked = counts[place.pk]  # type: ignore[attr-defined]
    return places


def requested_recognition(actor: Actor) -> Recognition | None:
    """The request for recognition of the own company that is decided on first, if one is waiting."""
    waiting = Recognition.objects.pending().filter(company=actor.company_id or 0)
    return waiting.select_related("qualification").order_by("requested_at", "pk").first()


def suspended(company: int | None) -> list[Recognition]:
    """Recognitions of a company that stand still: what it has to solve first."""
    found = Recognition.objects.filter(company=company or 0, state=RecognitionState.SUSPENDED)
    return list(found.select_related("qualification").order_by("decided_at", "pk"))


# -- applying


def waits_for_student(placement: Placement | None) -> bool:
    """Whether the student has to agree or object now."""
    return placement is not None and placement.state == S.APPROVED and placement.told_at is not None


@dataclass(frozen=True)
class Chance:
    """The chance of a place in a region: free slots for the qualification, students who seek one, and the share in percent (at most 100).

    few: fewer students than may be counted in public; then no number of them is shown.
    """

    region: str
    free: int
    seeking: int
    percent: int
    few: bool


FEWEST = 5


def chance_percent(free: int, seeking: int) -> int:
    """The formula of the chance of a place, and the only one: 100 × free slots ÷ students who are ready and seek one, at most 100.

    Nobody seeks: 100 where there is a slot, else 0. docs/shortages.md says what it leaves out.
    """
    if not seeking:
        return 100 if free else 0
    return min(100, 100 * free // seeking)


def chance_of_a_place(*, qualification: int, pathway: str, period: int, region: LabourMarketRegion) -> Chance:
    """100 × free slots ÷ students who seek a place, at most 100, of one qualification and pathway in one labour-market region and period.

    Free slots: offered places of companies in the region. Students: ready, without a place, living in the region. Two queries.
    """
    offered = PlaceSearchRow.objects.filter(
        open=True,
        qualification=qualification,
        place__period=period,
        place__pathways__contains=[pathway],
        place__company__municipality__region=region,
    )
    free = offered.aggregate(n=Sum(F("place__capacity") - F("place__taken")))["n"] or 0
    areas = PostcodeArea.objects.filter(municipality__region=region).values("pc4")
    asking = PlacementRequest.objects.seeking().filter(
        period=period, student__programme__qualification=qualification, student__programme__pathway=pathway
    )
    seeking = asking.annotate(area=Cast(Substr("student__postcode", 1, 4), IntegerField())).filter(area__in=areas).count()
    return Chance(region.name, free, seeking, chance_percent(free, seeking), few=seeking < FEWEST)


def chance_for(request: PlacementRequest) -> Chance | None:
    """The chance of a place for the programme of a student where they live; None if the postcode is unknown. Three queries."""
    region = LabourMarketRegion.objects.filter(municipalities__postcode_areas__pc4=pc4(request.student.postcode)).first()
    if region is None:
        return None
    programme = request.student.programme
    return chance_of_a_place(qualification=programme.qualification_id, pathway=programme.pathway, period=request.period_id, region=region)


def through_school(placement: Placement) -> bool:
    """Whether the company reaches the student through the school alone: a minor, until the agreement is signed."""
    return placement.request.student.is_minor() and placement.state not in (S.AGREED, S.ACTIVE)
