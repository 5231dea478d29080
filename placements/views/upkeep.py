"""A company keeps its places up to date: one tap for each, all at once, closed for a time, last year's once more, who takes over."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from companies.models import CompanyMembership, CompanyRole
from companies.views.company import own_company
from placements.forms.upkeep import CopyForm, PauseForm
from placements.models import Answer, Pause, Period, Place, PlaceState
from placements.services import place_reminders
from placements.services import upkeep as services
from placements.upkeep import earns
from placements.views.places import CONTACT, own_places

# The words of the addresses, and the answers they give.
ANSWERS = {"klopt": Answer.YES, "openen": Answer.YES, "vol": Answer.FULL, "pauzeren": Answer.PAUSED, "stoppen": Answer.STOPPED}


def said_of(place: Place) -> str:
    """What became of a place after an answer, in one or two sentences."""
    if place.state == PlaceState.OPEN:
        return _("“%(title)s” is offered and still right. Thank you!") % {"title": place.title}
    what = place.get_paused_because_display() or place.get_state_display()
    said = _("“%(title)s” is now: %(state)s.") % {"title": place.title, "state": what}
    if not place.taken:
        return said
    keeps = ngettext(
        "The student who has this place keeps it; nobody else can come.",
        "The %(n)s students who have this place keep it; nobody else can come.",
        place.taken,
    ) % {"n": place.taken}
    return f"{said} {keeps}"


def say_how_many(request: ActorRequest, count: int) -> None:
    """What "all are right" came to; nothing when each was answered about, or taken away, since the page was opened."""
    if count:
        messages.success(request, ngettext("One place confirmed. Thank you!", "%(n)s places confirmed. Thank you!", count) % {"n": count})
    else:
        messages.warning(request, _("Nothing was confirmed: somebody has answered about these places meanwhile, or they are no longer offered."))


def _back(request: ActorRequest, place: Place | None = None) -> HttpResponse:
    """To the page where the button stood; a place that was taken away can be offered again there."""
    address = reverse("home") if "home" in request.POST else reverse("placements:places")
    return redirect(f"{address}?gestopt={place.public_id}" if place and place.state != PlaceState.OPEN else address)


@CONTACT
@require_POST
def set_state(request: ActorRequest, public_id: str, act: str) -> HttpResponse:
    """Still right, full, paused or stopped; each can be taken back with one of the others."""
    if act not in ANSWERS:
        raise Http404
    place = get_object_or_404(own_places(request), public_id=public_id)
    place = services.answer_place(place=place, answer=ANSWERS[act], by=request.actor.user)
    messages.success(request, said_of(place))
    return _back(request, place)


@CONTACT
@require_POST
def confirm(request: ActorRequest) -> HttpResponse:
    """Still right? All places, or those ticked."""
    ticked = set(request.POST.getlist("place"))
    own = Place.objects.visible_to(request.actor).values_list("public_id", flat=True)
    named = [public_id for public_id in own if str(public_id) in ticked] if ticked else None
    count = services.confirm_places(company=own_company(request), public_ids=named, by=request.actor.user)
    say_how_many(request, count)
    return _back(request)


@CONTACT
def pause(request: ActorRequest) -> HttpResponse:
    """Closed for a time: everything that is offered, until a day on which it opens by itself; or open again before that day."""
    company = own_company(request)
    form = PauseForm(request.POST if request.method == "POST" and "open" not in request.POST else None)
    if request.method == "POST" and "open" in request.POST:
        count = services.end_pause(company=company, by=request.actor.user)
        messages.success(request, ngettext("One place is offered again.", "%(n)s places are offered again.", count) % {"n": count})
        return redirect("placements:places")
    if form.is_bound and form.is_valid():
        until = form.cleaned_data["until"]
        count = services.pause_places(company=company, because=Pause.HOLIDAY, until=until, by=request.actor.user)
        said = ngettext("One place is paused until %(day)s.", "%(n)s places are paused until %(day)s.", count)
        messages.success(request, said % {"n": count, "day": date_format(until)})
        return redirect("placements:places")
    own = Place.objects.filter(company=company, ends_on__gt=timezone.localdate())
    context = {
        "form": form,
        "offered": own.offered().count(),
        "closed": own.filter(state=PlaceState.PAUSED, paused_because=Pause.HOLIDAY).order_by("paused_until", "pk").first(),
    }
    return render(request, "placements/places/pause.html", context)


@CONTACT
def copy_places(request: ActorRequest) -> HttpResponse:
    """Offer the places of an earlier period once more, several at once."""
    company = own_company(request)
    sources = list(Period.objects.filter(places__company=company).distinct().order_by("-starts_on", "-pk"))
    asked = request.GET.get("van", "")
    # Without a choice the last one that has begun: that is "last year's" when the next is to be filled.
    begun = [period for period in sources if period.starts_on <= timezone.localdate()]
    source = next((period for period in sources if str(period.pk) == asked), next(iter(begun or sources), None))
    if source is None:
        return render(request, "placements/places/copy.html", {"form": None, "sources": [], "source": None})
    own = Place.objects.filter(company=company, period=source).exclude(state=PlaceState.STOPPED)
    initial = {"places": [] if request.method == "POST" else list(own.values_list("public_id", flat=True))}
    form = CopyForm(request.POST or None, company=company, source=source, initial=initial)
    if request.method == "POST" and form.is_valid():
        period, places = form.cleaned_data["period"], list(form.cleaned_data["places"])
        made = services.copy_to_period(company=company, places=places, period=period)
        said = ngettext("One place is now offered in %(period)s.", "%(n)s places are now offered in %(period)s.", len(made))
        messages.success(request, said % {"n": len(made), "period": period})
        if left := len(places) - len(made):
            why = ngettext(
                "One was left out: it is there already, or you are no longer recognised for it.",
                "%(n)s were left out: they are there already, or you are no longer recognised for them.",
                left,
            )
            messages.warning(request, why % {"n": left})
        return redirect("placements:places")
    return render(request, "placements/places/copy.html", {"form": form, "sources": sources, "source": source})


@CONTACT
@require_POST
def take_over(request: ActorRequest, pk: int) -> HttpResponse:
    """Who guides students now that this trainer has left: a colleague, or nobody for the time being."""
    members = CompanyMembership.objects.filter(company=own_company(request)).select_related("user")
    left = get_object_or_404(members.filter(role=CompanyRole.TRAINER, ended_at__isnull=False), pk=pk)
    who = request.POST.get("who", "")
    if who == "nobody":
        services.take_over(left=left, successor=None, by=request.actor.user)
        messages.success(request, _("Your places are paused. Offer them again when there is somebody to guide students."))
        return redirect("home")
    successor = members.filter(ended_at=None, pk=int(who) if who.isdecimal() and len(who) < 19 else 0).first()
    if successor is None:
        messages.error(request, _("Choose who guides students from now on."))
        return redirect("home")
    services.take_over(left=left, successor=successor, by=request.actor.user)
    messages.success(request, _("%(name)s guides students from now on.") % {"name": successor.user.name})
    return redirect("home")


@CONTACT
@require_POST
def set_reminders(request: ActorRequest) -> HttpResponse:
    """Mails that ask whether places are still right: no more for me, or again."""
    membership = get_object_or_404(CompanyMembership, pk=request.actor.object_id, ended_at=None)
    if request.POST.get("mails") == "on":
        place_reminders.resume(membership=membership)
        messages.success(request, _("You get a mail again when we have not heard of a place for a while."))
    else:
        place_reminders.stop(membership=membership)
        messages.success(request, _("You get no more mails that ask whether your places are still right."))
    return redirect("placements:places")


@require_safe
@CONTACT
def earned(request: ActorRequest) -> HttpResponse:
    """What the places brought: looks, applications, matches, and how fast the company answers."""
    return render(request, "placements/places/earned.html", {"earned": earns.of(own_company(request))})
