"""Rounds: the list, opening one, one with its students."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import Actor, ActorRequest
from accounts.hats import HatKind
from matching import rules, selectors, words
from matching.engine import CRITERIA
from matching.errors import RoundError
from matching.forms import RoundForm
from matching.models import Round, RoundState, Run, RunState
from matching.selectors import Standing
from matching.services import rounds as services
from matching.views import found
from schools.models import Programme

PER_PAGE = 50


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def rounds(request: ActorRequest) -> HttpResponse:
    """All rounds of the own programmes, newest first."""
    page = Paginator(selectors.rounds_for(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    for round_ in page:
        round_.badge = _badge(round_)
    return render(request, "matching/rounds.html", {"page": page})


def _badge(round_: Any) -> tuple[str, str]:
    """Kind and words of the state; a worker that died for good leaves RUNNING behind, its job tells."""
    if round_.state == RoundState.RUNNING and round_.latest_job not in (RunState.QUEUED, RunState.RUNNING):
        return "danger", _("run broke off")
    kinds = {RoundState.OPEN: "info", RoundState.RUNNING: "info", RoundState.DECIDING: "warning", RoundState.PUBLISHED: "success"}
    return kinds[RoundState(round_.state)], round_.get_state_display()


@hats(HatKind.COORDINATOR)
def new(request: ActorRequest) -> HttpResponse:
    """Open a round for own programmes."""
    form = RoundForm(request.POST if request.method == "POST" else None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            round_ = services.open_round(**form.cleaned_data, actor=request.actor)
        except RoundError as error:
            form.add_error("programmes", str(error))
        else:
            messages.success(request, _("The round is open. The order of turn is fixed: below you see the proof of that."))
            return redirect("matching:round", round_.public_id)
    return render(request, "matching/round_new.html", {"form": form, "programmes": Programme.objects.visible_to(request.actor).exists()})


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def detail(request: ActorRequest, public_id: str) -> HttpResponse:
    """Where a round stands: its steps, who is ready, who is not and why, the rules it is held to."""
    round_ = found.round_(request.actor, public_id)
    runs = list(round_.runs.select_related("job").defer("instance", "result"))
    counts = selectors.count_standings(round_, request.actor)
    chosen = request.GET.get("wie")
    chosen = chosen if chosen in Standing.values else Standing.NOT_READY
    students = selectors.participants(round_, request.actor).filter(standing=chosen).select_related("programme")
    page = Paginator(students, PER_PAGE).get_page(request.GET.get("page"))
    for student in page:
        student.missing = selectors.missing_steps(student.steps_done)
    context = {"page": page, "chosen": chosen, "standings": [(value, label, counts[value]) for value, label in Standing.choices]}
    return render(request, "matching/round.html", context | _state(round_, runs, counts, request.actor))


def _state(round_: Round, runs: list[Run], counts: dict[str, int], actor: Actor) -> dict[str, Any]:
    """Where the round and its runs stand, and what this actor may do about it."""
    taken = next((run for run in runs if run.taken_over_at), None)
    return {
        "round": round_,
        "runs": runs,
        "run": runs[0] if runs else None,
        "result": taken or next((run for run in runs if run.state == RunState.DONE), None),
        "taken": taken,
        "ready": counts[Standing.READY],
        "total": sum(counts.values()),
        "steps": _steps(round_),
        "manages": rules.manages(actor, round_),
        "too_early": round_.deadline > timezone.localdate(),
        "weights": [(words.CRITERION[name], getattr(round_.criteria, name)) for name in CRITERIA],
    }


def _steps(round_: Round) -> list[dict[str, str]]:
    """The path of a round for parts/path.html: open, run, decide, finished."""
    states = list(RoundState)
    at = len(states) if round_.state == RoundState.PUBLISHED else states.index(RoundState(round_.state))
    titles = [_("Students prepare"), _("Run"), _("Decide"), _("Finished")]
    return [{"title": title, "state": "done" if i < at else "now" if i == at else "todo"} for i, title in enumerate(titles)]


@require_POST
@hats(HatKind.COORDINATOR)
def remind(request: ActorRequest, public_id: str) -> HttpResponse:
    """Mail the own students of a round who are not ready."""
    sent, before = services.remind_unready(round_=found.round_(request.actor, public_id), actor=request.actor)
    if sent:
        text = ngettext("%(n)s student gets a mail with what is still to do.", "%(n)s students get a mail with what is still to do.", sent) % {
            "n": sent
        }
        messages.success(request, text)
    elif before:
        messages.info(request, _("Everybody has been mailed in the last three days."))
    else:
        messages.info(request, _("Nobody to mail: students without an account are invited on the page of students."))
    return redirect("matching:round", public_id)


@require_POST
@hats(HatKind.COORDINATOR)
def publish(request: ActorRequest, public_id: str) -> HttpResponse:
    """Finish a round of which everything has been decided."""
    round_ = found.managed_round(request.actor, public_id)
    try:
        services.publish_round(round_=round_, actor=request.actor)
    except RoundError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The round is finished. Its figures are public now; the students' names are not."))
    return redirect("matching:round", public_id)
