"""Leads as scouts write them down."""

from typing import Any

from accounts.hats import HatKind
from accounts.models import Post
from campaigns.models import Lead
from tests.factories import PostcodeAreaFactory, PostFactory


def scout(**fields: Any) -> Post:
    """A scout of all regions."""
    post: Post = PostFactory(kind=HatKind.SCOUT, **fields)
    return post


def lead(post: Post, **fields: Any) -> Lead:
    """A lead in Nijmegen."""
    area = PostcodeAreaFactory()
    known = {"name": "Bakkerij Bol", "postcode": "6511AB", "area": area, "region": area.municipality.region, "source": "street", "post": post}
    return Lead.objects.create(**{**known, "email": "bol@bakkerij.example", "contact_name": "Bea Bol", "phone": "+31241234567", **fields})
