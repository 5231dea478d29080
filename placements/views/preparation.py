"""The preparation of a student: five short steps on a phone, each saved on its own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from placements.answers import answers
from placements.errors import PlacementError
from placements.forms.preparation import TravelForm, form_for
from placements.journey import STEP_SLUGS, wizard
from placements.models import PlacementRequest, PreparationStep
from placements.selectors import coming_periods, periods_to_choose, placement_of, reach_of, request_of
from placements.services import requests as services
from placements.views.acting import act
from placements.workflow import OPEN_STATES
from schools.models import Student

STUDENT = hats(HatKind.STUDENT)
STEP_OF = {slug: step for step, slug in STEP_SLUGS.items()}


def own_request(request: ActorRequest) -> PlacementRequest:
    """The request that the student is busy with; 404 if there is none."""
    found = request_of(request.actor)
    if found is None:
        raise Http404
    return found


@STUDENT
@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """All five steps with their answers, what is missing, and the button that says "ready"."""
    asked = request_of(request.actor)
    if asked is None:
        return render(request, "placements/student/start.html", {"periods": periods_to_choose(), "today": timezone.localdate()})
    placement = placement_of(request.actor, asked)
    fixed = placement is not None and placement.state in OPEN_STATES
    return render(request, "placements/student/preparation.html", {"asked": asked, "steps": answers(asked), "fixed": fixed, "reach": _reach(asked)})


@STUDENT
@require_POST
def start(request: ActorRequest) -> HttpResponse:
    """Begin the preparation for a period."""
    period = next((period for period in coming_periods() if str(period.pk) == request.POST.get("period")), None)
    if period is None:
        raise Http404
    student = get_object_or_404(Student.objects.visible_to(request.actor).select_related("programme__qualification"))
    asked = services.open_request(student=student, period=period)
    return redirect("placements:preparation_step", STEP_SLUGS[(asked.missing_steps or list(PreparationStep))[0]])


@STUDENT
def step(request: ActorRequest, slug: str) -> HttpResponse:
    """One step: its questions, back, and save and continue."""
    asked = own_request(request)
    if slug not in STEP_OF:
        raise Http404
    current = STEP_OF[slug]
    form = form_for(current, asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = services.save_step(request=asked, step=current, data=form.cleaned_data, actor=request.actor)
        except PlacementError as error:
            messages.error(request, str(error))
            return redirect("placements:preparation")
        return _after(request, asked, current)
    return render(request, "placements/student/step.html", _step_context(asked, current, form))


def _step_context(asked: PlacementRequest, current: PreparationStep, form: Any) -> dict[str, object]:
    steps = list(PreparationStep)
    place = steps.index(current)
    return {
        "asked": asked,
        "step": current,
        "form": form,
        "wizard": wizard(asked, current),
        "back": STEP_SLUGS[steps[place - 1]] if place else "",
        "reach": _reach(asked) if current == PreparationStep.TRAVEL else None,
        "last": place == len(steps) - 1,
    }


def _after(request: ActorRequest, asked: PlacementRequest, current: PreparationStep) -> HttpResponse:
    """On to the next step; who changes an answer later goes back to the overview."""
    following = list(PreparationStep)[list(PreparationStep).index(current) + 1 :]
    if asked.ready_at or not following or not asked.missing_steps:
        messages.success(request, _("Saved."))
        return redirect("placements:preparation")
    return redirect("placements:preparation_step", STEP_SLUGS[following[0]])


def _reach(asked: PlacementRequest) -> Any:
    return reach_of(asked, asked.travel_mode, asked.max_minutes) if asked.travel_mode and asked.max_minutes else None


@STUDENT
@require_safe
def reach(request: ActorRequest) -> HttpResponse:
    """How many places lie within the minutes that are being filled in, for showing beside the fields."""
    asked, form = own_request(request), TravelForm(request.GET)
    found = reach_of(asked, form.cleaned_data["travel_mode"], form.cleaned_data["max_minutes"]) if form.is_valid() else None
    return render(request, "placements/student/_reach.html", {"asked": asked, "reach": found})


@STUDENT
@require_POST
def finish(request: ActorRequest) -> HttpResponse:
    """The student says: I am ready."""
    act(
        request,
        _("You are ready. Your school looks for a place for you."),
        services.finish_preparation,
        request=own_request(request),
        actor=request.actor,
    )
    return redirect("placements:preparation")
