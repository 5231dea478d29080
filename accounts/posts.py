"""The hats that posts give: advisors, scouts, administrators."""

from typing import Any

from django.db.models import F, QuerySet, Value

from accounts import hats
from accounts.hats import HatKind
from accounts.models import Post, User

ROLES = {kind.value: kind for kind in HatKind if kind in hats.POST_HATS}


def hats_of(user: User) -> QuerySet[Any]:
    """Running posts of a user."""
    posts = Post.objects.filter(user=user, ended_at=None).annotate(role=F("kind"))
    return hats.rows(posts, kind=ROLES, organisation=None, label=Value("SBB"))
