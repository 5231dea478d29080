"""A school's own side of the shortage: its programmes, and its figures of the Stagepact."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from shortages.board import own
from shortages.board import stagepact as pact


@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
@require_safe
def shortages(request: ActorRequest) -> HttpResponse:
    """Who of the own students has nothing yet, how likely it is, what can be done today."""
    return render(request, "shortages/board/school.html", {"own": own.of_school(request.actor)})


@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
@require_safe
def stagepact(request: ActorRequest) -> HttpResponse:
    """The figures of the Stagepact for the own programmes."""
    return render(request, "shortages/board/stagepact.html", {"school": pact.of_school(request.actor, timezone.localdate())})
