"""The three rounds of the demo: one finished, one waiting for approval, one open; played by the product's own services."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import Hat, HatKind
from companies.models import CompanyRole
from matching import tasks  # noqa: F401 - tells the jobs how to do a run; only a worker loads it by itself
from matching.demo.draw import Draw
from matching.demo.plan import SEED, TEAMS
from matching.demo.schools import Seeded
from matching.models import Round
from matching.services import decisions, rounds, runs
from placements.models import Placement
from placements.services import transitions
from placements.workflow import PlacementState as S
from placements.workflow import ReasonCode
from schools.models import SchoolMembership
from stagematch import jobs

SALT = "demo"


def coordinator(membership: SchoolMembership) -> Actor:
    """A coordinator at work; made by hand, for looking the hats up would double the queries of the seed."""
    return Actor(user=membership.user, hat=Hat(HatKind.COORDINATOR, membership.pk, membership.school_id, ""))


def student_of(placement: Placement) -> Actor:
    """The student of a placement."""
    student = placement.request.student
    return Actor(user=student.user, hat=Hat(HatKind.STUDENT, student.pk, student.pk, ""))


def contact_of(placement: Placement) -> Actor:
    """The contact of the company where a placement is."""
    membership = placement.place.company.memberships.select_related("user").filter(role=CompanyRole.CONTACT, ended_at=None).order_by("pk")[0]
    return Actor(user=membership.user, hat=Hat(HatKind.COMPANY_CONTACT, membership.pk, membership.company_id, ""))


def play_rounds(draw: Draw, seeded: Seeded) -> None:
    """Open the rounds of the three teams and play them as far as they are."""
    for number, team in enumerate(TEAMS):
        membership, programmes = seeded.teams[team.round]
        actor = coordinator(membership)
        deadline = seeded.period.starts_on - timedelta(weeks=6)
        name = f"{team.name.capitalize()}, {seeded.period.name.lower()}"
        round_ = rounds.open_round(name=name, programmes=programmes, period=seeded.period, deadline=deadline, actor=actor)
        # Every machine has the same demo, so the seed is not drawn here as it is in a real round.
        seed, salt = SEED + number, SALT
        Round.objects.filter(pk=round_.pk).update(seed=seed, seed_salt=salt, seed_hash=rounds.commitment(seed, salt))
        round_.refresh_from_db()
        if team.round == "open":
            continue
        run = runs.start_run(round_=round_, actor=actor)
        assert run.job_id
        jobs.run(run.job_id)
        run.refresh_from_db()
        decisions.take_over(run=run, actor=actor)
        if team.round == "finished":
            _decide(draw, round_, actor)


@transaction.atomic
def _decide(draw: Draw, round_: Round, actor: Actor) -> None:
    """Approve all, let nearly every student agree, a few object or wait, and companies plan to meet; then publish."""
    proposed = Placement.objects.filter(proposal__run__round=round_, state=S.PROPOSED)
    transitions.approve_many(placements=proposed.values_list("pk", flat=True), actor=actor)
    transitions.tell_due(now=timezone.now() + timedelta(days=1))
    approved = list(Placement.objects.filter(proposal__run__round=round_, state=S.APPROVED).select_related("request__student__user").order_by("pk"))
    for number, placement in enumerate(approved):
        student = student_of(placement)
        if number < 6:
            continue  # these still have to answer
        if number < 9:
            transitions.object_(
                placement=placement, actor=student, reason_code=ReasonCode.TOO_FAR, reason="Met de bus ben ik bijna twee uur onderweg."
            )
            continue
        transitions.agree(placement=placement, actor=student)
    _meet(draw, round_, actor)
    rounds.publish_round(round_=round_, actor=actor)


def _meet(draw: Draw, round_: Round, judge: Actor) -> None:
    confirmed = Placement.objects.filter(proposal__run__round=round_, state=S.CONFIRMED).select_related("place__company").order_by("pk")
    for number, placement in enumerate(confirmed):
        company = contact_of(placement)
        if number == 0:
            transitions.claim_refusal(
                placement=placement, ground=ReasonCode.TRAINER_GONE, actor=company, evidence="Onze praktijkopleider is per 1 november uit dienst."
            )
        elif number == 1:
            refusal = transitions.claim_refusal(placement=placement, ground=ReasonCode.SAFETY, evidence="Wij twijfelen of het past.", actor=company)
            transitions.judge_refusal(
                refusal=refusal, valid=False, reason_code=ReasonCode.EVIDENCE_MISSING,
                reason="Er staat niet welk gevaar er is en welke aanpassing is geprobeerd.", actor=judge,
            )  # fmt: skip
        elif draw.chance(0.5):
            day = placement.starts_on - timedelta(days=draw.random.randint(10, 30))
            at = timezone.make_aware(datetime.combine(day, time(draw.random.randint(9, 16))))
            transitions.propose_introduction(
                placement=placement, at=at, where=f"{placement.place.company.street}, {placement.place.company.place}", actor=company
            )
