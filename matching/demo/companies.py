"""Companies with their contacts, recognitions and places."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from companies.models import Company, CompanyMembership, CompanyRole, Recognition, RecognitionState
from matching.demo.draw import Draw
from matching.demo.plan import COMPANIES, RESERVED_SUPPLY, TEAMS, Plan
from matching.demo.schools import WEEK, Seeded
from placements.country.words import COMPANY_NAMES, LAST_NAMES, PLACE_TITLES, STREETS, company_name
from placements.models import Adjustment, Place, PlaceSearchRow, PlaceState, Requirement
from reference.models import Pathway, Qualification, QualificationGoal
from schools.models import Programme

PLANS = [plan for team in TEAMS for plan in team.programmes]
CARE_OR_CHILD = {"care", "childcare"}
OPEN_ALL_WEEK = {"hospitality", "shop", "care"}
NO_PASSWORD = "!"  # noqa: S105  what Django stores for an account that cannot sign in with one
TASKS = (
    "Je werkt mee in het team en leert stap voor stap. Aan het eind van elke week praten we over wat goed ging en wat je volgende week wilt leren."
)
FOUR_YEARS = timedelta(days=1461)


@dataclass(frozen=True)
class Offer:
    """One place to make: by whom, for which crebos, how many."""

    company: Company
    crebos: tuple[int, ...]
    capacity: int
    pathways: tuple[str, ...]


def make_companies(draw: Draw) -> list[Company]:
    """Companies over the real map, a contact for each, and recognitions that fit their kind."""
    companies: list[Company] = []
    used: set[str] = set()
    for number, (area, kind) in enumerate(draw.company_seats(COMPANIES)):
        name = _company_name(draw, kind, area.place, used)
        companies.append(
            Company(
                name=name,
                kvk=f"{90_000_000 + number}",
                branch=f"{number + 1:012d}",
                kind=kind,
                street=f"{draw.random.choice(STREETS)} {draw.random.randint(1, 180)}",
                postcode=draw.postcode(area),
                place=area.place,
                phone=f"+31240{number:06d}" if number % 5 else "",  # no number of a subscriber begins with 0: nobody's telephone rings
                municipality_id=area.municipality_id,
                x=area.x,
                y=area.y,
            )
        )
    Company.objects.bulk_create(companies)
    people = []
    for number, _company in enumerate(companies):
        contact = draw.name()
        people.append(User(email=f"contact{number}@bedrijf.demo.example", name=f"{contact.first} {contact.last}", password=NO_PASSWORD))
    User.objects.bulk_create(people)
    CompanyMembership.objects.bulk_create(
        [CompanyMembership(user=person, company=company, role=CompanyRole.CONTACT) for person, company in zip(people, companies, strict=True)]
    )
    Recognition.objects.bulk_create([recognition for company in companies for recognition in _recognitions(draw, company)])
    return companies


def _company_name(draw: Draw, kind: str, town: str, used: set[str]) -> str:
    while True:
        surname = draw.random.choice(LAST_NAMES)
        name = company_name(draw.random.choice(COMPANY_NAMES[kind]), surname, town)
        if name not in used:
            used.add(name)
            return name
        name = f"{name} {draw.random.choice(LAST_NAMES)}"
        if name not in used:
            used.add(name)
            return name


def _recognitions(draw: Draw, company: Company) -> list[Recognition]:
    fitting = sorted({plan.crebo for plan in PLANS if company.kind in plan.kinds})
    now, today = timezone.now(), timezone.localdate()
    made = []
    for crebo in draw.some(fitting, 1, 3):
        waits = draw.chance(0.04)
        days_left = draw.random.randint(-2, 13)
        decided_at = None if waits else now - timedelta(days=draw.random.randint(30, 1200))
        requested_at = (decided_at or now) - timedelta(days=14 - days_left)  # two weeks before the decision is due
        made.append(
            Recognition(
                company=company,
                qualification_id=crebo,
                state=RecognitionState.SUBMITTED if waits else RecognitionState.RECOGNISED,
                requested_at=requested_at,
                decide_before=timezone.localdate(requested_at) + timedelta(days=14),
                decided_at=decided_at,
                first_recognised_on=timezone.localdate(decided_at) if decided_at else None,
                review_due_on=None if waits else today + timedelta(days=draw.random.randint(30, FOUR_YEARS.days)),
            )
        )
    return made


def make_places(draw: Draw, seeded: Seeded) -> None:
    """Places for each programme, too few for some and too many for others, and some for pro, vso and vmbo."""
    valid: dict[int, list[Company]] = {}
    for recognition in Recognition.objects.valid().select_related("company").order_by("pk"):
        valid.setdefault(recognition.qualification_id, []).append(recognition.company)
    offers = [offer for programme, plan in seeded.programmes if plan for offer in _offers(draw, plan, valid.get(plan.crebo, []))]
    offers += _reserved_offers(draw, [programme for programme, plan in seeded.programmes if plan is None])
    _save(draw, seeded, offers)


def _offers(draw: Draw, plan: Plan, companies: list[Company]) -> list[Offer]:
    wanted, made = round(plan.students * plan.supply), []
    while companies and wanted > 0:
        capacity = min(wanted, draw.random.choices([1, 2, 3, 5], [5, 3, 2, 1])[0])
        pathways = (Pathway.BOL.value, Pathway.BBL.value) if draw.chance(0.3) else (plan.pathway,)
        made.append(Offer(draw.random.choice(companies), (plan.crebo,), capacity, pathways))
        wanted -= capacity
    return made


def _reserved_offers(draw: Draw, programmes: list[Programme]) -> list[Offer]:
    made = []
    for programme in programmes:
        qualification = programme.qualification
        fitting = Recognition.objects.valid().filter(qualification__sector_chamber=qualification.sector_chamber)
        companies = [recognition.company for recognition in fitting.select_related("company").order_by("pk")]
        count = round(programme.students.count() * RESERVED_SUPPLY)
        made += [Offer(draw.random.choice(companies), (qualification.pk,), 1, tuple(qualification.pathways)) for _number in range(count)]
    return made


def _save(draw: Draw, seeded: Seeded, offers: list[Offer]) -> None:
    goals: dict[int, list[int]] = {}
    for crebo, goal in QualificationGoal.objects.order_by("qualification", "position").values_list("qualification_id", "goal_id"):
        goals.setdefault(crebo, []).append(goal)
    places = [_place(draw, seeded, offer) for offer in offers]
    Place.objects.bulk_create(places)
    known = set(Qualification.objects.values_list("pk", flat=True))
    PlaceSearchRow.objects.bulk_create(
        [
            PlaceSearchRow(
                place=place,
                qualification_id=crebo,
                x=offer.company.x,
                y=offer.company.y,
                starts_on=place.starts_on,
                ends_on=place.ends_on,
                open=place.state == PlaceState.OPEN,
            )
            for place, offer in zip(places, offers, strict=True)
            for crebo in offer.crebos
            if crebo in known
        ]
    )
    through = Place.goals.through
    through.objects.bulk_create(
        [
            through(place_id=place.pk, learninggoal_id=goal)
            for place, offer in zip(places, offers, strict=True)
            for goal in draw.some(goals.get(offer.crebos[0], []), 3, 8)
        ]
    )


def _place(draw: Draw, seeded: Seeded, offer: Offer) -> Place:
    kind, period = offer.company.kind, seeded.period
    demands = ([Requirement.VOG.value] if kind in CARE_OR_CHILD else []) + ([Requirement.AGE_16.value] if draw.chance(0.2) else [])
    return Place(
        company=offer.company,
        title=draw.random.choice(PLACE_TITLES[kind]),
        tasks=TASKS,
        period=period,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        pathways=list(offer.pathways),
        days=[*WEEK, *(["sa", "su"] if kind in OPEN_ALL_WEEK else [])] if draw.chance(0.8) else WEEK[:3],
        capacity=offer.capacity,
        requirements=demands,
        offers=draw.some([a.value for a in Adjustment], 2, 8),
        support=draw.random.choices([0, 1, 2, 3], [1, 5, 3, 1])[0],
        allowance=draw.random.choice([0, 0, 0, 150, 250, 350, 450]),
        expenses=draw.random.choice([0, 0, 50, 75]),
        state=PlaceState.PAUSED if draw.chance(0.03) else PlaceState.OPEN,
        confirmed_at=timezone.now() - timedelta(days=draw.random.randint(0, 200)),
    )
