"""A run: starting it, how far it is, its result, taking it over."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from matching import rules, selectors, words
from matching.errors import RoundError
from matching.figures import percent
from matching.filters import SEARCHED, SHOW, WHY_LOOK, ProposalFilter
from matching.models import Run, RunState
from matching.services import decisions
from matching.services import runs as services
from matching.views import found
from matching.views.progress import seconds_text
from placements.workflow import S
from reference.travel import road_metres
from schools.models import Programme
from stagematch.templatetags.stagematch import grouped, km

PER_PAGE = 50


@require_POST
@hats(HatKind.COORDINATOR)
def start(request: ActorRequest, public_id: str) -> HttpResponse:
    """Start the run of a round."""
    round_ = found.managed_round(request.actor, public_id)
    try:
        run = services.start_run(round_=round_, actor=request.actor)
    except RoundError as error:
        messages.error(request, str(error))
        return redirect("matching:round", public_id)
    return redirect("matching:run", run.public_id)


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def progress(request: ActorRequest, public_id: str) -> HttpResponse:
    """How far a run is; htmx fetches the same address again and again."""
    run = found.run(request.actor, public_id)
    context = {"run": run, "round": run.round, "progress": _progress(run)}
    if request.htmx:
        return render(request, "matching/_progress.html", context)
    return render(request, "matching/run.html", context | {"manages": rules.manages(request.actor, run.round)})


def _progress(run: Run) -> dict[str, Any]:
    """Variables of parts/progress.html."""
    phase, share, left = "", 0, None
    if run.job is not None:
        phase, share, left = run.job.phase_text, run.job.percent, run.job.seconds_left
    if run.standing == RunState.DONE:
        share = 100
    text = seconds_text(left) if run.is_open else ""
    return {
        "percent": share,
        "phase": phase if run.standing == RunState.RUNNING and phase else str(run.standing.label).capitalize(),
        "text": text,
        "stopping": bool(run.is_open and run.job and run.job.cancel_requested),
    }


@require_POST
@hats(HatKind.COORDINATOR)
def cancel(request: ActorRequest, public_id: str) -> HttpResponse:
    """Ask a run to stop."""
    run = found.managed_run(request.actor, public_id)
    services.cancel_run(run=run)
    messages.info(request, _("The run is being stopped. Nothing of it is kept; you can start it again."))
    return redirect("matching:run", public_id)


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def result(request: ActorRequest, public_id: str) -> HttpResponse:
    """Who is placed where, who is not and why, and what waits for a decision."""
    run = found.run(request.actor, public_id)
    if run.state != RunState.DONE:
        return redirect("matching:run", public_id)
    own = Programme.objects.visible_to(request.actor).filter(rounds=run.round_id)
    chosen = ProposalFilter(request.GET, queryset=selectors.proposals_of(run, request.actor), programmes=own)
    page = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    progress_ = selectors.decisions_in(run, request.actor)
    context = {
        "run": run, "round": run.round, "filter": chosen, "page": page, "decisions": progress_, "figures": _figures(run, progress_),
        "tiers": _tiers(run), "manages": rules.manages(request.actor, run.round), "decides": request.actor.is_(HatKind.COORDINATOR),
        "tabs": _tabs(run, progress_), "alike": _alike(progress_) if request.GET.get("toon") == "exceptions" else [],
        "why": request.GET.get("waarom", ""), "choosable": any(_is_choosable(row) for row in page),
        "shown": request.GET.get("toon", ""), "narrowed": any(request.GET.get(name) for name in SEARCHED),
    }  # fmt: skip
    return render(request, "matching/result.html", context)


def _tabs(run: Run, done: selectors.Decisions) -> list[tuple[str, Any, int]]:
    """The choices that matter most, with how many there are: value of the filter, words, count."""
    counts = {"": done.all, "placed": done.placed, "unplaced": done.all - done.placed}
    if run.taken_over_at:
        counts = {"waiting": done.waiting, "exceptions": done.exceptions, "unplaced": done.all - done.placed, "left_out": done.left_out, "": done.all}
    names = dict(SHOW) | {"": _("everybody")}
    return [(value, names[value], n) for value, n in counts.items() if n or value != "left_out"]


def _alike(done: selectors.Decisions) -> list[tuple[str, Any, int]]:
    """The exceptions by why they are: value of the filter, words, count; nothing when all are for one reason."""
    counts = [(value, name, n) for value, name in WHY_LOOK if (n := getattr(done, f"for_{value}"))]
    return [("", _("all reasons"), done.exceptions), *counts] if len(counts) > 1 else []


def _is_choosable(row: Any) -> bool:
    """Whether a proposal can be approved together with others."""
    return row.placement is not None and row.placement.state == S.PROPOSED and not row.is_exception


def _figures(run: Run, done: selectors.Decisions) -> list[dict[str, Any]]:
    """Variables of parts/figures.html: the whole run's figures, and how deciding goes for the own students."""
    f = run.figures
    share = percent(f["placed"], f["students"])
    part = _("%(n)s of %(all)s students") % {"n": grouped(f["placed"]), "all": grouped(f["students"])}
    shown = [
        (_("placed"), f"{share} %" if share is not None else "–", part),
        (_("on average by road"), _metres(f["distance_mean"]), _("half at most %(km)s") % {"km": _metres(f["distance_median"])}),
        (_("of goals possible"), f"{f['goals_percent']} %" if f["goals_percent"] is not None else "–", ""),
        (_("score on average"), f["score_mean"] if f["score_mean"] is not None else "–", _("%(n)s below 500") % {"n": grouped(f["low"])}),
    ]
    if run.taken_over_at:
        claims = _("%(valid)s valid, %(invalid)s rejected") % {"valid": done.claims_valid, "invalid": done.claims_invalid}
        shown += [
            (_("agreed"), done.agreed, _("%(n)s to decide") % {"n": grouped(done.waiting)}),
            (_("objections"), done.objections, ""),
            (_("refusals"), done.claims, claims),
        ]
    return [{"label": label, "value": value, "note": note} for label, value, note in shown]


def _metres(metres: int | None) -> str:
    return "–" if metres is None else km(road_metres(metres))


def _tiers(run: Run) -> list[dict[str, Any]]:
    """Placed of students per tier, first tier first."""
    return [
        {"name": words.TIERS.get(int(tier), tier), "students": n["students"], "placed": n["placed"], "percent": percent(n["placed"], n["students"])}
        for tier, n in sorted(run.figures["tiers"].items(), key=lambda item: int(item[0]))
        if n["students"]
    ]


@require_POST
@hats(HatKind.COORDINATOR)
def take_over(request: ActorRequest, public_id: str) -> HttpResponse:
    """Make placements of the proposals of a run."""
    run = found.managed_run(request.actor, public_id)
    try:
        done = decisions.take_over(run=run, actor=request.actor)
    except RoundError as error:
        messages.error(request, str(error))
        return redirect("matching:round", run.round.public_id)
    messages.success(
        request, ngettext("%(n)s proposal is ready for your decision.", "%(n)s proposals are ready for your decision.", done.made) % {"n": done.made}
    )
    if not done.left_out:
        return redirect(f"{reverse('matching:result', args=[public_id])}?toon=waiting")
    full = ngettext(
        "%(n)s proposal was left out: something changed since the run. You see below what.",
        "%(n)s proposals were left out: something changed since the run. You see below what.",
        done.left_out,
    )
    messages.warning(request, full % {"n": done.left_out})
    return redirect(f"{reverse('matching:result', args=[public_id])}?toon=left_out")
