"""Tip cards, written by administrators of the platform."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from placements.forms.upkeep import TipCardForm
from placements.models import Moment, TipCard
from placements.services import tips as services
from placements.upkeep.tips import written
from placements.views.periods import ADMINISTRATOR


@require_safe
@ADMINISTRATOR
def tip_cards(request: ActorRequest) -> HttpResponse:
    """All cards, by the moment at which companies read them."""
    own = {card.moment: card for card in TipCard.objects.select_related("changed_by")}
    cards = [(moment, own.get(moment) or TipCard(moment=moment)) for moment in Moment]
    return render(request, "placements/tips/list.html", {"cards": cards})


@ADMINISTRATOR
def tip_card(request: ActorRequest, moment: str) -> HttpResponse:
    """Change the words of one card."""
    if moment not in Moment.values:
        raise Http404
    card = written(moment)
    form = TipCardForm(request.POST or None, instance=card)
    if request.method == "POST" and form.is_valid():
        services.save_tip_card(card=form.save(commit=False), by=request.actor.user)
        messages.success(request, _("The card has been saved. Companies read it from now on."))
        return redirect("placements:tip_cards")
    return render(request, "placements/tips/edit.html", {"form": form, "card": card})


@require_POST
@ADMINISTRATOR
def reset_tip_card(request: ActorRequest, moment: str) -> HttpResponse:
    """Back to the standard words."""
    if moment not in Moment.values:
        raise Http404
    services.reset_tip_card(moment=Moment(moment))
    messages.success(request, _("The card has its standard words again."))
    return redirect("placements:tip_card", moment)
