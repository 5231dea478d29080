"""Following a report: with the link of a mail, or signed in; answering about a place, withdrawing, giving the name."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.hats import HatKind
from shortages.models import ShortageReport
from shortages.reports import companies, links, selectors
from shortages.reports.desk_forms import WithdrawForm
from shortages.reports.doing import BY_LINK, Doer, may, reporter
from shortages.reports.errors import ReportError
from shortages.reports.reporters import known_of
from shortages.reports.workflow import A
from shortages.services import report_desk, reports
from shortages.views.report import dead

PAGE = 25
# What whoever reported answers about a proposed place, and undoing the own withdrawal.
ANSWERS = {"past": A.SOLVE, "past-niet": A.DECLINE, "heropenen": A.REOPEN}


def _mine(request: ActorRequest) -> Any:
    """Reports that one sent, and for a school those about its own programmes; an advisor's are at the desk."""
    own, programmes = ShortageReport.objects.own(request.actor), ShortageReport.objects.of_own_programmes(request.actor)
    return (own | programmes).with_total().select_related("qualification", "region", "area", "school", "joined_to", "post__user")


def _one(request: ActorRequest, public_id: object) -> ShortageReport:
    found: ShortageReport = get_object_or_404(_mine(request), public_id=public_id)
    return found


@require_safe
def my_reports(request: ActorRequest) -> HttpResponse:
    """Own reports, and those about the programmes of one's school, open ones first."""
    page = Paginator(_mine(request).work_list(), PAGE).get_page(request.GET.get("page"))
    return render(request, "shortages/reports/mine.html", {"page": page, "of_school": request.actor.school_id is not None})


@require_safe
def my_report(request: ActorRequest, public_id: object) -> HttpResponse:
    """One report: how far it is, and what can be done; for a school with the companies nearby."""
    found = _one(request, public_id)
    context = _context(found, reporter(request.actor, found))
    if request.actor.school_id:
        sight = companies.Sight.of(request.GET)
        context |= {"nearby": companies.nearby(found, sight), "radii": companies.RADII, "searches": True}
        context["map_address"] = f"{reverse('shortages:my_report_map', args=[found.public_id])}?{sight.url}"
    name = bool(context["doer"]) and request.actor.is_(HatKind.STUDENT)
    context |= {"may_name": name, "answer_url": reverse("shortages:my_report", args=[found.public_id])}
    return render(request, "shortages/reports/follow.html", context)


@require_safe
def my_report_map(request: ActorRequest, public_id: object) -> HttpResponse:
    """The companies around, for the map of a school's page."""
    if not request.actor.school_id:
        raise Http404
    found = _one(request, public_id)
    return companies.as_json(found, request.GET, reverse("shortages:my_report", args=[found.public_id]))


def _context(found: ShortageReport, doer: Doer | None) -> dict[str, Any]:
    """What the page shows; a joined report shows how far the other one is."""
    shown, log = selectors.told_of(found)
    return {
        "report": found, "shown": shown, "log": log, "proposal": selectors.proposed_in(log, shown), "doer": doer, "by_link": doer is BY_LINK,
        "nearby": None, "searches": False, "may_name": False,
        "may_answer": may(doer, found, A.DECLINE), "may_withdraw": may(doer, found, A.WITHDRAW), "may_reopen": may(doer, found, A.REOPEN),
    }  # fmt: skip


@require_POST
def my_report_answer(request: ActorRequest, public_id: object, answer: str) -> HttpResponse:
    """Yes, this is the place; no, it does not fit; or: open it again."""
    found = _one(request, public_id)
    _answer(request, found, reporter(request.actor, found), answer)
    return redirect("shortages:my_report", public_id)


def _answer(request: ActorRequest, found: ShortageReport, doer: Doer | None, answer: str) -> None:
    act = ANSWERS.get(answer)
    if act is None or doer is None:
        raise Http404
    said = {
        A.SOLVE: _("Good to hear! The report is closed."),
        A.DECLINE: _("Thank you. The advisor looks for another place."),
        A.REOPEN: _("Your report is open again."),
    }
    try:
        report_desk.do(report=found, act=act, doer=doer)
    except ReportError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said[act])


def my_report_withdraw(request: ActorRequest, public_id: object) -> HttpResponse:
    """It is not needed any more."""
    found = _one(request, public_id)
    doer = reporter(request.actor, found)
    if doer is None:
        raise Http404
    return _withdraw(request, found, doer, reverse("shortages:my_report", args=[public_id]))


def _withdraw(request: ActorRequest, found: ShortageReport, doer: Doer, back: str) -> HttpResponse:
    """Ask why, then withdraw; afterwards it can be opened again."""
    form = WithdrawForm(request.POST or None, report=found)
    if request.method == "POST" and form.is_valid():
        try:
            report_desk.withdraw(report=found, doer=doer, code=form.cleaned_data["code"], text=form.cleaned_data["text"])
        except ReportError as error:
            form.add_error(None, str(error))  # and what was typed stays
        else:
            messages.success(request, _("Your report has been withdrawn. You can open it again on this page."))
            return redirect(back)
    context = {
        "title": _("Withdraw your report"), "text": _("Number %(number)s. The advisor stops looking.") % {"number": found.number},
        "action": _("Withdraw"), "cancel_url": back, "cancel": _("Keep it"), "danger": True, "form": form,
    }  # fmt: skip
    return render(request, "parts/confirm_page.html", context)


@require_POST
def my_report_name(request: ActorRequest, public_id: object) -> HttpResponse:
    """A student lets the advisor know the name, or no longer."""
    found, known = _one(request, public_id), known_of(request.actor)
    if reporter(request.actor, found) is None or not known.may_give_name:
        raise Http404
    student = known.student if request.POST.get("name") == "yes" else None
    reports.set_name(report=found, student=student)
    messages.success(request, _("The advisor can read your name now.") if student else _("The advisor does not read your name."))
    return redirect("shortages:my_report", public_id)


# -- with the link of a mail


def _linked(token: str) -> ShortageReport | None:
    try:
        return links.to_follow(token)
    except links.LinkDead:
        return None


@login_not_required
@never_cache
@require_safe
def report_follow(request: ActorRequest, token: str) -> HttpResponse:
    """The page of somebody without an account."""
    found = _linked(token)
    if found is None:
        return dead(request)
    context = {**_context(found, BY_LINK), "answer_url": reverse("shortages:report_follow", args=[token])}
    return render(request, "shortages/reports/follow.html", context)


@login_not_required
@never_cache
@require_POST
def report_follow_answer(request: ActorRequest, token: str, answer: str) -> HttpResponse:
    """What somebody without an account answers."""
    found = _linked(token)
    if found is None:
        return dead(request)
    _answer(request, found, BY_LINK, answer)
    return redirect("shortages:report_follow", token)


@login_not_required
@never_cache
def report_follow_withdraw(request: ActorRequest, token: str) -> HttpResponse:
    """Somebody without an account does not need it any more."""
    found = _linked(token)
    return dead(request) if found is None else _withdraw(request, found, BY_LINK, reverse("shortages:report_follow", args=[token]))
