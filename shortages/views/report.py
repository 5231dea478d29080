"""Reporting a shortage, for everybody: say what, let the platform look first, then say what was tried."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.limits import too_often
from shortages.models import ShortageReport
from shortages.reports import links
from shortages.reports.forms import NeedForm, StoryForm, first_answers
from shortages.reports.look import look
from shortages.reports.reporters import known_of
from shortages.reports.workflow import S
from shortages.services import reports as services

STEPS = (("what", "shortages:report"), ("look", "shortages:report_look"), ("send", "shortages:report_send"))


def _wizard(now: str, query: str) -> list[dict[str, str]]:
    """The three steps, those before with a link back."""
    titles = {"what": _("What do you need?"), "look": _("We look first"), "send": _("What was tried")}
    order = [name for name, _address in STEPS]
    at = order.index(now)
    states = ["done" if n < at else "now" if n == at else "todo" for n in range(len(order))]
    return [
        {"title": titles[name], "state": state, "url": f"{reverse(address)}?{query}" if state == "done" else ""}
        for (name, address), state in zip(STEPS, states, strict=True)
    ]


@login_not_required
def report(request: ActorRequest) -> HttpResponse:
    """Step 1: who, what, where, how many and when."""
    known = known_of(request.actor)
    form = NeedForm(request.POST, known=known) if request.method == "POST" else NeedForm(known=known, initial=first_answers(request.GET, known))
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('shortages:report_look')}?{form.url}")
    return _ask(request, form)


def _ask(request: ActorRequest, form: NeedForm) -> HttpResponse:
    context = {"form": form, "known": form.known, "steps": _wizard("what", "")}
    return render(request, "shortages/reports/what.html", context)


@login_not_required
@require_safe
def report_look(request: ActorRequest) -> HttpResponse:
    """Step 2: what is free nearby, further away and for kindred courses, before anybody has to wait for an advisor."""
    form = NeedForm(request.GET, known=known_of(request.actor))
    if not form.is_valid():
        return _ask(request, form)
    need = form.need()
    context = {"need": need, "looked": look(need, request.actor), "query": form.url, "steps": _wizard("look", form.url)}
    return render(request, "shortages/reports/look.html", context)


@login_not_required
def report_send(request: ActorRequest) -> HttpResponse:
    """Step 3: what was tried and why it did not work; then it is sent, or waits for the link in the mail."""
    need_form = NeedForm(request.GET, known=known_of(request.actor))
    if not need_form.is_valid():
        return _ask(request, need_form)
    known, kind = need_form.known, need_form.reporter_kind
    form = StoryForm(request.POST or None, known=known, kind=kind)
    if request.method == "POST" and form.is_valid() and (form.by_a_program or not _too_often(request, form)):
        return _send(request, need_form, form)
    context = {"form": form, "need": need_form.need(), "query": need_form.url, "steps": _wizard("send", need_form.url)}
    context["guide"] = settings.DISCRIMINATION_GUIDE
    return render(request, "shortages/reports/send.html", context)


def _too_often(request: ActorRequest, form: StoryForm) -> bool:
    """Whether this account, or this network or address, reported too often; then the form says so, keeps what was typed, and nothing is sent."""
    if request.actor.user:  # who signed in pays for nobody else in the network
        if too_often(request, "report_account", key=str(request.actor.user.pk)):
            form.add_error(None, _("You sent very many reports in the last hour. Leave this page open and try again in an hour."))
            return True
        return False
    if too_often(request, "report"):
        form.add_error(
            None, _("Very many reports came from your network in the last hour. Nothing was sent. Leave this page open and try again in an hour.")
        )
        return True
    email = form.cleaned_data.get("email", "").lower()
    if email and too_often(request, "report_address", key=email):
        form.add_error("email", _("Many reports came from this address in the last day. Nothing was sent. Try again tomorrow, or sign in."))
        return True
    return False


def _send(request: ActorRequest, need: NeedForm, form: StoryForm) -> HttpResponse:
    """Send a valid report; a program that filled in the hidden field reads the same as everybody else."""
    data = form.cleaned_data
    email = data.get("email", "")
    if form.by_a_program:
        return render(request, "shortages/reports/look_in_mail.html", {"email": email, "days": settings.REPORT_CONFIRM_DAYS})
    who = need.known.reporter(kind=need.reporter_kind, email=email, school_name=data.get("school_name", ""), with_name=data.get("with_name", False))
    sent = services.submit(need=need.need(), reporter=who, story=form.story(), once=data["once"])
    if sent.user_id is None or sent.user_id != getattr(request.actor.user, "pk", None):
        return render(request, "shortages/reports/look_in_mail.html", {"email": email, "days": settings.REPORT_CONFIRM_DAYS})
    messages.success(request, received(sent))
    return redirect("shortages:my_report", sent.public_id)


def received(sent: ShortageReport) -> str:
    """What somebody reads whose report has come in."""
    if sent.state == S.JOINED:
        return _("This was reported already. We have joined your report with that one: an advisor works on both at once. You hear about every step.")
    return _("Your report has been sent. An advisor looks at it; you get mail about every step.")


@login_not_required
@require_safe
def report_found(request: ActorRequest) -> HttpResponse:
    """Somebody found something: nothing was sent, and that is good news."""
    return render(request, "shortages/reports/found.html")


@login_not_required
@never_cache
def report_confirm(request: ActorRequest, token: str) -> HttpResponse:
    """The link in the mail: GET asks, because mail scanners open every link; POST makes it a report."""
    try:
        waiting = links.to_confirm(token)
    except links.LinkDead:
        return dead(request)
    if request.method != "POST":
        context = {"report": waiting, "follow": "" if waiting.state == S.UNCONFIRMED else links.follow_token(waiting)}
        return render(request, "shortages/reports/confirm.html", context)
    messages.success(request, received(services.confirm(report=waiting)))
    return redirect("shortages:report_follow", links.follow_token(waiting))


def dead(request: ActorRequest) -> HttpResponse:
    """A link that is not ours, or too old."""
    return render(request, "shortages/reports/link_dead.html", {"days": settings.REPORT_CONFIRM_DAYS}, status=410)
