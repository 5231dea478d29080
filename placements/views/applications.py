"""Pages of a student who applies: the one form, my applications with the next step, and taking one back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from placements import selectors
from placements.applications import talk
from placements.applications.changes import changes_of, title_of
from placements.applications.offer import offer_for, request_for
from placements.applications.profile import read
from placements.applications.questions import Side
from placements.applications.words import for_student
from placements.applications.workflow import RUNNING_STATES, A, allowed
from placements.errors import PlacementError
from placements.forms.applications import ApplyForm
from placements.journey import next_step
from placements.models import Application, Place
from placements.services import applications as services
from placements.views.acting import act
from placements.workflow import OPEN_STATES, Who

STUDENT = hats(HatKind.STUDENT)
MOST = 50


def own_application(request: ActorRequest, public_id: object) -> Application:
    """One's own application; 404 for any other."""
    own = Application.objects.visible_to(request.actor).select_related("place__company", "place__period", "placement", "request")
    return get_object_or_404(own, public_id=public_id)


@STUDENT
@require_safe
def overview(request: ActorRequest) -> HttpResponse:
    """My applications: the next step first, then each with where it stands, and the chance of a place."""
    own: Any = Application.objects.visible_to(request.actor).with_question_of(Side.COMPANY)
    own = own.select_related("place__company", "placement").order_by("-sent_at", "-pk")
    rows = [(application, for_student(application), title_of(application), bool(changes_of(application))) for application in own[:MOST]]
    asked = selectors.request_of(request.actor)
    placement = selectors.placement_of(request.actor, asked) if asked else None
    placed = placement if placement and placement.state in OPEN_STATES else None
    running = [row for row in rows if _under_way(row[0])]
    most = settings.APPLICATIONS_PER_STUDENT
    context = {
        "running": running,
        "most": most,
        "may_more": not placed and len(running) < most and not any(row[0].state == A.ACCEPTED for row in rows),
        "over": [row for row in rows if row not in running and not (placed and row[0].placement_id == placed.pk)],
        "asking": next((row[0] for row in running if row[0].asked), None),
        "placed": next_step(asked, placed) if placed else None,
        "chance": selectors.chance_for(asked) if asked and not placed else None,
    }
    return render(request, "placements/applications/overview.html", context)


def _under_way(application: Application) -> bool:
    """Neither over nor definitive; a no that the company may still take back is not a no for the student yet."""
    if application.state == A.DECLINED:
        return application.told_at is None
    definitive = application.placement is not None and application.placement.confirmed_at is not None
    return application.state in RUNNING_STATES and not definitive


@STUDENT
@require_safe
def detail(request: ActorRequest, public_id: object) -> HttpResponse:
    """One application: where it stands, what the company reads of me, questions and answers."""
    application = own_application(request, public_id)
    context = {
        "application": application,
        "place": application.place,
        "title": title_of(application),
        "changes": changes_of(application) if application.state in RUNNING_STATES else [],
        "company": application.place.company,
        "standing": for_student(application),
        "profile": read(application.profile),
        "may_withdraw": A.WITHDRAWN in allowed(application.state, Who.STUDENT) and not services.answer_is_final(application),
        "turn": selectors.waits_for_student(application.placement),
        "talk": talk.of(application, Side.STUDENT),
    }
    return render(request, "placements/applications/detail.html", context)


@STUDENT
def apply(request: ActorRequest, public_id: object) -> HttpResponse:
    """The one profile, filled in beforehand: what the company will read is what is on the page."""
    place = get_object_or_404(Place.objects.select_related("company", "period"), public_id=public_id)
    asked = request_for(request.actor, place)
    offer = offer_for(request.actor, place, asked)
    if asked is None or asked.ready_at is None or offer is None:
        messages.info(request, offer.why_not if offer else "")
        return redirect("placements:preparation")
    if offer.application:
        return redirect("placements:application", offer.application)
    before = Application.objects.visible_to(request.actor).order_by("-sent_at").first()
    form = ApplyForm(request.POST if request.method == "POST" else None, request=asked, place=place, before=before)
    if request.method == "POST" and form.is_valid():
        try:
            sent = services.send(request=asked, place=place, actor=request.actor, **form.cleaned_data)
        except PlacementError as error:
            if getattr(error, "rule", "") != "days":
                messages.error(request, str(error))
                return redirect("placements:place_page", public_id)
            form.add_error("days", _("The place has too few of these days. %(days)s") % {"days": form.fields["days"].help_text})
        else:
            messages.success(request, _("Sent. The company reads your profile, not your name. You read here what it answers."))
            return redirect("placements:application", sent.public_id)
    return render(request, "placements/applications/apply.html", {"form": form, "place": place, "company": place.company, "offer": offer})


@STUDENT
def withdraw(request: ActorRequest, public_id: object) -> HttpResponse:
    """Take an application back, after asking."""
    application = own_application(request, public_id)
    here = reverse("placements:application", args=[public_id])
    if request.method == "POST":
        act(request, _("You took it back. You can apply somewhere else now."), services.withdraw, application=application, actor=request.actor)
        return redirect(here)
    context = {
        "title": _("Take this application back?"),
        "text": _("%(place)s at %(company)s. The company hears that it need not answer, not who you are.")
        % {"place": application.place, "company": application.place.company},
        "action": _("Take back"), "cancel_url": here, "danger": True,
    }  # fmt: skip
    return render(request, "parts/confirm_page.html", context)
