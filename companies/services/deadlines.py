"""What time does to recognitions: reviews that are due, exceptions that were not visited, four years without students, decisions to come."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actor import SYSTEM
from accounts.hats import HatKind
from accounts.models import Post
from companies import notifications
from companies.hooks import trained_since
from companies.models import Recognition
from companies.services.transitions import lock, step, years_on
from companies.workflow import R, RecognitionReason, RecognitionState

LAPSES_AFTER_YEARS = 4
REMIND_BEFORE = timedelta(days=3)


def run_due(*, today: date | None = None) -> dict[str, int]:
    """Everything that time asks, each once; returns how many. Any number may run at once, and a missed day is made good."""
    day = today or timezone.localdate()
    return {
        "not_visited": _each(not_visited(day), R.LAPSED, RecognitionReason.NOT_VISITED),
        "no_students": _each(without_students(day), R.LAPSED, RecognitionReason.NO_STUDENTS),
        "review_due": _each(Recognition.objects.filter(state=R.RECOGNISED, review_due_on__lte=day), R.REVIEW_DUE),
        "reminded": remind(today=day),
    }


def not_visited(day: date) -> QuerySet[Recognition]:
    """Recognised without a visit, and the day by which it had to follow is over."""
    return Recognition.objects.exclude(exception="").filter(state__in=(R.RECOGNISED, R.REVIEW_DUE), visit_before__lt=day)


def without_students(day: date) -> QuerySet[Recognition]:
    """Recognised for four years, none of which had a student."""
    since = years_on(day, -LAPSES_AFTER_YEARS)
    old = Recognition.objects.filter(state__in=(R.RECOGNISED, R.REVIEW_DUE), first_recognised_on__lte=since)
    return old.exclude(trained_since(since))


def remind(*, today: date) -> int:
    """Mail each advisor the requests in the own regions that must be decided within three days or are late; once a day at most."""
    due = Recognition.objects.pending().filter(decide_before__lte=today + REMIND_BEFORE).select_related("company__municipality", "qualification")
    waiting = list(due.order_by("decide_before", "pk"))
    if not waiting:
        return 0
    posts = Post.objects.filter(kind=HatKind.ADVISOR_PRACTICE, ended_at=None).select_related("user").prefetch_related("regions").order_by("pk")
    reminded = 0
    for post in posts:
        regions = {region.pk for region in post.regions.all()}
        mine = [r for r in waiting if not regions or (r.company.municipality and r.company.municipality.region_id in regions)]
        if mine:
            notifications.decisions_due(user=post.user, recognitions=mine, today=today)
            reminded += 1
    return reminded


def _each(found: QuerySet[Recognition], to: RecognitionState, reason_code: str = "") -> int:
    """Move each by the system in a transaction of its own, unless somebody moved it meanwhile."""
    moved = 0
    for pk in list(found.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            recognition = lock(Recognition(pk=pk))
            if found.filter(Q(pk=pk)).exists():
                step(recognition, to, SYSTEM, reason_code)
                moved += 1
    return moved
