"""The dashboard: for everybody, with exact numbers for those who are responsible."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shortages.board import page
from shortages.board.measures import MEASURES
from shortages.board.query import parse
from shortages.board.shapes import shapes
from shortages.board.source import COUNTRY, reach_of
from shortages.groups import TargetGroup


@login_not_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Where students have no place, and why; the whole view stands in the address."""
    view, ignored = parse(request.GET)
    found = page.board_of(view, ignored, reach_of(request.actor))  # type: ignore[attr-defined]
    context = {
        "board": found, "view": found.view, "measures": MEASURES.values(), "shapes": shapes().values(), "country": COUNTRY,
        "chambers": page.chambers(), "groups": TargetGroup.choices, "levels": range(1, 5), "own_regions": page.own_regions(found),
    }  # fmt: skip
    part = request.headers.get("HX-Target") == "board"
    response = render(request, "shortages/board/_board.html" if part else "shortages/board/board.html", context)
    response["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    return response


@login_not_required
@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """How each number comes about, and why those of everybody are in fives."""
    return render(request, "shortages/board/explained.html", {"measures": MEASURES.values()})
