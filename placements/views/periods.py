"""Periods: the list that schools and companies choose from, kept by administrators of the platform."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import hats
from accounts.actor import Actor, ActorRequest
from accounts.hats import HatKind
from accounts.homes import Task
from placements.forms.periods import PeriodForm
from placements.models import Period
from placements.selectors import coming_periods
from placements.services.periods import save_period

ADMINISTRATOR = hats(HatKind.ADMINISTRATOR)


@ADMINISTRATOR
def periods(request: ActorRequest) -> HttpResponse:
    """All periods, the newest first, and a form for one more."""
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        period = save_period(period=form.save(commit=False))
        messages.success(request, _("%(period)s has been added. Schools and companies can choose it now.") % {"period": period.name})
        return redirect("placements:periods")
    found = Period.objects.annotate(offered=Count("places")).order_by("-starts_on", "-pk")
    return render(request, "placements/periods.html", {"form": form, "periods": found})


@ADMINISTRATOR
def period(request: ActorRequest, pk: int) -> HttpResponse:
    """Change one period; its days only while nothing hangs on it."""
    form = PeriodForm(request.POST or None, instance=get_object_or_404(Period, pk=pk))
    if request.method == "POST" and form.is_valid():
        save_period(period=form.save(commit=False))
        messages.success(request, _("The period has been changed."))
        return redirect("placements:periods")
    return render(request, "placements/period.html", {"form": form})


def tasks(actor: Actor) -> list[Task]:
    """For the administrator's home: without a coming period nobody can prepare, offer or match."""
    if coming_periods().exists():
        return []
    text = _("Without a period no company can offer a place, and no student can prepare.")
    return [Task(_("Add the next period"), text, reverse("placements:periods"), _("Add a period"), urgency=8)]
