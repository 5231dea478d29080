"""Who may do what with mailings: predicates for views, templates and tests."""

import rules

from accounts.actor import Actor
from campaigns.models import Mailing


@rules.predicate
def moves_mailing(actor: Actor, mailing: Mailing) -> bool:
    """Who wrote it, under the hat it was written under; once that post is vacant, any colleague who sees it."""
    if mailing.post is None or mailing.post.is_vacant:
        return actor.has_post
    return mailing.post_id == actor.object_id and actor.has_post


rules.add_rule("campaigns.move_mailing", moves_mailing)
