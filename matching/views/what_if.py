"""What if: a change tried on a finished run, beside the result there is. The address holds the change, so that a team can share it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import hats
from accounts.actor import Actor, ActorRequest
from accounts.hats import HatKind
from matching import selectors
from matching.forms import PLACE_ROWS, WhatIfForm
from matching.models import Run, RunState
from matching.services import what_if as services
from matching.views import found, progress
from matching.views.columns import column
from placements.models import Place
from stagematch import jobs
from stagematch.models import Job, JobState

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@hats(HatKind.COORDINATOR)
def what_if(request: ActorRequest, public_id: str) -> HttpResponse:
    """The form with the change in the address, and what it would do; sending the form starts the trial."""
    run = found.run(request.actor, public_id)
    if run.state != RunState.DONE:
        return redirect("matching:run", public_id)
    sent = request.method == "POST"
    form = _form(run, request.POST if sent else request.GET, sent=sent)
    if sent and form.is_valid():
        services.start_what_if(run=run, change=form.change(), actor=request.actor)
        return redirect(f"{reverse('matching:what_if', args=[public_id])}?{urlencode(form.changed())}")
    job = services.latest(run, form.change()) if form.is_bound and form.is_valid() else None
    context: dict[str, Any] = {"run": run, "round": run.round, "form": form, "job": job, "progress": progress.of_job(job) if job else None}
    if request.htmx:
        return render(request, "matching/_what_if_progress.html", context)
    return render(request, "matching/what_if.html", context | _outcome(request, run, job))


def _form(run: Run, data: QueryDict, *, sent: bool = False) -> WhatIfForm:
    """Bound when it was sent, or when the address names one of its fields; weights that are not named stand as they are in the run."""
    criteria = run.criteria.as_engine()
    places = services.choosable(run, [data.get(f"place{n}", "") for n in PLACE_ROWS])
    form = WhatIfForm(criteria=criteria, places=places)
    if sent or form.fields.keys() & data.keys():
        return WhatIfForm(criteria.as_dict() | data.dict(), criteria=criteria, places=places)
    return form


def _outcome(request: ActorRequest, run: Run, job: Job | None) -> dict[str, Any]:
    """The two matches side by side, and who of the own students would be somewhere else; nothing before the trial is done."""
    if job is None or job.state != JobState.DONE:
        return {"columns": [], "page": None}
    found_, moves = job.result, {request_id: (was, then) for request_id, was, then in job.result["rows"]}
    columns = [column(found_[name], weights) for name, weights in zip(("before", "after"), found_["weights"], strict=True)]
    own = list(selectors.own_requests(run, request.actor, list(moves)))
    page = Paginator(own, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "columns": columns,
        "page": page,
        "moved": _named(list(page.object_list), run, request.actor, moves),
        "others": len(moves) - len(own),
        "same": not moves and not found_["better"] and not found_["worse"],
    }


def _named(requests: list[int], run: Run, actor: Actor, moves: dict[int, tuple[int | None, int | None]]) -> list[dict[str, Any]]:
    """Own students of one page with the places before and after; two queries."""
    rows = {row.request_id: row for row in selectors.proposals_of(run, actor).filter(request__in=requests)}
    keys = {place for request in requests for place in moves[request] if place is not None}
    places = {place.pk: place for place in Place.objects.filter(pk__in=keys).select_related("company")}
    named = []
    for request in requests:
        was, then = moves[request]
        kind = "placed" if was is None else "unplaced" if then is None else "moved"
        named.append({"row": rows[request], "kind": kind, "was": places.get(was or 0), "then": places.get(then or 0)})
    return named


@require_POST
@hats(HatKind.COORDINATOR)
def what_if_cancel(request: ActorRequest, public_id: str) -> HttpResponse:
    """Stop trying the change in the address."""
    run = found.run(request.actor, public_id)
    form = _form(run, request.GET) if run.state == RunState.DONE else None
    job = services.latest(run, form.change()) if form and form.is_bound and form.is_valid() else None
    if job is not None and job.is_open:
        jobs.cancel(job=job)
        messages.info(request, _("The trial is being stopped."))
    query = request.GET.urlencode()
    return redirect(reverse("matching:what_if", args=[public_id]) + (f"?{query}" if query else ""))
