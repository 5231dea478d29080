"""Puts the actor on each request, tells the audit trail who acts, and sends staff without a second factor to set one up."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from accounts.access import lacks_second_factor
from accounts.actor import ANONYMOUS, Actor
from accounts.hats import hats_of
from stagematch.logs import masked

SESSION_KEY = "hat"
# What somebody without a second factor may open: signing in and out, setting the factor up, another hat, another language.
OPEN_WITHOUT_FACTOR = ("account_", "mfa_", "switch_hat", "set_language", "health_", "sources", "privacy", "accessibility")


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
        with pghistory.context(user=actor.user.pk if actor.user else None, hat=actor.hat.key if actor.hat else "", page=masked(request.path)):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        """Every page but a few waits for the second factor of whoever wears a staff hat."""
        match = request.resolver_match
        if match is None or (match.view_name or "").startswith(OPEN_WITHOUT_FACTOR):
            return None
        return redirect("mfa_index") if lacks_second_factor(request.actor) else None  # type: ignore[attr-defined]
