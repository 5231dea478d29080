"""What a button does: one service, and the next page says what became of it."""

from collections.abc import Callable
from typing import ParamSpec

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

from placements.errors import PlacementError

P = ParamSpec("P")


def act(request: HttpRequest, done: str | Promise, service: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> bool:
    """Call a service and say `done`, or why it refused; returns whether it did it."""
    try:
        service(*args, **kwargs)
    except PlacementError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, str(done))
    return True
