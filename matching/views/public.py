"""What everybody may read: how matching works, the criteria, the figures of the latest round. Never a name, no small counts."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from matching import selectors, words
from matching.engine import CRITERIA
from matching.figures import percent, public
from matching.models import Criteria, Run
from reference.travel import road_metres

# As many finished rounds as the page shows: the latest in full, the others in a line each.
FINISHED = 6


@login_not_required
@require_safe
def how(request: ActorRequest) -> HttpResponse:
    """How matching works, in plain words, with the rules as they are now and the latest finished round."""
    finished = list(selectors.published_runs()[:FINISHED])
    latest = finished[0] if finished else None
    criteria_ = Criteria.latest()
    context = {"criteria": criteria_, "weights": _weights(criteria_), "tiers": words.TIERS, "latest": latest, "figures": _public(latest)}
    earlier = [{"run": run, "figures": _public(run)} for run in finished[1:]]
    return render(request, "matching/how.html", context | {"earlier": earlier, "policies": words.PROVEN})


@login_not_required
@require_safe
def criteria(request: ActorRequest, version: int) -> HttpResponse:
    """One published version of the criteria; old ones stay readable, because old runs are held to them."""
    found = get_object_or_404(Criteria, version=version)
    context = {"criteria": found, "weights": _weights(found), "versions": Criteria.objects.values_list("version", flat=True)}
    return render(request, "matching/criteria.html", context)


def _weights(found: Criteria) -> list[dict[str, Any]]:
    return [{"label": words.CRITERION[name], "points": getattr(found, name), "meaning": words.MEANING[name]} for name in CRITERIA]


def _public(run: Run | None) -> dict[str, Any] | None:
    """Figures of a run with counts of 1 to 4, and those from which one could be computed, left out."""
    if run is None:
        return None
    f = run.figures
    shown = public(f["placed"], f["students"])
    tiers = [
        {"name": words.TIERS.get(int(tier), tier), "students": public(n["students"], n["students"]), "placed": public(n["placed"], n["students"])}
        for tier, n in sorted(f["tiers"].items(), key=lambda item: int(item[0]))
        if n["students"]
    ]
    enough = shown is not None and f["placed"] > 0
    return {
        "students": public(f["students"], f["students"]),
        "placed": shown,
        "percent": percent(f["placed"], f["students"]) if shown is not None else None,
        "mean": road_metres(f["distance_mean"]) if enough else None,
        "median": road_metres(f["distance_median"]) if enough else None,
        "goals": f["goals_percent"] if enough else None,
        # One hidden number could be computed from the others and the total: then none is shown.
        "tiers": tiers if all(tier["placed"] and tier["students"] for tier in tiers) else [],
    }
