from django.shortcuts import render

from accounts.access import hats
from accounts.hats import HatKind


@hats(HatKind.COORDINATOR)
def shortages(request):
    return render(request, "shortages/board/municipality.html", {})


@hats(HatKind.COORDINATOR)
def stagepact(request):
    return render(request, "shortages/board/municipality.html", {})
