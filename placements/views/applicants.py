"""Pages of a company about applications, without a name: the list, the profile, yes, no, and taking an answer back."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Q, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import COMPANY_HATS, HatKind
from placements.applications import talk
from placements.applications.profile import read
from placements.applications.questions import Side
from placements.applications.words import for_company, undo_until
from placements.applications.workflow import RUNNING_STATES, WAITING_STATES, A, allowed
from placements.forms.applications import DeclineForm
from placements.models import Application, Moment, PlaceState
from placements.search.cards import on_days
from placements.services import applications as services
from placements.services import questions
from placements.services.transitions import PAUSING_GROUNDS
from placements.upkeep import tips
from placements.views.acting import act
from placements.workflow import KNOWN_STATES, Who

COMPANY = hats(*COMPANY_HATS)
PAGE = 20
SAID_YES = gettext_lazy("You said yes. The school looks at it now; as soon as the student agrees, you read who comes.")
TAKEN_BACK = gettext_lazy("Your answer has been taken back: the application waits for an answer again.")
# What asks for an answer first, the one that came first on top: the order says nothing of who applies.
ORDER = Case(When(Q(state__in=WAITING_STATES, held=False) | Q(asked=True), then=Value(0)), When(state=A.ACCEPTED, then=Value(1)), default=Value(2))


def own_application(request: ActorRequest, public_id: object) -> Application:
    """An application for an own place; 404 for any other. Nothing of the student is read with it."""
    own = Application.objects.visible_to(request.actor).with_hold().select_related("place__company", "place__period", "placement")
    return get_object_or_404(own, public_id=public_id)


@COMPANY
@require_safe
def applicants(request: ActorRequest) -> HttpResponse:
    """All applications: those that wait for an answer first."""
    own = Application.objects.visible_to(request.actor).with_hold().with_question_of(Side.STUDENT).select_related("place__period", "placement")
    page: Any = Paginator(own.annotate(order=ORDER).order_by("order", "sent_at", "pk"), PAGE).get_page(request.GET.get("page"))
    rows = [(one, for_company(one, held=one.held), read(one.profile), on_days(one.place.days)) for one in page]
    context = {"page": page, "rows": rows, "tips": tips.at(Moment.APPLICANTS)}
    return render(request, "placements/applications/applicants.html", context)


@COMPANY
@require_safe
def applicant(request: ActorRequest, public_id: object) -> HttpResponse:
    """One profile, with yes, no and questions."""
    return _page(request, own_application(request, public_id), None)


def _page(request: ActorRequest, application: Application, form: DeclineForm | None) -> HttpResponse:
    return render(request, "placements/applications/applicant.html", page_context(application, form))


def page_context(application: Any, form: DeclineForm | None = None) -> dict[str, object]:
    """What both the page and the link in a mail show; a profile only while it is needed; `application` is one with `with_hold()`."""
    place = application.place
    placement = application.placement
    known = placement if placement and placement.state in KNOWN_STATES else None
    final = services.answer_is_final(application)
    return {
        "application": application,
        "place": place,
        "full": place.free <= 0,
        "paused": place.state != PlaceState.OPEN,
        "standing": for_company(application, held=application.held),
        "held": application.held,
        "profile": read(application.profile) if application.state in RUNNING_STATES else None,
        "may_answer": application.waits,
        "may_undo": A.SEEN in allowed(application.state, Who.COMPANY, told=final) and not application.waits,
        "undo_until": undo_until(application),
        "form": form or DeclineForm(full=place.free <= 0),
        "known": known,
        "talk": talk.of(application, Side.COMPANY),
    }


@COMPANY
@require_POST
def seen(request: ActorRequest, public_id: object) -> HttpResponse:
    """Say that the profile was read; the page does so by itself where scripts run."""
    application = services.see(application=own_application(request, public_id), actor=request.actor)
    if request.htmx:
        return render(request, "placements/applications/_seen.html", {"application": application})
    return redirect("placements:applicant", public_id)


@COMPANY
@require_POST
def accept(request: ActorRequest, public_id: object) -> HttpResponse:
    """Yes."""
    act(request, SAID_YES, services.accept, application=own_application(request, public_id), actor=request.actor)
    return redirect("placements:applicant", public_id)


def said_no(ground: str) -> str:
    """What a no has done."""
    if ground in PAUSING_GROUNDS:
        return _("You said no. This place is paused: it left the search. Can students come again later? Then offer it again.")
    return _("You said no. You can take that back for a short while.")


@COMPANY
@require_POST
def decline(request: ActorRequest, public_id: object) -> HttpResponse:
    """No, on a ground from the list."""
    application = own_application(request, public_id)
    form = DeclineForm(request.POST, full=application.place.free <= 0)
    if not form.is_valid():
        return _page(request, application, form)
    ground = form.cleaned_data["ground"]
    act(request, said_no(ground), services.decline, application=application, ground=ground, actor=request.actor)
    return redirect("placements:applicant", public_id)


@COMPANY
@require_POST
def undo(request: ActorRequest, public_id: object) -> HttpResponse:
    """Take the answer back."""
    act(request, TAKEN_BACK, services.undo, application=own_application(request, public_id), actor=request.actor)
    return redirect("placements:applicant", public_id)


@hats(HatKind.STUDENT, *COMPANY_HATS)
@require_POST
def ask(request: ActorRequest, public_id: object) -> HttpResponse:
    """Ask a question from the list: the student the company, the company the student."""
    application, code = own_application(request, public_id), request.POST.get("code", "")
    act(request, _("Your question has been sent."), questions.ask, application=application, code=code, actor=request.actor)
    return redirect(_own_page(request), public_id)


@hats(HatKind.STUDENT, *COMPANY_HATS)
@require_POST
def answer(request: ActorRequest, public_id: object) -> HttpResponse:
    """Answer a question from the list that belongs to it."""
    code, choice = request.POST.get("code", ""), request.POST.get("choice", "")
    application = own_application(request, public_id)
    act(request, _("Your answer has been sent."), questions.answer, application=application, code=code, choice=choice, actor=request.actor)
    return redirect(_own_page(request), public_id)


def _own_page(request: ActorRequest) -> str:
    return "placements:application" if request.actor.is_(HatKind.STUDENT) else "placements:applicant"
