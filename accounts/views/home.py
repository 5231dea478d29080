"""Home, the front page, and switching hats."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.homes import home_for
from accounts.middleware import SESSION_KEY


@login_not_required
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """What now? Each hat's own page; visitors get the front page."""
    return home_for(request.actor.kind)(request)


def front(request: ActorRequest) -> HttpResponse:
    """The front page for visitors; somebody signed in without a hat reads how to get one."""
    template = "accounts/no_hat.html" if request.user.is_authenticated else "accounts/front.html"
    return render(request, template)


@require_POST
def switch_hat(request: ActorRequest) -> HttpResponse:
    """Wear another of one's own hats and go to its home."""
    key = request.POST.get("hat", "")
    if key not in {hat.key for hat in request.actor.hats}:
        raise Http404
    request.session[SESSION_KEY] = key
    return redirect("home")
