"""Answering an application straight from the mail: GET shows and asks, POST answers, nobody is signed in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.access import from_mail
from accounts.actor import Actor, ActorRequest
from placements.applications import links
from placements.forms.applications import DeclineForm
from placements.models import Application
from placements.services import applications as services
from placements.views.acting import act
from placements.views.applicants import SAID_YES, TAKEN_BACK, page_context, said_no


@from_mail
def answer_by_mail(request: ActorRequest, token: str) -> HttpResponse:
    """The profile with yes and no; a link that no longer works says so and leads to the page."""
    try:
        application, actor = links.follow(token)
    except links.LinkDead:
        return render(request, "placements/applications/link_dead.html", status=410)
    form = None
    if request.method == "POST":
        asked = request.POST.get("act", "")
        form = DeclineForm(request.POST, full=application.place.free <= 0) if asked == "decline" else None
        if form is None or form.is_valid():
            _answer(request, application, actor, asked, form)
            return redirect("placements:answer_by_mail", token)
    language = actor.user.language if actor.user else "nl"
    with override(language):
        return render(request, "placements/applications/answer_by_mail.html", {**page_context(application, form), "token": token})


def _answer(request: ActorRequest, application: Application, actor: Actor, asked: str, form: DeclineForm | None) -> None:
    """One answer by the person to whom the link was mailed; says what became of it."""
    if asked == "accept":
        act(request, SAID_YES, services.accept, application=application, actor=actor)
    elif form:
        ground = form.cleaned_data["ground"]
        act(request, said_no(ground), services.decline, application=application, ground=ground, actor=actor)
    elif asked == "undo":
        act(request, TAKEN_BACK, services.undo, application=application, actor=actor)
    else:
        messages.error(request, _("Choose yes or no."))
