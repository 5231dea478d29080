"""Who may do what with leads."""

from accounts.actor import Actor, System
from accounts.hats import HatKind
from campaigns.models import Lead
from campaigns.scouting.workflow import LeadState, Who, allowed


class ByLink(Actor):
    """Whoever follows the link that was mailed to a company: no account, one lead."""

    @property
    def kind(self) -> str:
        """How this is written in a trail."""
        return "link"


BY_LINK = ByLink()


def part_of(actor: Actor, lead: Lead) -> Who | None:
    """In which part of the table somebody acts on this lead; None if in none. A lead is the work of one scout, until a colleague takes it over."""
    if isinstance(actor, System):
        return Who.SYSTEM
    if isinstance(actor, ByLink):
        return Who.COMPANY
    return Who.SCOUT if is_owner(actor, lead) else None


def is_owner(actor: Actor, lead: Lead) -> bool:
    """Whether it is this scout's own lead."""
    return actor.is_(HatKind.SCOUT) and lead.post_id == actor.object_id


def moves_of(actor: Actor, lead: Lead) -> list[LeadState]:
    """States to which somebody may move it now, as far as the table says."""
    part = part_of(actor, lead)
    return allowed(lead.state, part) if part else []
