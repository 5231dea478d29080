"""Trying without deciding: the policies of a round side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from matching.errors import RoundError
from matching.forms import PolicyForm
from matching.models import Policy
from matching.services import rounds as round_services
from matching.services import trials
from matching.views import found, progress
from matching.views.columns import column
from stagematch import jobs
from stagematch.models import Job, JobState


@require_safe
@hats(HatKind.COORDINATOR)
def compare(request: ActorRequest, public_id: str) -> HttpResponse:
    """What each way of matching would give for the students who are ready now; htmx fetches how far that is."""
    round_ = found.managed_round(request.actor, public_id)
    job = trials.latest(trials.COMPARE, trials.compare_key(round_))
    context: dict[str, Any] = {"round": round_, "job": job, "progress": progress.of_job(job) if job else None}
    if request.htmx:
        return render(request, "matching/_compare_progress.html", context)
    taken = round_.runs.filter(taken_over_at__isnull=False).exists()
    return render(request, "matching/compare.html", context | {"taken": taken, "columns": _columns(job), "policies": Policy.choices})


def _columns(job: Job | None) -> list[dict[str, Any]]:
    """The figures of each policy, most people placed first as the engine has them; nothing before the job is done."""
    if job is None or job.state != JobState.DONE:
        return []
    weights = job.result["weights"]
    return [column(one, weights) | {"label": Policy(one["policy"]).label} for one in job.result["policies"]]


@require_POST
@hats(HatKind.COORDINATOR)
def compare_start(request: ActorRequest, public_id: str) -> HttpResponse:
    """Start comparing."""
    round_ = found.managed_round(request.actor, public_id)
    try:
        trials.start_compare(round_=round_, actor=request.actor)
    except RoundError as error:
        messages.error(request, str(error))
    return redirect("matching:compare", public_id)


@require_POST
@hats(HatKind.COORDINATOR)
def compare_cancel(request: ActorRequest, public_id: str) -> HttpResponse:
    """Stop comparing."""
    round_ = found.managed_round(request.actor, public_id)
    job = trials.latest(trials.COMPARE, trials.compare_key(round_))
    if job is not None and job.is_open:
        jobs.cancel(job=job)
        messages.info(request, _("The comparison is being stopped."))
    return redirect("matching:compare", public_id)


@require_POST
@hats(HatKind.COORDINATOR)
def choose_policy(request: ActorRequest, public_id: str) -> HttpResponse:
    """Choose how the next run of a round matches."""
    round_ = found.managed_round(request.actor, public_id)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the ways of matching."))
        return redirect("matching:compare", public_id)
    try:
        round_services.choose_policy(round_=round_, policy=Policy(form.cleaned_data["policy"]))
    except RoundError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The next run of this round matches that way."))
    return redirect("matching:round", public_id)
