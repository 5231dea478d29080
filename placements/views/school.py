"""Pages of school staff about one placement: its story, the first meeting, withdrawing, and the order of turn of a request."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import SCHOOL_HATS, HatKind
from placements.forms.introduction import IntroductionForm
from placements.forms.reasons import ReasonForm
from placements.forms.tier import TierForm
from placements.models import Placement, PlacementRequest
from placements.replacements import lost_by
from placements.rules import may_propose_introduction
from placements.selectors import common_days, journey_of
from placements.services import requests as request_services
from placements.services import transitions as services
from placements.views.acting import act
from placements.workflow import WITHDRAW_REASONS, S, Who, allowed

WITH = ("place__company", "place__period", "request__student", "introduction", "application")
STAFF = hats(*SCHOOL_HATS)
COORDINATOR = hats(HatKind.COORDINATOR)


def own_placement(request: ActorRequest, public_id: object) -> Placement:
    """A placement of an own student; 404 for any other."""
    own = Placement.objects.visible_to(request.actor).select_related(
        "place__company", "place__period", "request__student__programme", "introduction", "application"
    )
    return get_object_or_404(own, public_id=public_id)


@STAFF
@require_safe
def placement(request: ActorRequest, public_id: object) -> HttpResponse:
    """One placement: where it stands, its story, and what can be done."""
    found = own_placement(request, public_id)
    may = allowed(found.state, Who.COORDINATOR) if request.actor.is_(HatKind.COORDINATOR) else []
    lost = lost_by(found)
    context = {
        "placement": found,
        "place": found.place,
        "company": found.place.company,
        "student": found.request.student,
        "days": common_days(found),
        "journey": journey_of(found),
        "applied": hasattr(found, "application"),
        "story": found.transitions.select_related("by"),
        "may_withdraw": S.WITHDRAWN in may,
        "lost": lost,
        "may_introduce": not lost and request.actor.is_(HatKind.COORDINATOR) and found.state in (S.CONFIRMED, S.INTRODUCED),
    }
    return render(request, "placements/school/placement.html", context)


@COORDINATOR
def introduction(request: ActorRequest, public_id: object) -> HttpResponse:
    """Propose a first meeting on behalf of the student, or another day for it."""
    found = own_placement(request, public_id)
    if not may_propose_introduction(request.actor, found):
        raise Http404
    form = IntroductionForm(request.POST if request.method == "POST" else None, placement=found)
    if request.method == "POST" and form.is_valid():
        act(
            request,
            _("Student and company have been told of the first meeting."),
            services.propose_introduction,
            placement=found,
            actor=request.actor,
            **form.cleaned_data,
        )
        return redirect("placements:school_placement", public_id)
    return render(request, "placements/school/introduction.html", {"form": form, "placement": found, "student": found.request.student})


@COORDINATOR
def withdraw(request: ActorRequest, public_id: object) -> HttpResponse:
    """Withdraw a placement, with a reason; whoever knew of it is told."""
    found = own_placement(request, public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None, codes=WITHDRAW_REASONS)
    if request.method == "POST" and form.is_valid():
        act(
            request,
            _("The placement has been withdrawn. The place is free again."),
            services.withdraw,
            placement=found,
            actor=request.actor,
            **form.cleaned_data,
        )
        return redirect("placements:school_placement", public_id)
    return render(request, "placements/school/withdraw.html", {"form": form, "placement": found, "student": found.request.student})


@COORDINATOR
def tier(request: ActorRequest, public_id: object) -> HttpResponse:
    """Give a student another turn, with a reason that is kept."""
    own = PlacementRequest.objects.visible_to(request.actor).filter(closed_at=None).select_related("student", "period")
    asked = get_object_or_404(own, public_id=public_id)
    form = TierForm(request.POST if request.method == "POST" else None, initial={"tier": asked.tier, "reason": asked.tier_reason})
    if request.method == "POST" and form.is_valid():
        request_services.change_tier(request=asked, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("The order of turn has been changed."))
        return redirect("schools:student", asked.student.public_id)
    return render(request, "placements/school/tier.html", {"form": form, "asked": asked, "student": asked.student})
