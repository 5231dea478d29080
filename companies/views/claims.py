"""Who says to act for a company that is here without people: SBB checks that, and lets them in or not."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from companies.models import Claim
from companies.services.claims import decide_claim

VERIFIES = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADMINISTRATOR)
PAGE = 20


@require_safe
@VERIFIES
def claims(request: ActorRequest) -> HttpResponse:
    """Whoever waits, the longest first."""
    waiting = Claim.objects.visible_to(request.actor).waiting().select_related("company")
    return render(request, "companies/claims.html", {"page": Paginator(waiting, PAGE).get_page(request.GET.get("page"))})


@VERIFIES
@require_POST
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Let somebody in, or not."""
    found = get_object_or_404(Claim.objects.visible_to(request.actor), pk=pk)
    claim = decide_claim(claim=found, accepted=request.POST.get("decision") == "accept", by=request.user)
    done = _("%(name)s gets an invitation by e-mail.") if claim.accepted else _("%(name)s has been told that you could not establish it.")
    messages.success(request, done % {"name": claim.name})
    return redirect("companies:claims")
