"""The link that a scout mails to a company: who asks, and why; yes leads to the registration, no deletes whom we asked for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import from_mail
from accounts.actor import ActorRequest
from campaigns.scouting import links
from campaigns.scouting.errors import LeadError
from campaigns.services import leads
from placements.mail_links import LinkDead


def _dead(request: ActorRequest) -> HttpResponse:
    return render(request, "campaigns/scouting/link_dead.html", {"days": links.days()}, status=410)


@from_mail
@require_safe
def lead_link(request: ActorRequest, token: str) -> HttpResponse:
    """What the link is for; opening it changes nothing."""
    try:
        return render(request, "campaigns/scouting/link.html", {"lead": links.follow(token), "token": token})
    except LinkDead:
        return _dead(request)


@from_mail
@require_POST
def lead_refuse(request: ActorRequest, token: str) -> HttpResponse:
    """No, thank you: no more mails, and the contact is deleted."""
    try:
        leads.refuse(lead=links.follow(token))
    except (LinkDead, LeadError):
        return _dead(request)
    return render(request, "campaigns/scouting/link_refused.html")
