"""The view of the dashboard as a file or as data; the address says the same as the page's."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from shortages.board import export, page, pdf
from shortages.board.query import parse
from shortages.board.source import reach_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> tuple[page.Board, str]:
    """The view of the address, and the full address of its page."""
    view, ignored = parse(request.GET)
    board = page.board_of(view, ignored, reach_of(request.actor))  # type: ignore[attr-defined]
    return board, request.build_absolute_uri(f"{reverse('shortages:board')}?{board.view.url}")


def _named(response: Any, board: page.Board, ending: str, *, all_weeks: bool = False) -> Any:
    """The file's name says the region, course, sector or groups, the day, and whether every week is in it."""
    view, day = board.view, f"{board.nights.now.date:%Y-%m-%d}" if board.nights else "leeg"
    parts = ["tekorten", view.place or "nederland", str(view.crebo or ""), view.chamber and f"sector{view.chamber}", "-".join(view.groups)]
    name = "-".join(part for part in [*parts, day, "alle-weken" if all_weeks else ""] if part)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Cache-Control"] = "private, no-store" if board.exact else "private"
    return response


@login_not_required
@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """Every cell of the view, streamed; `alles=1` for every week of the trend."""
    board, _address = _asked(request)
    all_weeks = request.GET.get("alles") == "1"
    rows = export.cells(board, all_weeks=all_weeks)
    return _named(StreamingHttpResponse(export.csv_lines(rows), content_type="text/csv; charset=utf-8"), board, "csv", all_weeks=all_weeks)


@login_not_required
@require_safe
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Every cell of the view as a workbook."""
    board, address = _asked(request)
    file = export.workbook(board, export.cells(board), export.about(board, address))
    return _named(FileResponse(file, content_type=XLSX), board, "xlsx")


@login_not_required
@require_safe
def as_pdf(request: HttpRequest) -> HttpResponse:
    """The page to print or send."""
    board, address = _asked(request)
    return _named(HttpResponse(pdf.printed(board, export.about(board, address)), content_type="application/pdf"), board, "pdf")


@login_not_required
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    """The page as data for other programs."""
    board, address = _asked(request)
    content = json.dumps(export.document(board, address), cls=DjangoJSONEncoder, ensure_ascii=False)
    return HttpResponse(content, content_type="application/json; charset=utf-8")
