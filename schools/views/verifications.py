"""Verifying schools, by administrators of the platform."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from schools import selectors
from schools.forms import DecisionForm
from schools.models import School
from schools.services import decide_school

PAGE = 20


@require_safe
@hats(HatKind.ADMINISTRATOR)
def overview(request: ActorRequest) -> HttpResponse:
    """Schools that wait, then those that were decided on."""
    waiting = list(selectors.waiting_schools()[:100])
    invitations = selectors.registrations(waiting)
    rows = [(school, invitations.get(school.pk)) for school in waiting]
    page = Paginator(selectors.decided_schools(), PAGE).get_page(request.GET.get("page"))
    return render(request, "schools/verifications.html", {"rows": rows, "page": page})


@hats(HatKind.ADMINISTRATOR)
def decide(request: ActorRequest, public_id: str) -> HttpResponse:
    """Verify one school or refuse it."""
    school = get_object_or_404(School.objects.visible_to(request.actor), public_id=public_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verified = form.cleaned_data["decision"] == "verify"
        decide_school(school=school, verified=verified, reason=form.cleaned_data["reason"], by=request.user)
        done = _("%(school)s is verified; its people have been told.") if verified else _("%(school)s is refused; its people have been told why.")
        messages.success(request, done % {"school": school.name})
        return redirect("schools:verifications")
    people = selectors.staff_of(school)
    invitation = selectors.registrations([school]).get(school.pk)
    return render(request, "schools/decide.html", {"school": school, "form": form, "people": people, "invitation": invitation})
