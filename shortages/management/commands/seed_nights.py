"""Plays one night of the demo, and invents the weeks before it."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shortages import demo
from shortages.models import Night


class Command(BaseCommand):
    """`manage.py seed_nights`: once, in a database with the demo, never in production."""

    help = "One night of the demo, and ten invented weeks before it so that trends have something to show."

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, or refuse."""
        if not settings.DEMO_LOGINS:
            raise CommandError("The demo does not exist under these settings.")
        if Night.objects.exists():
            raise CommandError("There are figures in this database already.")
        began = time.monotonic()
        night = demo.play()
        self.stdout.write(f"Night {night.date} {night.get_state_display()}: {night.rows} cells in {time.monotonic() - began:.1f} s.")
