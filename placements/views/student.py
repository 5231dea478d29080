"""Pages of a student with a placement: the path and its next step, the match, agreeing, objecting, withdrawing."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from placements.applications.journey import applying_next, running_of
from placements.forms.reasons import AgreeForm, ReasonForm, objection_form, withdrawal_form
from placements.journey import next_step, path
from placements.models import Placement
from placements.models.place import counted_goals
from placements.replacements import lost_by
from placements.selectors import (
    answer_before,
    common_days,
    company_people,
    journey_of,
    placement_of,
    reasons_for,
    request_of,
    school_contacts,
    unplaced_address,
)
from placements.services import transitions as services
from placements.services.messages import may_write
from placements.views.acting import act
from placements.workflow import OPEN_STATES, S

STUDENT = hats(HatKind.STUDENT)
WITH = ("place__company", "place__period", "request__student__programme__qualification", "request__student__school", "introduction", "application")


def own_placement(request: ActorRequest, public_id: object) -> Placement:
    """A placement that the student has been told of; 404 for any other."""
    own = Placement.objects.visible_to(request.actor).select_related(*WITH)
    return get_object_or_404(own, public_id=public_id)


@STUDENT
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """The next step of my placement, as a path."""
    actor = request.actor
    asked = request_of(actor)
    placement = placement_of(actor, asked) if asked else None
    contacts = school_contacts(asked.student) if asked else []
    applications = running_of(asked) if asked else []
    # Only who waits for a place is told why there was none.
    waits = asked is not None and asked.ready_at is not None and (placement is None or placement.state not in OPEN_STATES)
    context = {
        "asked": asked,
        "placement": placement,
        "next": applying_next(asked, placement, applications) or next_step(asked, placement, lost=bool(placement and lost_by(placement))),
        "applications": applications,
        "may_more": waits and len(applications) < settings.APPLICATIONS_PER_STUDENT and not any(one.placement_id for one in applications),
        "steps": path(asked, placement),
        "contacts": contacts,
        "unplaced": unplaced_address(asked) if asked and waits else "",
    }
    return render(request, "placements/student/home.html", context)


@STUDENT
@require_safe
def match(request: ActorRequest, public_id: object) -> HttpResponse:
    """My match: the place, why this one, and agree or object."""
    placement = own_placement(request, public_id)
    return _match_page(request, placement, AgreeForm(placement=placement))


def _match_page(request: ActorRequest, placement: Placement, form: AgreeForm) -> HttpResponse:
    context = {
        "placement": placement,
        "place": placement.place,
        "company": placement.place.company,
        "form": form,
        "applied": hasattr(placement, "application"),
        "goals": placement.request.goals.filter(pk__in=counted_goals().filter(place=placement.place_id).values("learninggoal")),
        "days": common_days(placement),
        "journey": journey_of(placement),
        "why": reasons_for(placement),
        "contacts": school_contacts(placement.request.student),
        "last_step": placement.transitions.last(),
        "minor": placement.request.student.is_minor(),
        "may_write": may_write(placement),
        "answer_before": answer_before(placement),
        "people": company_people(placement) if placement.state == S.CONFIRMED else [],
    }
    return render(request, "placements/student/match.html", context)


@STUDENT
@require_POST
def agree(request: ActorRequest, public_id: object) -> HttpResponse:
    """Agree: the placement is definitive, the company learns who comes."""
    placement = own_placement(request, public_id)
    form = AgreeForm(request.POST, placement=placement)
    if not form.is_valid():
        return _match_page(request, placement, form)
    act(
        request,
        _("It is definitive. The company now knows that you come."),
        services.agree,
        placement=placement,
        actor=request.actor,
        shared_needs=form.cleaned_data.get("shared_needs", []),
    )
    return redirect("placements:match", public_id)


def _with_reason(
    request: ActorRequest, public_id: object, make: Callable[..., ReasonForm], service: Callable[..., object], done: str
) -> HttpResponse:
    """A page with a reason to choose; `service` acts, `done` names both template and message."""
    placement = own_placement(request, public_id)
    form = make(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act(request, done, service, placement=placement, actor=request.actor, **form.cleaned_data)
        return redirect("placements:match", public_id)
    template = "object" if make is objection_form else "withdraw"
    context = {"form": form, "placement": placement, "company": placement.place.company, "applied": hasattr(placement, "application")}
    return render(request, f"placements/student/{template}.html", context)


@STUDENT
def object_(request: ActorRequest, public_id: object) -> HttpResponse:
    """Object, with a reason that the school judges."""
    return _with_reason(request, public_id, objection_form, services.object_, _("Your school looks at your objection. You hear from us."))


@STUDENT
def withdraw(request: ActorRequest, public_id: object) -> HttpResponse:
    """Withdraw from a placement, with a reason."""
    return _with_reason(request, public_id, withdrawal_form, services.withdraw, _("You have withdrawn. Your school knows."))
