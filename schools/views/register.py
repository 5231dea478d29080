"""Registering a school: find it in the public register, say who you are, confirm by mail."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.limits import registers_too_often
from reference.models import SchoolRecord
from schools.forms import JoinForm, RegistrationForm, SchoolSearchForm
from schools.models import School
from schools.selectors import FOUND, register_search
from schools.services import SchoolKnown, ask_to_join, register_school


@login_not_required
@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """Find the school by name, town, postcode or BRIN."""
    form = SchoolSearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = register_search(words)
    context = {"form": form, "words": words, "found": found[:FOUND], "more": len(found) > FOUND}
    return render(request, "schools/register_results.html" if request.htmx else "schools/register_search.html", context)


@login_not_required
def register(request: ActorRequest, code: str) -> HttpResponse:
    """Register this school; one that is here already leads to its people."""
    record = get_object_or_404(SchoolRecord, pk=code)
    form = RegistrationForm(request.POST or None, record=record)
    if request.method == "POST" and form.is_valid() and not registers_too_often(request, form):
        try:
            register_school(record=record, registration=form.registration(), language=get_language() or "nl")
        except SchoolKnown:
            return redirect("schools:join", code)
        return render(request, "schools/registered.html", {"record": record, "email": form.cleaned_data["email"]})
    return render(request, "schools/register.html", {"record": record, "form": form})


@login_not_required
def join(request: ActorRequest, code: str) -> HttpResponse:
    """The school is here: its administrators hear that somebody wants to join. Nobody's name is shown."""
    school = get_object_or_404(School, brin=code)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not registers_too_often(request, form):
        ask_to_join(school=school, **form.cleaned_data)
        return render(request, "schools/joined.html", {"school": school})
    return render(request, "schools/join.html", {"school": school, "form": form})
