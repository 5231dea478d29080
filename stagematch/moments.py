"""Days as moments."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The moment at which a day begins where we are."""
    return timezone.make_aware(datetime.combine(day, time.min))


def weeks_ago(weeks: int) -> datetime:
    """So many weeks before now."""
    return timezone.now() - timedelta(weeks=weeks)
