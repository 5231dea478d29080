"""Bring the database up to date: what `./run` does between starting PostgreSQL and starting the site."""

import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection


class Command(BaseCommand):
    """One process for three steps, because each start of Django costs a second; safe to repeat."""

    help = "Migrate, load the reference data when it changed, seed the demo when nobody has an account yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait-for-engine", action="store_true", help="read a line from standard input before the demo plays its rounds")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=1)
        stamps = settings.RUN_DIR / "stamps"
        stamps.mkdir(parents=True, exist_ok=True)
        database = self.database_identity()
        half_seeded = stamps / "half-seeded"
        if settings.DEMO_LOGINS and half_seeded.exists() and half_seeded.read_text() == database:
            # The demo was being made when something stopped it: nobody has worked here yet, begin anew.
            call_command("flush", interactive=False, verbosity=0)
            (stamps / "reference").unlink(missing_ok=True)
        self.load_reference(stamps / "reference", database + self.reference_digest())
        if settings.DEMO_LOGINS:
            engine = cache(self.engine_is_compiled) if options["wait_for_engine"] else lambda: None
            if not get_user_model().objects.exists():
                half_seeded.write_text(database)
                call_command("seed_demo", before_rounds=engine)
            # A demo of before there were nights or leads gets them, too.
            call_command("seed_nights", if_none=True, before=engine)
            call_command("seed_campaigns", if_none=True)
            half_seeded.unlink(missing_ok=True)

    @staticmethod
    def engine_is_compiled() -> None:
        """Wait for the line by which ./run says so."""
        if not sys.stdin.readline():
            raise CommandError("The matching engine was not compiled, so the demo has no rounds.")

    @staticmethod
    def load_reference(stamp: Path, state: str) -> None:
        if not stamp.exists() or stamp.read_text() != state:
            call_command("load_reference")
            stamp.write_text(state)

    @staticmethod
    def database_identity() -> str:
        """Another cluster, or the database dropped and made again, is another database even under the same address."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT system_identifier FROM pg_control_system()), oid FROM pg_database WHERE datname = current_database()")
            return "-".join(str(value) for value in cursor.fetchone())

    @staticmethod
    def reference_digest() -> str:
        """SHA-256 over the files that load_reference reads, and over its code."""
        sha = hashlib.sha256()
        for path in sorted(Path(settings.BASE_DIR, "reference").rglob("*")):
            if path.is_file() and path.suffix not in {".pyc", ".po", ".mo", ".html"}:
                sha.update(path.name.encode() + path.read_bytes())
        return sha.hexdigest()
