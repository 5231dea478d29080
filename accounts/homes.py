"""Which view answers "what now?" for which hat; apps on higher floors register theirs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Home = Callable[[HttpRequest], HttpResponse]
_homes: dict[str, Home] = {}


def register_home(kind: str, view: Home) -> None:
    """Say which view is the home of a kind of hat (or `visitor`)."""
    _homes[kind] = view


def home_for(kind: str) -> Home:
    """The home of a hat; a plain welcome where no app has registered one."""
    return _homes.get(kind, _welcome)


def _welcome(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/welcome.html")
