"""What companies ask of advisors and administrators, on their home pages."""

from datetime import date
from typing import Any

from django.db.models import Count, DateField, Min, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.homes import Task
from companies.models import Claim, CompanyMerge, Recognition


def waiting(actor: Actor) -> list[Task]:
    """Who speaks for a company; for who recognises also which visits must follow, and which records may be one company. One query."""
    counted = _counted("claims", Claim.objects.visible_to(actor).waiting(), "made_at")
    if actor.is_(HatKind.ADVISOR_PRACTICE):
        visits = _counted("visits", Recognition.objects.visible_to(actor).without_visit(), "visit_before")
        merges = _counted("merges", CompanyMerge.objects.visible_to(actor).waiting().exclude(asked_by=actor.user), "asked_at")
        counted = counted.union(visits, merges, all=True)
    return [TASKS[what](n, day) for what, n, day in counted if n]


def _counted(what: str, rows: QuerySet[Any], day: str) -> QuerySet[Any]:
    """How many there are and the first day, as one row that says what it counts."""
    named = rows.order_by().annotate(what=Value(what, output_field=TextField())).values("what")
    return named.annotate(n=Count("pk"), first=Cast(Min(day), DateField())).values_list("what", "n", "first")


def to_verify(n: int, _day: date) -> Task:
    """Who says to act for a company without people."""
    title = ngettext("%(n)s person says to act for a company", "%(n)s people say to act for a company", n) % {"n": n}
    text = _("The company is known here and has nobody yet. Check who it is before they are let in.")
    return Task(title, text, reverse("companies:claims"), _("Check who it is"), urgency=15, count=n)


def to_visit_still(n: int, day: date) -> Task:
    """Recognised by way of exception: the visit must follow before its day, or the recognition lapses."""
    title = ngettext("%(n)s recognition without a visit", "%(n)s recognitions without a visit", n) % {"n": n}
    text = _("The first visit has to follow before %(day)s; else that recognition lapses.") % {"day": date_format(day)}
    return Task(title, text, reverse("companies:recognitions") + "?state=without_visit", _("See the list"), urgency=20, count=n)


def to_merge(n: int, _day: date) -> Task:
    """Who asks whether two records are one company; whoever asked does not decide."""
    title = ngettext("%(n)s pair of records may be one company", "%(n)s pairs of records may be one company", n) % {"n": n}
    text = _("Somebody asked to merge them. Look at both side by side, then decide.")
    return Task(title, text, reverse("companies:doubles"), _("Look"), urgency=25, count=n)


TASKS = {"claims": to_verify, "visits": to_visit_still, "merges": to_merge}
