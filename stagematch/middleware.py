"""Takes out of a request what must not reach the rest: NUL characters, and a session where a machine asks for health."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class CleanRequestMiddleware:
    """A search for `kok%00` is one for `kok`; a cookie with NUL in it is no cookie. Forms refuse it themselves.

    Whether the site is healthy is asked without a session, so that the answer comes while the database is down.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query:
            query = query.replace("%00", "")
        request.META["QUERY_STRING"] = query
        if request.path.startswith("/health/"):
            request.COOKIES.clear()
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)
