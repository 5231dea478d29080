"""The scout's work list: programmes with the largest shortage, the companies that could help, and one company with what was tried."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from campaigns.audience import Kind
from campaigns.models import Prospect
from campaigns.scouting import candidates
from campaigns.scouting.programmes import Need, needs, programmes
from campaigns.scouting.worklist_forms import ProgrammeFilter, ProgrammesFilter
from companies.models import Company
from reference.models import Pathway, Qualification
from shortages.advice import selectors as advice

DOERS = hats(HatKind.SCOUT, HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS)
PAGE, MOST_WORTH = 30, 8


@require_safe
@DOERS
def worklist(request: ActorRequest) -> HttpResponse:
    """Programmes in the own regions, the largest shortage first."""
    night, regions = advice.last_night(), list(advice.regions_of(request.actor).order_by("name"))
    form = ProgrammesFilter(request.GET, regions=regions)
    chosen = form.chosen()
    where = [chosen["regio"]] if chosen["regio"] else [region.pk for region in regions]
    rows = programmes(night, where, chamber=chosen["sector"], words=chosen["q"])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row["course"] = Qualification(name=row["qualification__name"], kind=row["qualification__kind"]).along(row["pathway"])
    context = {"form": form, "page": page, "night": night, "region": chosen["regio"]}
    return render(request, "campaigns/scouting/worklist.html", context)


@require_safe
@DOERS
def programme(request: ActorRequest, crebo: int, pathway: str) -> HttpResponse:
    """One programme in one region: which companies could help, how many students each, what was tried, and what to do now."""
    qualification = get_object_or_404(Qualification.objects.select_related("sector_chamber"), pk=crebo)
    if pathway not in Pathway.values:
        raise Http404
    night, regions = advice.last_night(), list(advice.regions_of(request.actor).order_by("name"))
    found = needs(night, qualification, pathway, regions)
    form = ProgrammeFilter(request.GET, needs=found, regions=regions)
    chosen = form.chosen()
    need = next((one for one in found if one.region == chosen["regio"]), found[0] if found else None)
    context: dict[str, Any] = {"form": form, "need": need, "course": qualification.along(pathway), "post": request.actor.object_id}
    if need:
        shown = candidates.candidates(
            night, request.actor, need.region, qualification, pathway, page=request.GET.get("page"), without=chosen["plekken"] == "zonder"
        )
        context |= {"region": next(region for region in regions if region.pk == need.region), **_shown(shown, only_now=chosen["stap"] == "nu")}
    return render(request, "campaigns/scouting/programme.html", context | _onwards(crebo, need))


def _shown(found: candidates.Candidates, *, only_now: bool) -> dict[str, Any]:
    """Both parts of the list; only_now: without companies at which there is nothing to do but wait."""
    parts = {"advised": found.advised, "others": found.others}
    if only_now:
        parts = {name: [one for one in companies if one.to_call] for name, companies in parts.items()}
    return {**parts, "page": found.page, "students": found.students}


def _onwards(crebo: int, need: Need | None) -> dict[str, str]:
    """Where to go from a programme: a call round of its companies, a lead for it."""
    asks = urlencode({"kind": Kind.NO_PLACES, "regions": need.region if need else "", "qualification": crebo})
    return {"round_url": f"{reverse('campaigns:round_new')}?{asks}", "lead_url": f"{reverse('campaigns:lead_add')}?opleiding={crebo}"}


@require_safe
@DOERS
def company(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """One company: whom to call, what the night advises there, for what a place would help most, and what was tried."""
    found = get_object_or_404(Company.objects.visible_to(request.actor).addressed(public_id).select_related("municipality__region"))
    acts = advice.in_words(list(advice.acts_of(advice.last_night(), request.actor).filter(company=found).order_by("rank")))
    tried, step = candidates.story_of(found, request.actor)
    context = {
        "company": found,
        "acts": acts,
        "people": advice.people_to_call(found.pk),
        "tried": tried,
        "next": step,
        "worth": Prospect.objects.filter(company=found).select_related("qualification").order_by("-worth", "-unmet", "qualification")[:MOST_WORTH],
        "post": request.actor.object_id,
    }
    return render(request, "campaigns/scouting/company.html", context)
