"""`manage.py nightly`: the figures of a night, and how the last ones went."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shortages.models import Night, NightState
from shortages.night.days import read_day
from shortages.night.words import PHASES
from shortages.services import night_here, nights


class Command(BaseCommand):
    """`manage.py nightly [--date 2026-11-21] [--reason "…"] [--here] [--status]`."""

    help = "Start the figures of a night if they are not there, and show the last nights: state, duration, rows, memory of each phase."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which night, and who does the work."""
        parser.add_argument("--date", help="the night's date, as 2026-11-21 (today if left out)")
        parser.add_argument("--reason", default="", help="make a corrected version of a night that is done, and keep why; the old one stays")
        parser.add_argument("--here", action="store_true", help="do the work in this process, without a worker")
        parser.add_argument("--threads", type=int, default=2, help="how many parts at once with --here")
        parser.add_argument("--status", action="store_true", help="start nothing, only show")

    def handle(self, *args: Any, date: str | None, reason: str, here: bool, threads: int, status: bool, **options: Any) -> None:
        """Start, work if asked, and show."""
        try:
            day = read_day(date) if date else timezone.localdate()
        except ValueError:
            raise CommandError(f"{date!r} is no date. Write it as 2026-11-21.") from None
        if not status:
            try:
                night = nights.start_night(day=day, reason=reason)
            except nights.NightRefused as refused:
                raise CommandError(str(refused)) from None
            if here and night.state == NightState.RUNNING:
                night = night_here.work(night, threads=max(1, threads))
            if night.state == NightState.FAILED:
                self._show(night)
                raise CommandError(f"The night of {night.date} failed: {night.error}")
        shown = Night.objects.filter(date=day) if date else Night.objects.all()
        for night in shown.select_related("job", "advice_job").order_by("-date", "-version")[:5]:
            self._show(night)
        if not shown.exists():
            self.stdout.write("There is no night yet.")

    def _show(self, night: Night) -> None:
        job = night.advice_job or night.job
        doing = f", {job.percent} % {job.phase_text}" if night.state == NightState.RUNNING and job else ""
        took = f"{(night.finished_at - night.started_at).total_seconds():.1f} s" if night.finished_at else "under way"
        why = f", {night.reason}" if night.reason else ""
        self.stdout.write(f"{night.date} version {night.version}{why}: {night.get_state_display()}{doing}, {took}, {night.rows} rows")
        for name, seconds in night.seconds.items():
            memory = f"{night.peak_mib[name]:>6} MiB" if name in night.peak_mib else ""
            self.stdout.write(f"    {PHASES.get(name, name)!s:<40} {seconds:>8.2f} s {memory}")
