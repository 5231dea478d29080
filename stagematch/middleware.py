"""Takes out what no person types and no database takes: NUL characters in an address or a cookie."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class NoNulMiddleware:
    """A search for `kok%00` is one for `kok`; a cookie with NUL in it is no cookie. Forms refuse it themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query:
            query = query.replace("%00", "")
        request.META["QUERY_STRING"] = query
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)
