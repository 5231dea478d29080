"""Pages of advisors about visits: whom to visit, the own calendar, the form on the phone, and the calendar feed."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from companies import calendars, selectors
from companies.forms.recognition import PlanVisitForm, VisitForm
from companies.models import Visit
from companies.services import visits as services
from companies.views.recognitions import act, moved_on, one
from stagematch.links import address

RECOGNISES = hats(HatKind.ADVISOR_PRACTICE)
PAGE = 25
SHOWN_BACK = timedelta(days=60)
ON_THE_MAP = 500


@require_safe
@RECOGNISES
def visits(request: ActorRequest) -> HttpResponse:
    """The own visits, whom to visit next by the day before which, and the address for one's own calendar."""
    now = timezone.now()
    mine = list(selectors.own_visits(request.actor, since=now - SHOWN_BACK))
    context = {
        "coming": [visit for visit in mine if visit.held_at is None],
        "held": [visit for visit in reversed(mine) if visit.held_at],
        "page": Paginator(selectors.to_visit(request.actor), PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "feed": calendars.feed_of(request.actor.object_id or 0),
    }
    return render(request, "companies/visits.html", context)


@require_safe
@RECOGNISES
def visits_map(request: ActorRequest) -> JsonResponse:
    """Whom to visit, as the map draws it: metres on the national grid, the most urgent first."""
    found: dict[int, dict[str, object]] = {}
    for recognition in selectors.to_visit(request.actor)[:ON_THE_MAP]:
        company = recognition.company
        text = _("%(company)s, before %(day)s") % {"company": company.name, "day": f"{recognition.due:%d-%m-%Y}"}  # type: ignore[attr-defined]
        url = address("companies:recognition", recognition.public_id)
        found.setdefault(company.pk, {"x": company.x, "y": company.y, "count": 1, "text": text, "url": url})
    markers = list(found.values())
    xs, ys = [int(str(m["x"])) for m in markers], [int(str(m["y"])) for m in markers]
    return JsonResponse({"markers": markers, "frame": [min(xs), min(ys), max(xs), max(ys)] if markers else None})


@RECOGNISES
def plan(request: ActorRequest, public_id: str) -> HttpResponse:
    """Plan a visit to a company, or another day for it."""
    recognition = one(request, public_id)
    if recognition.state not in services.TO_VISIT:
        return moved_on(request, recognition, "note")
    planned = selectors.planned_visit(recognition)
    among = selectors.siblings_to_visit(recognition)
    form = PlanVisitForm(request.POST if request.method == "POST" else None, among=among, visit=planned)
    if request.method == "POST" and form.is_valid():
        done = _("The visit has been planned. The company hears it by e-mail.")
        if act(request, done, services.plan_visit, actor=request.actor, **form.cleaned_data):
            return redirect("companies:recognition", public_id)
    return render(request, "companies/plan_visit.html", {"form": form, "recognition": recognition, "visit": planned})


@RECOGNISES
def visit(request: ActorRequest, public_id: str) -> HttpResponse:
    """The form of a visit, made for a phone that may lose its connection; sent twice it counts once."""
    found = get_object_or_404(Visit.objects.visible_to(request.actor).select_related("company", "advisor"), public_id=public_id)
    among, initial = found.recognitions.select_related("qualification").order_by("pk"), selectors.visit_so_far(found)
    form = VisitForm(request.POST if request.method == "POST" else None, visit=found, among=among, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = {"places_offered": data["places_offered"], "places_note": data["places_note"], "held_at": data["filled_at"]}
        arguments = {"recognitions": data["recognitions"], "findings": form.found(), "key": form.sent_key, **asked}
        # Refused (called off meanwhile): no leading on, so that the phone keeps what was typed.
        if act(request, _("Your visit has been saved. Now you can decide."), services.hold_visit, visit=found, actor=request.actor, **arguments):
            return redirect("companies:visit_saved", public_id)
    return render(request, "companies/visit.html", {"form": form, "visit": found, "open": bool(initial["recognitions"])})


@require_safe
@RECOGNISES
def visit_saved(request: ActorRequest, public_id: str) -> HttpResponse:
    """What was written down, and what to decide now."""
    found = get_object_or_404(Visit.objects.visible_to(request.actor).select_related("company", "advisor"), public_id=public_id)
    context = {"visit": found, "recognitions": found.recognitions.select_related("qualification").order_by("pk")}
    return render(request, "companies/visit_saved.html", context)


@RECOGNISES
@require_POST
def cancel(request: ActorRequest, public_id: str) -> HttpResponse:
    """Call a visit off; the request waits again."""
    found = get_object_or_404(Visit.objects.visible_to(request.actor), public_id=public_id)
    act(request, _("The visit has been called off. The company hears it by e-mail."), services.cancel_visit, visit=found, actor=request.actor)
    return redirect("companies:visits")


@RECOGNISES
@require_POST
def renew_feed(request: ActorRequest) -> HttpResponse:
    """Another address for the own calendar; the old one ends."""
    calendars.renew_feed(post_id=request.actor.object_id or 0)
    messages.success(request, _("Your calendar has a new address. Add it to your calendar again; the old one shows nothing any more."))
    return redirect("companies:visits")


@login_not_required
@require_safe
def visits_feed(request: HttpRequest, token: str) -> HttpResponse:
    """An advisor's visits as a calendar that other programs read, at an address that nobody guesses."""
    found = calendars.calendar_at(token)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": 'inline; filename="bezoeken.ics"'})
