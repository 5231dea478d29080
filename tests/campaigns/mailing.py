"""Mailings for pages to show."""

from typing import Any

from django.utils import timezone

from accounts.hats import HatKind
from campaigns.mailings.forms import BEGINNING
from campaigns.mailings.workflow import MailingState, RecipientState
from campaigns.models import Mailing
from tests.factories import ContactFactory, PostFactory


def mailing(**facts: Any) -> Mailing:
    """A mailing as it stands, of a scout unless `post` says whose."""
    post = facts.pop("post", None) or PostFactory(kind=HatKind.SCOUT)
    made: Mailing = Mailing.objects.create(name="Plekken voor het najaar", post=post, created_by=post.user, **(BEGINNING | facts))
    return made


def mailing_of_who_left() -> Mailing:
    """A draft that a colleague goes on with."""
    return mailing(post=PostFactory(kind=HatKind.SCOUT, ended_at=timezone.now()))


def mailing_that_was_sent() -> Mailing:
    """One that is paused, of who left: with an address in doubt and one that waits."""
    now = timezone.now()
    made = mailing(post=PostFactory(kind=HatKind.SCOUT, ended_at=now), state=MailingState.PAUSED, started_at=now, listed_at=now)
    for state, mailed_at in ((RecipientState.IN_DOUBT, now), (RecipientState.SENT, now), (RecipientState.WAITING, None)):
        membership = ContactFactory()
        made.recipients.create(membership=membership, address=membership.user.email, language="nl", state=state, mailed_at=mailed_at)
    return made
