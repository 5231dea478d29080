"""Who may do what with companies and recognitions."""

import rules

from accounts.actor import Actor, System
from accounts.hats import HatKind
from companies.models import Company, CompanyMembership, CompanyMerge, CompanyRole, Recognition
from companies.workflow import R, Who, allowed


@rules.predicate
def is_contact_of(actor: Actor, company: Company) -> bool:
    """A contact of this very company."""
    return actor.is_(HatKind.COMPANY_CONTACT) and actor.company_id == company.pk


@rules.predicate
def recognises(actor: Actor) -> bool:
    """The advisor who visits and recognises companies; which ones follows from `visible_to`. Other advisors look."""
    return actor.is_(HatKind.ADVISOR_PRACTICE)


@rules.predicate
def decides_on_merge(actor: Actor, merge: CompanyMerge) -> bool:
    """Another advisor practice than the one who asked: whoever acts for one record sees the students of both afterwards."""
    return recognises(actor) and actor.user is not None and actor.user.pk != merge.asked_by_id


@rules.predicate
def acts_for_others(actor: Actor, company: Company) -> bool:
    """Somebody who is a contact of other records too, one of which may be the same company."""
    others = [hat for hat in actor.hats if hat.kind == HatKind.COMPANY_CONTACT and hat.organisation_id != company.pk]
    return is_contact_of(actor, company) and bool(others)


def asks_for_merge(actor: Actor, kept: Company, merged: Company) -> bool:
    """An advisor who sees both records, or somebody who is a contact of both."""
    if actor.is_(HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS):
        return Company.objects.visible_to(actor).filter(pk__in=(kept.pk, merged.pk)).count() == 2
    own = CompanyMembership.objects.filter(user=actor.user, role=CompanyRole.CONTACT, ended_at=None, company__in=(kept, merged))
    return is_contact_of(actor, kept) and own.values("company").distinct().count() == 2


def part_of(actor: Actor, recognition: Recognition) -> Who | None:
    """In which part of the transition table the actor acts on this recognition; None if in none."""
    if isinstance(actor, System):
        return Who.SYSTEM
    if is_contact_of(actor, recognition.company):
        return Who.COMPANY
    if recognises(actor) and Company.objects.visible_to(actor).filter(pk=recognition.company_id).exists():
        return Who.ADVISOR
    return None


def moves_of(actor: Actor, recognition: Recognition) -> list[R]:
    """States to which the actor may move it now, as far as the table says; what a move needs is looked at when it is made."""
    part = part_of(actor, recognition)
    return allowed(recognition.state, part) if part else []


rules.add_rule("companies.manage", is_contact_of)
rules.add_rule("companies.recognise", recognises)
rules.add_rule("companies.decide_on_merge", decides_on_merge)
rules.add_rule("companies.acts_for_others", acts_for_others)
