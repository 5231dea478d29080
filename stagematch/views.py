"""Pages that belong to no app: health, and those that say what went wrong."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stagematch import health

# Seconds after which a browser or a search engine may ask again while the database is away; a restart takes a few.
RETRY_AFTER = 30


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; a machine that gets no 200 restarts it."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, cache and worker by name; 503 while one of them does not answer."""
    ok, parts = health.report()
    return JsonResponse({"ready": ok, **parts}, status=200 if ok else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or the form did not come from this site: say how to go on, lose nothing."""
    return render(request, "403_csrf.html", status=403)


def not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """An address that only a button leads to was opened (a reload, an old link), or the other way around: say so, with a way back."""
    response = render(request, "405.html", status=405)
    response["Allow"] = refused["Allow"]
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be read, or is too much; says which.

    Django's own page checks the form's token, for which it reads once more what could not be read; ours holds no form.
    """
    context = {
        "too_large": isinstance(exception, RequestDataTooBig),
        "too_many": isinstance(exception, TooManyFieldsSent | TooManyFilesSent),
        "megabytes": (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024**2,
    }
    return HttpResponse(render_to_string("400.html", context), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """An error of ours; while the database is away, when to come back. Neither page reads anything."""
    error = sys.exc_info()[1]
    if isinstance(error, BadRequest):  # from within the page for another error, which reads the form
        return bad_request(request, error)
    if isinstance(error, OperationalError | InterfaceError) and (connection.connection is None or connection.connection.closed):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})
    return HttpResponse(render_to_string("500.html"), status=500)
