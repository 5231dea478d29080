"""Objections of students and refusals claimed by companies, to judge."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from matching import selectors
from matching.forms import ObjectionForm, RefusalForm, VerdictForm
from matching.services import decisions
from placements.errors import PlacementError
from placements.models import Placement, Refusal
from placements.services import transitions
from placements.workflow import ReasonCode

PER_PAGE = 25


@require_safe
@hats(HatKind.COORDINATOR)
def judge(request: ActorRequest) -> HttpResponse:
    """What waits for a judgement, oldest first."""
    objections = Paginator(selectors.objections_for(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    claims = list(selectors.claims_for(request.actor)[:PER_PAGE])
    now = timezone.now()
    for placement in objections:
        placement.due, placement.objection_text = selectors.due(placement.state_since), _label(placement.objection_code)
    for claim in claims:
        claim.due = selectors.due(claim.claimed_at)
    return render(request, "matching/judge.html", {"objections": objections, "claims": claims, "now": now})


def _label(code: str | None) -> str:
    return str(ReasonCode(code).label) if code else ""


@hats(HatKind.COORDINATOR)
def objection(request: ActorRequest, public_id: str) -> HttpResponse:
    """Judge one objection."""
    placement = selectors.objections_for(request.actor).filter(public_id=public_id).first()
    if placement is None:
        return _nothing_left(request, Placement.objects.visible_to(request.actor), public_id)
    form = ObjectionForm(request.POST if request.method == "POST" else None)

    def decide(verdict: bool, **reasons: str) -> None:
        decisions.judge_objection(placement=placement, justified=verdict, actor=request.actor, **reasons)

    context = {
        "form": form, "placement": placement, "student": placement.request.student, "claim": None, "due": selectors.due(placement.state_since),
        "objection_text": _label(placement.objection_code), "title": _("Objection of %(student)s") % {"student": placement.request.student},
        "people": [],
    }  # fmt: skip
    return _judge(request, form, decide, context)


@hats(HatKind.COORDINATOR)
def refusal(request: ActorRequest, public_id: str) -> HttpResponse:
    """Judge one claim of a company."""
    claim = selectors.claims_for(request.actor).filter(public_id=public_id).first()
    if claim is None:
        own = Refusal.objects.filter(placement__in=Placement.objects.visible_to(request.actor))
        return _nothing_left(request, own, public_id)
    placement, form = claim.placement, RefusalForm(request.POST if request.method == "POST" else None)

    def decide(verdict: bool, **reasons: str) -> None:
        transitions.judge_refusal(refusal=claim, valid=verdict, actor=request.actor, **reasons)

    context = {
        "form": form, "placement": placement, "student": placement.request.student, "claim": claim, "due": selectors.due(claim.claimed_at),
        "objection_text": "", "title": _("%(company)s asks to refuse") % {"company": placement.place.company},
        "people": selectors.people_of(placement.place.company),
    }  # fmt: skip
    return _judge(request, form, decide, context)


def _nothing_left(request: ActorRequest, own: QuerySet[Any], public_id: str) -> HttpResponse:
    """A second click, or an old tab: what was to be judged has been; what is not one's own does not exist."""
    get_object_or_404(own, public_id=public_id)
    messages.info(request, _("There is nothing to decide here any more."))
    return redirect("matching:judge")


def _judge(request: ActorRequest, form: VerdictForm, decide: Any, context: dict[str, Any]) -> HttpResponse:
    """Apply a valid verdict and go back to the list, or show the form."""
    if request.method == "POST" and form.is_valid():
        try:
            decide(**form.cleaned_data)
        except PlacementError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Your verdict is written down, and whoever it is about has been told."))
        return redirect("matching:judge")
    return render(request, "matching/judge_one.html", context)
