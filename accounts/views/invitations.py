"""Accepting an invitation: GET shows what it is for, POST accepts."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actor import ActorRequest
from accounts.forms import AcceptForm
from accounts.hats import hats_of
from accounts.middleware import SESSION_KEY
from accounts.models import Invitation, User
from accounts.services import InvitationClosed, SignInFirst, accept_invitation, open_invitation, resend_invitation, withdraw_invitation

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password", "password_again")
def invitation(request: ActorRequest, token: str) -> HttpResponse:
    """Show an invitation and accept it; a link that no longer works says why and what to do."""
    try:
        found = open_invitation(token)
    except InvitationClosed as closed:
        return render(request, "accounts/invitation_closed.html", {"reason": closed.reason}, status=410)
    owner = User.objects.filter(email=found.email).first()
    if owner is not None:
        return _accept_as_owner(request, token, found, owner)
    form = AcceptForm(request.POST or None, email=found.email, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        return _accepted(request, token, found, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
    return render(request, "accounts/invitation.html", {"invitation": found, "form": form})


def _accept_as_owner(request: ActorRequest, token: str, found: Invitation, owner: User) -> HttpResponse:
    if request.method == "POST" and request.user == owner:
        return _accepted(request, token, found)
    context = {"invitation": found, "mine": request.user == owner, "other": request.user.is_authenticated and request.user != owner}
    return render(request, "accounts/invitation_known.html", context)


def _accepted(request: ActorRequest, token: str, found: Invitation, **account: str) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    try:
        owner = accept_invitation(token=token, user=user, language=get_language() or "nl", **account)
    except (InvitationClosed, SignInFirst):  # accepted elsewhere in the same moment: the page says so
        return redirect("accounts:invitation", token)
    if user != owner:
        login(request, owner, backend=BACKEND)
    hat = next((hat for hat in hats_of(owner) if hat.kind == found.kind and hat.organisation_id == found.organisation_id), None)
    if hat is not None:
        request.session[SESSION_KEY] = hat.key
    messages.success(request, _("Welcome! Your account is ready."))
    return redirect("home")


def send_again_or_withdraw(request: ActorRequest, found: Invitation) -> None:
    """Send a waiting invitation again or, with `action` = "withdraw", end it, and say so: for the pages of whoever may invite."""
    try:
        if request.POST.get("action") == "withdraw":
            withdraw_invitation(invitation=found)
            messages.success(request, _("The invitation has been withdrawn; its link no longer works."))
        else:
            resend_invitation(invitation=found)
            messages.success(request, _("The invitation has been sent again; the old link no longer works."))
    except InvitationClosed:
        messages.info(request, _("This invitation has been accepted in the meantime."))
