"""What somebody keeps: favourites, saved searches with alerts and feed, and asking a company for a place."""

from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.access import from_mail, hats
from accounts.actor import Actor, ActorRequest
from accounts.hats import SCHOOL_HATS, HatKind
from companies.models import Company
from placements.errors import PlacementError
from placements.models import Alerts, Favourite, Place, PlaceAsk, SavedSearch
from placements.search import asking, seen, watching
from placements.search.query import read
from placements.search.result import rows_of, student_of
from placements.services import saved as services
from schools.models import Student

STUDENT = hats(HatKind.STUDENT)
KEEPERS = hats(HatKind.STUDENT, *SCHOOL_HATS)


def may_save(actor: Actor) -> bool:
    """Whether somebody can save searches."""
    return actor.is_(HatKind.STUDENT, *SCHOOL_HATS)


def _student(request: ActorRequest) -> Student:
    return cast("Student", student_of(request.actor))


def _own_search(request: ActorRequest, public_id: UUID) -> SavedSearch:
    """The search at an address. Raises Gone when none has it (any more), Http404 when it is somebody else's."""
    found = SavedSearch.objects.visible_to(request.actor).filter(public_id=public_id).first()
    if found is None and not SavedSearch.objects.filter(public_id=public_id).exists():
        raise services.Gone
    if found is None:
        raise Http404
    return found


def _unless_gone(view: Callable[[ActorRequest, UUID], HttpResponse]) -> Callable[[ActorRequest, UUID], HttpResponse]:
    """Say that a search was removed (in another tab, or by a second click), above those that are left."""

    @wraps(view)
    def told(request: ActorRequest, public_id: UUID) -> HttpResponse:
        try:
            return view(request, public_id)
        except services.Gone as gone:
            messages.info(request, str(gone))
            return redirect("placements:saved")

    return told


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page where the button stood, if that is one of ours."""
    address = request.POST.get("next", "")
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return HttpResponseRedirect(address) if ours else redirect(otherwise)


@require_safe
@KEEPERS
def saved(request: ActorRequest) -> HttpResponse:
    """Favourites, saved searches, companies that were asked, and what was looked at lately."""
    context: dict[str, object] = {
        "searches": SavedSearch.objects.visible_to(request.actor),
        "choices": Alerts.choices,
        "recent": seen.places(request),
        "removed": request.GET.get("weg", "")[: watching.LONGEST],
        "today": timezone.localdate(),
        "is_student": request.actor.is_(HatKind.STUDENT),
    }
    if request.actor.is_(HatKind.STUDENT):
        favourites = Favourite.objects.filter(student=request.actor.student_id).order_by("-created_at", "-pk")
        asks = PlaceAsk.objects.filter(student=request.actor.student_id).order_by("-created_at", "-pk")
        context["favourites"] = favourites.select_related("place__company", "place__period")
        context["asks"] = asks.select_related("company", "qualification", "period")
    return render(request, "placements/saved/saved.html", context)


@require_POST
@STUDENT
def keep_place(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Keep a place, or no longer; the button says what it shall become, so that a second click changes nothing."""
    # Who kept a place that is full or stopped by now can still let go of it.
    own = Favourite.objects.filter(student=request.actor.student_id).values("place")
    places = Place.objects.filter(pk__in=own) | Place.objects.open()
    place = get_object_or_404(places.select_related("company"), public_id=public_id)
    keep = request.POST.get("bewaar", "1") != "0"
    services.keep(student=_student(request), place=place, keep=keep)
    if request.htmx:
        return render(request, "placements/saved/_keep.html", {"place": place, "is_kept": keep})
    return _back(request, "placements:saved")


@require_POST
@KEEPERS
def save_search(request: ActorRequest) -> HttpResponse:
    """Save a search; the page that follows asks how often to mail."""
    query, _ignored = read(request.POST.get("zoek", "")[: watching.LONGEST])
    try:
        services.save_search(query=query, actor=request.actor)
    except PlacementError as error:
        messages.error(request, str(error))
        return redirect("placements:saved" if isinstance(error, services.TooMany) else "placements:search")
    messages.success(request, _("Your search has been saved. Choose below whether you want mail when there is something new."))
    return redirect("placements:saved")


@require_POST
@KEEPERS
@_unless_gone
def set_alerts(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Choose how often a search mails what is new."""
    found, wanted = _own_search(request, public_id), request.POST.get("alerts", "")
    if wanted not in Alerts.values:
        messages.error(request, _("Choose how often you want mail."))
        return redirect("placements:saved")
    services.set_alerts(saved=found, alerts=Alerts(wanted))
    said = {Alerts.OFF: _("You get no more mail about this search."), Alerts.DAILY: _("You get mail on every day on which there is something new.")}
    messages.success(request, said.get(Alerts(wanted), _("You get mail once a week, if there is something new.")))
    return redirect("placements:saved")


@require_POST
@KEEPERS
@_unless_gone
def renew_feed(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Another secret address for a feed."""
    services.renew_feed(saved=_own_search(request, public_id))
    messages.success(request, _("The feed has a new address. The old one no longer works."))
    return redirect("placements:saved")


@require_POST
@KEEPERS
@_unless_gone
def remove_search(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Forget a saved search; the page that follows offers to save it again."""
    found = _own_search(request, public_id)
    services.remove_search(saved=found)
    return redirect(f"{reverse('placements:saved')}?{urlencode({'weg': found.query})}")


@csrf_exempt  # the mail program sends this, without a session; the signed link is the permission
@from_mail
def unsubscribe(request: ActorRequest, token: str) -> HttpResponse:
    """Stop the mails of one search: GET asks, because mail scanners open every link; POST stops (RFC 8058)."""
    key = watching.unsubscribed_by(token)
    if key is None:
        return render(request, "placements/saved/unsubscribe_dead.html", status=410)
    found = SavedSearch.objects.filter(pk=key).select_related("user").first()
    if request.method == "POST":
        services.stop_alerts(key=key)
    stopped = request.method == "POST" or found is None or found.alerts == Alerts.OFF
    with override(found.user.language if found else get_language()):
        return render(request, "placements/saved/unsubscribe.html", {"stopped": stopped, "search": found})


# -- asking for a place


@login_not_required
@require_safe
def askable(request: ActorRequest) -> HttpResponse:
    """Companies nearby that are recognised for what is looked for and offer nothing now; also a part of the search page."""
    query, ignored = read(request.META["QUERY_STRING"])
    found = rows_of(query, ignored, request.actor)
    student, what = found.student, found.what
    period = asking.period_for(student, found.query)
    crebos = _own_first(list(what.crebos), student)
    companies = asking.companies_near(crebos, found.origin.point, found.query.radius, student, period) if found.origin else []
    context = {
        "companies": companies, "query": found.query, "origin": found.origin, "period": period, "may_ask": student is not None and period is not None,
        "address": f"{reverse('placements:askable')}?{found.query.url}", "asks": bool(what.crebos and found.origin),
    }  # fmt: skip
    part = request.headers.get("HX-Target") == "ask"
    response = render(request, "placements/saved/_askable.html" if part else "placements/saved/askable.html", context)
    response["Vary"] = "HX-Request, HX-Target, Cookie, Accept-Language"
    return response


def _own_first(crebos: list[int], student: Student | None) -> list[int]:
    """Of several qualifications that the words mean, only the student's own, if it is among them."""
    own = student.programme.qualification_id if student else 0
    return [own] if own in crebos else crebos


@require_POST
@STUDENT
def ask(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Ask a company for a place; it does not learn who asks."""
    company, student = get_object_or_404(Company.objects.addressed(public_id)), _student(request)
    query, _ignored = read(request.META["QUERY_STRING"])
    period = asking.period_for(student, query)
    error = ""
    try:
        if period is None or not query.crebo:
            raise services.NotAskable(_("Look for a course first, and then ask a company."))
        services.ask(student=student, company=company, crebo=query.crebo, period=period)
    except PlacementError as wrong:
        error = str(wrong)
    if request.htmx:
        return render(request, "placements/saved/_asked.html", {"error": error})
    messages.add_message(request, messages.ERROR if error else messages.SUCCESS, error or _("Asked. You get mail when the company offers a place."))
    return _back(request, "placements:saved")
