"""Silence after a match: reminders to the student, then a call by the coordinator; nothing confirms itself."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone

from placements import notifications
from placements.models import Placement
from placements.workflow import S


def remind_due(*, now: datetime | None = None) -> int:
    """Remind the students, and ask coordinators to call those, who are silent for long enough; returns how many were due.

    Safe to call at any time and as often as one likes: each reminder of a silence goes once.
    """
    now = now or timezone.now()
    first = now - timedelta(days=min(settings.SILENCE_REMINDER_DAYS))
    waiting = Placement.objects.filter(state=S.APPROVED, told_at__isnull=False, request__student__left_at=None)
    silent = waiting.annotate(silent_since=Greatest("told_at", "state_since"))
    keys = list(silent.filter(silent_since__lte=first).order_by("pk").values_list("pk", "silent_since"))
    for pk, since in keys:
        with transaction.atomic():
            _remind(pk, since, (now - since).days)
    return len(keys)


def _remind(pk: int, since: datetime, days: int) -> None:
    waiting = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("place__company", "request__student__user")
    placement = waiting.filter(pk=pk, state=S.APPROVED).first()
    if placement is None:  # answered a moment ago
        return
    if days >= settings.SILENCE_CALL_DAYS:
        notifications.ask_to_call(placement, settings.SILENCE_CALL_DAYS, int(since.timestamp()))
        return
    due = max(day for day in settings.SILENCE_REMINDER_DAYS if day <= days)
    notifications.silence(placement, due, int(since.timestamp()))
