"""What a run means for groups: the own classes in full, published groups by aggregates only."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from matching import classes, outcomes, selectors
from matching.models import RunState
from matching.views import found


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def class_summary(request: ActorRequest, public_id: str) -> HttpResponse:
    """Where a class stands: placed, points lost per criterion, why some have nothing; one class, one programme, or all own ones."""
    run = found.run(request.actor, public_id)
    if run.state != RunState.DONE:
        return redirect("matching:run", public_id)
    groups = classes.groups_of(run, request.actor)
    chosen = next((group for group in groups if group.key == request.GET.get("klas")), groups[0])
    context = {"run": run, "round": run.round, "groups": groups, "chosen": chosen, "summary": classes.summary(run, chosen)}
    return render(request, "matching/class_summary.html", context)


@require_safe
@hats(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)
def by_group(request: ActorRequest, public_id: str) -> HttpResponse:
    """The outcomes of a whole run by published groups, also before the round is finished."""
    run = found.run(request.actor, public_id)
    if run.state != RunState.DONE:
        return redirect("matching:run", public_id)
    return render(request, "matching/outcomes.html", {"run": run, "round": run.round, "tables": outcomes.tables(run)})


@login_not_required
@require_safe
def published(request: ActorRequest, public_id: str) -> HttpResponse:
    """The same of a finished round, for everybody: without the name of the round or the school."""
    run = selectors.published_runs().filter(round__public_id=public_id).first()
    if run is None:
        raise Http404
    context: dict[str, Any] = {"run": run, "round": run.round, "tables": outcomes.tables(run)}
    return render(request, "matching/outcomes_public.html", context)
