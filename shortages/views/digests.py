"""Mails about what changed: wanting them or not, from a link without signing in; and the readers of the weekly one."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from shortages.advice.forms import SubscriptionForm
from shortages.models import DigestRefusal, DigestSubscription
from shortages.services import digests as services

ADMINISTRATORS = hats(HatKind.ADMINISTRATOR)


def _dead(request: ActorRequest) -> HttpResponse:
    return render(request, "shortages/advice/link_dead.html", status=410)


@csrf_exempt  # the mail program sends this, without a session; the signed link is the permission
@login_not_required
@never_cache
def refuse(request: ActorRequest, token: str) -> HttpResponse:
    """Stop somebody's digests, or want them again: GET asks, because mail scanners open every link; POST does (RFC 8058)."""
    user = services.user_of(token)
    if user is None:
        return _dead(request)
    if request.method == "POST":
        (services.want_again if "weer" in request.POST else services.refuse)(user=user.pk)
    with override(user.language):
        return render(request, "shortages/advice/refuse.html", {"stopped": DigestRefusal.objects.filter(user=user).exists()})


@login_not_required
@never_cache
def confirm(request: ActorRequest, token: str) -> HttpResponse:
    """Say yes to the weekly mail."""
    found = services.subscription_of(token)
    if found is None or found.ended_at is not None:
        return _dead(request)
    return _weekly(request, found, services.confirm, "weekly_confirm")


@csrf_exempt  # as above
@login_not_required
@never_cache
def stop(request: ActorRequest, token: str) -> HttpResponse:
    """Stop the weekly mail."""
    found = services.subscription_of(token)
    return _dead(request) if found is None else _weekly(request, found, services.end, "weekly_stop")


def _weekly(request: ActorRequest, found: DigestSubscription, do: Callable[..., None], page: str) -> HttpResponse:
    """GET asks in the language of the mail, POST does."""
    if request.method == "POST":
        do(key=found.pk)
        found.refresh_from_db()
    with override(found.language):
        return render(request, f"shortages/advice/{page}.html", {"subscription": found})


@ADMINISTRATORS
def subscriptions(request: ActorRequest) -> HttpResponse:
    """Who reads the weekly mail, and adding a reader."""
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.subscribe(subscription=form.save(commit=False), by=request.user)
        messages.success(request, _("Added. The mail comes once the reader has confirmed it."))
        return redirect("shortages:subscriptions")
    found = DigestSubscription.objects.filter(ended_at=None).select_related("region", "municipality")
    return render(request, "shortages/advice/subscriptions.html", {"form": form, "subscriptions": found})


@ADMINISTRATORS
def end(request: ActorRequest, public_id: object) -> HttpResponse:
    """Stop the weekly mail of a reader: GET asks, POST does."""
    found = get_object_or_404(DigestSubscription, public_id=public_id)
    if request.method == "POST":
        services.end(key=found.pk)
        messages.success(request, _("%(name)s gets no more mail.") % {"name": found.name})
        return redirect("shortages:subscriptions")
    context = {
        "title": _("Stop the weekly mail of %(name)s?") % {"name": found.name},
        "text": _("%(email)s gets no more mail. If you add the address again later, the reader has to confirm once more.") % {"email": found.email},
        "action": _("Stop these mails"),
        "danger": True,
        "cancel_url": reverse("shortages:subscriptions"),
    }
    return render(request, "parts/confirm_page.html", context)
