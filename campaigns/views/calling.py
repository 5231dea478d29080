"""The call screen: the company a caller holds, and how the call went."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.models import User
from campaigns.calls import selectors
from campaigns.calls.errors import CallError
from campaigns.calls.forms import LaterForm, NumberForm, PlacesForm, TapForm
from campaigns.calls.words import script
from campaigns.calls.workflow import Outcome
from campaigns.models import Call, CallResult, CallRound
from campaigns.services import calling as services
from campaigns.services.calling import Said
from campaigns.views.call_rounds import CALLERS
from stagematch.links import opened, signed

CALLS = hats(*CALLERS)
HOLDING = "campaigns.holding"


@require_POST
@CALLS
def call_next(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """The next company of a round, or the one that the caller holds already."""
    round_ = get_object_or_404(CallRound.objects.visible_to(request.actor), public_id=public_id)
    try:
        found = services.take_next(round_=round_, actor=request.actor)
    except CallError as error:
        messages.warning(request, str(error))
        return redirect("campaigns:round", public_id)
    if found is None:
        messages.info(request, _("There is nobody to call at this moment. Companies that did not answer come back later."))
        return redirect("campaigns:round", public_id)
    if found.round_id != round_.pk:
        messages.info(request, _("You still had this company from another call round. Write down first how it went."))
    return redirect("campaigns:call", found.public_id)


def _forms(request: ActorRequest, found: Call) -> dict[str, Any]:
    """The four ways to answer, the one that was sent filled in."""
    sent = request.POST.get("form")

    def data(name: str) -> Any:
        return request.POST if sent == name else None

    return {
        "tap": TapForm(data("tap")),
        "later": LaterForm(data("later"), prefix="later"),
        "places": PlacesForm(data("places"), prefix="places", company=found.company),
        "number": NumberForm(data("number"), prefix="number", initial={"phone": ""}),
    }


@CALLS
def call(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Everything about a company that helps on the telephone; POST writes down how it went."""
    found = get_object_or_404(selectors.seen(request.actor), public_id=public_id)
    forms = _forms(request, found)
    form = forms.get(request.POST.get("form", "")) if request.method == "POST" else None
    if form is not None and form.is_valid():
        answer = _written(request, found, form)
        if answer is not None:
            return answer
    held = found.holder_id == request.user.pk
    claim = request.POST.get("claim") or claimed(found.claim, request.user)
    context = {
        "call": found,
        "round": found.round,
        "held": held or form is not None,
        "claim": claim,
        "forms": forms,
        "sent": request.POST.get("form", ""),
        "script": script(found.round.script, request.user, found.round.asks.kind),
    }
    return render(request, "campaigns/calls/call.html", context | selectors.screen(found, request.actor))


def _written(request: ActorRequest, found: Call, form: Form) -> HttpResponse | None:
    """Write down what the form says, which the page of the round repeats; None when it cannot be, which is said."""
    try:
        if isinstance(form, NumberForm):
            services.correct_number(call=found, by=request.user, phone=form.cleaned_data["phone"])
            messages.success(request, _("The number is changed. Try it now."))
            return redirect("campaigns:call", found.public_id)
        services.write_down(call=found, claim=_claim(request), said=_said(form), actor=request.actor)
    except CallError as error:
        messages.error(request, str(error))
        return None
    return redirect("campaigns:round", found.round.public_id)


def claimed(claim: UUID | None, user: User) -> str:
    """A holding as the page carries it: signed, so that nobody ends one they never had."""
    return signed([str(claim), user.pk], salt=HOLDING) if claim else ""


def _claim(request: ActorRequest) -> UUID:
    claim, user = opened(request.POST.get("claim", ""), salt=HOLDING) or ("", None)
    if user != request.user.pk:
        raise Http404
    return UUID(claim)


def _said(form: Form) -> Said:
    data = form.cleaned_data
    note = {"note": data["note"], "spoke_to": data["spoke_to"]}
    if isinstance(form, LaterForm):
        return Said(Outcome.LATER, call_at=data["call_at"], **note)
    if isinstance(form, PlacesForm):
        return Said(Outcome.PLACES, offers=form.offers(), **note)
    return Said(Outcome(data["outcome"]), **note)


@require_POST
@CALLS
def call_keep(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """The page is still open: hold the company longer. 204 while it is held; a colleague's is said on the next page."""
    found = get_object_or_404(selectors.seen(request.actor), public_id=public_id)
    services.keep(call=found, by=request.user)
    return HttpResponse(status=204)


@require_POST
@CALLS
def call_put_back(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Let go of a company without having called."""
    found = get_object_or_404(selectors.seen(request.actor), public_id=public_id)
    services.put_back(call=found, by=request.user)
    messages.info(request, _("%(company)s waits for the next caller.") % {"company": found.company.name})
    return redirect("campaigns:round", found.round.public_id)


@require_POST
@CALLS
def call_undo(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Take an own outcome back."""
    mine = CallResult.objects.filter(by=request.user, call__in=selectors.seen(request.actor)).select_related("call__round")
    result = get_object_or_404(mine, public_id=public_id)
    try:
        found = services.undo(result=result, by=request.user)
    except CallError as error:
        messages.warning(request, str(error))
        return redirect("campaigns:round", result.call.round.public_id)
    if found.holder_id != request.user.pk:
        messages.success(request, _("Undone."))
        return redirect("campaigns:round", result.call.round.public_id)
    messages.success(request, _("Undone. The company is yours again."))
    return redirect("campaigns:call", found.public_id)
