"""What an address names, if the actor may see it; else 404, as if it did not exist."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.actor import Actor, ActorRequest
from matching import rules
from matching.models import Proposal, Round, Run


def round_(actor: Actor, public_id: Any) -> Round:
    """A round with own programmes in it."""
    found: Round = get_object_or_404(Round.objects.visible_to(actor).select_related("period", "criteria"), public_id=public_id)
    return found


def managed_round(actor: Actor, public_id: Any) -> Round:
    """A round of which all programmes are the actor's."""
    found = round_(actor, public_id)
    if not rules.manages(actor, found):
        raise Http404
    return found


def run(actor: Actor, public_id: Any) -> Run:
    """A run of a round with own programmes in it, without its files."""
    runs = Run.objects.visible_to(actor).defer("instance", "result").select_related("round__period", "job", "criteria")
    found: Run = get_object_or_404(runs, public_id=public_id)
    return found


def managed_run(actor: Actor, public_id: Any) -> Run:
    """A run of a round of which all programmes are the actor's."""
    found = run(actor, public_id)
    if not rules.manages(actor, found.round):
        raise Http404
    return found


def proposal(actor: Actor, public_id: Any) -> Proposal:
    """A proposal about an own student, with all that a row and the panel show."""
    rows = Proposal.objects.visible_to(actor).with_flags().defer("run__instance", "run__result")
    rows = rows.select_related("run__criteria", "run__round", "request__student__programme", "place__company", "placement")
    found: Proposal = get_object_or_404(rows, public_id=public_id)
    return found


def back(request: ActorRequest, otherwise: str, *args: Any) -> HttpResponse:
    """To the page that the form came from (its `next`), if it is one of ours."""
    to = request.POST.get("next", "")
    if to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(to)
    return redirect(otherwise, *args)
