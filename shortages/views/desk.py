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
from shortages.reports.desk_forms import DeskForm, ReopenForm
from shortages.reports.doing import ADVISORS, at_desk, may
from shortages.reports.errors import ReportError, ReportMoved
from shortages.reports.filters import OPEN, ReportFilter
from shortages.reports.forms import KEPT
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
    """One act that can be done now, with its form, and whether that is unfolded."""

    work: Work
    slug: str
    form: DeskForm
    open: bool


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
    return _show(request, public_id)


def _show(request: ActorRequest, public_id: object, failed: str = "") -> HttpResponse:
    """A report's page, or where it was handed over to. `failed`: the act that was sent and not done; its words are shown again."""
    report = _at_desk(request).filter(public_id=public_id).first()
    if report is not None:
        return _page(request, report, failed)
    step = selectors.handed_over(request.actor, public_id)
    if step is None:
        raise Http404
    return render(request, "shortages/reports/handed.html", {"step": step, "kept": _typed(request)})


def _typed(request: ActorRequest) -> str:
    """Words that were sent with an act."""
    return request.POST.get("text", "")[:KEPT]


def _page(request: ActorRequest, report: ShortageReport, failed: str = "") -> HttpResponse:
    nearby, doer = companies.nearby(report, companies.Sight.of(request.GET)), at_desk(request.actor)
    log = selectors.log_of(report)
    acts = [_offered(request, report, nearby, slug, failed) for slug, work in WORK.items() if may(doer, report, work.act)]
    done = {one.work.act for one in acts}
    kept = "" if failed in {one.slug for one in acts} else _typed(request)
    here = reverse("shortages:desk_report", args=[report.public_id])
    context = {
        "report": report, "log": log, "nearby": nearby, "radii": companies.RADII, "today": timezone.localdate(), "works": doer is not None,
        "here": here, "joined": ShortageReport.objects.filter(joined_to=report).order_by("opened_at", "pk"),
        "take": A.TAKE in done, "may_propose": A.PROPOSE in done, "may_log": A.LOG in done,
        "asking": [one for one in acts if one.form.visible_fields()],
        "plain": [one for one in acts if not one.form.visible_fields() and one.work.act != A.TAKE],
        "kept": kept, "may_keep": A.REOPEN in done and ReopenForm({"text": kept}, report=report).is_valid(),
        "proposal": selectors.proposed_in(log, report), "map_address": f"{reverse('shortages:desk_map', args=[report.public_id])}?{nearby.sight.url}",
    }  # fmt: skip
    return render(request, "shortages/reports/desk_report.html", context)


def _offered(request: ActorRequest, report: ShortageReport, nearby: companies.Nearby, slug: str, failed: str) -> Offered:
    """An act with its form: as it was sent, or empty but for the company whose button was pressed."""
    work, data = WORK[slug], request.POST if slug == failed else None
    company = request.GET.get("bedrijf", "") if work.act == A.LOG else ""
    form = work.form(data, report=report, near=nearby.companies, auto_id=f"{slug}_%s", initial={"company": company})
    return Offered(work, slug, form, bool(company or data))


@require_safe
@DESK
def desk_map(request: ActorRequest, public_id: object) -> HttpResponse:
    """The companies around a report, for the map."""
    report = get_object_or_404(_at_desk(request), public_id=public_id)
    return companies.as_json(report, request.GET, reverse("shortages:desk_report", args=[public_id]))


@require_POST
@WORKS
def desk_act(request: ActorRequest, public_id: object, act: str) -> HttpResponse:
    """Do one thing with a report; what cannot be done loses none of the words that were typed."""
    report = _at_desk(request).filter(public_id=public_id).first()
    if report is None:
        return _show(request, public_id)
    work, doer = WORK.get(act), at_desk(request.actor)
    if work is None or doer is None:
        raise Http404
    form = work.form(request.POST, report=report)
    try:
        if form.is_valid():
            work.run(report, doer, form.cleaned_data, request.actor)
        elif may(doer, report, work.act):
            return _page(request, report, act)
        else:
            raise ReportMoved(report.get_state_display())
    except ReportError as error:
        messages.error(request, str(error))
        return _show(request, public_id, act)
    messages.success(request, str(work.done))
    return redirect(f"{reverse('shortages:desk_report', args=[public_id])}?{companies.Sight.of(request.GET).url}")
