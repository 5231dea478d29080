"""Mailings of advisors, scouts and administrators: written, looked over, tried, sent, and what came of them."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import rules
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from campaigns.audience import AudienceForm, companies
from campaigns.mailings import pages, reach, selectors
from campaigns.mailings.forms import MailingForm
from campaigns.mailings.workflow import UNDER_WAY, MailingState
from campaigns.models import Mailing
from campaigns.services import mailings as services

WRITERS = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT, HatKind.ADMINISTRATOR)
PAGE = 30


def _seen(request: ActorRequest, public_id: UUID) -> Mailing:
    """A mailing that may be read."""
    mailings = Mailing.objects.visible_to(request.actor).select_related("created_by", "post__user", "job")
    return get_object_or_404(mailings, public_id=public_id)


def _own(request: ActorRequest, public_id: UUID) -> Mailing:
    """A mailing that may be changed and sent, too."""
    mailing = _seen(request, public_id)
    if not rules.test_rule("campaigns.move_mailing", request.actor, mailing):
        raise Http404
    return mailing


@require_safe
@WRITERS
def mailings(request: ActorRequest) -> HttpResponse:
    """All mailings in the own regions, the newest first."""
    found = selectors.listed(Mailing.objects.visible_to(request.actor))
    return render(request, "campaigns/mailings/list.html", {"page": Paginator(found, PAGE).get_page(request.GET.get("page"))})


def _write(request: ActorRequest, mailing: Mailing) -> HttpResponse:
    form = MailingForm(request.POST or None, instance=mailing)
    chosen = pages.chosen(mailing.asks) if mailing.pk else None
    audience = AudienceForm(request.POST or None, actor=request.actor, prefix="audience", initial=chosen)
    if request.method == "POST" and form.is_valid() & audience.is_valid():
        try:
            saved = services.save(mailing=form.save(commit=False), audience=audience.audience(), actor=request.actor)
        except services.MailingMoved:
            messages.error(request, _("This mailing has been sent meanwhile. Your changes were not saved."))
            return redirect("campaigns:mailing", mailing.public_id)
        return redirect("campaigns:mailing", saved.public_id)
    return render(request, "campaigns/mailings/write.html", {"form": form, "audience": audience, "mailing": mailing, "names": pages.NAMES})


@WRITERS
def mailing_new(request: ActorRequest) -> HttpResponse:
    """Write a mailing."""
    return _write(request, Mailing())


@WRITERS
def mailing_edit(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Change a mailing that has not been sent."""
    mailing = _own(request, public_id)
    return _write(request, mailing) if mailing.state == MailingState.DRAFT else redirect("campaigns:mailing", public_id)


@require_safe
@WRITERS
def mailing(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """One mailing: before it is sent what it looks like and who gets it, then how far it is and what it brought."""
    found = _seen(request, public_id)
    mine = rules.test_rule("campaigns.move_mailing", request.actor, found)
    context = {"mailing": found, "mine": mine, "asked": pages.in_words(found.asks)}
    if found.state == MailingState.DRAFT:
        skip = request.GET.get("voorbeeld", "")
        context |= pages.preview(found, request.actor, int(skip) if skip.isdecimal() and len(skip) < 5 else 0)
        return render(request, "campaigns/mailings/draft.html", context)
    return render(request, "campaigns/mailings/sent.html", context | pages.standing(found, mine))


@require_safe
@WRITERS
def mailing_progress(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """How far it is, asked every second and a half."""
    found = _seen(request, public_id)
    return render(request, "parts/progress.html", pages.progress(found, selectors.counts(found)))


@require_POST
@WRITERS
def mailing_try(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Mail it to oneself, with the data of the contact that the preview showed."""
    found = _own(request, public_id)
    membership = reach.example(companies(found.asks, request.actor))
    if membership is None:
        messages.error(request, _("Nobody of this audience can be mailed. Choose another one."))
    else:
        services.try_out(mailing=found, membership=membership, to=request.user)
        said = _("Sent to %(address)s, in Dutch and in English. It arrives within a minute.")
        messages.success(request, said % {"address": request.user.email})
    return redirect("campaigns:mailing", public_id)


@WRITERS
def mailing_send(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Asks first, saying how many get it; then it goes out."""
    found = _own(request, public_id)
    if request.method == "POST":
        services.send(mailing=found, by=request.user)
    if request.method == "POST" or found.state != MailingState.DRAFT:
        return redirect("campaigns:mailing", public_id)
    sender = reach.sender_of(found)
    count = reach.reach(found, companies(found.asks, sender)).mailed if sender else 0
    if not count:
        messages.error(request, _("Nobody of this audience can be mailed. Choose another one."))
        return redirect("campaigns:mailing", public_id)
    asked = ngettext("Send this mailing to one address?", "Send this mailing to %(n)s addresses?", count) % {"n": count}
    text = _("You can pause and stop it while it goes out. A mail that has gone cannot be called back.")
    return _asked(request, found, title=asked, text=text, action=_("Send now"))


def _asked(request: ActorRequest, found: Mailing, **words: Any) -> HttpResponse:
    context = {"cancel_url": reverse("campaigns:mailing", args=[found.public_id]), "cancel": _("Not yet"), **words}
    return render(request, "parts/confirm_page.html", context)


def _moved(request: ActorRequest, public_id: UUID, act: Callable[[], object], said: str) -> HttpResponse:
    """Do one thing with a mailing and say so, or say that it stands elsewhere by now."""
    try:
        act()
        messages.success(request, said)
    except services.MailingMoved:
        messages.error(request, _("This mailing has ended meanwhile, so nothing was changed."))
    return redirect("campaigns:mailing", public_id)


@require_POST
@WRITERS
def mailing_pause(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """No further mail for now."""
    found = _own(request, public_id)
    return _moved(request, public_id, partial(services.pause, mailing=found), _("Paused. Mails that were just being handed over still arrive."))


@require_POST
@WRITERS
def mailing_go_on(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Send what is left."""
    found = _own(request, public_id)
    return _moved(request, public_id, partial(services.go_on, mailing=found, by=request.user), _("It goes on. Nobody gets the mail twice."))


@WRITERS
def mailing_stop(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Asks first; then no further mail, for good."""
    found = _own(request, public_id)
    if request.method == "POST":
        return _moved(request, public_id, partial(services.stop, mailing=found), _("Stopped. Who had not been mailed will not be."))
    if found.state not in UNDER_WAY:
        return redirect("campaigns:mailing", public_id)
    text = _("Whoever has not been mailed yet will not be. A mailing that was stopped cannot go on; to wait, pause it.")
    return _asked(request, found, title=_("Stop this mailing?"), text=text, action=_("Stop it"), cancel=_("Back"), danger=True)


@WRITERS
def mailing_throw_away(request: ActorRequest, public_id: UUID) -> HttpResponse:
    """Asks first; then a mailing that has not been sent is gone."""
    found = _own(request, public_id)
    if found.state != MailingState.DRAFT:
        return redirect("campaigns:mailing", public_id)
    if request.method == "POST":
        try:
            services.throw_away(mailing=found)
        except services.MailingMoved:
            messages.error(request, _("Meanwhile this mailing has been sent."))
            return redirect("campaigns:mailing", public_id)
        messages.success(request, _("Thrown away. Nobody was mailed."))
        return redirect("campaigns:mailings")
    text = _("Its text is gone then. Nobody has been mailed.")
    return _asked(request, found, title=_("Throw this mailing away?"), text=text, action=_("Throw away"), cancel=_("Keep it"), danger=True)
