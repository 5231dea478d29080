"""What call rounds and mailings share: whom they are for, who made them, and who sees them."""

import uuid
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Post, User
from campaigns.audience import Audience
from reference.models import LabourMarketRegion

C = TypeVar("C", bound="Campaign")


class CampaignQuerySet(models.QuerySet[C]):
    """Call rounds or mailings by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """For SBB's people those that can reach a company of the own regions; for administrators all."""
        if actor.is_(HatKind.ADMINISTRATOR):
            return self
        if not actor.has_post:
            return self.none()
        own = Post.regions.through.objects.filter(post_id=actor.object_id or 0)
        through: Any = self.model.regions.through
        reached = through.objects.filter(**{str(self.model._meta.model_name): OuterRef("pk")})
        shared = reached.filter(labourmarketregion_id__in=own.values("labourmarketregion_id"))
        return self.filter(~Exists(own) | ~Exists(reached) | Exists(shared))


class Campaign(models.Model):
    """Something that asks an audience of companies, in the regions where those are."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    audience = models.JSONField(default=dict, help_text="campaigns.audience.Audience.as_json()")
    regions = models.ManyToManyField(LabourMarketRegion, blank=True, related_name="+", help_text="Where its companies are; none: everywhere.")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def asks(self) -> Audience:
        """Whom it is for."""
        return Audience.from_json(self.audience)
