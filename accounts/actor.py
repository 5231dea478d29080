"""Who acts: a user under one hat. Everything that depends on the visitor asks this object, not the user."""

from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.hats import COMPANY_HATS, POST_HATS, SCHOOL_HATS, Hat, HatKind
from accounts.models import Post, User


@dataclass(frozen=True)
class Actor:
    """A user wearing one hat; without a hat (or anonymous) only public pages and the own account are theirs."""

    user: User | None = None
    hat: Hat | None = None
    hats: tuple[Hat, ...] = field(default=(), compare=False)

    def is_(self, *kinds: HatKind) -> bool:
        """Whether the hat worn now is one of these kinds."""
        return self.hat is not None and self.hat.kind in kinds

    @property
    def kind(self) -> str:
        """Kind of the hat worn now, or `visitor`."""
        return self.hat.kind if self.hat else "visitor"

    @property
    def object_id(self) -> int | None:
        """Key of the membership, student or post behind the hat."""
        return self.hat.object_id if self.hat else None

    @property
    def school_id(self) -> int | None:
        """Key of the own school for school staff, else None."""
        return self.hat.organisation_id if self.hat and self.hat.kind in SCHOOL_HATS else None

    @property
    def company_id(self) -> int | None:
        """Key of the own company for contacts and trainers, else None."""
        return self.hat.organisation_id if self.hat and self.hat.kind in COMPANY_HATS else None

    @property
    def student_id(self) -> int | None:
        """Key of the own student record, or of the child for a parent, else None."""
        return self.hat.organisation_id if self.hat and self.hat.kind in {HatKind.STUDENT, HatKind.GUARDIAN} else None

    @property
    def has_post(self) -> bool:
        """Whether this is somebody of SBB or an administrator."""
        return self.hat is not None and self.hat.kind in POST_HATS

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Codes of the regions of the post, by name; none for a post that covers all, and for everybody without one. Asked once."""
        if not self.has_post:
            return ()
        own = Post.regions.through.objects.filter(post_id=self.object_id or 0)
        return tuple(own.order_by("labourmarketregion__name").values_list("labourmarketregion_id", flat=True))


@dataclass(frozen=True)
class System(Actor):
    """The platform itself: beat tasks, signatures that are complete, the first day."""

    @property
    def kind(self) -> str:
        """How the system is written in a trail."""
        return "system"


ANONYMOUS = Actor()
SYSTEM = System()


class ActorRequest(HttpRequest):
    """A request as the views get it: who acts, and whether htmx asks."""

    actor: Actor
    htmx: HtmxDetails
    user: User  # somebody signed in, wherever a page does not say login_not_required
