"""What every page knows: who acts, and what is in their menu."""

from django.conf import settings
from django.http import HttpRequest

from accounts.actor import ANONYMOUS
from accounts.navigation import menu


def actor(request: HttpRequest) -> dict[str, object]:
    """The actor, its menu, and whether this is a demo."""
    current = getattr(request, "actor", ANONYMOUS)
    # Whoever answers a mail came for that: a visitor's menu would lie over the buttons of a phone.
    answers = current.user is None and getattr(request, "from_mail", False)
    return {"actor": current, "hats": current.hats, "nav": [] if answers else menu(current, request.path), "demo": settings.DEMO_LOGINS}
