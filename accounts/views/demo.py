"""One-click logins of invented people; routed on a developer's machine and in the demo only."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.selectors import demo_people
from accounts.views.invitations import BACKEND


@login_not_required
@require_safe
def people(request: ActorRequest) -> HttpResponse:
    """Everybody one can be here."""
    return render(request, "accounts/demo.html", {"people": demo_people()})


@login_not_required
def person(request: ActorRequest, public_id: str) -> HttpResponse:
    """Ask with one button, then be this invented person."""
    user = get_object_or_404(demo_people(), public_id=public_id)
    if request.method != "POST":
        return render(request, "accounts/demo_person.html", {"person": user})
    logout(request)
    login(request, user, backend=BACKEND)
    response = redirect("home")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
    return response
