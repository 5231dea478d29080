"""Questions about an application, and their answers: both from lists, while nobody knows who the other is."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from placements.applications import notifications
from placements.applications.questions import BY_CODE, Side
from placements.applications.workflow import RUNNING_STATES
from placements.errors import InvalidTransition, NotAllowed, PlacementError
from placements.models import Application, ApplicationQuestion
from placements.services.applications import lock, part_of
from placements.workflow import Who

SIDES = {Who.STUDENT: Side.STUDENT, Who.COMPANY: Side.COMPANY}


@transaction.atomic
def ask(*, application: Application, code: str, actor: Actor) -> ApplicationQuestion:
    """Ask a question from one's own list; the same question twice is one. Raises PlacementError."""
    application, side = _open(application, actor)
    question = BY_CODE.get(code)
    if question is None or question.asked_by != side:
        raise PlacementError(_("Choose a question from the list."))
    asked, new = ApplicationQuestion.objects.get_or_create(application=application, code=code, defaults={"asked_by": side})
    if new:
        notifications.question(application, code, to_company=side == Side.STUDENT)
    return asked


@transaction.atomic
def answer(*, application: Application, code: str, choice: str, actor: Actor) -> ApplicationQuestion:
    """Answer a question of the other side from the list that belongs to it; a later answer replaces it. Raises PlacementError."""
    application, side = _open(application, actor)
    asked = ApplicationQuestion.objects.select_for_update(of=("self",)).filter(application=application, code=code).exclude(asked_by=side).first()
    if asked is None or choice not in dict(BY_CODE[code].answers):
        raise PlacementError(_("Choose an answer from the list."))
    if asked.answer != choice:
        first = not asked.answer
        asked.answer, asked.answered_at = choice, timezone.now()
        asked.save(update_fields=["answer", "answered_at"])
        if first:
            notifications.answer(application, code, to_company=side == Side.STUDENT)
    return asked


def _open(application: Application, actor: Actor) -> tuple[Application, Side]:
    """The application, locked, and on which side the actor stands. Raises NotAllowed, or InvalidTransition when nothing is asked any more."""
    application = lock(application)
    side = SIDES.get(part_of(actor, application) or Who.SYSTEM)
    if side is None:
        raise NotAllowed(_("Somebody else has to do this."))
    if application.state not in RUNNING_STATES:
        raise InvalidTransition(_("This application is over: there is nothing to ask any more."))
    return application, side
