"""Keep the Dutch texts in step with the code: extract, merge, compile; `--check` for CI."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stagematch.catalogs import app_catalogs, conflicts


class Command(BaseCommand):
    help = "Extracts texts into each app's Dutch catalogue and compiles them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="only these apps")
        parser.add_argument("--check", action="store_true", help="change nothing; fail on what is missing, fuzzy, unused or broken")
        parser.add_argument("--compile", action="store_true", help="only compile")

    def handle(self, *args: Any, **options: Any) -> None:
        catalogs = app_catalogs(options["apps"])
        if options["check"]:
            problems = [problem for catalog in catalogs for problem in catalog.problems()]
            problems += conflicts(app_catalogs())
            if problems:
                raise CommandError("\n".join([*sorted(problems), f"{len(problems)} texts need attention: run manage.py messages, then translate."]))
            self.stdout.write("All texts are translated.")
            return
        for catalog in catalogs:
            if not options["compile"] and catalog.merge():
                self.stdout.write(f"{catalog.label}: catalogue changed")
            catalog.compile()
