"""What people of the demo do to find places: leads of scouts, and what else this app shows."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns import prospects
from campaigns.calls import demo as calling
from campaigns.mailings import demo as mailing
from campaigns.models import Lead
from campaigns.scouting import demo as scouting


class Command(BaseCommand):
    """`manage.py seed_campaigns`: once, in a database with the demo and a night, never in production."""

    help = "Weighs the companies of the demo and has its scout write down leads and call."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-none", action="store_true", help="do nothing when there are leads already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, or refuse."""
        if not settings.DEMO_LOGINS:
            raise CommandError("The demo does not exist under these settings.")
        if Lead.objects.exists():
            if options["if_none"]:
                return
            raise CommandError("There are leads in this database already.")
        prospects.refresh()
        self.stdout.write(f"{scouting.play()} leads, {calling.play()} calls, a mailing to {mailing.play()} addresses.")
