"""The one way in which a view says which hats it is for: everybody else gets 404, as if it did not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.hats import STAFF_HATS, HatKind

View = Callable[..., HttpResponse]


def hats(*kinds: HatKind) -> Callable[[View], View]:
    """Open a view to actors wearing one of these hats; staff without a second factor are sent to set one up first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor  # type: ignore[attr-defined]
            if not actor.is_(*kinds):
                raise Http404
            if settings.MFA_REQUIRED_FOR_STAFF and actor.is_(*STAFF_HATS) and not actor.user.authenticator_set.exists():
                return redirect("mfa_index")
            return view(request, *args, **kwargs)

        guarded.hats = frozenset(kinds)  # type: ignore[attr-defined]
        return guarded

    return decorate
