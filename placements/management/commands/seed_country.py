"""Fills a database with an invented country, or a part of it, for measuring."""

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from companies.models import Company
from reference.models import PostcodeArea


class Command(BaseCommand):
    """`manage.py seed_country --scale 0.01`: the last line is JSON with seconds, rows a second by table, and peak memory."""

    help = "Build the country by COPY: 540,000 students, 250,000 companies and 500,000 places at scale 1."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much of it, from which seed."""
        parser.add_argument("--scale", type=float, default=1.0, help="share of the country: 1, 0.1 or 0.01")
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same country")

    def handle(self, *args: Any, scale: float, seed: int, **options: Any) -> None:
        """Seed, or refuse a database in which there is something already."""
        from placements.country.seed import seed as fill

        if not settings.DEMO_LOGINS:
            raise CommandError("Invented people do not exist under these settings.")
        if not 0 < scale <= 1:
            raise CommandError("--scale is more than 0 and at most 1.")
        if Company.objects.exists():
            raise CommandError("There are companies in this database already. Take an empty one.")
        if not PostcodeArea.objects.exists():
            call_command("load_reference", stdout=self.stderr)
        self.stdout.write(json.dumps(fill(scale, seed)))
