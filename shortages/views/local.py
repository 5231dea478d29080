"""One step deeper, for those who are responsible for the region: municipalities, and in one of them courses and companies."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from reference.models import Municipality
from shortages.board import local, page
from shortages.board.query import View, parse
from shortages.board.shapes import shapes
from shortages.board.source import Reach, reach_of
from stagematch.addresses import Ignored

RESPONSIBLE = (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT, HatKind.ADMINISTRATOR)


def _asked(request: ActorRequest, region: str = "") -> tuple[View, list[Ignored], Reach]:
    """The view, within a region that the reader is responsible for; 404 for any other."""
    view, ignored = parse(request.GET)
    reach = reach_of(request.actor)
    view, ignored, _meant = page.settled(view.but(region=region or view.region), ignored, reach, page.chambers())
    if view.in_country:
        view = view.but(region=next(iter(reach.regions or shapes())))
    if not reach.covers(view.region):
        raise Http404
    return view, ignored, reach


@hats(*RESPONSIBLE)
@require_safe
def municipalities(request: ActorRequest) -> HttpResponse:
    """The municipalities of an own region, counted now."""
    view, ignored, reach = _asked(request)
    towns = local.towns(view.region, view, timezone.localdate())
    choices = [(code, page.name_of(code)) for code in reach.regions or shapes()]
    context = {"view": view, "ignored": ignored, "towns": towns, "name": page.name_of(view.region), "choices": choices}
    return render(request, "shortages/board/municipalities.html", context)


@hats(*RESPONSIBLE)
@require_safe
def municipality(request: ActorRequest, code: str) -> HttpResponse:
    """One municipality of an own region: courses of students without a place, and companies with unused slots."""
    town = get_object_or_404(Municipality.objects.select_related("region"), pk=code)
    view, ignored, _reach = _asked(request, town.region_id)
    context = {"view": view, "ignored": ignored, "town": town, "inside": local.inside(town, view, timezone.localdate())}
    return render(request, "shortages/board/municipality.html", context)
