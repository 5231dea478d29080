"""The administrator's page of nights, and what a monitor asks."""

from datetime import UTC
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from shortages.models import Night
from shortages.night import standing
from shortages.services import nights

PAGE = 30


class NightForm(forms.Form):
    """Start a night, or make a correction of one that is done."""

    date = forms.DateField(label=gettext_lazy("Date"))
    reason = forms.CharField(
        label=gettext_lazy("Why a correction"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Only for a night that is done: it gets a new version beside the old one, with your reason."),
    )


@hats(HatKind.ADMINISTRATOR)
def overview(request: ActorRequest) -> HttpResponse:
    """The nights, how they went, and starting one."""
    form = NightForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _started(request, form):
        return redirect("shortages:nights")
    page = Paginator(Night.objects.select_related("job", "advice_job"), PAGE).get_page(request.GET.get("page"))
    rows = [standing.of(night) for night in page]
    context: dict[str, Any] = {"page": page, "rows": rows, "form": form, "progress": standing.progress(), **_plan()}
    return render(request, "shortages/nights.html", context)


def _plan() -> dict[str, Any]:
    """When beat starts a night, and until when it tries again (CELERY_BEAT_SCHEDULE, in UTC), as the clock here says it."""
    first, again = (settings.CELERY_BEAT_SCHEDULE[name]["schedule"] for name in ("nightly", "nightly-again"))
    today = timezone.now().astimezone(UTC).replace(second=0)
    times = {"first": (min(first.hour), min(first.minute)), "last": (max(again.hour), max(again.minute))}
    return {name: timezone.localtime(today.replace(hour=hour, minute=minute)) for name, (hour, minute) in times.items()}


def _started(request: ActorRequest, form: NightForm) -> bool:
    """Start the night that the form asks for and say so; False with the reason at the field when that cannot be."""
    done = Night.objects.done().filter(date=form.cleaned_data["date"]).exists()
    if done and not form.cleaned_data["reason"].strip():
        form.add_error("reason", _("This night is done. Say why it is made again, and it gets a new version."))
        return False
    try:
        night = nights.start_night(day=form.cleaned_data["date"], reason=form.cleaned_data["reason"], by=request.user)
    except nights.NightRefused as refused:
        form.add_error("date", str(refused))
        return False
    messages.success(request, _("The night of %(date)s is under way.") % {"date": f"{night.date:%d-%m-%Y}"})
    return True


@require_POST
@hats(HatKind.ADMINISTRATOR)
def retry(request: ActorRequest, pk: int) -> HttpResponse:
    """Begin a night that failed anew."""
    night = get_object_or_404(Night, pk=pk)
    try:
        nights.start_night(day=night.date, reason=night.reason, by=request.user)
        messages.success(request, _("The night of %(date)s is under way.") % {"date": f"{night.date:%d-%m-%Y}"})
    except nights.NightRefused as refused:
        messages.error(request, str(refused))
    return redirect("shortages:nights")


@require_safe
@hats(HatKind.ADMINISTRATOR)
def progress(request: ActorRequest) -> HttpResponse:
    """How far the night under way is, asked every second and a half."""
    return render(request, "parts/progress.html", standing.progress() or standing.over())


@login_not_required
@require_safe
@never_cache
def health(request: ActorRequest) -> JsonResponse:
    """Whether the figures of today are there; 503 with words when they are not. For machines, without a single count."""
    try:
        well, told = standing.health()
    except DatabaseError:
        well, told = False, {"well": False, "why": "the database does not answer"}
    return JsonResponse(told, status=200 if well else 503)
