"""Messages about a definitive placement: the thread of both sides, and of the school once something was reported to it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import COMPANY_HATS, HatKind
from placements.errors import PlacementError
from placements.forms.applications import MessageForm
from placements.models import Message, Placement
from placements.services import messages as services
from placements.views.acting import act

LAST = 100


def _thread(request: ActorRequest, placement: Placement) -> list[Message]:
    """The last messages, oldest first."""
    found = Message.objects.visible_to(request.actor).filter(placement=placement).select_related("by").order_by("-at", "-pk")
    return list(found[:LAST])[::-1]


def _placement(request: ActorRequest, public_id: object) -> Placement:
    own = Placement.objects.visible_to(request.actor).select_related("place__company", "request__student")
    return get_object_or_404(own, public_id=public_id)


def _page(request: ActorRequest, public_id: object, back: str, here: str, report: str) -> HttpResponse:
    """The thread and the form under it; POST sends."""
    placement = _placement(request, public_id)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.send(placement=placement, text=form.cleaned_data["text"], actor=request.actor)
        except PlacementError as error:
            messages.error(request, str(error))
        return redirect(here, public_id)
    context: dict[str, Any] = {
        "placement": placement, "thread": _thread(request, placement), "form": form, "side": services.side_of(request.actor, placement),
        "may_write": services.may_write(placement), "back": back, "report": report,
    }  # fmt: skip
    return render(request, "placements/applications/messages.html", context)


@hats(HatKind.STUDENT)
def student_messages(request: ActorRequest, public_id: object) -> HttpResponse:
    """The student's side."""
    return _page(request, public_id, "placements:match", "placements:messages", "placements:report_message")


@hats(*COMPANY_HATS)
def company_messages(request: ActorRequest, public_id: object) -> HttpResponse:
    """The company's side, from CONFIRMED on."""
    return _page(request, public_id, "placements:who_comes_detail", "placements:company_messages", "placements:company_report_message")


@hats(HatKind.COORDINATOR)
@require_safe
def school_messages(request: ActorRequest, public_id: object) -> HttpResponse:
    """What was reported to the school, with the thread round it; a thread without a report does not exist for the school."""
    placement = _placement(request, public_id)
    thread = _thread(request, placement)
    if not thread:
        raise Http404
    context = {"placement": placement, "thread": thread, "form": None, "side": None, "may_write": False}
    return render(request, "placements/applications/messages.html", {**context, "back": "placements:school_placement", "report": ""})


@hats(HatKind.STUDENT)
@require_POST
def report_message(request: ActorRequest, public_id: object) -> HttpResponse:
    """The student shows a message of the company to the school."""
    return _report(request, public_id, "placements:messages")


@hats(*COMPANY_HATS)
@require_POST
def company_report_message(request: ActorRequest, public_id: object) -> HttpResponse:
    """The company shows a message of the student to the school."""
    return _report(request, public_id, "placements:company_messages")


def _report(request: ActorRequest, public_id: object, back: str) -> HttpResponse:
    found = get_object_or_404(Message.objects.visible_to(request.actor).select_related("placement"), public_id=public_id)
    act(request, _("The school has been told, and can now read these messages."), services.report, message=found, actor=request.actor)
    return redirect(back, found.placement.public_id)
