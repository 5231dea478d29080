"""Messages between student and company once the placement is definitive; the mail about one never carries its text."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.hats import HatKind
from placements.applications import notifications
from placements.applications.questions import Side
from placements.errors import NotAllowed
from placements.models import Message, Placement
from placements.selectors import through_school
from placements.workflow import KNOWN_STATES

# The same text again within this time is the same click.
SAME_CLICK = timedelta(minutes=1)


@transaction.atomic
def send(*, placement: Placement, text: str, actor: Actor) -> Message:
    """Send a message to the other side. Raises NotAllowed before the student has agreed, and for anybody else."""
    placement = Placement.objects.select_related("place__company", "request__student__user").select_for_update(of=("self",)).get(pk=placement.pk)
    side = side_of(actor, placement)
    if side is None or not may_write(placement):
        raise NotAllowed(_("Messages can be sent once the place is definitive; under 18 once the agreement is signed."))
    since = timezone.now() - SAME_CLICK
    if twin := Message.objects.filter(placement=placement, side=side, text=text, by=actor.user, at__gte=since).first():
        return twin
    sent = Message.objects.create(placement=placement, by=actor.user, side=side, text=text)
    notifications.message(sent)
    return sent


@transaction.atomic
def report(*, message: Message, actor: Actor) -> Message:
    """Show the thread to the school because of this message of the other side; the coordinators hear of it, once."""
    found = Message.objects.select_related("placement__place", "placement__request__student").select_for_update(of=("self",)).get(pk=message.pk)
    side = side_of(actor, found.placement)
    if side is None or side == found.side:
        raise NotAllowed(_("You can only report a message of the other side."))
    if found.reported_at is None:
        found.reported_at = timezone.now()
        found.save(update_fields=["reported_at"])
        notifications.message_reported(found)
    return found


def side_of(actor: Actor, placement: Placement) -> Side | None:
    """On which side of a placement the actor writes; None for everybody else."""
    if actor.is_(HatKind.STUDENT) and placement.request.student_id == actor.student_id:
        return Side.STUDENT
    if actor.company_id and placement.place.company_id == actor.company_id:
        return Side.COMPANY
    return None


def may_write(placement: Placement) -> bool:
    """Both know of each other, the placement is not over, and contact does not run through the school."""
    return placement.confirmed_at is not None and placement.state in KNOWN_STATES and not through_school(placement)
