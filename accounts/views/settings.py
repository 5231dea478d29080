"""One's own account: name, phone number, language, and where password and second factor are changed."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actor import ActorRequest
from accounts.forms import AccountForm
from accounts.hats import STAFF_HATS
from accounts.hooks import panels_for


def account(request: ActorRequest) -> HttpResponse:
    """Change one's own account; the language holds at once."""
    user = request.user
    form = AccountForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        language = form.cleaned_data["language"]
        with override(language):
            messages.success(request, _("Your account has been changed."))
        response = redirect("account_settings")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        return response
    context = {
        "form": form,
        "panels": panels_for(request),
        "second_factor": Authenticator.objects.filter(user=user).exists(),
        "staff": any(hat.kind in STAFF_HATS for hat in request.actor.hats),
    }
    return render(request, "accounts/settings.html", context)
