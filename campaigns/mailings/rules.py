"""Who may do what with mailings: predicates for views, templates and tests."""

import rules

from accounts.actor import Actor
from accounts.hats import HatKind
from campaigns.models import Mailing


@rules.predicate
def moves_mailing(actor: Actor, mailing: Mailing) -> bool:
    """Who wrote it sends it, under the hat it was written under; administrators step in."""
    own = actor.has_post and actor.user is not None and mailing.created_by_id == actor.user.pk and mailing.post_id == actor.object_id
    return own or actor.is_(HatKind.ADMINISTRATOR)


rules.add_rule("campaigns.move_mailing", moves_mailing)
