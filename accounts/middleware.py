"""Puts the actor on each request and tells the audit trail who acts under which hat."""

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.actor import ANONYMOUS, Actor
from accounts.hats import hats_of

SESSION_KEY = "hat"


def actor_of(request: HttpRequest) -> Actor:
    """The user of a request under the hat chosen in the session (the first one if none was chosen)."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    hats = tuple(hats_of(user))
    chosen = request.session.get(SESSION_KEY)
    hat = next((hat for hat in hats if hat.key == chosen), hats[0] if hats else None)
    return Actor(user=user, hat=hat, hats=hats)


class ActorMiddleware:
    """Sets `request.actor`, and on writing requests the pghistory context (user, hat, page)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        actor = request.actor  # type: ignore[attr-defined]
        with pghistory.context(user=actor.user.pk if actor.user else None, hat=actor.hat.key if actor.hat else "", page=request.path):
            return self.get_response(request)
