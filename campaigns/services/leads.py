"""Leads: one gate (`move`) that applies the table of `campaigns.scouting.workflow`, and what people do with them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import SYSTEM, Actor
from accounts.models import Post
from campaigns.models import Lead, LeadStep
from campaigns.scouting import links
from campaigns.scouting.errors import InvalidMove, LeadExists, NeedMissing, NotYours, ReasonMissing
from campaigns.scouting.rules import BY_LINK, is_owner, part_of
from campaigns.scouting.workflow import OPEN_STATES, RUNNING_STATES, TRANSITIONS, LeadReason, LeadState, Need, S
from companies.models import Company, Recognition
from placements.mail_links import LinkDead
from reference.models import Qualification
from stagematch import outbox
from stagematch.links import address


def add(*, lead: Lead, qualifications: Iterable[Qualification], by: Actor) -> Lead:
    """Write down a company that is new to us; the same form sent twice is one lead. Raises LeadExists when somebody works on it already."""
    lead.post_id = by.object_id or 0
    try:
        with transaction.atomic():
            known = Lead.objects.filter(once=lead.once).first()
            if known is not None:
                return known
            lead.save(force_insert=True)
            lead.qualifications.set(qualifications)
            LeadStep.objects.create(lead=lead, to_state=lead.state, by=by.user, hat=_hat(by))
    except IntegrityError:
        found = Lead.objects.filter(once=lead.once).first()
        if found is not None:  # the same click, twice at once
            return found
        raise _taken(lead) from None
    return lead


@transaction.atomic
def change(*, lead: Lead, changed: dict[str, Any], by: Actor) -> Lead:
    """Write down what is known now; of a lead that runs, by its scout. Raises NotYours, InvalidMove or LeadExists."""
    found = _own(lead, by)
    if found.state not in RUNNING_STATES:
        raise InvalidMove(_("This lead has ended. Take it up again first."))
    wanted = changed.pop("qualifications", None)
    for name, value in changed.items():
        setattr(found, name, value)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        raise _taken(found) from None
    if wanted is not None:
        found.qualifications.set(wanted)
    return found


@transaction.atomic
def move(*, lead: Lead, to: LeadState, actor: Actor, reason: str = "", again_on: date | None = None, company: Company | None = None) -> Lead:
    """Move a lead as the table allows and write down who did it. Where the same person has put it already nothing changes (a double click).

    again_on: when to call again; company: as it stands with us. Raises InvalidMove, NotYours, ReasonMissing or NeedMissing.
    """
    found = _lock(lead)
    if actor not in (SYSTEM, BY_LINK) and not is_owner(actor, found):
        raise NotYours(_("A colleague works on this lead."))
    _step(found, to, actor, reason, company)
    if found.state == to and found.state in RUNNING_STATES and again_on != found.again_on:
        found.again_on = again_on
        found.save(update_fields=["again_on"])
    return found


@transaction.atomic
def send_link(*, lead: Lead, by: Actor) -> Lead:
    """Mail the company the link under which it registers; it is interested from now on. At most one mail a day goes to the same address."""
    found = _own(lead, by)
    if found.state != S.INTERESTED:
        _step(found, S.INTERESTED, by, "", None)
    now = timezone.now()
    outbox.queue(
        to=found.email,
        template="campaigns/scouting/mail/invitation.txt",
        context={"lead": found, "scout": by.user, "url": address("campaigns:lead_link", links.token_of(found)), "days": links.days()},
        language=found.language,
        key=f"lead-{found.pk}-{links.mark_of(found)}-{timezone.localdate(now)}",
    )
    found.invited_at = now
    found.save(update_fields=["invited_at"])
    return found


@transaction.atomic
def company_registered(*, company: Company, new: bool, token: str) -> int:
    """A company registered: the lead whose link it followed goes along, and so do leads of the same branch, whoever's they are; how many.

    new: False when it is here already; then its people let the newcomer in, and the lead ends.
    """
    followed = _followed(token)
    if followed is not None:
        _step(followed, S.REGISTERED if new else S.ALREADY_KNOWN, BY_LINK, "", company)
    same = Lead.objects.filter(kvk=company.kvk, company=None, branch__in=("", company.branch)).exclude(state=S.ALREADY_KNOWN) if new else ()
    alike = [lead for lead in same if lead.branch or lead.area_id == int(company.postcode[:4])]
    for lead in alike:
        _step(_lock(lead), S.REGISTERED, SYSTEM, "", company)
    return len(alike) + (followed is not None)


def _followed(token: str) -> Lead | None:
    """The lead of a link that still works, locked."""
    try:
        return _lock(links.follow(token)) if token else None
    except LinkDead:
        return None


@transaction.atomic
def company_recognised(*, recognition: Recognition) -> int:
    """A company is recognised: the lead that brought it is done; how many."""
    waiting = Lead.objects.select_for_update(of=("self",)).filter(company=recognition.company_id, state=S.REGISTERED).order_by("pk")
    for lead in waiting:
        _step(lead, S.RECOGNISED, SYSTEM, "", None)
    return len(waiting)


@transaction.atomic
def take_over(*, lead: Lead, by: Actor) -> Lead:
    """Go on with the lead of a colleague who has left. Raises NotYours while the colleague is there."""
    found = _lock(lead)
    if found.post_id == by.object_id:
        return found
    if not found.post.is_vacant:
        raise NotYours(_("%(name)s works on this lead. Ask for it to be handed over.") % {"name": found.post.user.name})
    return _give(found, by.object_id or 0)


@transaction.atomic
def hand_over(*, lead: Lead, to: Post, by: Actor) -> Lead:
    """Give one's own lead to a colleague, who is told by mail. Raises NotYours."""
    found = _lock(lead)
    if found.post_id == to.pk:
        return found  # a double click
    if not is_owner(by, found):
        raise NotYours(_("A colleague works on this lead."))
    outbox.queue(
        to=to.user.email,
        template="campaigns/scouting/mail/handed_over.txt",
        context={"user": to.user, "lead": found, "by": by.user, "url": address("campaigns:lead", found.public_id)},
        language=to.user.language,
        key=f"lead-{found.pk}-to-{to.pk}-{timezone.now():%Y%m%d%H%M%S}",
    )
    return _give(found, to.pk)


def _give(lead: Lead, post: int) -> Lead:
    if lead.state not in RUNNING_STATES:
        raise InvalidMove(_("This lead has ended."))
    lead.post_id = post
    lead.save(update_fields=["post"])
    return lead


def _lock(lead: Lead) -> Lead:
    # Without a join: a row whose scout changed while one waited would no longer match it, and be gone.
    found: Lead = Lead.objects.select_for_update().get(pk=lead.pk)
    return found


def _own(lead: Lead, by: Actor) -> Lead:
    found = _lock(lead)
    if not is_owner(by, found):
        raise NotYours(_("A colleague works on this lead."))
    return found


def _step(lead: Lead, to: LeadState, actor: Actor, reason: str, company: Company | None) -> None:
    """Make one move of a locked lead; none when it stands there already."""
    if lead.state == to:
        return
    rule = TRANSITIONS.get((LeadState(lead.state), to))
    if rule is None:
        raise InvalidMove(_("That can no longer be done: the lead is “%(state)s” now.") % {"state": lead.get_state_display()})
    if part_of(actor, lead) not in rule.who:
        raise InvalidMove(_("This happens by itself, or somebody else does it."))
    if rule.reasons and reason not in rule.reasons:
        raise ReasonMissing(_("Choose a reason from the list."))
    if Need.EMAIL in rule.needs and not lead.email:
        raise NeedMissing(_("Fill in the e-mail address of the company first: the link goes there."))
    if Need.COMPANY in rule.needs and company is None:
        raise NeedMissing(_("Say which company this is."))
    LeadStep.objects.create(lead=lead, from_state=lead.state, to_state=to, by=actor.user, hat=_hat(actor), reason=reason)
    lead.state, lead.moved_at, lead.again_on = to, timezone.now(), None
    if company is not None:
        lead.company, lead.kvk, lead.branch = company, company.kvk, company.branch
    try:
        with transaction.atomic():
            lead.save()
    except IntegrityError:  # taken up again, while a colleague works on the same branch
        raise _taken(lead) from None


def _taken(lead: Lead) -> LeadExists:
    other = Lead.objects.select_related("post__user").filter(kvk=lead.kvk, branch=lead.branch, state__in=OPEN_STATES).exclude(pk=lead.pk).get()
    return LeadExists(_("%(name)s is working on this company already.") % {"name": other.post.user.name}, other)


def _hat(actor: Actor) -> str:
    return actor.hat.key if actor.hat else actor.kind


def refuse(*, lead: Lead) -> Lead:
    """The company says through its link that it does not want this: no more mails, and whom to ask for is forgotten at once."""
    moved = move(lead=lead, to=S.NOT_INTERESTED, actor=BY_LINK, reason=LeadReason.NO_MORE_MAIL)
    return forget_contact(lead=moved)


def forget_contact(*, lead: Lead) -> Lead:
    """Delete whom to ask for, how, and what was noted; the company and what became of it stay for a while."""
    lead.contact_name = lead.phone = lead.email = lead.note = ""
    lead.forgotten_at = timezone.now()
    lead.save(update_fields=["contact_name", "phone", "email", "note", "forgotten_at"])
    return lead
