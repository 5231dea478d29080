"""Recognitions in every state, and visits: what the advisor of the demo finds on the desk. Moved by the services, as people would."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.actor import SYSTEM, Actor
from accounts.hats import Hat, HatKind
from accounts.models import Post
from companies.models import Recognition, Visit
from companies.services import transitions, visits
from companies.services.visits import Found
from companies.workflow import Condition, ExceptionReason, R, RecognitionReason
from matching.demo.draw import Draw
from matching.demo.plan import HOME_REGION
from matching.demo.schools import user
from reference.models import LabourMarketRegion

Act = Callable[[Recognition, Actor, Actor], object]
EVIDENCE = {
    Condition.SAFETY: "Nooduitgang vrij, BHV’er aanwezig, machines afgeschermd.",
    Condition.TASKS: "De student doet alle kerntaken mee, onder begeleiding.",
    Condition.TRAINER: "De praktijkopleider heeft vier uur per week vrij voor begeleiding.",
    Condition.COOPERATION: "Vaste contactpersoon, elke zes weken overleg met school.",
    Condition.LISTING: "Akkoord met vermelding in het register.",
}


def make_visits(draw: Draw) -> None:
    """From the requests of the region: a visit to come and one that was held; from companies without places: the other states."""
    first = acting(Post.objects.filter(kind=HatKind.ADVISOR_PRACTICE).select_related("user").order_by("pk")[0])
    colleague = Post.objects.create(
        user=user(draw, "adviseur.collega", note="Collega-adviseur praktijkleren (tweede akkoord)"), kind=HatKind.ADVISOR_PRACTICE
    )
    colleague.regions.set(LabourMarketRegion.objects.filter(name=HOME_REGION))
    second = acting(colleague)
    here = Recognition.objects.filter(company__municipality__region__name=HOME_REGION).select_related("company")
    asked = list(here.filter(state=R.SUBMITTED).order_by("-pk")[:4])
    asked_acts: tuple[Act, ...] = (_planned, _held, _excepted, _refused)
    for recognition, act in zip(asked, asked_acts, strict=False):
        act(recognition, first, second)
    silent = list(here.valid().filter(company__places=None).order_by("pk")[:5])
    silent_acts: tuple[Act, ...] = (_review_due, _suspended, _withdrawn, _lapsed, _without_visit)
    for recognition, act in zip(silent, silent_acts, strict=False):
        act(recognition, first, second)


def acting(post: Post) -> Actor:
    return Actor(user=post.user, hat=Hat(HatKind.ADVISOR_PRACTICE, post.pk, None, ""))


def _findings(*, but: Condition | None = None) -> list[Found]:
    return [
        Found(condition, condition != but, EVIDENCE[condition] if condition != but else "Er was niemand om te begeleiden.") for condition in Condition
    ]


def _planned(recognition: Recognition, first: Actor, _second: Actor) -> Visit:
    tomorrow = timezone.localtime().replace(hour=10, minute=30, second=0, microsecond=0) + timedelta(days=1)
    return visits.plan_visit(recognitions=[recognition], starts_at=tomorrow, actor=first, note="Graag de praktijkopleider erbij.")


def _held(recognition: Recognition, first: Actor, second: Actor, *, but: Condition | None = None) -> None:
    visits.hold_visit(
        visit=_planned(recognition, first, second), recognitions=[recognition], findings=_findings(but=but), places_offered=2,
        places_note="Twee plekken vanaf februari.", key=uuid4(), actor=first,
    )  # fmt: skip


def _excepted(recognition: Recognition, first: Actor, _second: Actor) -> None:
    visits.assess_without_visit(
        recognition=recognition, exception=ExceptionReason.MOVING, visit_before=timezone.localdate() + timedelta(days=60), findings=_findings(),
        key=uuid4(), actor=first,
    )  # fmt: skip


def _refused(recognition: Recognition, first: Actor, second: Actor) -> None:
    _held(recognition, first, second, but=Condition.TRAINER)
    text = "Er is nog geen praktijkopleider. Is die er, vraag dan opnieuw aan."
    transitions.move(recognition=recognition, to=R.REFUSED, actor=first, reason_code=RecognitionReason.TRAINER, reason=text)


def _review_due(recognition: Recognition, _first: Actor, _second: Actor) -> None:
    Recognition.objects.filter(pk=recognition.pk).update(review_due_on=timezone.localdate())
    transitions.move(recognition=recognition, to=R.REVIEW_DUE, actor=SYSTEM)


def _suspended(recognition: Recognition, first: Actor, _second: Actor) -> None:
    text = "Bij het bezoek misten de kappen op twee machines. Zodra die er zijn, kijken we opnieuw."
    transitions.move(recognition=recognition, to=R.SUSPENDED, actor=first, reason_code=RecognitionReason.SAFETY, reason=text)


def _withdrawn(recognition: Recognition, first: Actor, _second: Actor) -> None:
    text = "U hebt gevraagd de erkenning te beëindigen."
    transitions.move(recognition=recognition, to=R.WITHDRAWN, actor=first, reason_code=RecognitionReason.COMPANY_STOPS, reason=text)


def _lapsed(recognition: Recognition, _first: Actor, _second: Actor) -> None:
    transitions.move(recognition=recognition, to=R.LAPSED, actor=SYSTEM, reason_code=RecognitionReason.NO_STUDENTS)


def _without_visit(recognition: Recognition, first: Actor, second: Actor) -> None:
    """Recognised before it was visited; the visit has to follow."""
    fields = {"exception": ExceptionReason.STUDENT_WAITS, "visit_before": timezone.localdate() + timedelta(days=40)}
    Recognition.objects.filter(pk=recognition.pk).update(**fields, assessed_by=first.user, approved_by=second.user)
