"""One step deeper, for those who are responsible for the region: municipalities, and in one of them programmes and companies."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind


@hats(HatKind.ADVISOR_PRACTICE)
@require_safe
def municipalities(request: ActorRequest) -> HttpResponse:
    return render(request, "shortages/board/municipalities.html", {})


@hats(HatKind.ADVISOR_PRACTICE)
@require_safe
def municipality(request: ActorRequest, code: str) -> HttpResponse:
    return render(request, "shortages/board/municipality.html", {})
