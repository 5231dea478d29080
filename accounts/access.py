"""The one way in which a view says which hats it is for: everybody else gets 404, as if it did not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from accounts.actor import Actor
from accounts.hats import STAFF_HATS, HatKind

View = Callable[..., HttpResponse]


def hats(*kinds: HatKind) -> Callable[[View], View]:
    """Open a view to actors wearing one of these hats."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor  # type: ignore[attr-defined]
            if not actor.is_(*kinds):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.hats = frozenset(kinds)  # type: ignore[attr-defined]
        return guarded

    return decorate


def from_mail(view: View) -> View:
    """Open a view to whoever has its link from a mail: without login, kept by no cache, and without the menu of visitors."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.from_mail = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return login_not_required(never_cache(opened))


def lacks_second_factor(actor: Actor) -> bool:
    """Whether a member of staff must set up a second factor before anything else (the middleware sends them there)."""
    if not settings.MFA_REQUIRED_FOR_STAFF or actor.user is None or not actor.is_(*STAFF_HATS):
        return False
    return not Authenticator.objects.filter(user=actor.user).exists()
