"""Who may do what with rounds: predicates `(actor, obj)` for views, templates, services and tests."""

import rules

from accounts.actor import Actor
from accounts.hats import HatKind
from matching.models import Proposal, Round
from placements.workflow import S
from schools.models import Programme


@rules.predicate
def manages(actor: Actor, round_: Round) -> bool:
    """A coordinator who has all programmes of the round may run it and take it over; others decide on their own students only."""
    own = Programme.objects.visible_to(actor).values("pk")
    return actor.is_(HatKind.COORDINATOR) and not round_.programmes.exclude(pk__in=own).exists()


@rules.predicate
def may_decide(actor: Actor, proposal: Proposal) -> bool:
    """A coordinator decides on a proposal that was taken over and not decided yet; the caller found it among visible ones."""
    return actor.is_(HatKind.COORDINATOR) and proposal.placement is not None and proposal.placement.state == S.PROPOSED


@rules.predicate
def may_undo(actor: Actor, proposal: Proposal) -> bool:
    """An approval can be taken back until the student has been told."""
    placement = proposal.placement
    return actor.is_(HatKind.COORDINATOR) and placement is not None and placement.state == S.APPROVED and placement.told_at is None


rules.add_rule("matching.manage", manages)
rules.add_rule("matching.decide", may_decide)
rules.add_rule("matching.undo", may_undo)
