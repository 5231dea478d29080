"""Opening requests for a class: from the list of students, for one period, at once; and taking that back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from placements.forms.opening import OpenRequestsForm
from placements.services import requests as services
from schools.selection import chosen_students


@require_POST
@hats(HatKind.COORDINATOR)
def open_requests(request: ActorRequest) -> HttpResponse:
    """Ask for which period, then open the requests and say what came of it."""
    students = chosen_students(request)
    form = OpenRequestsForm(request.POST if "period" in request.POST else None)
    if form.is_valid():
        chosen = students.select_related("programme__qualification")
        opened = services.open_for_class(students=chosen, period=form.cleaned_data["period"], weeks=form.cleaned_data["weeks"])
        return render(request, "placements/school/opened.html", {"opened": opened, "period": form.cleaned_data["period"]})
    count = students.count()
    if not count:
        messages.info(request, _("Nobody was chosen: tick students in the list first."))
        return redirect("schools:students")
    whole = request.POST.get("whole", "")
    ids = "" if whole else ",".join(str(key) for key in students.values_list("public_id", flat=True))
    context = {"form": form, "count": count, "whole": whole, "filter": request.POST.get("filter", ""), "students": ids}
    return render(request, "placements/school/open_requests.html", context)


@require_POST
@hats(HatKind.COORDINATOR)
def undo(request: ActorRequest) -> HttpResponse:
    """Take back the requests of one click that nobody has begun."""
    at = parse_datetime(request.POST.get("at", ""))
    gone = services.take_back(opened_at=at, actor=request.actor) if at and at.tzinfo else 0
    said = ngettext("%(n)s request has been taken back.", "%(n)s requests have been taken back.", gone) % {"n": gone}
    kept = _("A student who has begun to prepare keeps the request.")
    messages.success(request, f"{said} {kept}")
    return redirect("schools:students")
