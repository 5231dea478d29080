"""What every page knows: who acts, and what is in their menu."""

from django.conf import settings
from django.http import HttpRequest

from accounts.actor import ANONYMOUS
from accounts.navigation import menu


def actor(request: HttpRequest) -> dict[str, object]:
    """The actor, its menu, and whether this is a demo."""
    current = getattr(request, "actor", ANONYMOUS)
    return {"actor": current, "hats": current.hats, "nav": menu(current, request.path), "demo": settings.DEMO_LOGINS}
