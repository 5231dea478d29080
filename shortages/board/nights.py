"""Which nights a view shows: of each date the last version that is done; for a trend the last one of each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from shortages.board.query import View
from shortages.models.figure import Night

WEEKS = 52
FLOW_WEEKS = 12
# How far from the same day a year ago the figures may lie.
NEAR = timedelta(days=7)


@dataclass(frozen=True)
class Dated:
    """A night's key, date and version."""

    pk: int
    date: date
    version: int


@dataclass(frozen=True)
class Nights:
    """The night of the figures, one a week up to it for the trend (the oldest first), and what lay a year before each."""

    now: Dated
    weekly: tuple[Dated, ...]
    year_ago: Dated | None
    before: dict[int, int]  # a night of the trend → the night a year earlier
    daily: tuple[Dated, ...] = ()  # every night of the last weeks, for what is counted by day

    @property
    def keys(self) -> list[int]:
        """All of them."""
        return sorted(
            {self.now.pk, *(night.pk for night in self.weekly), *self.before.values(), *(night.pk for night in self.daily)}
            | ({self.year_ago.pk} if self.year_ago else set())
        )


def nights_of(view: View) -> Nights | None:
    """The nights of a view; None if there is none up to its last day. One query."""
    until = view.until or timezone.localdate()
    since = view.since or until - timedelta(weeks=WEEKS)
    found = Night.objects.done().filter(date__lte=until, date__gte=min(since, until - timedelta(weeks=1)) - timedelta(weeks=WEEKS + 2))
    by_date = {day: Dated(pk, day, version) for day, version, pk in found.order_by("date", "version").values_list("date", "version", "pk")}
    if not by_date:
        return _last_before(until)
    now = by_date[max(by_date)]
    shown = [night for day, night in by_date.items() if day >= since]
    weekly = {night.date.isocalendar()[:2]: night for night in shown}
    ago = {night.pk: near.pk for night in weekly.values() if (near := _near(by_date, night.date - timedelta(weeks=WEEKS)))}
    daily = tuple(night for day, night in by_date.items() if day > now.date - timedelta(weeks=FLOW_WEEKS))
    return Nights(now, tuple(weekly.values()), _near(by_date, now.date - timedelta(weeks=WEEKS)), ago, daily)


def _last_before(day: date) -> Nights | None:
    """The last night before a long time without any."""
    night = Night.objects.done().filter(date__lte=day).order_by("-date", "-version").values_list("pk", "date", "version").first()
    if night is None:
        return None
    now = Dated(*night)
    return Nights(now, (now,), None, {}, (now,))


def _near(by_date: dict[date, Dated], day: date) -> Dated | None:
    """The night of a day, or the nearest one within a week of it."""
    for away in range(NEAR.days):
        for near in (day - timedelta(days=away), day + timedelta(days=away)):
            if near in by_date:
                return by_date[near]
    return None
