"""Pages of a coordinator about applications: what companies accepted, to decide; students without an answer; reported messages."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from placements.applications import selectors
from placements.applications.profile import read
from placements.forms.reasons import ReasonForm
from placements.models import Application
from placements.services import transitions
from placements.views.acting import act
from placements.workflow import DECLINE_REASONS

COORDINATOR = hats(HatKind.COORDINATOR)
PAGE = 25


def own_application(request: ActorRequest, public_id: object) -> Application:
    """An accepted application of an own student that waits for a decision, or did; 404 for any other."""
    own = Application.objects.visible_to(request.actor).filter(placement__isnull=False)
    return get_object_or_404(own.select_related("placement", "place__company", "request__student"), public_id=public_id)


@COORDINATOR
@require_safe
def school_applications(request: ActorRequest) -> HttpResponse:
    """What companies said yes to, the longest waiting first, and whom nobody answers."""
    page = Paginator(selectors.to_decide(request.actor), PAGE).get_page(request.GET.get("page"))
    rows = [(application, read(application.profile)) for application in page]
    context = {"page": page, "rows": rows, "approved": selectors.just_approved(request.actor)[:PAGE]}
    context["silent"] = selectors.without_answer(request.actor)[:PAGE]
    return render(request, "placements/applications/school.html", context)


@COORDINATOR
@require_POST
def approve(request: ActorRequest, public_id: object) -> HttpResponse:
    """Approve: the student is asked when the time to undo is over."""
    application = own_application(request, public_id)
    if application.placement is not None:
        act(
            request,
            _("Approved. %(student)s is asked to agree.") % {"student": application.request.student},
            transitions.approve,
            placement=application.placement,
            actor=request.actor,
        )
    return redirect("placements:school_applications")


@COORDINATOR
@require_POST
def undo(request: ActorRequest, public_id: object) -> HttpResponse:
    """Take an approval back, while the student has not been told."""
    application = own_application(request, public_id)
    if application.placement is not None:
        act(request, _("The approval has been taken back."), transitions.undo_approval, placement=application.placement, actor=request.actor)
    return redirect("placements:school_applications")


@COORDINATOR
def decline(request: ActorRequest, public_id: object) -> HttpResponse:
    """Decline, with a coded reason; the company and the student hear that it is off."""
    application = own_application(request, public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None, codes=DECLINE_REASONS)
    to = reverse("placements:school_applications")
    if request.method == "POST" and form.is_valid() and application.placement:
        act(
            request,
            _("Declined. The place is free again; the company and the student hear that it is off."),
            transitions.decline,
            placement=application.placement,
            actor=request.actor,
            **form.cleaned_data,
        )
        return redirect(to)
    context = {
        "title": _("Decline this place for %(student)s?") % {"student": application.request.student},
        "text": _("%(place)s at %(company)s. The company said yes.") % {"place": application.place, "company": application.place.company},
        "action": _("Decline"), "cancel_url": to, "danger": True, "form": form,
    }  # fmt: skip
    return render(request, "parts/confirm_page.html", context)
