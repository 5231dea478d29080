"""The next step of a student who may apply, for the home page: find a place, wait for an answer, or answer yourself."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements.applications.changes import title_of
from placements.applications.questions import Side
from placements.applications.workflow import A
from placements.journey import NextStep
from placements.models import Application, Placement, PlacementRequest
from placements.workflow import OPEN_STATES
from schools.models import WayToPlace


def running_of(request: PlacementRequest) -> list[Any]:
    """Applications under way, and those with a no of which the student has not been told: for the student nothing has changed yet.

    With `asked`: whether the company asks something. What has become definitive is no application any more.
    """
    own = Application.objects.standing().filter(request=request).exclude(placement__confirmed_at__isnull=False)
    return list(own.with_question_of(Side.COMPANY).select_related("place__company", "placement").order_by("sent_at", "pk")[:20])


def applying_next(request: PlacementRequest | None, placement: Placement | None, applications: list[Any]) -> NextStep | None:
    """What to do now; None when the preparation, a placement or matching says it."""
    if request is None or request.ready_at is None or (placement and placement.state in OPEN_STATES):
        return None
    mine = reverse("placements:applications")
    asking = next((application for application in applications if application.asked), None)
    if asking:
        return NextStep(
            _("%(company)s asks you something") % {"company": asking.place.company},
            _("A question about your application for %(place)s. You answer with one tap.") % {"place": title_of(asking)},
            reverse("placements:application", args=[asking.public_id]), _("Answer"),
        )  # fmt: skip
    accepted = next((application for application in applications if application.state == A.ACCEPTED), None)
    if accepted:
        text = _("Your school looks at it now. As soon as it agrees, you get a mail and say yes or no.")
        return NextStep(_("%(company)s says yes") % {"company": accepted.place.company}, text, mine, _("Look at my applications"))
    if applications:
        n = len(applications)
        title = ngettext("You wait for the answer of %(n)s company", "You wait for the answer of %(n)s companies", n) % {"n": n}
        return NextStep(title, _("We remind companies that do not answer. You can apply for more places."), mine, _("Look at my applications"))
    way = request.student.programme.way_on(request.starts_on)
    if way == WayToPlace.MATCHED:
        return None
    text = _("You are ready. Look for a place that fits you: no letter, no name.")
    if way == WayToPlace.BOTH:
        text = _("You are ready. Your school may find a place for you in a matching round; you can also apply yourself: no letter, no name.")
    return NextStep(_("Find a place and apply"), text, *_search())


def _search() -> tuple[str, str]:
    try:
        return reverse("placements:search"), _("Find a place")
    except NoReverseMatch:  # an installation without the search
        return reverse("placements:applications"), _("My applications")
