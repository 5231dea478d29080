"""Call rounds: the list, making one, its progress and what it brought."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from campaigns.audience import AudienceForm, companies, has_number, top
from campaigns.calls import selectors
from campaigns.calls.errors import RoundMoved
from campaigns.calls.forms import RoundForm
from campaigns.calls.words import script, why
from campaigns.calls.workflow import RoundState, allowed
from campaigns.mailings.pages import chosen, in_words
from campaigns.models import CallResult, CallRound
from campaigns.services import calls as services
from campaigns.services.calling import undoable
from stagematch.downloads import csv_answer
from stagematch.tabular import write_csv

CALLERS = (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT)
SEES = hats(*CALLERS, HatKind.ADMINISTRATOR)
PAGE, PREVIEW = 30, 10
R = RoundState


def _round(request: ActorRequest, public_id: UUID) -> CallRound:
    """A round in the actor's regions."""
    return get_object_or_404(CallRound.objects.visible_to(request.actor).select_related("created_by", "job"), public_id=public_id)


@require_safe
@SEES
def rounds(request: ActorRequest) -> HttpResponse:
    """Rounds in the own regions with how far they are, running ones first."""
    page = Paginator(selectors.listed(CallRound.objects.visible_to(request.actor)), PAGE).get_page(request.GET.get("page"))
    return render(request, "campaigns/calls/rounds.html", {"page": page, "held": selectors.held_by(request.user)})


def _write(request: ActorRequest, round_: CallRound) -> HttpResponse:
    asked = request.POST or (request.GET if "kind" in request.GET else None)
    initial = {name: request.GET[name] for name in RoundForm.Meta.fields if request.GET.get(name)}
    form = RoundForm(request.POST or None, instance=round_, initial=initial, kind=request.GET.get("kind", ""))
    audience = AudienceForm(asked, actor=request.actor, initial=chosen(round_.asks) if round_.pk else None)
    if request.method == "POST" and form.is_valid() & audience.is_valid():
        try:
            saved = services.save_round(round_=form.save(commit=False), audience=audience.audience(), actor=request.actor)
        except RoundMoved as moved:
            messages.error(request, str(moved))
            saved = round_
        return redirect("campaigns:round", saved.public_id)
    shown = AudienceForm(asked or _initial(audience), actor=request.actor)
    return render(request, "campaigns/calls/write.html", {"form": form, "audience": audience, "round": round_, **_who(request, shown)})


def _initial(form: AudienceForm) -> dict[str, Any]:
    """What the form shows to begin with, as if it had been sent."""
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return shown | {"qualification": str(shown["qualification"] or "")}


def _who(request: ActorRequest, form: AudienceForm) -> dict[str, Any]:
    """How many companies of an audience may be called, how many of those have a number, and the first with why they come first."""
    if not form.is_valid():
        return {"count": None, "first": []}
    asks = form.audience()
    found = companies(asks, request.actor).filter(services.to_call())
    counted = found.order_by().aggregate(count=Count("pk"), numbers=Count("pk", filter=has_number()))
    first = [(company, why(company.prospect_advised, company.prospect_unmet)) for company in top(asks, request.actor, PREVIEW, found)]  # type: ignore[attr-defined]
    return counted | {"first": first}


@SEES
def round_new(request: ActorRequest) -> HttpResponse:
    """Make a round; what the address says is filled in."""
    return _write(request, CallRound())


@SEES
def round_edit(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Change a round that has not been started."""
    round_ = _round(request, public_id)
    return _write(request, round_) if round_.state == R.DRAFT else redirect("campaigns:round", public_id)


@require_safe
@SEES
def round_audience(request: ActorRequest) -> HttpResponse:
    """How many, and whom first: what the form shows while one chooses."""
    return render(request, "campaigns/calls/_audience.html", _who(request, AudienceForm(request.GET, actor=request.actor)))


@require_safe
@SEES
def round_page(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """How far a round is, the button for the next company, what it brought."""
    round_ = _round(request, public_id)
    mine = CallResult.objects.filter(call__round=round_, by=request.user).select_related("company").order_by("-at").first()
    context: dict[str, Any] = {
        "round": selectors.listed(CallRound.objects.filter(pk=round_.pk)).select_related("job").get(),
        "asks": in_words(round_.asks), "moves": allowed(round_.state), "calls": request.actor.is_(*CALLERS),
        "waiting": selectors.waiting(round_, request.actor), "held": selectors.held_by(request.user),
        "last": mine if mine and undoable(mine) else None, "script": script(round_.script, request.user, round_.asks.kind),
        "callers": selectors.by_caller(round_), "hours": selectors.by_hour(round_), "outcomes": selectors.by_outcome(round_),
    }  # fmt: skip
    if round_.state == R.DRAFT:
        context["companies"] = companies(round_.asks, None).filter(services.to_call()).count()
    return render(request, "campaigns/calls/round.html", context)


@require_safe
@SEES
def round_progress(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """How far the list is written; htmx asks."""
    return render(request, "campaigns/calls/_filling.html", {"round": _round(request, public_id)})


def _do(request: ActorRequest, public_id: UUID, act: Callable[[CallRound], object], said: str) -> HttpResponse:
    try:
        act(_round(request, public_id))
        messages.success(request, said)
    except RoundMoved as moved:
        messages.warning(request, str(moved))
    return redirect("campaigns:round", public_id)


@require_POST
@SEES
def round_start(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Write the list and begin."""
    return _do(request, public_id, lambda found: services.start(round_=found, by=request.user), _("The call round starts."))


@require_POST
@SEES
def round_pause(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Give out no more companies for now."""
    return _do(request, public_id, lambda found: services.move(round_=found, to=R.PAUSED), _("The call round is paused. Nobody gets a next company."))


@require_POST
@SEES
def round_go_on(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Go on after a pause."""
    return _do(request, public_id, lambda found: services.move(round_=found, to=R.RUNNING), _("The call round goes on."))


@SEES
def round_end(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Ask first, then end it."""
    round_ = _round(request, public_id)
    if request.method == "POST":
        return _do(request, public_id, lambda found: services.move(round_=found, to=R.ENDED), _("The call round has ended."))
    return render(request, "parts/confirm_page.html", {
        "title": _("End this call round?"), "danger": True, "action": _("End the call round"),
        "cancel_url": reverse("campaigns:round", args=[public_id]),
        "text": _("Nobody is called any more in “%(name)s”. What it brought stays. This cannot be undone.") % {"name": round_.name},
    })  # fmt: skip


@require_safe
@SEES
def round_csv(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Every outcome as a row: when, who, which company, how it went, places."""
    round_ = _round(request, public_id)
    heads = [_("when"), _("caller"), _("company"), _("town"), _("outcome"), _("places added"), _("note")]
    rows = (
        [
            f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}", one.by.name if one.by else "", one.company.name, one.company.place,
            one.get_outcome_display(), one.places_added, one.note,
        ]
        for one in selectors.to_export(round_).iterator(chunk_size=1000)
    )  # fmt: skip
    return csv_answer(write_csv(heads, rows), f"belactie-{round_.created_at:%Y-%m-%d}.csv")
