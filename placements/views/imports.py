"""A company uploads a file of places: preview, import the good rows, undo."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from placements.forms.imports import PlaceFileForm
from placements.imports import COLUMNS, PlaceImporter
from placements.models import Adjustment, PlaceImport, Requirement
from placements.models.place import recognised_for, teachable
from placements.selectors import coming_periods
from placements.views.places import CONTACT, own_company
from stagematch import imports
from stagematch.downloads import csv_answer
from stagematch.tabular import TableRefused, sample_csv


def own_import(request: ActorRequest, public_id: str) -> PlaceImport:
    """An import of the own company."""
    return get_object_or_404(PlaceImport.objects.filter(company=own_company(request)), uuid=public_id)


@CONTACT
def upload(request: ActorRequest) -> HttpResponse:
    """Choose a file; the answer is a preview, nothing has changed yet."""
    company = own_company(request)
    form = PlaceFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = imports.preview(importer=PlaceImporter(company), file=form.cleaned_data["file"], by=request.actor.user)
        except TableRefused as error:
            form.add_error("file", str(error))
        else:
            return redirect("placements:place_import", public_id=batch.uuid)
    context = {
        "form": form,
        "columns": COLUMNS,
        "periods": coming_periods(),
        "qualifications": recognised_for(company).order_by("kind", "name"),
        "goals": teachable(company).order_by("code", "text"),
        "requirements": Requirement.labels,
        "adjustments": Adjustment.labels,
        "earlier": PlaceImport.objects.filter(company=company).exclude(state="preview").defer("rows", "saved")[:5],
    }
    return render(request, "placements/places/import.html", context)


@require_safe
@CONTACT
def example(request: ActorRequest) -> HttpResponse:
    """A file to start from."""
    return csv_answer(sample_csv(COLUMNS, PlaceImporter(own_company(request)).example()), "plaatsen.csv")


@require_safe
@CONTACT
def detail(request: ActorRequest, public_id: str) -> HttpResponse:
    """What importing would do, or did."""
    batch = own_import(request, public_id)
    return render(request, "placements/places/import_detail.html", {"batch": batch, "good": imports.good_rows(COLUMNS, batch)})


@require_safe
@CONTACT
def wrong_rows(request: ActorRequest, public_id: str) -> HttpResponse:
    """The wrong rows as a file to mend."""
    batch = own_import(request, public_id)
    return csv_answer(imports.wrong_rows_csv(PlaceImporter(batch.company), batch), "plaatsen-te-verbeteren.csv")


@CONTACT
@require_POST
def apply(request: ActorRequest, public_id: str) -> HttpResponse:
    """Import the good rows."""
    batch = own_import(request, public_id)
    try:
        imports.apply(importer=PlaceImporter(batch.company), batch=batch)
    except imports.AlreadyUndone:
        messages.error(request, _("This import was undone. Upload the file again to import it after all."))
    return redirect("placements:place_import", public_id=batch.uuid)


@CONTACT
@require_POST
def undo(request: ActorRequest, public_id: str) -> HttpResponse:
    """Take the import back; places that students hold stay."""
    batch = own_import(request, public_id)
    imports.undo(importer=PlaceImporter(batch.company), batch=batch)
    return redirect("placements:place_import", public_id=batch.uuid)
