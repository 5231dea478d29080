"""Companies that scouts bring in: the list, one with its story, and what is done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from campaigns.models import Lead
from campaigns.scouting import links
from campaigns.scouting.errors import LeadError, LeadExists
from campaigns.scouting.filters import RUNNING, LeadFilter
from campaigns.scouting.forms import WORDS, HandOverForm, LeadForm, MoveForm
from campaigns.scouting.rules import is_owner, moves_of
from campaigns.scouting.workflow import LeadState
from campaigns.services import leads as services

SCOUT = hats(HatKind.SCOUT)
PAGE = 30


def _leads(request: ActorRequest) -> QuerySet[Lead]:
    return Lead.objects.visible_to(request.actor).select_related("area", "region", "post__user", "company")


def _one(request: ActorRequest, public_id: object) -> Lead:
    found: Lead = get_object_or_404(_leads(request), public_id=public_id)
    return found


@require_safe
@SCOUT
def leads(request: ActorRequest) -> HttpResponse:
    """Companies to bring in: own ones first, the soonest to call on top."""
    data = request.GET if "state" in request.GET else {**request.GET.dict(), "state": RUNNING}
    shown: Any = Lead.objects.visible_to(request.actor).work_list(request.actor.object_id)
    chosen = LeadFilter(data, queryset=shown.select_related("area", "post__user"), actor=request.actor)
    page = Paginator(chosen.qs, PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "today": timezone.localdate(), "post": request.actor.object_id}
    return render(request, "campaigns/scouting/leads.html", context)


@SCOUT
def lead_add(request: ActorRequest) -> HttpResponse:
    """Write down a company that is new to us; one that is here already is shown instead."""
    form = LeadForm(request.POST or None, actor=request.actor, initial={"wants": request.GET.get("opleiding", "")[:5]})
    if request.method == "POST" and form.is_valid():
        if form.known:
            messages.info(request, _("We know this company already. This is what was tried there."))
            return redirect("campaigns:company", form.known.public_id)
        lead = form.save(commit=False)
        lead.once = form.cleaned_data["once"] or lead.once
        return _go(
            request, lambda: services.add(lead=lead, qualifications=form.wanted(), by=request.actor), _("Written down. Call them when it suits.")
        )
    return render(request, "campaigns/scouting/lead_form.html", {"form": form, "lead": None})


@SCOUT
def lead_change(request: ActorRequest, public_id: object) -> HttpResponse:
    """Write down what is known now."""
    lead = _one(request, public_id)
    form = LeadForm(request.POST or None, instance=_one(request, public_id), actor=request.actor)
    if request.method == "POST" and form.is_valid():
        if form.known:
            return _go(request, lambda: services.move(lead=lead, to=LeadState.ALREADY_KNOWN, actor=request.actor, company=form.known),
                       _("We know this company already: the lead is closed, and leads there."))  # fmt: skip
        return _go(request, lambda: services.change(lead=lead, changed=form.changed(), by=request.actor), _("Saved."))
    return render(request, "campaigns/scouting/lead_form.html", {"form": form, "lead": lead})


@require_safe
@SCOUT
def lead(request: ActorRequest, public_id: object) -> HttpResponse:
    """One lead: whom to ask for, what became of it, and what can be done now."""
    return _page(request, _one(request, public_id))


def _page(request: ActorRequest, found: Lead, form: MoveForm | None = None) -> HttpResponse:
    moves = _tapped(request, found)
    context = {
        "lead": found,
        "own": is_owner(request.actor, found),
        "qualifications": found.qualifications.order_by("name", "pk"),
        "steps": found.steps.select_related("by").order_by("at", "pk"),
        "form": form or MoveForm(lead=found, moves=moves) if moves else None,
        "hand_over": HandOverForm(lead=found) if found.running and is_owner(request.actor, found) else None,
        "left": found.running and found.post.is_vacant,
        "days": links.days(),
        "today": timezone.localdate(),
    }
    return render(request, "campaigns/scouting/lead.html", context)


def _tapped(request: ActorRequest, found: Lead) -> list[LeadState]:
    """Moves that a scout taps, in the order of the table; who thinks about it may go on thinking, until another day."""
    again = [LeadState.CONTACTED] if found.state == LeadState.CONTACTED and is_owner(request.actor, found) else []
    return again + [to for to in moves_of(request.actor, found) if to in WORDS]


@require_POST
@SCOUT
def lead_move(request: ActorRequest, public_id: object) -> HttpResponse:
    """Write down how a call went; a yes mails the link at once."""
    found = _one(request, public_id)
    form = MoveForm(request.POST, lead=found, moves=_tapped(request, found))
    if not form.is_valid():
        return _page(request, found, form) if _tapped(request, found) else _go(request, lambda: found, "")
    data = form.cleaned_data
    if data["to"] == LeadState.INTERESTED:
        return _go(
            request,
            lambda: services.send_link(lead=found, by=request.actor),
            _("The link is on its way. The lead moves by itself when they register."),
        )
    moved = {"to": LeadState(data["to"]), "reason": data.get("reason", ""), "again_on": data.get("again_on")}
    return _go(request, lambda: services.move(lead=found, actor=request.actor, **moved), _("Written down."))


@require_POST
@SCOUT
def lead_send(request: ActorRequest, public_id: object) -> HttpResponse:
    """Mail the link, or mail it again."""
    found = _one(request, public_id)
    return _go(
        request,
        lambda: services.send_link(lead=found, by=request.actor),
        _("The link is on its way. At most one mail a day goes to the same address."),
    )


@require_POST
@SCOUT
def lead_take_over(request: ActorRequest, public_id: object) -> HttpResponse:
    """Go on with the lead of a colleague who has left."""
    found = _one(request, public_id)
    return _go(request, lambda: services.take_over(lead=found, by=request.actor), _("The lead is yours now."))


@require_POST
@SCOUT
def lead_hand_over(request: ActorRequest, public_id: object) -> HttpResponse:
    """Give an own lead to a colleague."""
    found = _one(request, public_id)
    form = HandOverForm(request.POST, lead=found)
    if not form.is_valid():
        messages.error(request, _("Choose a colleague."))
        return redirect("campaigns:lead", found.public_id)
    to = form.cleaned_data["to"]
    return _go(
        request, lambda: services.hand_over(lead=found, to=to, by=request.actor), _("%(name)s goes on with this lead.") % {"name": to.user.name}
    )


def _go(request: ActorRequest, action: Callable[[], Lead], said: str) -> HttpResponse:
    """Do it, say so, and show the lead; what cannot be done is said too. A colleague's lead for the same company is shown instead."""
    public_id = request.resolver_match.kwargs.get("public_id") if request.resolver_match else None
    try:
        public_id = action().public_id
        if said:
            messages.success(request, said)
    except LeadExists as exists:
        messages.info(request, str(exists))
        if _leads(request).filter(pk=exists.lead.pk).exists():
            public_id = exists.lead.public_id
    except LeadError as error:
        messages.error(request, str(error))
    return redirect("campaigns:lead", public_id) if public_id else redirect("campaigns:leads")
