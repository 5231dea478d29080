"""What a place's page says about applying: the button, the application that is there already, or why not and what to do instead."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.hats import HatKind
from placements.applications import obstacles
from placements.errors import PlacementError
from placements.models import Application, Place, PlacementRequest
from placements.search.fit import Fit
from placements.services.applications import check_limits, check_open, check_place, with_facts


@dataclass(frozen=True)
class Offer:
    """url and action: the button, if there is one; why_not: the sentence instead of it; left: how many more at once, this one included.

    mend: where the student changes what stands in the way; far: further than the student wanted to travel, which forbids nothing.
    """

    url: str = ""
    action: str = ""
    why_not: str = ""
    mend: str = ""
    far: bool = False
    application: UUID | None = None
    left: int = 0


def request_for(actor: Actor, place: Place) -> PlacementRequest | None:
    """The student's own request for the period of a place, with what decides about applying and the application that stands; one query."""
    own = PlacementRequest.objects.filter(student_id=actor.student_id or 0, period=place.period_id, closed_at=None)
    standing = Application.objects.standing().filter(request=OuterRef("pk"), place=place).values("public_id")
    found = with_facts(own, period=place.period).annotate(standing=Subquery(standing[:1]))
    return found.select_related("student__programme__qualification", "student__school", "period").first()


def offer_for(actor: Actor, place: Place, asked: Any = None, fit: Fit | None = None) -> Offer | None:
    """What a student can do with this place; None for everybody else. One query.

    asked: the request, if it is known; fit: what the engine says of this place, if that is known.
    """
    if not actor.is_(HatKind.STUDENT):
        return None
    request: Any = asked or request_for(actor, place)
    if request is None:
        return Offer(why_not=_("You do not look for a place in this period."))
    if request.standing:
        return Offer(reverse("placements:application", args=[request.standing]), _("Look at my application"), application=request.standing)
    if request.has_place:
        to = reverse("placements:match", args=[request.has_place])
        return Offer(to, _("To my place"), _("You have a place already. Ask your school if something has to change."))
    try:
        check_place(place)
        if request.ready_at is None:
            return Offer(reverse("placements:preparation"), _("Finish my preparation"), _("First finish your preparation: then you can apply."))
        check_open(request)
        check_limits(request, place)
    except PlacementError as error:
        return Offer(why_not=str(error))
    # The engine judges for the first period to come; another request of the student is judged when it is sent.
    rule = fit.rule if fit and fit.request in (0, request.pk) else ""
    if rule not in ("", obstacles.FAR):
        found = obstacles.explain(rule, request, place)
        return Offer(why_not=found.text, mend=found.url)
    left = settings.APPLICATIONS_PER_STUDENT - request.mine
    return Offer(reverse("placements:apply", args=[place.public_id]), _("Apply for this place"), left=left, far=rule == obstacles.FAR)
