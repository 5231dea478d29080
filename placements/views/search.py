"""Finding a place, for everybody: the search and a place's own page."""

from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from placements.applications.offer import offer_for
from placements.hooks import shortage_address
from placements.search import result, seen
from placements.search.map import drawing, frame_of
from placements.search.own import marks_of
from placements.search.place import page_of_place
from placements.search.query import DISTANCES, NEAR, parts_of, read
from placements.search.watching import canonical
from placements.upkeep import looks
from placements.views.saved import may_save


@login_not_required
@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """Search for places; without JavaScript, with htmx, and from any address. An address that says more than it means is made short."""
    asked = request.META["QUERY_STRING"]
    query, ignored = read(asked)
    if not ignored and len(parse_qsl(asked, keep_blank_values=True)) > len(parse_qsl(query.url)) and not request.headers.get("HX-Request"):
        return HttpResponseRedirect(address(query.url))
    found = result.search(query, ignored, request.actor)
    context = {
        "result": found, "query": found.query, "distances": sorted({*DISTANCES, found.query.km}),
        "nears": NEAR.items(), "recent": seen.places(request), "address": address(found.query.url),
    }  # fmt: skip
    context |= {
        "map_url": found.query.but(map=True).url, "list_url": found.query.but(map=False).url, "pages": result.page_links(found),
        "map_address": f"{reverse('placements:search_map')}?{found.query.url}", "askable": f"{reverse('placements:askable')}?{found.query.url}",
        "may_save": may_save(request.actor), "save": canonical(found.query) if found.query.asks else "",
        "marks": marks_of(request.actor, [card.pk for card in found.cards]),
    }  # fmt: skip
    context["shortage_url"] = shortage_address(found.query) if found.few and found.query.asks else ""
    part = request.headers.get("HX-Target") == "search"
    response = render(request, "placements/search/_search.html" if part else "placements/search/search.html", context)
    if part:
        response["HX-Push-Url"] = address(query.url)
    response["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    return response


@login_not_required
@require_safe
def search_map(request: ActorRequest) -> JsonResponse:
    """What the map draws: places, or how many together, in metres on the national grid."""
    asked = request.META["QUERY_STRING"]
    query, ignored = read(asked)
    found = result.rows_of(query, ignored, request.actor)
    return JsonResponse(drawing(found.rows, found.origin, query, frame_of(parts_of(asked).get("kader", ""))))


def address(url: str) -> str:
    """The page's address with a query string."""
    return f"{reverse('placements:search')}?{url}" if url else reverse("placements:search")


@login_not_required
@require_safe
def place_page(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """A place as everybody may see it; what is not offered (any more) says so, and leads on."""
    found = page_of_place(public_id, parts_of(request.META["QUERY_STRING"]), request.actor)
    if found is None:
        return render(request, "placements/search/gone.html", status=404)
    context = {
        "found": found,
        "place": found.place,
        "apply": offer_for(request.actor, found.place, fit=found.fit),
        "marks": found.marks,
    }
    response = render(request, "placements/search/place.html", context)
    if request.method == "GET" and request.actor.company_id != found.place.company_id and found.place.public_id not in seen.keys(request):
        looks.count(found.place.pk)
    seen.remember(request, response, found.place)
    return response
