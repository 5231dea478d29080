"""What the scouts' work brought: own months for a scout, the own regions for advisors, all for administrators."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from campaigns.scouting import results as selectors
from reference.models import LabourMarketRegion
from shortages.advice.selectors import regions_of
from stagematch.downloads import csv_answer
from stagematch.tabular import write_csv

READERS = hats(HatKind.SCOUT, HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.ADMINISTRATOR)
HEADS: dict[str, Promise] = {
    "calls": gettext_lazy("Calls"),
    "tasks": gettext_lazy("Tasks ended"),
    "leads": gettext_lazy("Leads"),
    "recognised": gettext_lazy("Recognised from leads"),
    "places": gettext_lazy("Places found"),
    "slots": gettext_lazy("Students they have room for"),
    "placed": gettext_lazy("Students placed there"),
}


def _months(request: ActorRequest) -> list[selectors.Month]:
    """Of the scout who looks; else by region, with names instead of codes."""
    if request.actor.is_(HatKind.SCOUT):
        return selectors.months(user=request.user.pk)
    seen = LabourMarketRegion.objects.all() if request.actor.is_(HatKind.ADMINISTRATOR) else regions_of(request.actor)
    names = dict(seen.values_list("pk", "name"))
    rows = selectors.months(regions=list(names))
    for row in rows:
        row.region = names[row.region]
    return rows


def _table(rows: list[selectors.Month]) -> list[dict[str, Any]]:
    """This month, and those before it in which there was something."""
    rows = [row for row in rows if row == rows[0] or any(getattr(row, name) for name in selectors.COUNTS)]
    return [{"month": row.month, "region": row.region, "counts": [(HEADS[name], getattr(row, name)) for name in selectors.COUNTS]} for row in rows]


@require_safe
@READERS
def results(request: ActorRequest) -> HttpResponse:
    """A row a month, and the sum."""
    rows = _months(request)
    total = selectors.total(rows)
    context = {
        "rows": _table(rows),
        "heads": list(HEADS.values()),
        "total": [(HEADS[name], getattr(total, name)) for name in ("places", "slots", "placed", "recognised")],
        "own": request.actor.is_(HatKind.SCOUT),
        "days": settings.SCOUT_RESULT_DAYS,
    }
    return render(request, "campaigns/scouting/results.html", context)


@require_safe
@READERS
def results_csv(request: ActorRequest) -> HttpResponse:
    """The same rows as a file for a spreadsheet; no cell of it is taken for a formula."""
    rows = [[date_format(row.month, "Y-m"), row.region, *(getattr(row, name) for name in selectors.COUNTS)] for row in _months(request)]
    return csv_answer(write_csv([_("Month"), _("Region"), *HEADS.values()], rows), "resultaten.csv")
