"""How often somebody without an account may do what sends mail; counted by allauth in the cache, settings.ACCOUNT_RATE_LIMITS."""

from allauth.core import ratelimit
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _


def too_often(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Whether this network (or whoever `key` names) did `action` too often; with the cache down nobody is kept out (stagematch.cache)."""
    return not ratelimit.consume(request, action=action, key=key)


def registers_too_often(request: HttpRequest, form: BaseForm) -> bool:
    """Whether this network registered too often; then the form says so and nothing is sent."""
    if not too_often(request, "register"):
        return False
    form.add_error(None, _("Your network has registered very often in the last hour. Nothing was sent; try again in an hour."))
    return True
