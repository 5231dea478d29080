"""Schools, staff, programmes, students and their requests."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from matching.demo.draw import Draw
from matching.demo.plan import RESERVED, ROC_NIJMEGEN, TEAMS, Plan, Team
from placements.country.words import FIRST_NAMES
from placements.models import Adjustment, Period, PlacementRequest, PreparationStep, Requirement, Weekday
from placements.services.requests import tier_for, whole_weeks
from reference.models import Qualification, QualificationGoal, SchoolKind, SchoolRecord
from reference.travel import TravelMode
from schools.models import Guardian, Programme, School, SchoolMembership, SchoolRole, SchoolState, Student

WEEK = [day.value for day in Weekday][:5]
MODES = [TravelMode.BIKE] * 5 + [TravelMode.PUBLIC_TRANSPORT] * 4 + [TravelMode.CAR]


@dataclass
class Seeded:
    """What the demo has made so far, for the next steps."""

    period: Period
    teams: dict[str, tuple[SchoolMembership, list[Programme]]] = field(default_factory=dict)
    programmes: list[tuple[Programme, Plan | None]] = field(default_factory=list)
    staff: list[SchoolMembership] = field(default_factory=list)


def user(draw: Draw, address: str, *, name: str = "", note: str = "") -> User:
    """An invented user without a password; with a note it gets a one-click login."""
    name = name or f"{(drawn := draw.name()).first} {drawn.last}"
    made = User(email=f"{address}@demo.stagematch.example", name=name, is_demo=bool(note), demo_note=note)
    made.set_unusable_password()
    made.save()
    return made


def make_schools(draw: Draw, period: Period) -> Seeded:
    """ROC Nijmegen with three coordinators, and real schools for pro, vso and vmbo around it."""
    seeded = Seeded(period)
    _roc(draw, seeded)
    for kind, students, schools, chambers in RESERVED:
        near = SchoolRecord.objects.filter(kinds__contains=[kind], municipality__in=draw.by_municipality).exclude(postcode="").order_by("code")
        for number, record in enumerate(sorted(near, key=lambda r: (r.municipality_id != "GM0268", r.code))[:schools]):
            school = _school(record, kind)
            staff = _member(draw, school, SchoolRole.COORDINATOR, f"{kind}{number}", f"Coördinator {kind}, {school.name}" if number == 0 else "")
            programmes = _reserved_programmes(school, kind, chambers)
            staff.programmes.set(programmes)
            seeded.staff.append(staff)
            for programme in programmes:
                seeded.programmes.append((programme, None))
                _students(draw, seeded, programme, None, students // len(programmes))
    return seeded


def _roc(draw: Draw, seeded: Seeded) -> None:
    record = SchoolRecord.objects.get(code=ROC_NIJMEGEN)
    school = _school(record, SchoolKind.MBO)
    admin = _member(draw, school, SchoolRole.ADMIN, "beheer", "Schoolbeheerder, ROC Nijmegen")
    seeded.staff.append(admin)
    for team in TEAMS:
        programmes = [_programme(school, plan) for plan in team.programmes]
        coordinator = _member(draw, school, SchoolRole.COORDINATOR, team.round, _note(team))
        coordinator.programmes.set(programmes)
        supervisor = _member(draw, school, SchoolRole.SUPERVISOR, f"begeleider.{team.round}", f"Stagebegeleider {team.name}")
        supervisor.programmes.set(programmes)
        seeded.teams[team.round] = (coordinator, programmes)
        for programme, plan in zip(programmes, team.programmes, strict=True):
            seeded.programmes.append((programme, plan))
            _students(draw, seeded, programme, plan, plan.students)


def _note(team: Team) -> str:
    state = {"finished": "ronde klaar", "waiting": "voorstellen wachten", "open": "ronde open"}[team.round]
    return f"Coördinator {team.name} ({state})"


def _school(record: SchoolRecord, kind: str) -> School:
    return School.objects.create(
        brin=record.code,
        name=record.name[:200],
        kind=kind,
        postcode=record.postcode or "6525AA",
        place=record.place or "Nijmegen",
        state=SchoolState.VERIFIED,
        decided_at=timezone.now(),
    )


def _member(draw: Draw, school: School, role: SchoolRole, address: str, note: str) -> SchoolMembership:
    return SchoolMembership.objects.create(user=user(draw, f"{address}.school", note=note), school=school, role=role)


def _programme(school: School, plan: Plan) -> Programme:
    qualification = Qualification.objects.get(pk=plan.crebo)
    return Programme.objects.create(school=school, qualification=qualification, pathway=plan.pathway, name=qualification.name[:200])


def _reserved_programmes(school: School, kind: str, chambers: tuple[str, ...]) -> list[Programme]:
    kinds = {"pro": "pro", "vso": "vso", "vmbo": "vmbo-lwt"}
    found = Qualification.objects.filter(kind=kinds[kind], sector_chamber__in=chambers).order_by("crebo")
    return [Programme.objects.create(school=school, qualification=q, pathway=q.pathways[0], name=q.name[:200]) for q in found]


def _students(draw: Draw, seeded: Seeded, programme: Programme, plan: Plan | None, count: int) -> None:
    """Students of one programme with their users, parents of minors, and requests."""
    first = Student.objects.count()
    students, users = [], []
    young = programme.school.kind != SchoolKind.MBO
    for number in range(first, first + count):
        name = draw.name()
        email = f"{name.address}{number}@leerling.demo.example"
        person = User(email=email, name=f"{name.first} {name.last}", password="!")  # noqa: S106  an account without a password
        minor = draw.chance(0.95 if young else 0.3)
        students.append(
            Student(
                school=programme.school,
                programme=programme,
                user=person,
                number=f"{700_000 + number}",
                first_name=name.first,
                last_name=name.last,
                email=email,
                postcode=draw.postcode(draw.area_of_student()),
                group=f"{programme.name[:3].upper()}{draw.random.randint(1, 3)}",
                exit_phase=young or draw.chance(0.25),
                adult_on=timezone.localdate() + timedelta(days=draw.random.randint(60, 900)) if minor else None,
            )
        )
        users.append(person)
    User.objects.bulk_create(users)
    Student.objects.bulk_create(students)
    # Parents are named without drawing, so that the rest of the demo stays as it is.
    parents = [(s, f"{FIRST_NAMES[int(s.number) % len(FIRST_NAMES)]} {s.last_name}") for s in students if s.adult_on]
    Guardian.objects.bulk_create([Guardian(student=s, name=name, email=f"ouder{s.number}@thuis.demo.example") for s, name in parents])
    _requests(draw, seeded.period, programme, plan, students)


def _requests(draw: Draw, period: Period, programme: Programme, plan: Plan | None, students: list[Student]) -> None:
    goals = list(QualificationGoal.objects.filter(qualification=programme.qualification).order_by("position").values_list("goal_id", flat=True))
    kinds = list(plan.kinds) if plan else ["hospitality", "shop", "care", "green"]
    requests = [_request(draw, period, student, kinds) for student in students]
    PlacementRequest.objects.bulk_create(requests)
    through = PlacementRequest.goals.through
    through.objects.bulk_create(
        [through(placementrequest_id=r.pk, learninggoal_id=goal) for r in requests if "goals" in r.steps_done for goal in draw.some(goals, 2, 5)]
    )


def _request(draw: Draw, period: Period, student: Student, kinds: list[str]) -> PlacementRequest:
    steps = [step.value for step in PreparationStep]
    done = steps if draw.chance(0.9) else steps[: draw.random.randint(0, 4)]
    ready = len(done) == len(steps)
    mode = draw.random.choice(MODES)
    wishes = [*draw.some(kinds, 1, 1), *(["office"] if draw.chance(0.2) else [])]
    return PlacementRequest(
        student=student,
        period=period,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        weeks=min(20, whole_weeks(period.starts_on, period.ends_on)),
        travel_mode=mode if "travel" in done else "",
        max_minutes=draw.random.choice([30, 40, 45, 60, 75]) if "travel" in done else None,
        days=WEEK if draw.chance(0.8) else WEEK[:4],
        days_needed=draw.random.choice([2, 3, 4]) if "days" in done else 0,
        kind1=wishes[0] if "kind" in done and draw.chance(0.8) else "",
        needs=draw.some([a.value for a in Adjustment], 1, 2) if draw.chance(0.06) else [],
        has=[Requirement.VOG.value, Requirement.AGE_16.value] + ([] if student.adult_on else [Requirement.AGE_18.value]),
        support=draw.random.choices([0, 1, 2, 3], [2, 5, 2, 1])[0],
        allowance=draw.random.choice([0, 0, 100, 250, 350]),
        tier=tier_for(student),
        steps_done=done,
        ready_at=timezone.now() if ready else None,
    )
