"""Pages that belong to no app: health, and the page for a form that came from elsewhere."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stagematch import health


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
