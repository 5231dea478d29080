"""Places looked at lately: in a cookie of the visitor's own, so that nothing about it is stored here and looking writes nothing."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from placements.models.place import Place

COOKIE = "gezien"
MOST = 6
MAX_AGE = 30 * 24 * 3600


def keys(request: HttpRequest) -> list[UUID]:
    """Public keys of the places, the last first; whatever else stands in the cookie is left out."""
    found = []
    for text in request.COOKIES.get(COOKIE, "")[: 40 * MOST].split("."):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))[:MOST]


def places(request: HttpRequest) -> list[Place]:
    """The places looked at lately that are still offered; no query for who has seen none."""
    wanted = keys(request)
    if not wanted:
        return []
    found = {place.public_id: place for place in Place.objects.open().filter(public_id__in=wanted).select_related("company")}
    return [found[key] for key in wanted if key in found]


def remember(request: HttpRequest, response: HttpResponse, place: Place) -> None:
    """Put a place first in the visitor's cookie."""
    wanted = [place.public_id, *(key for key in keys(request) if key != place.public_id)][:MOST]
    response.set_cookie(COOKIE, ".".join(str(key) for key in wanted), max_age=MAX_AGE, httponly=True, samesite="Lax", secure=request.is_secure())
