"""Who may do what with companies and recognitions."""

import rules

from accounts.actor import Actor
from accounts.hats import HatKind
from companies.models import Company, Recognition, RecognitionState


@rules.predicate
def is_contact_of(actor: Actor, company: Company) -> bool:
    """A contact of this very company."""
    return actor.is_(HatKind.COMPANY_CONTACT) and actor.company_id == company.pk


@rules.predicate
def recognises(actor: Actor) -> bool:
    """The advisor who visits and recognises companies; which ones follows from `visible_to`. Other advisors look."""
    return actor.is_(HatKind.ADVISOR_PRACTICE)


@rules.predicate
def is_undecided(actor: Actor, recognition: Recognition) -> bool:
    """Nobody has decided yet."""
    return recognition.state == RecognitionState.REQUESTED


rules.add_rule("companies.manage", is_contact_of)
rules.add_rule("companies.recognise", recognises)
rules.add_rule("companies.decide", recognises & is_undecided)
