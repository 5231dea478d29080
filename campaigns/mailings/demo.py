"""A mailing of the demo that has gone out, with what it brought. INVENTED; nothing is sent: its mails are written down as arrived."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts.hats import HatKind
from campaigns.audience import Audience, Kind
from campaigns.mailings.forms import BEGINNING
from campaigns.mailings.workflow import MailingState
from campaigns.mailings.workflow import RecipientState as R
from campaigns.models import Mailing, Reply
from campaigns.services import mailing_answers, mailing_sending, mailings
from shortages.demo_desk import demo_actors

AGO = timedelta(days=9)


def play() -> int:
    """The demo's scout has mailed all companies of the own regions; returns how many addresses."""
    actor = next(demo_actors(HatKind.SCOUT))
    mailing = mailings.save(mailing=Mailing(name="Plekken voor het voorjaar", **BEGINNING), audience=Audience(kind=Kind.EVERYONE), actor=actor)
    began = timezone.now() - AGO
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENDING, created_at=began, started_at=began)
    mailing_sending.list_recipients(key=mailing.pk)
    mailing.recipients.update(state=R.SENT, mailed_at=began)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.DONE, listed_at=began, ended_at=F("started_at") + timedelta(seconds=20))
    recipients = list(mailing.recipients.select_related("membership__company", "membership__user").order_by("pk"))
    for recipient, state in zip(recipients[::7], (R.FAILED, R.IN_DOUBT, R.FAILED), strict=False):
        mailing.recipients.filter(pk=recipient.pk).update(state=state)
    for number, recipient in enumerate(recipients[1:16:3]):
        if number % 3:
            shown = mailing_answers.asked_after(recipient).values_list("public_id", flat=True)
            mailing_answers.all_right(recipient=recipient, shown=set(shown), by=recipient.membership.user)
        else:
            mailing_answers.reply(recipient=recipient, reply=Reply.NOTHING)
    return len(recipients)
