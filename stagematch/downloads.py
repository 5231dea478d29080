"""Files that a page answers with."""

from django.http import HttpResponse


def csv_answer(content: bytes, name: str) -> HttpResponse:
    """A CSV to download under this name."""
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})
