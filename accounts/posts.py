"""The hats that posts give: advisors, scouts, administrators."""

from accounts.hats import Hat, HatKind
from accounts.models import Post, User


def hats_of(user: User) -> list[Hat]:
    """Running posts of a user, oldest first."""
    posts = Post.objects.filter(user=user, ended_at=None).order_by("pk")
    return [Hat(HatKind(post.kind), post.pk, None, "SBB") for post in posts]
