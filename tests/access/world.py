"""Two schools with companies of their own, and a second class beside the first: somebody else's object for every address.

`ours` is what the actors of the matrix may touch; `theirs` belongs to another school and company, in another region;
`next_door` to another programme of the same school, with places at the same company.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.hats import HatKind
from accounts.models import Invitation, User
from companies.models import Assessment, Claim, Company, CompanyMerge, Finding, Recognition, RecognitionTransition, Visit
from companies.workflow import Condition, R, RecognitionReason
from matching.models import Proposal, Round
from matching.services import decisions, rounds
from placements.applications.workflow import A
from placements.models import Adjustment, Application, ApplicationQuestion, Favourite, Message, Moment, PlaceAsk, Placement, SavedSearch
from placements.models.place import PlaceImport
from placements.services import transitions
from placements.workflow import PlacementState as S
from placements.workflow import ReasonCode
from reference.models import SchoolRecord
from schools.models import School, Student, StudentImport
from shortages.models import DigestSubscription, Night, NightState
from shortages.services import tasks
from stagematch.models import Job, JobState
from tests.campaigns.calling import calls_of_a_colleague
from tests.campaigns.mailing import mailing_of_who_left, mailing_that_was_sent
from tests.campaigns.making import lead
from tests.factories import (
    ApplicationFactory,
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    GuardianFactory,
    MunicipalityFactory,
    PeriodFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    PostFactory,
    ProgrammeFactory,
    QualificationFactory,
    RecognitionFactory,
    RegionFactory,
    RequestFactory,
    SchoolAdminFactory,
    SchoolFactory,
    ShortageReportFactory,
    StudentFactory,
    SupervisorFactory,
    TrainerFactory,
    UserFactory,
    actor_for,
)
from tests.matching.making import finished_round, finished_run
from tests.shortages.acts import advice

VISITOR = "visitor"
# Where the students of one class stand, the first of them is the student of the matrix.
STANDING = (S.APPROVED, S.PROPOSED, S.OBJECTED, S.CONFIRMED, S.REFUSAL_CLAIMED)


@dataclass
class Side:
    """One class with its people, its company, and something of every kind that an address can name."""

    school: School
    company: Company
    people: dict[str, Any]
    objects: dict[str, dict[str, Any]]
    placements: dict[str, Placement]
    students: list[Student]


def build_side(*, school: School, company: Company, size: int = 1) -> Side:
    """A class of five (times `size`) at a school, all matched to one company, each somewhere else on the way."""
    qualification = QualificationFactory()
    programme = ProgrammeFactory(school=school, qualification=qualification)
    people: dict[str, Any] = {
        HatKind.COORDINATOR: CoordinatorFactory(school=school, programmes=[programme]),
        HatKind.SUPERVISOR: SupervisorFactory(school=school, programmes=[programme]),
        HatKind.SCHOOL_ADMIN: SchoolAdminFactory(school=school),
        HatKind.COMPANY_CONTACT: ContactFactory(company=company),
        HatKind.TRAINER: TrainerFactory(company=company),
    }
    students = [StudentFactory(programme=programme, adult_on=timezone.localdate() + timedelta(days=300) if n == 0 else None) for n in range(5 * size)]
    people[HatKind.STUDENT], people[HatKind.GUARDIAN] = students[0], GuardianFactory(student=students[0])
    for student in students:
        RequestFactory(student=student, ready=True, goals=list(qualification.goals.all()[:2]), needs=[], kind1="care")
    PlaceFactory(company=company, qualifications=[qualification], capacity=5 * size, offers=[Adjustment.QUIET])
    actor = actor_for(people[HatKind.COORDINATOR])
    deadline = timezone.localdate() + timedelta(days=14)
    period = PeriodFactory()
    round_ = rounds.open_round(name=f"Ronde {programme.pk}", programmes=[programme], period=period, deadline=deadline, actor=actor)
    run = finished_run(round_)
    decisions.take_over(run=run, actor=actor)
    advanced = [advance(student, state, people) for student, state in zip(students, STANDING * size, strict=True)]
    placements = {state.value: placement for state, placement in zip(STANDING, advanced, strict=False)}
    for n in range(size - 1):
        _objects(school, company, qualification, people, round_, placements)
        rounds.open_round(name=f"Ronde {programme.pk}-{n}", programmes=[programme], period=period, deadline=deadline, actor=actor)
        own = ProgrammeFactory(school=school)
        own.staff.set([people[HatKind.COORDINATOR], people[HatKind.SUPERVISOR]])
    extra = _objects(school, company, qualification, people, round_, placements)
    extra["programme"] = {"public_id": programme.public_id}
    extra["run"] = {"public_id": run.public_id}
    return Side(school, company, people, extra, placements, students)


def advance(student: Student, to: str, people: dict[str, Any]) -> Placement:
    """Bring a student's proposed placement to a state through the services, each step by whoever makes it."""
    placement: Placement = Placement.objects.get(request__student=student)
    coordinator, own, company = actor_for(people[HatKind.COORDINATOR]), actor_for(student), actor_for(people[HatKind.COMPANY_CONTACT])
    if to != S.PROPOSED:
        placement = transitions.approve(placement=placement, actor=coordinator)
    if to == S.OBJECTED:
        placement = transitions.object_(placement=placement, actor=own, reason_code=ReasonCode.TOO_FAR)
    if to in (S.CONFIRMED, S.REFUSAL_CLAIMED):
        placement = transitions.agree(placement=placement, actor=own)
    if to == S.REFUSAL_CLAIMED:
        transitions.claim_refusal(placement=placement, actor=company, ground=ReasonCode.TRAINER_GONE, evidence="De opleider is vertrokken.")
    placement.refresh_from_db()
    return placement


def _objects(
    school: School, company: Company, qualification: Any, people: dict[str, Any], round_: Round, placements: dict[str, Placement]
) -> dict[str, dict[str, Any]]:
    """What an address of each kind names here; keys are the words in the table's `on`."""
    student, guardian = people[HatKind.STUDENT], people[HatKind.GUARDIAN]
    proposed = Proposal.objects.get(placement=placements[S.PROPOSED])
    batch = StudentImport.objects.create(school=school, uploaded_by=people[HatKind.COORDINATOR].user, file_name="klas.csv")
    places = PlaceImport.objects.create(company=company, uploaded_by=people[HatKind.COMPANY_CONTACT].user, file_name="plaatsen.csv")
    place = PlaceFactory(company=company, qualifications=[qualification], capacity=2)
    wanted = RecognitionFactory(company=company, requested=True)
    assessed, suspended = assessed_and_suspended(company)
    visit = Visit.objects.create(company=company, advisor=UserFactory(), starts_at=timezone.now() + timedelta(days=1))
    visit.recognitions.add(wanted)
    double = CompanyFactory(municipality=company.municipality)
    colleague = TrainerFactory(company=company)
    ended = TrainerFactory(company=company, ended_at=timezone.now())
    teacher = SupervisorFactory(school=school)
    left = SupervisorFactory(school=school, ended_at=timezone.now())
    application = ApplicationFactory(request=student.requests.get(), place=place)
    ApplicationQuestion.objects.create(application=application, asked_by="student", code="canteen")
    proposal = placements[S.PROPOSED]
    accepted, _new = Application.objects.get_or_create(
        request=proposal.request, place=proposal.place, defaults={"state": A.ACCEPTED, "placement": proposal, "profile": application.profile}
    )
    Favourite.objects.create(student=student, place=place)
    SavedSearch.objects.create(user=student.user, hat=f"{HatKind.STUDENT}:{student.pk}", name="Kok", query=f"wat={uuid4()}", alerts="daily")
    PlaceAsk.objects.create(student=student, company=CompanyFactory(), qualification=qualification, period=place.period)
    report = ShortageReportFactory(qualification=qualification, school=school, region=company.municipality.region)
    to_student = Message.objects.create(placement=placements[S.APPROVED], side="company", text="Tot maandag!")
    to_company = Message.objects.create(placement=placements[S.CONFIRMED], side="student", text="Tot maandag!", reported_at=timezone.now())
    return {
        "student": {"public_id": student.public_id},
        "parent": {"public_id": student.public_id, "pk": guardian.pk},
        "student import": {"uuid": batch.uuid},
        "colleague at school": {"pk": teacher.pk},
        "left school": {"pk": left.pk},
        "invited to school": {"pk": invitation(HatKind.SUPERVISOR, school.pk).pk},
        "school": {"public_id": school.public_id},
        "colleague at company": {"pk": colleague.pk},
        "left company": {"pk": ended.pk},
        "trainer who left": {"pk": ended.pk},
        "invited to company": {"pk": invitation(HatKind.TRAINER, company.pk).pk},
        "claim on company": {"pk": Claim.objects.create(company=company, name="Iemand", email=f"{uuid4().hex[:12]}@example.org").pk},
        "recognition": {"public_id": wanted.public_id},
        "assessed recognition": {"public_id": assessed.public_id},
        "letter": {"public_id": suspended.recognition.public_id, "pk": suspended.pk},
        "two records": {"public_id": company.public_id, "other": double.public_id},
        "merge": {"public_id": CompanyMerge.objects.create(kept=company, merged=double, reason="Zelfde deur").public_id},
        "visit": {"public_id": visit.public_id},
        "place": {"public_id": place.public_id},
        "place and act": {"public_id": place.public_id, "act": "pauzeren"},
        "place import": {"public_id": places.uuid},
        "application": {"public_id": application.public_id},
        "applied place": {"public_id": place.public_id},
        "accepted application": {"public_id": accepted.public_id},
        "message of a company": {"public_id": to_student.public_id},
        "message of a student": {"public_id": to_company.public_id},
        "own placement": {"public_id": placements[S.APPROVED].public_id},
        "who comes": {"public_id": placements[S.CONFIRMED].public_id},
        "proposal": {"public_id": proposed.public_id},
        "proposal and place": {"public_id": proposed.public_id, "place": placements[S.PROPOSED].place.public_id},
        "objection": {"public_id": placements[S.OBJECTED].public_id},
        "claim": {"public_id": placements[S.REFUSAL_CLAIMED].refusals.get().public_id},
        "round": {"public_id": round_.public_id},
        "request": {"public_id": placements[S.PROPOSED].request.public_id},
        "report": {"public_id": report.public_id},
        "report and act": {"public_id": report.public_id, "act": "sluiten"},
    }


def assessed_and_suspended(company: Company) -> tuple[Recognition, RecognitionTransition]:
    """A recognition to decide on, and the step that suspended another."""
    assessed = RecognitionFactory(company=company, requested=True, state=R.ASSESSED)
    findings = Assessment.objects.create(recognition=assessed)
    Finding.objects.bulk_create([Finding(assessment=findings, condition=condition, met=True, evidence="Gezien") for condition in Condition])
    suspended = RecognitionFactory(company=company, state=R.SUSPENDED)
    reason = {"reason_code": RecognitionReason.SAFETY, "reason": "De machine mist een kap."}
    return assessed, suspended.transitions.create(from_state=R.RECOGNISED, to_state=R.SUSPENDED, hat="advisor_practice:1", **reason)


def invitation(kind: HatKind, organisation: int | None) -> Invitation:
    """An invitation that waits; its link is `digest`-only, nobody can click it."""
    fields: dict[str, Any] = {"email": f"{uuid4().hex[:12]}@example.org", "name": "Iemand", "kind": kind, "organisation_id": organisation}
    return Invitation.objects.create(**fields, token_digest=uuid4().hex, expires_at=timezone.now() + timedelta(days=14))


@dataclass
class World:
    """All three sides, and the people who belong to none of them."""

    ours: Side
    theirs: Side
    next_door: Side
    posts: dict[str, Any]
    everywhere: dict[str, dict[str, Any]]

    def person(self, hat: str) -> Any:
        """Who wears this hat in the matrix; None for a visitor."""
        return None if hat == VISITOR else self.posts.get(hat) or self.ours.people[hat]

    def kwargs(self, on: str, side: Side) -> dict[str, Any]:
        """The parameters of an address about this kind of object."""
        return {} if not on else self.everywhere.get(on) or side.objects[on]


def build_world(size: int = 1) -> World:
    """Everything the matrix walks; size: how many times five students (and places, rounds, colleagues …) our side has."""
    PostcodeAreaFactory()
    elsewhere = MunicipalityFactory(code="GM0363", name="Amsterdam", region=RegionFactory(code="AM21", name="Groot Amsterdam"))
    school, company = SchoolFactory(), CompanyFactory()
    ours = build_side(school=school, company=company, size=size)
    next_door = build_side(school=school, company=company)
    theirs = build_side(school=SchoolFactory(), company=CompanyFactory(municipality=elsewhere))
    posts = {kind: PostFactory(kind=kind) for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT, HatKind.ADMINISTRATOR)}
    for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS):
        posts[kind].regions.add(company.municipality.region)
    for person in (*ours.people.values(), *posts.values()):
        person.user.set_password("vier losse gewone woorden")
        person.user.save()
        # as an accepted invitation leaves it; allauth's page of addresses would make it otherwise, on GET
        person.user.emailaddress_set.create(email=person.user.email, verified=True, primary=True)
    for n in range(size):
        PostFactory(kind=HatKind.SCOUT)
        PeriodFactory(name=f"Periode {n}")
        SchoolFactory(registered=True)
    return World(ours, theirs, next_door, posts, _everywhere(school))


def _everywhere(school: School) -> dict[str, dict[str, Any]]:
    """Objects that belong to nobody in particular."""
    record = SchoolRecord.objects.create(code="25PN00", brin="25PN", name="ROC Waaloever", kinds=["mbo"], place="Nijmegen")
    demo: User = UserFactory(is_demo=True)
    strange = ShortageReportFactory()
    night = Night.objects.create(date=timezone.localdate() - timedelta(days=400), state=NightState.DONE)
    act = advice(night=night)
    taken = tasks.take(advice=advice(night=night), by=actor_for(PostFactory(kind=HatKind.SCOUT)))
    weekly = DigestSubscription.objects.create(email="gemeente@voorbeeld.example", name="Gemeente", region=act.region)
    stranger = SavedSearch.objects.create(user=UserFactory(), hat="student:0", name="Kok", query="wat=kok")
    return {
        "school in the register": {"code": record.code},
        "school that is here": {"code": school.brin},
        "step": {"slug": "doelen"},
        "version": {"version": 1},
        "finished round": {"public_id": finished_round().public_id},
        "field": {"name": "qualification"},
        "unknown link": {"token": "no-such-token"},
        "unknown link and answer": {"token": "no-such-token", "answer": "past"},
        "report of a stranger": {"public_id": strange.public_id},
        "report of a stranger and answer": {"public_id": strange.public_id, "answer": "past"},
        "unknown key": {"key": "no-such-key"},
        "unknown reset": {"uidb36": "1", "key": "set-password"},
        "no security key": {"pk": 1},
        "demo person": {"public_id": demo.public_id},
        "job": {"pk": Job.objects.create(kind="matching.run", key=uuid4().hex, state=JobState.FAILED, finished_at=timezone.now()).pk},
        "period": {"pk": PeriodFactory().pk},
        "tip card": {"moment": Moment.GUIDANCE.value},
        "municipality": {"code": MunicipalityFactory().pk},  # that of another region: tests/shortages/test_board.py
        "act": {"public_id": act.public_id},
        "programme that lacks places": {"crebo": act.qualification_id, "pathway": act.pathway},
        "company that could help": {"public_id": act.company.public_id},
        "lead": {"public_id": lead(PostFactory(kind=HatKind.SCOUT)).public_id},
        "task": {"public_id": taken.public_id},
        "mailing of who left": {"public_id": mailing_of_who_left().public_id},
        "mailing that was sent": {"public_id": mailing_that_was_sent().public_id},
        **calls_of_a_colleague(),
        "subscription": {"public_id": weekly.public_id},
        "night that failed": {"pk": Night.objects.create(date=timezone.localdate(), version=9, state=NightState.FAILED).pk},
        "search of a stranger": {"public_id": stranger.public_id},
        "company that offers nothing": {"public_id": CompanyFactory().public_id},
        "post": {"pk": PostFactory(kind=HatKind.SCOUT).pk},
        "invited to a post": {"pk": invitation(HatKind.SCOUT, None).pk},
    }
