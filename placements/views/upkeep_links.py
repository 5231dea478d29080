"""Answering "still right?" straight from a mail: GET shows and asks, POST answers in the name of who got the mail; nobody is signed in."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from accounts.access import from_mail
from accounts.actor import Actor, ActorRequest
from placements.forms.places import ChangedForm
from placements.models import Answer, Place
from placements.services import place_reminders
from placements.services import places as saving
from placements.services import upkeep as services
from placements.upkeep import links
from placements.upkeep.selectors import in_question
from placements.views.upkeep import said_of, say_how_many

ASKED = (Answer.YES, Answer.FULL, Answer.STOPPED)


def _language(actor: Actor) -> str:
    return actor.user.language if actor.user else "nl"


def _dead(request: ActorRequest) -> HttpResponse:
    return render(request, "placements/upkeep/link_dead.html", status=410)


@from_mail
def answer_one(request: ActorRequest, token: str) -> HttpResponse:
    """One place: right, full, changed or stopped, in the name of who got the mail."""
    try:
        place, actor = links.follow_one(token)
    except links.LinkDead:
        return _dead(request)
    with override(_language(actor)):
        over = place.ends_on <= timezone.localdate()
        changes = request.method == "POST" and request.POST.get("act") == Answer.CHANGED
        form = ChangedForm(request.POST if changes else None, instance=place)
        if request.method == "POST" and not over and _answer(request, place, actor, form):
            return redirect("placements:answer_place_by_mail", token)
        fresh = links.follow_one(token)[0] if changes else place
        context = {"place": fresh, "who": actor.user, "form": form, "last": place.answers.select_related("by").first(), "over": over}
        return render(request, "placements/upkeep/answer_one.html", context)


def _answer(request: ActorRequest, place: Place, actor: Actor, form: ChangedForm) -> bool:
    """Write one answer down and say what became of it; False for a form that has to be mended."""
    asked = request.POST.get("act", "")
    if asked == Answer.CHANGED:
        return _change(request, place, actor, form)
    if asked in ASKED:
        answer_said(request, lambda: services.answer_place(place=place, answer=Answer(asked), by=actor.user, by_mail=True))
    else:
        messages.error(request, _("Choose what is so."))
    return True


def answer_said(request: ActorRequest, answer: Callable[[], Place]) -> None:
    """Give an answer about one place and say what became of it, or why it was not taken."""
    try:
        messages.success(request, said_of(answer()))
    except saving.TooManyAnswers as error:
        messages.error(request, str(error))


def _change(request: ActorRequest, place: Place, actor: Actor, form: ChangedForm) -> bool:
    if not form.is_valid():
        return False
    qualifications, goals = list(place.qualifications.all()), list(place.goals.all())
    try:
        saving.save_place(place=form.save(commit=False), qualifications=qualifications, goals=goals, by=actor.user, by_mail=True)
    except saving.TooFewSlots as error:
        form.add_error("capacity", str(error))
        return False
    except saving.TooManyAnswers as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("Your changes have been saved."))
    return True


@from_mail
def confirm_all(request: ActorRequest, token: str) -> HttpResponse:
    """Everything that the mail asked after and that nobody has answered since: all of it is right."""
    try:
        company, actor, asked_at = links.follow_all(token)
    except links.LinkDead:
        return _dead(request)
    asked = in_question(before=asked_at).filter(company=company).select_related("period").with_taught()
    with override(_language(actor)):
        if request.method == "POST":
            # Those that stood on the page: one that came into question since was not read.
            shown = set(request.POST.getlist("place"))
            named: list[UUID] = [place.public_id for place in asked if str(place.public_id) in shown]
            say_how_many(request, services.confirm_places(company=company, public_ids=named, by=actor.user, by_mail=True))
            return redirect("placements:confirm_places_by_mail", token)
        return render(request, "placements/upkeep/answer_all.html", {"company": company, "who": actor.user, "asked": list(asked)})


@csrf_exempt  # the mail program sends this, without a session; the signed link is the permission
@from_mail
def stop_reminders(request: ActorRequest, token: str) -> HttpResponse:
    """No more of these mails: GET asks, because mail scanners open every link; POST stops (RFC 8058)."""
    reminder = links.stopped_by(token)
    if reminder is None:
        return _dead(request)
    if request.method == "POST":
        place_reminders.stop(membership=reminder.membership)
    stopped = request.method == "POST" or reminder.stopped_at is not None
    with override(reminder.membership.user.language):
        return render(request, "placements/upkeep/stop.html", {"stopped": stopped})
