"""Pages with which a company keeps its places up to date."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from companies.models import Recognition
from companies.views.company import own_company
from placements.forms.places import PlaceForm
from placements.models import Moment, Place, PlaceReminder
from placements.selectors import suspended
from placements.services import places as services
from placements.upkeep import tips
from placements.upkeep.selectors import with_last_answer
from stagematch.moments import weeks_ago

CONTACT = hats(HatKind.COMPANY_CONTACT)
PAGE = 20


def own_places(request: ActorRequest) -> QuerySet[Place]:
    """Places of the own company, with what a list of them shows."""
    return with_last_answer(Place.objects.visible_to(request.actor).select_related("period", "company").prefetch_related("qualifications"))


@require_safe
@CONTACT
def places(request: ActorRequest) -> HttpResponse:
    """All own places, each with one tap to confirm, pause, stop or copy."""
    company = own_company(request)
    today = timezone.localdate()
    own = own_places(request).annotate(over=Q(ends_on__lte=today)).order_by("over", "state", "period__starts_on", "title", "pk")
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    recognised = Recognition.objects.valid().filter(company=company).exists()
    context = {
        "page": page,
        "running": [place for place in page if place.ends_on > today],
        "past": [place for place in page if place.ends_on <= today],
        "recognised": recognised,
        "suspended": suspended(company.pk),
        "stopped": _just_stopped(request),
        "stale_before": weeks_ago(settings.PLACE_STALE_WEEKS),
        "hidden_before": weeks_ago(settings.PLACE_HIDDEN_WEEKS),
        "reminded": not PlaceReminder.objects.filter(membership__user=request.user, stopped_at__isnull=False).exists(),
    }
    return render(request, "placements/places/list.html", context)


def _just_stopped(request: ActorRequest) -> Place | None:
    """The place that was paused or stopped a moment ago, for offering it again at the top of the list."""
    try:
        return Place.objects.visible_to(request.actor).filter(public_id=UUID(request.GET.get("gestopt", ""))).first()
    except ValueError:
        return None


def _edit(request: ActorRequest, place: Place, done: str, initial: dict[str, object] | None = None) -> HttpResponse:
    form = PlaceForm(request.POST or None, instance=place, company=place.company, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_place(
                place=form.save(commit=False),
                qualifications=form.cleaned_data["qualifications"],
                goals=form.cleaned_data["goals"],
                by=request.actor.user,
            )
        except services.TooFewSlots as error:
            form.add_error("capacity", str(error))
        else:
            messages.success(request, done)
            return redirect("placements:places")
    return render(request, "placements/places/edit.html", {"form": form, "place": place, "tips": tips.at(Moment.OFFERING, Moment.ALLOWANCE)})


@CONTACT
def add_place(request: ActorRequest) -> HttpResponse:
    """Offer a new place; only a recognised company can."""
    company = own_company(request)
    if not Recognition.objects.valid().filter(company=company).exists():
        return render(request, "placements/places/not_recognised.html")
    # A mail that asks for a place leads here, for its qualification and period.
    asked = {"qualifications": request.GET.getlist("opleiding"), "period": request.GET.get("periode")}
    return _edit(request, Place(company=company), _("Your place is now offered."), {name: value for name, value in asked.items() if value})


@CONTACT
def edit_place(request: ActorRequest, public_id: str) -> HttpResponse:
    """Change a place."""
    return _edit(request, get_object_or_404(own_places(request), public_id=public_id), _("Your changes have been saved."))


@CONTACT
@require_POST
def copy_place(request: ActorRequest, public_id: str) -> HttpResponse:
    """Copy a place and open the copy to look at."""
    twin = services.copy_place(place=get_object_or_404(own_places(request), public_id=public_id))
    messages.info(request, _("This is a copy. It is paused until you offer it."))
    return redirect("placements:edit_place", public_id=twin.public_id)
