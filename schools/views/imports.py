"""Uploading a table of students: preview, import the good rows, cancel, undo."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from schools import selectors
from schools.forms import UploadForm
from schools.imports import COLUMNS, StudentImporter
from schools.models import Programme, School, StudentImport
from schools.views.guards import BRINGERS, school_page
from stagematch import imports
from stagematch.downloads import csv_answer
from stagematch.models import ImportState
from stagematch.tabular import TableRefused, sample_csv

SHOWN = 200


@school_page(*BRINGERS)
def upload(request: ActorRequest, school: School) -> HttpResponse:
    """Choose a file; nothing is saved before the preview."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            batch = imports.preview(importer=_importer(request, school), file=form.cleaned_data["file"], by=request.user)
            return redirect("schools:import_batch", batch.uuid)
        except TableRefused as refused:
            form.add_error("file", str(refused))
    recent = selectors.recent_imports(request.actor, request.user)
    programmes = Programme.objects.visible_to(request.actor).exists()
    return render(request, "schools/import.html", {"form": form, "columns": COLUMNS, "recent": recent, "programmes": programmes})


@require_safe
@school_page(*BRINGERS)
def sample(request: ActorRequest, school: School) -> HttpResponse:
    """A file to start from."""
    return csv_answer(sample_csv(COLUMNS), _("students-example.csv"))


@require_safe
@school_page(*BRINGERS)
def batch(request: ActorRequest, school: School, uuid: str) -> HttpResponse:
    """What a file would do (preview), or did."""
    found = _batch(request, uuid)
    wrong = found.wrong_rows()
    context = {
        "batch": found,
        "wrong": wrong[:SHOWN],
        "more_wrong": len(wrong) - SHOWN,
        "good": imports.good_rows(COLUMNS, found, SHOWN),
    }
    return render(request, "schools/import_batch.html", context)


@require_safe
@school_page(*BRINGERS)
def wrong_rows(request: ActorRequest, school: School, uuid: str) -> HttpResponse:
    """The wrong rows as a file to mend."""
    return csv_answer(imports.wrong_rows_csv(_importer(request, school), _batch(request, uuid)), _("students-to-mend.csv"))


@require_POST
@school_page(*BRINGERS)
def apply(request: ActorRequest, school: School, uuid: str) -> HttpResponse:
    """Import the good rows."""
    try:
        done = imports.apply(importer=_importer(request, school), batch=_batch(request, uuid))
    except imports.AlreadyUndone:
        messages.info(request, _("This import was undone. Upload the file again to import it after all."))
        return redirect("schools:import")
    count = done.rows_created + done.rows_updated
    text = ngettext("%(n)s student was added or changed.", "%(n)s students were added or changed.", count) % {"n": count}
    messages.success(request, text)
    return redirect("schools:import_batch", done.uuid)


@require_POST
@school_page(*BRINGERS)
def cancel(request: ActorRequest, school: School, uuid: str) -> HttpResponse:
    """Forget a preview; the file's content goes with it."""
    _batches(request).filter(uuid=uuid, state=ImportState.PREVIEW).delete()
    messages.info(request, _("Nothing was imported; what you uploaded has been forgotten."))
    return redirect("schools:import")


@require_POST
@school_page(*BRINGERS)
def undo(request: ActorRequest, school: School, uuid: str) -> HttpResponse:
    """Take an import back."""
    done = imports.undo(importer=_importer(request, school), batch=_batch(request, uuid))
    if done.kept:
        messages.warning(request, _("The import was undone, but some students stayed; see below why."))
    else:
        messages.success(request, _("The import was undone; everything is as it was before."))
    return redirect("schools:import_batch", done.uuid)


def _importer(request: ActorRequest, school: School) -> StudentImporter:
    own = Programme.objects.filter(pk__in=Programme.objects.visible_to(request.actor))
    return StudentImporter(school, own.order_by("name", "pk"))


def _batches(request: ActorRequest) -> QuerySet[StudentImport]:
    return selectors.imports_of(request.actor, request.user)


def _batch(request: ActorRequest, uuid: str) -> StudentImport:
    found: StudentImport = get_object_or_404(_batches(request), uuid=uuid)
    return found
