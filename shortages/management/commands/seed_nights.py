"""Plays one night of the demo, invents the weeks before it, and has people report, take on acts and read along."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shortages.models import Night


class Command(BaseCommand):
    """`manage.py seed_nights`: once, in a database with the demo, never in production."""

    help = "One night of the demo with reports, tasks and readers of the weekly mail, and invented weeks before it for trends and the forecast."
    stealth_options = ("before",)  # called before the engine is needed

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-none", action="store_true", help="do nothing when there are figures already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, or refuse."""
        if not settings.DEMO_LOGINS:
            raise CommandError("The demo does not exist under these settings.")
        if Night.objects.done().exists():  # one that broke off is worked to its end
            if options["if_none"]:
                return
            raise CommandError("There are figures in this database already.")
        from shortages import demo  # the engine and what draws it along, which a ./run with figures need not wait for

        options.get("before", lambda: None)()
        began = time.monotonic()
        night = demo.play()
        self.stdout.write(f"Night {night.date} {night.get_state_display()}: {night.rows} cells in {time.monotonic() - began:.1f} s.")
