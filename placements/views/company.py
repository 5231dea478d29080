"""Pages of a company about students: who comes (once the student has agreed), first meetings, claiming a refusal."""

from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import COMPANY_HATS, HatKind
from companies.models import Company, Recognition
from placements import selectors
from placements.applications.selectors import waiting_for_company
from placements.forms.introduction import IntroductionForm
from placements.forms.reasons import RefusalForm
from placements.models import Adjustment, Moment, Placement
from placements.rules import may_move, may_propose_introduction
from placements.services import transitions as services
from placements.upkeep import tips
from placements.upkeep.selectors import question, vacancy
from placements.views.acting import act
from placements.workflow import OPEN_STATES, S

COMPANY = hats(*COMPANY_HATS)
PAGE = 20
# First what asks for something, then what runs, then what is over.
ORDER = Case(When(state=S.CONFIRMED, then=Value(0)), When(state__in=OPEN_STATES, then=Value(1)), default=Value(2))


def own_placement(request: ActorRequest, public_id: object) -> Placement:
    """A placement whose student the company knows; 404 for any other."""
    return get_object_or_404(selectors.who_comes(request.actor), public_id=public_id)


@COMPANY
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """What now: first meetings to propose, students being asked, and whether the places are still right."""
    actor = request.actor
    context = {
        "company": get_object_or_404(Company.objects.visible_to(actor)),
        "due": list(selectors.first_meetings_due(actor)[:20]),
        "asked": selectors.students_being_asked(actor),
        "applications": waiting_for_company(actor),
        "requested": selectors.requested_recognition(actor),
        "suspended": selectors.suspended(actor.company_id),
    }
    if actor.is_(HatKind.COMPANY_CONTACT) and actor.company_id:
        asked = question(actor.company_id, stopped=request.GET.get("gestopt", ""))
        offers = asked.offered or asked.paused or Recognition.objects.valid().filter(company=actor.company_id).exists()
        context |= {"question": asked, "stopped": asked.stopped, "offers": offers, "vacancy": vacancy(actor.company_id)}
    return render(request, "placements/company/home.html", context)


@COMPANY
@require_safe
def who_comes(request: ActorRequest) -> HttpResponse:
    """Students who come, and for the rest: how many are being asked, without a word about who."""
    actor = request.actor
    ordered = selectors.who_comes(actor).annotate(order=ORDER).order_by("order", "starts_on", "pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    return render(request, "placements/company/who_comes.html", {"page": page, "asked": selectors.students_being_asked(actor)})


@COMPANY
@require_safe
def detail(request: ActorRequest, public_id: object) -> HttpResponse:
    """Who comes: name, contact, days, and what the student wants the company to know."""
    placement = own_placement(request, public_id)
    student = placement.request.student
    context = {
        "placement": placement,
        "place": placement.place,
        "student": student,
        "running": placement.state in OPEN_STATES,
        "through_school": selectors.through_school(placement),
        "contacts": selectors.school_contacts(student),
        "days": selectors.common_days(placement),
        "needs": [need.label for need in Adjustment if need in placement.shared_needs],
        "refusals": list(placement.refusals.all()),
        "tips": tips.at(Moment.GUIDANCE if placement.starts_on <= timezone.localdate() else Moment.FIRST_DAY),
    }
    return render(request, "placements/company/detail.html", context)


@COMPANY
def introduction(request: ActorRequest, public_id: object) -> HttpResponse:
    """Propose a first meeting, or another day for it."""
    placement = own_placement(request, public_id)
    if not may_propose_introduction(request.actor, placement):
        raise Http404
    form = IntroductionForm(request.POST if request.method == "POST" else None, placement=placement)
    if request.method == "POST" and form.is_valid():
        act(
            request,
            _("The student has been told of the first meeting."),
            services.propose_introduction,
            placement=placement,
            actor=request.actor,
            **form.cleaned_data,
        )
        return redirect("placements:who_comes_detail", public_id)
    return render(request, "placements/company/introduction.html", {"form": form, "placement": placement})


@COMPANY
def claim_refusal(request: ActorRequest, public_id: object) -> HttpResponse:
    """Ask the school to be released, on a ground from the list and with evidence."""
    placement = own_placement(request, public_id)
    if not may_move(S.REFUSAL_CLAIMED)(request.actor, placement) and placement.state != S.REFUSAL_CLAIMED:
        raise Http404
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act(
            request,
            _("The school has your request and judges it. Until then nothing changes."),
            services.claim_refusal,
            placement=placement,
            actor=request.actor,
            **form.cleaned_data,
        )
        return redirect("placements:who_comes_detail", public_id)
    return render(request, "placements/company/refusal.html", {"form": form, "placement": placement})
