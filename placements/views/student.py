"""Pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """What now?"""
    return render(request, "accounts/welcome.html")


def later(request: HttpRequest, public_id: object = None) -> HttpResponse:
    """Being written."""
    return render(request, "accounts/welcome.html")
