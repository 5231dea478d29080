"""The desk of SBB's people: the work list, a report with the companies around it, and what is done with it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from shortages.models import ShortageReport
from shortages.reports import companies, selectors
from shortages.reports.desk_forms import DeskForm
from shortages.reports.doing import ADVISORS, advisor, may
from shortages.reports.errors import ReportError, ReportMoved
from shortages.reports.filters import OPEN, ReportFilter
from shortages.reports.work import WORK, Work
from shortages.reports.workflow import A

DESK = hats(*ADVISORS, HatKind.SCOUT, HatKind.ADMINISTRATOR)
WORKS = hats(*ADVISORS)
PAGE = 50


def _at_desk(request: ActorRequest) -> Any:
    related = ("qualification", "region", "area", "post__user", "school", "student", "joined_to")
    return ShortageReport.objects.at_desk(request.actor).with_total().select_related(*related)


@dataclass(frozen=True)
class Offered:
    """One act that can be done now, with its form."""

    work: Work
    slug: str
    form: DeskForm


@require_safe
@DESK
def desk(request: ActorRequest) -> HttpResponse:
    """The work list: what is late comes first."""
    data = request.GET if "stand" in request.GET else {**request.GET.dict(), "stand": OPEN, "work": "mine"}
    chosen = ReportFilter(data, queryset=_at_desk(request).work_list(), actor=request.actor)
    page = Paginator(chosen.qs, PAGE).get_page(request.GET.get("page"))
    works = request.actor.is_(*ADVISORS)
    return render(request, "shortages/reports/desk.html", {"filter": chosen, "page": page, "today": timezone.localdate(), "works": works})


@require_safe
@DESK
def desk_report(request: ActorRequest, public_id: object) -> HttpResponse:
    """One report: what is known, what was done, the companies around, and what can be done now."""
    return _page(request, get_object_or_404(_at_desk(request), public_id=public_id))


def _page(request: ActorRequest, report: ShortageReport, bound: dict[str, DeskForm] | None = None) -> HttpResponse:
    km = companies.radius_of(request.GET.get("km", ""))
    near, doer = companies.near(report, km), advisor(request.actor, report)
    log = selectors.log_of(report)
    acts = [
        Offered(work, slug, (bound or {}).get(slug) or work.form(report=report, near=near, auto_id=f"{slug}_%s"))
        for slug, work in WORK.items()
        if may(doer, report, work.act)
    ]
    context = {
        "report": report, "log": log, "near": near, "km": km, "radii": companies.RADII, "today": timezone.localdate(), "works": doer is not None,
        "joined": ShortageReport.objects.filter(joined_to=report).order_by("opened_at", "pk"),
        "take": any(one.work.act == A.TAKE for one in acts), "may_propose": any(one.work.act == A.PROPOSE for one in acts),
        "asking": [one for one in acts if one.form.fields], "plain": [one for one in acts if not one.form.fields and one.work.act != A.TAKE],
        "proposal": selectors.proposed_in(log, report), "map_address": f"{reverse('shortages:desk_map', args=[report.public_id])}?km={km}",
    }  # fmt: skip
    return render(request, "shortages/reports/desk_report.html", context)


@require_safe
@DESK
def desk_map(request: ActorRequest, public_id: object) -> HttpResponse:
    """The companies around a report, for the map."""
    report = get_object_or_404(_at_desk(request), public_id=public_id)
    return companies.as_json(report, request.GET, reverse("shortages:desk_report", args=[public_id]))


@require_POST
@WORKS
def desk_act(request: ActorRequest, public_id: object, act: str) -> HttpResponse:
    """Do one thing with a report."""
    report = get_object_or_404(_at_desk(request), public_id=public_id)
    work, doer = WORK.get(act), advisor(request.actor, report)
    if work is None or doer is None:
        raise Http404
    near = companies.near(report, max(companies.RADII)) if act == "vastleggen" else []
    form = work.form(request.POST, report=report, near=near, auto_id=f"{act}_%s")
    if not form.is_valid() and may(doer, report, work.act):
        return _page(request, report, {act: form})
    try:
        if not form.is_valid():
            raise ReportMoved(report.get_state_display())
        work.run(report, doer, form.cleaned_data, request.actor)
    except ReportError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(work.done))
    still = ShortageReport.objects.at_desk(request.actor).filter(pk=report.pk).exists()
    return redirect("shortages:desk_report", public_id) if still else redirect("shortages:desk")
