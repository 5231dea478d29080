"""Proposals: why, and deciding about one or several."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from matching import explanations, rules, words
from matching.forms import DeclineForm
from matching.models import Proposal
from matching.services import decisions
from matching.views import found
from placements.errors import PlacementError
from placements.services import transitions
from placements.workflow import PlacementState
from stagematch.ids import uuids


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def proposal(request: ActorRequest, public_id: str) -> HttpResponse:
    """Why this place, why not another, or why none: a panel beside the table, or a page."""
    row = found.proposal(request.actor, public_id)
    context = {
        "row": row,
        "run": row.run,
        "round": row.run.round,
        "why": explanations.explain(row),
        "tier": words.TIERS.get(row.request.tier, row.request.tier),
        "no_place": explanations.no_place(row),
        "may_decide": rules.may_decide(request.actor, row),
        "may_undo": rules.may_undo(request.actor, row),
        # From the panel back to the table as it was narrowed.
        "next": _came_from(request),
    }
    return render(request, "matching/_why.html" if request.htmx else "matching/proposal.html", context)


def _came_from(request: ActorRequest) -> str:
    """The page that a panel was opened on; nothing for what is no address."""
    try:
        return (request.htmx.current_url_abs_path or "") if request.htmx else ""
    except ValueError:
        return ""


@require_POST
@hats(HatKind.COORDINATOR)
def approve(request: ActorRequest, public_id: str) -> HttpResponse:
    """Approve one proposal; an exception too, because it is looked at by itself."""
    row = found.proposal(request.actor, public_id)
    return _decide(request, row, lambda: decisions.approve(proposal=row, actor=request.actor), _("Approved."))


@require_POST
@hats(HatKind.COORDINATOR)
def undo(request: ActorRequest, public_id: str) -> HttpResponse:
    """Take an approval back, while the student has not been told."""
    row = found.proposal(request.actor, public_id)
    said = _("The approval has been taken back.")

    def act() -> str:
        if row.placement:
            transitions.undo_approval(placement=row.placement, actor=request.actor)
        return ""

    return _decide(request, row, act, said)


def _decide(request: ActorRequest, row: Proposal, act: Callable[[], str], said: str) -> HttpResponse:
    """Do it (it answers what stood in the way) and answer: the row again for htmx, else back to where the button was."""
    try:
        error = act()
    except PlacementError as problem:
        error = str(problem)
    if request.htmx:
        row = found.proposal(request.actor, row.public_id)
        return render(request, "matching/_row.html", {"row": row, "run": row.run, "decides": True, "error": error})
    (messages.error if error else messages.success)(request, error or said)
    return found.back(request, "matching:proposal", row.public_id)


@hats(HatKind.COORDINATOR)
def decline(request: ActorRequest, public_id: str) -> HttpResponse:
    """Decline a proposal with a coded reason; the slot is free again."""
    row = found.proposal(request.actor, public_id)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    to = reverse("matching:result", args=[row.run.public_id])
    if request.method == "POST" and form.is_valid() and row.placement:
        try:
            transitions.decline(placement=row.placement, actor=request.actor, **form.cleaned_data)
        except PlacementError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Declined. The place is free again; the student has heard nothing of it."))
        return redirect(to)
    if row.placement is None or row.placement.state != PlacementState.PROPOSED:
        messages.info(request, _("There is nothing to decline here any more."))
        return redirect("matching:proposal", public_id)
    context = {
        "title": _("Decline this proposal for %(student)s?") % {"student": row.request.student},
        "text": _("%(place)s at %(company)s. Say why: it is kept with the proposal and helps the next round.")
        % {"place": row.place, "company": row.placement.place.company},
        "action": _("Decline"), "cancel_url": to, "danger": True, "form": form,
    }  # fmt: skip
    return render(request, "parts/confirm_page.html", context)


@require_POST
@hats(HatKind.COORDINATOR)
def approve_many(request: ActorRequest, public_id: str) -> HttpResponse:
    """Approve the chosen proposals, or all; exceptions are left to be looked at one by one, and counted."""
    run = found.run(request.actor, public_id)
    own = Proposal.objects.visible_to(request.actor).filter(run=run)
    if "all" not in request.POST:
        own = own.filter(public_id__in=uuids(request.POST.getlist("chosen")))
    done = decisions.approve_many(proposals=own.values_list("pk", flat=True), actor=request.actor)
    approved = ngettext("%(n)s proposal approved.", "%(n)s proposals approved.", done.count) % {"n": done.count}
    if done.count and settings.UNDO_WINDOW_SECONDS:
        seconds = settings.UNDO_WINDOW_SECONDS
        approved += " " + _("The students hear of it in %(n)s seconds; until then you can take it back in the row.") % {"n": seconds}
    messages.success(request, approved)
    for row, why in done.refused:
        messages.error(request, f"{row.request.student}: {why}")
    if not done.exceptions:
        return found.back(request, "matching:result", public_id)
    left = ngettext(
        "%(n)s proposal needs a look of its own: low score, far, adjustments, a minor, or it no longer fits. You see it here.",
        "%(n)s proposals need a look of their own: low score, far, adjustments, a minor, or they no longer fit. You see them here.",
        len(done.exceptions),
    )
    messages.warning(request, left % {"n": len(done.exceptions)})
    return redirect(f"{reverse('matching:result', args=[public_id])}?toon=exceptions")
