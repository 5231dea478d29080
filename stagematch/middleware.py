"""What must not reach the rest of the site (NUL characters), nor stay in a browser (pages of somebody signed in), nor be an empty page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers

from stagematch.views import not_allowed


class CleanRequestMiddleware:
    """A search for `kok%00` is one for `kok`, and so is an address; a cookie with NUL in it is no cookie. Forms refuse it themselves.

    Whether the site is healthy is asked without a session, so that the answer comes while the database is down.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        for name in ("path", "path_info"):
            setattr(request, name, getattr(request, name).replace("\0", ""))
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query:
            query = query.replace("%00", "")
        request.META["QUERY_STRING"] = query
        if request.path.startswith("/health/"):
            request.COOKIES.clear()
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)


class FreshPageMiddleware:
    """Back brings the page, not the part of it that htmx fetched from the same address; who signed out leaves no page behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response


class NotAllowedPageMiddleware:
    """Django answers with nothing at all when an address is asked in the wrong way; people get a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        response = self.get_response(request)
        people = "text/html" in request.headers.get("Accept", "")
        return not_allowed(request, response) if isinstance(response, HttpResponseNotAllowed) and people else response
