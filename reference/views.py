"""Public pages: where our data comes from, and finding a qualification."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reference.forms import SHOWN, QualificationSearchForm, matching, offered
from reference.models import SchoolKind
from reference.selectors import search_qualifications
from reference.sources import SOURCES

PAGE = 30


@login_not_required
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Sources and licences of everything that ships with the project."""
    return render(request, "reference/sources.html", {"sources": SOURCES})


@login_not_required
@require_safe
def qualification_search(request: HttpRequest) -> HttpResponse:
    """Find a qualification by its name, an occupation or its crebo."""
    form = QualificationSearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = list(search_qualifications(words, offered())[: PAGE + 1])
    context = {"form": form, "words": words, "found": found[:PAGE], "more": len(found) > PAGE}
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "reference/parts/qualification_results.html" if partial else "reference/qualification_search.html"
    return render(request, template, context)


@login_not_required
@require_safe
def qualification_choices(request: HttpRequest, name: str) -> HttpResponse:
    """Radio buttons for a form in which the field `name` chooses a qualification (reference.forms.QualificationSelect)."""
    kind = request.GET.get("kind", "")
    words = request.GET.get(f"{name}_q", "").strip()
    found = list(matching(words, kind if kind in SchoolKind else "")[:SHOWN])
    context = {"name": name, "words": words, "found": found, "chosen": found[0].pk if len(found) == 1 else None}
    return render(request, "reference/parts/qualification_choices.html", context)
