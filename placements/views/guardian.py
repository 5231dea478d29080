"""The page of a parent of a minor: how the child's placement goes. To read, nothing to decide."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from placements.journey import path
from placements.selectors import common_days, journey_of, placement_of, request_of, school_contacts
from schools.models import Student


@hats(HatKind.GUARDIAN)
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """Here is how it goes."""
    actor = request.actor
    child = get_object_or_404(Student.objects.visible_to(actor).select_related("school", "programme"))
    asked = request_of(actor)
    placement = placement_of(actor, asked) if asked else None
    context: dict[str, object] = {
        "child": child,
        "asked": asked,
        "placement": placement,
        "steps": path(asked, placement),
        "contacts": school_contacts(child),
    }
    if placement:
        context |= {"place": placement.place, "company": placement.place.company, "days": common_days(placement), "journey": journey_of(placement)}
    return render(request, "placements/guardian/home.html", context)
