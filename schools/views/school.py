"""The school itself and its programmes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.hats import HatKind
from schools import selectors
from schools.forms import ProgrammeChangeForm, ProgrammeForm
from schools.models import Programme, School, SchoolRole
from schools.services import AlreadyThere, add_programme, change_programme
from schools.views.guards import STAFF, school_page


@require_safe
@school_page(*STAFF, unverified=True)
def detail(request: ActorRequest, school: School) -> HttpResponse:
    """What is known of the own school, its state, and who runs its part here."""
    return render(request, "schools/detail.html", {"school": school, "administrators": selectors.administrators_of(school)})


@require_safe
@school_page(*STAFF, unverified=True)
def programmes(request: ActorRequest, school: School) -> HttpResponse:
    """Own programmes with their students and staff."""
    found = selectors.programmes_with_counts(request.actor)
    return render(request, "schools/programmes.html", {"school": school, "programmes": found})


@school_page(HatKind.SCHOOL_ADMIN, unverified=True)
def programme_add(request: ActorRequest, school: School) -> HttpResponse:
    """Add a programme; coordinators among those who add it are ticked beforehand."""
    mine = school.memberships.filter(user=request.user, role=SchoolRole.COORDINATOR, ended_at=None)
    form = ProgrammeForm(request.POST or None, school=school, initial={"staff": [membership.pk for membership in mine]})
    if request.method == "POST" and form.is_valid():
        try:
            programme = add_programme(school=school, **form.cleaned_data)
            messages.success(request, _("%(programme)s has been added.") % {"programme": programme.name})
        except AlreadyThere:  # the same click twice
            messages.info(request, _("This programme was there already."))
        return redirect("schools:programmes")
    return render(request, "schools/programme_add.html", {"form": form})


@school_page(HatKind.SCHOOL_ADMIN, unverified=True)
def programme(request: ActorRequest, school: School, public_id: str) -> HttpResponse:
    """Change the own name of a programme and whose it is."""
    visible = Programme.objects.visible_to(request.actor).select_related("qualification")
    found = get_object_or_404(visible, public_id=public_id)
    initial = {"name": found.name, "staff": [membership.pk for membership in found.staff.all()]}
    form = ProgrammeChangeForm(request.POST or None, school=school, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_programme(programme=found, **form.cleaned_data)
        messages.success(request, _("The programme has been changed."))
        return redirect("schools:programmes")
    return render(request, "schools/programme.html", {"programme": found, "form": form})
