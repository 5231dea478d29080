"""Questions about one proposal that are answered by solving again: asked one by one, so that the panel itself stays fast."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from matching import explanations
from matching.models import Proposal
from matching.views import found
from placements.models import Place
from placements.selectors import request_of


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def why_not(request: ActorRequest, public_id: str, place: str) -> HttpResponse:
    """Why this student is not at that place: the rule that forbids it, or what it would have cost others, in numbers."""
    row = found.proposal(request.actor, public_id)
    asked = get_object_or_404(Place.objects.select_related("company"), public_id=place)
    try:
        said = explanations.why_not_there(row, asked)
    except KeyError:  # the run did not know this place
        raise Http404 from None
    return _said(request, row, _("Why not %(place)s?") % {"place": asked.title}, said)


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def why_nothing(request: ActorRequest, public_id: str) -> HttpResponse:
    """Which rule leaves nothing, or how many students share how few slots."""
    row = found.proposal(request.actor, public_id)
    return _said(request, row, _("Why no place"), explanations.why_nothing(row) or [_("This student has a place.")])


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def what_helps(request: ActorRequest, public_id: str) -> HttpResponse:
    """The smallest changes of the student's own limits that would have given a place."""
    row = found.proposal(request.actor, public_id)
    said = [_("This student has a place.")] if row.place_id else explanations.what_helps(row)
    return _said(request, row, _("What would help"), said)


def _said(request: ActorRequest, row: Proposal, question: str, said: list[str]) -> HttpResponse:
    """Sentences, in the place of the button that asked for them or as a page."""
    context = {"row": row, "run": row.run, "round": row.run.round, "question": question, "said": said}
    return render(request, "matching/_said.html" if request.htmx else "matching/said.html", context)


@require_safe
@hats(HatKind.STUDENT)
def unplaced(request: ActorRequest) -> HttpResponse:
    """For a student: why the last finished round gave no place, and on request what would have."""
    asked = request_of(request.actor)
    row = explanations.unplaced(asked) if asked else None
    helps = explanations.what_helps(row) if row and "helpt" in request.GET else None
    context = {"row": row, "said": explanations.why_nothing(row) if row else [], "helps": helps}
    return render(request, "matching/unplaced.html", context)
