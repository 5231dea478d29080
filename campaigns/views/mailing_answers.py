"""Answering a mailing straight from the mail: GET shows and asks, POST answers in the name of who got it; nobody is signed in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.access import from_mail
from accounts.actor import Actor, ActorRequest
from campaigns.mailings import links
from campaigns.models import MailingRecipient, Reply
from campaigns.services import mailing_answers as services
from placements.mail_links import LinkDead
from placements.models import Answer
from placements.views.upkeep import say_how_many
from placements.views.upkeep_links import answer_said

ABOUT_ONE = (Answer.YES, Answer.FULL, Answer.STOPPED)


@from_mail
def answer(request: ActorRequest, token: str) -> HttpResponse:
    """The company's places, each with a tap; all of them; one more; or none now."""
    try:
        recipient, actor = links.follow(token)
    except LinkDead:
        return render(request, "placements/upkeep/link_dead.html", status=410)
    with override(recipient.language):
        if request.method == "POST":
            _answer(request, recipient, actor)
            offers = request.POST.get("act") == Reply.OFFERS
            return redirect("placements:add_place") if offers else redirect("campaigns:mailing_answer", token)
        places = services.asked_after(recipient)
        context = {"recipient": recipient, "company": recipient.membership.company, "who": actor.user, "places": places}
        return render(request, "campaigns/mailings/answer.html", context)


def _answer(request: ActorRequest, recipient: MailingRecipient, actor: Actor) -> None:
    """Write one answer down and say what became of it."""
    act, _sign, which = request.POST.get("act", "").partition(":")
    if act in (Reply.OFFERS, Reply.NOTHING):
        services.reply(recipient=recipient, reply=Reply(act))
        if act == Reply.NOTHING:
            messages.success(request, _("Thank you. We know now that you have no place at the moment."))
    elif act == "all":
        shown = {UUID(key) for key in request.POST.getlist("place") if _is_key(key)}
        say_how_many(request, services.all_right(recipient=recipient, shown=shown, by=actor.user))
    elif act in ABOUT_ONE and _is_key(which) and (place := services.asked_after(recipient).filter(public_id=which).first()):
        answer_said(request, lambda: services.about_one(recipient=recipient, place=place, answer=Answer(act), by=actor.user))
    else:
        messages.error(request, _("Choose what is so."))


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
