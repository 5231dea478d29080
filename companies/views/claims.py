"""Who says to act for a company that is here without people: SBB checks that, and lets them in or not."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from companies.forms.company import RefuseClaimForm
from companies.models import Claim
from companies.services.claims import decide_claim
from reference.models import Qualification

VERIFIES = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADMINISTRATOR)
PAGE = 20


@require_safe
@VERIFIES
def claims(request: ActorRequest) -> HttpResponse:
    """Whoever waits, the longest first."""
    waiting = Claim.objects.visible_to(request.actor).waiting().select_related("company")
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    asked = {key for claim in page for key in claim.details.get("qualifications", ())}
    return render(request, "companies/claims.html", {"page": page, "asked": Qualification.objects.filter(pk__in=asked).order_by("name", "pk")})


@VERIFIES
@require_POST
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Let somebody in."""
    return _decided(request, decide_claim(claim=one(request, pk), accepted=True, by=request.user))


@VERIFIES
def refuse(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask first, then tell somebody that it could not be established, and why if the advisor says so."""
    claim, form = one(request, pk), RefuseClaimForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _decided(request, decide_claim(claim=claim, accepted=False, by=request.user, reason=form.cleaned_data["reason"]))
    text = _("%(name)s (%(email)s) then hears by e-mail that you could not establish that they act for %(company)s.")
    words = {"name": claim.name, "email": claim.email, "company": claim.company.name}
    context = {"title": _("Could it not be established?"), "text": text % words, "action": _("Tell them"), "cancel_url": reverse("companies:claims")}
    return render(request, "parts/confirm_page.html", {**context, "form": form})


def one(request: ActorRequest, pk: int) -> Claim:
    """A claim on a company in the own regions; 404 for any other."""
    return get_object_or_404(Claim.objects.visible_to(request.actor).select_related("company"), pk=pk)


def _decided(request: ActorRequest, claim: Claim) -> HttpResponse:
    """Back to who waits, with what became of this one: by this click, or by a colleague's before it."""
    done = _("%(name)s gets an invitation by e-mail.") if claim.accepted else _("%(name)s has been told that you could not establish it.")
    messages.success(request, done % {"name": claim.name})
    return redirect("companies:claims")
