"""How the students of a programme get a place: matched, apply, or both, chosen for each school year."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import ActorRequest
from accounts.hats import HatKind
from schools.forms import WayForm
from schools.models import Programme, School, school_year
from schools.services import choose_way
from schools.views.guards import school_page


@school_page(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def programme_way(request: ActorRequest, school: School, public_id: str) -> HttpResponse:
    """Choose for this school year and the next; requests that begin in that year follow at once."""
    visible = Programme.objects.visible_to(request.actor).select_related("qualification").prefetch_related("years")
    programme = get_object_or_404(visible, public_id=public_id)
    form = WayForm(request.POST if request.method == "POST" else None, programme=programme, year=school_year(timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        for year, way in form.ways.items():
            choose_way(programme=programme, year=year, way=way)
        messages.success(request, _("Saved. Students read it on their home page."))
        return redirect("schools:programmes")
    return render(request, "schools/programme_way.html", {"programme": programme, "form": form})
