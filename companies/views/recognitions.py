"""Pages of advisors about recognitions: the list, one with its story, and the decisions."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Window
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from accounts.homes import figures_for, tasks_for
from companies import selectors
from companies.errors import RecognitionError
from companies.filters import RecognitionFilter
from companies.forms.recognition import DecisionForm, EndForm, ExceptionForm, LiftForm
from companies.letters import letter_pdf
from companies.models import Recognition, RecognitionTransition
from companies.rules import moves_of, recognises
from companies.services import transitions, visits
from companies.services.needs import assessment_of, may_approve
from companies.workflow import LETTER_STATES, R, RecognitionReason, Who, allowed

ADVISOR = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS)
RECOGNISES = hats(HatKind.ADVISOR_PRACTICE)
WITH_LETTERS = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.COMPANY_CONTACT)
PAGE = 25


def act(request: ActorRequest, done: str, service: Callable[..., object], **arguments: object) -> bool:
    """Call a service and say `done`, or why it refused; returns whether it did it."""
    try:
        service(**arguments)
    except RecognitionError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def one(request: ActorRequest, public_id: str) -> Recognition:
    """A recognition the advisor may see; 404 for any other."""
    return get_object_or_404(selectors.of(request.actor), public_id=public_id)


def moved_on(request: ActorRequest, found: Recognition, typed: str = "reason") -> HttpResponse:
    """Lead whoever had an older page open to what stands now; what they wrote there (field `typed`) comes along."""
    messages.error(request, _("This cannot be done any more. Meanwhile the recognition is: %(state)s.") % {"state": found.get_state_display()})
    if text := request.POST.get(typed, "").strip()[:1000]:
        messages.info(request, _("Nothing was saved. You had written: “%(text)s”") % {"text": text})
    return redirect("companies:recognition", found.public_id)


@require_safe
@ADVISOR
def recognitions(request: ActorRequest) -> HttpResponse:
    """Requests and recognitions in the own regions; those that must be decided first come first."""
    data = request.GET if "state" in request.GET else {**request.GET.dict(), "state": "pending"}
    chosen = RecognitionFilter(data, queryset=selectors.of(request.actor))
    page = Paginator(chosen.qs, PAGE).get_page(request.GET.get("page"))
    return render(request, "companies/recognitions.html", {"filter": chosen, "page": page, "today": timezone.localdate()})


@require_safe
@ADVISOR
def recognition(request: ActorRequest, public_id: str) -> HttpResponse:
    """One recognition: the company, what was found, what became of it, and what can be done now."""
    found = one(request, public_id)
    context = {
        "recognition": found,
        "moves": [to.value for to in allowed(found.state, Who.ADVISOR)] if recognises(request.actor) else [],
        "assessment": assessment_of(found),
        "steps": found.transitions.select_related("by"),
        "visit": selectors.planned_visit(found),
        "others": found.company.recognitions.exclude(pk=found.pk).exclude(state=R.DRAFT).select_related("qualification").order_by("pk"),
        "people": found.company.memberships.filter(ended_at=None).select_related("user").order_by("role", "pk"),
        "goals": found.goals.order_by("code", "text"),
        "second": not may_approve(found, request.actor),
        "today": timezone.localdate(),
    }
    return render(request, "companies/recognition.html", context)


@RECOGNISES
def assess(request: ActorRequest, public_id: str) -> HttpResponse:
    """By way of exception, findings without a visit; a second advisor approves."""
    found = one(request, public_id)
    if found.state != R.SUBMITTED and not (found.state == R.ASSESSED and found.exception):
        return moved_on(request, found)
    initial = {"exception": found.exception, "visit_before": found.visit_before}
    form = ExceptionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = {"exception": data["exception"], "visit_before": data["visit_before"], "findings": form.found(), "key": form.sent_key}
        done = _("Saved. Another advisor of the region has been asked to approve.")
        if act(request, done, visits.assess_without_visit, recognition=found, actor=request.actor, **asked):
            return redirect("companies:recognition", public_id)
    return render(request, "companies/assess.html", {"form": form, "recognition": found})


@RECOGNISES
def decide(request: ActorRequest, public_id: str) -> HttpResponse:
    """Recognise (whole or in part), refuse, or ask for a visit first."""
    found = one(request, public_id)
    if found.state not in (R.ASSESSED, R.REASSESSED):
        return moved_on(request, found)
    second, assessment = not may_approve(found, request.actor), assessment_of(found)
    form = DecisionForm(request.POST if request.method == "POST" else None, recognition=found, second=second, assessment=assessment)
    if request.method == "POST" and form.is_valid():
        done = _("Your decision has been saved. The company hears it by e-mail.")
        if act(request, done, _decided, recognition=found, form=form, actor=request.actor):
            return redirect("companies:recognitions")
    unmet = assessment is not None and any(not finding.met for finding in assessment.findings.all())
    context = {"form": form, "recognition": found, "second": second, "assessment": assessment, "unmet": unmet}
    return render(request, "companies/decide.html", context)


def _decided(*, recognition: Recognition, form: DecisionForm, actor: object) -> None:
    """The service that goes with what was chosen."""
    data = form.cleaned_data
    if data["decision"] in (form.RECOGNISE, form.PARTLY):
        transitions.recognise(recognition=recognition, actor=actor, **form.chosen)  # type: ignore[arg-type]
        return
    to = R(data["decision"])
    code = RecognitionReason.VISIT_FIRST if to == R.SUBMITTED else data["reason_code"]
    transitions.move(recognition=recognition, to=to, actor=actor, reason_code=code, reason=data["reason"])  # type: ignore[arg-type]


@RECOGNISES
def end(request: ActorRequest, public_id: str) -> HttpResponse:
    """Suspend, withdraw, or refuse a company that cannot be found; the company gets it in writing."""
    found = one(request, public_id)
    form = EndForm(request.POST if request.method == "POST" else None, state=found.state, moves=moves_of(request.actor, found))
    if not form.rules:
        return moved_on(request, found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = _("Your decision has been saved. The company gets it in writing.")
        chosen = {"to": R(data["to"]), "reason_code": data["reason_code"], "reason": data["reason"]}
        if act(request, done, transitions.move, recognition=found, actor=request.actor, **chosen):
            return redirect("companies:recognition", public_id)
    return render(request, "companies/end.html", {"form": form, "recognition": found})


@RECOGNISES
def lift(request: ActorRequest, public_id: str) -> HttpResponse:
    """Lift a suspension: the advisor writes what was solved, and the company reads it."""
    found = one(request, public_id)
    if found.state != R.SUSPENDED:
        return moved_on(request, found)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = _("The suspension has been lifted. The company hears it by e-mail.")
        chosen = {"to": R.RECOGNISED, "reason_code": RecognitionReason.SOLVED, "reason": form.cleaned_data["reason"]}
        if act(request, done, transitions.move, recognition=found, actor=request.actor, **chosen):
            return redirect("companies:recognition", public_id)
    title, text = _("Lift the suspension"), _("%(company)s may then train students again for %(qualification)s.")
    words = {"title": title, "action": title, "text": text % {"company": found.company.name, "qualification": found.qualification}}
    context = {**words, "form": form, "cancel_url": reverse("companies:recognition", args=[public_id])}
    return render(request, "parts/confirm_page.html", context)


@require_safe
@WITH_LETTERS
def letter(request: ActorRequest, public_id: str, pk: int) -> HttpResponse:
    """The letter about a suspension or a withdrawal, as PDF."""
    mine = Recognition.objects.visible_to(request.actor).filter(public_id=public_id)
    steps = RecognitionTransition.objects.filter(recognition__in=mine, to_state__in=LETTER_STATES)
    step = get_object_or_404(steps.select_related("recognition__company", "recognition__qualification", "by"), pk=pk)
    return HttpResponse(letter_pdf(step), content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="erkenning.pdf"'})


def advisor_home(request: ActorRequest) -> HttpResponse:
    """What an advisor does today: the visits of today, then the requests whose two weeks end first."""
    decides = recognises(request.actor)
    due = list(selectors.to_decide(request.actor).annotate(waiting=Window(Count("pk")))[:3])
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "visits": list(selectors.own_visits(request.actor, since=midnight).filter(held_at=None).prefetch_related(None)[:5]) if decides else [],
        "due": due,
        "waiting": due[0].waiting if due else 0,
        "today": timezone.localdate(),
        "decides": decides,
        "tasks": tasks_for(request.actor),
        "figures": figures_for(request.actor),
    }
    return render(request, "companies/advisor_home.html", context)
