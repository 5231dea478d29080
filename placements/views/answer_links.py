"""Answering an application straight from the mail: GET shows and asks, POST answers, nobody is signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache

from accounts.actor import Actor, ActorRequest
from placements.applications import links
from placements.errors import PlacementError
from placements.forms.applications import DeclineForm
from placements.models import Application
from placements.services import applications as services
from placements.views.applicants import TAKEN_BACK, page_context, said_no


@login_not_required
@never_cache
def answer_by_mail(request: ActorRequest, token: str) -> HttpResponse:
    """The profile with yes and no; a link that no longer works says so and leads to the page."""
    try:
        application, actor = links.follow(token)
    except links.LinkDead:
        return render(request, "placements/applications/link_dead.html", status=410)
    form = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        form = DeclineForm(request.POST, full=application.place.free <= 0) if act == "decline" else None
        if form is None or form.is_valid():
            _answer(request, application, actor, act, form)
            return redirect("placements:answer_by_mail", token)
    language = actor.user.language if actor.user else "nl"
    with override(language):
        return render(request, "placements/applications/answer_by_mail.html", {**page_context(application, form), "token": token})


def _answer(request: ActorRequest, application: Application, actor: Actor, act: str, form: DeclineForm | None) -> None:
    """One answer by the person to whom the link was mailed; says what became of it."""
    try:
        if act == "accept":
            services.accept(application=application, actor=actor)
            messages.success(request, _("You said yes. The school looks at it now; as soon as the student agrees, you read who comes."))
        elif form:
            services.decline(application=application, ground=form.cleaned_data["ground"], actor=actor)
            messages.success(request, said_no(form.cleaned_data["ground"]))
        elif act == "undo":
            services.undo(application=application, actor=actor)
            messages.success(request, TAKEN_BACK)
        else:
            messages.error(request, _("Choose yes or no."))
    except PlacementError as error:
        messages.error(request, str(error))
