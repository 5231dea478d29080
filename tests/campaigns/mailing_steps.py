"""What tests of mailings do: write one, send it, let its mails end, read what became of it."""

import re
from typing import Any

from django.utils import timezone

from campaigns.audience import Audience, Kind, companies
from campaigns.mailings import reach
from campaigns.mailings.forms import BEGINNING
from campaigns.models import Mailing
from campaigns.services import mailing_sending as sending
from campaigns.services import mailings as services
from stagematch.models import MailState, OutboxMail
from tests.factories import (
    ContactFactory,
    RecognitionFactory,
    actor_for,
)

AUDIENCE = Audience(kind=Kind.EVERYONE)


def contact(**facts: Any) -> Any:
    """A contact of a recognised company."""
    membership = ContactFactory(**facts)
    RecognitionFactory(company=membership.company)
    return membership


def written(post: Any, audience: Audience = AUDIENCE, **facts: Any) -> Mailing:
    return services.save(mailing=Mailing(name="Najaar", **(BEGINNING | facts)), audience=audience, actor=actor_for(post))


def work(mailing: Mailing) -> None:
    """What the job does, without a worker."""
    sending.list_recipients(key=mailing.pk)
    while sending.put_into_outbox(key=mailing.pk, size=2):
        pass


def sent(post: Any, **facts: Any) -> Mailing:
    """A mailing of which every mail stands in the outbox."""
    mailing = services.send(mailing=written(post, **facts), by=post.user)
    work(mailing)
    return mailing


def delivered(**ended: str) -> None:
    """Every mail ends: sent, or as `ended` says of its address before the @."""
    for mail in OutboxMail.objects.filter(state=MailState.PENDING):
        state = ended.get(mail.to.partition("@")[0], MailState.SENT)
        mail.state, mail.body, mail.headers = state, "", {}
        mail.sent_at = timezone.now() if state == MailState.SENT else None
        mail.save()
    sending.settle()


def states(mailing: Mailing) -> dict[str, str]:
    return {row.address: row.reason or row.state for row in mailing.recipients.all()}


def counted(mailing: Mailing) -> reach.Reach:
    return reach.reach(mailing, companies(mailing.asks, reach.sender_of(mailing)))


def standing(mailing: Mailing) -> str:
    return Mailing.objects.get(pk=mailing.pk).state


def links(mail: OutboxMail) -> list[str]:
    return re.findall(r"https?://[^/\s]+(/\S+)", mail.body)
