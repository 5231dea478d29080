"""What somebody says under the link of a mailing: about the places, by the services of placements, and that they answered."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from accounts.models import User
from campaigns.models import MailingRecipient, Reply
from placements.models import Answer, Place
from placements.services import upkeep


def asked_after(recipient: MailingRecipient) -> QuerySet[Place]:
    """The places of the company that are not over, stopped ones too: they can be offered again."""
    own = Place.objects.filter(company=recipient.membership.company_id, ends_on__gt=timezone.localdate())
    return own.select_related("period").with_taught().order_by("state", "title", "pk")


@transaction.atomic
def reply(*, recipient: MailingRecipient, reply: Reply) -> None:
    """Somebody answered: the moment is that of their first answer, the words are those of the last."""
    row = MailingRecipient.objects.filter(pk=recipient.pk)
    row.update(reply=reply, answered_at=Coalesce("answered_at", Now()))


@transaction.atomic
def about_one(*, recipient: MailingRecipient, place: Place, answer: Answer, by: User | None) -> Place:
    """One place is right, full or no more. Raises TooManyAnswers."""
    said = upkeep.answer_place(place=place, answer=answer, by=by, by_mail=True)
    reply(recipient=recipient, reply=Reply.PLACES)
    return said


@transaction.atomic
def all_right(*, recipient: MailingRecipient, shown: Collection[UUID], by: User | None) -> int:
    """Everything that is offered and stood on the page is right; how many places. None is no answer."""
    count = upkeep.confirm_places(company=recipient.membership.company, public_ids=shown, by=by, by_mail=True)
    if count:
        reply(recipient=recipient, reply=Reply.PLACES)
    return count
