"""The dashboard: for everybody, with exact numbers for those who are responsible."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.hats import HatKind
from shortages.advice import selectors as advice
from shortages.board import page
from shortages.board.measures import MEASURES
from shortages.board.query import parse
from shortages.board.shapes import shapes
from shortages.board.source import COUNTRY, reach_of
from shortages.board.stagepact import of_region
from shortages.groups import TargetGroup
from shortages.models.report import ShortageReport

MOST_REPORTS, MOST_ACTS = 10, 3


@login_not_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Where students have no place, and why; the whole view stands in the address."""
    view, ignored = parse(request.GET)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page.board_of(view, ignored, reach_of(actor))
    context = {
        "board": found, "view": found.view, "measures": MEASURES.values(), "shapes": shapes().values(), "country": COUNTRY,
        "chambers": found.chambers, "groups": TargetGroup.choices, "levels": range(1, 5), "own_regions": page.own_regions(found),
        **own_side(found, actor),
    }  # fmt: skip
    part = request.headers.get("HX-Target") == "board"
    response = render(request, "shortages/board/_board.html" if part else "shortages/board/board.html", context)
    if part:
        response["HX-Push-Url"] = f"{reverse('shortages:board')}?{found.view.url}"
    response["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    return response


def own_side(found: page.Board, actor: Actor) -> dict[str, Any]:
    """What those responsible for the region do next about the courses of the view. Two queries, or none.

    Acts of that night (the first, where a page has all; those of the own kind of advisor before the others), and reports open now.
    """
    if not found.own or found.nights is None:
        return {"acts": [], "reports": []}
    may_take = not actor.is_(HatKind.ADMINISTRATOR)
    fits = found.view.of_course("qualification__", lambda pathway: Q(pathway=pathway))
    acts = advice.acts_of_any(actor).filter(fits, night=found.nights.now.pk, region=found.own).order_by("-own_kind", "rank")  # type: ignore[misc]
    reports = ShortageReport.objects.at_desk(actor).open().filter(fits, region=found.own)
    return {
        "acts": advice.in_words(list(acts[:MOST_ACTS] if may_take else acts)),
        "reports": list(reports.select_related("qualification", "area").order_by("due_on", "pk")[:MOST_REPORTS]),
        "post": actor.object_id,
        "may_take": may_take,
        "today": timezone.localdate(),
    }


@login_not_required
@require_safe
def pact(request: HttpRequest) -> HttpResponse:
    """The figures of the Stagepact of a region: a part of its page that comes when it is in sight, or a page of its own."""
    view, _ignored = parse(request.GET)
    if view.in_country:
        raise Http404
    found = page.board_of(page.whole(view), [], reach_of(request.actor))  # type: ignore[attr-defined]
    context = {"board": found, "pact": of_region(view.region, found.now, timezone.localdate())}
    part = request.headers.get("HX-Target") == "pact"
    return render(request, "shortages/board/_pact.html" if part else "shortages/board/pact.html", context)


@login_not_required
@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """How each number comes about, and why those of everybody are in fives."""
    return render(request, "shortages/board/explained.html", {"measures": MEASURES.values()})
