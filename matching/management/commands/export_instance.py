"""`manage.py export_instance ID --out DIR`: the files of a run, to check it without us."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching import packages
from matching.models import Run


class Command(BaseCommand):
    """Writes `DIR/instance` and, of a finished run, `DIR/result`; ids and postcode points, no names."""

    help = "Write the files of a run as the engine reads them: python -m matching.engine verify DIR/instance DIR/result"

    def add_arguments(self, parser: CommandParser) -> None:
        """The key of the run, and where to."""
        parser.add_argument("run", type=int, help="key of the run")
        parser.add_argument("--out", type=Path, required=True, help="folder to write to; it is made")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the folders and name the files; raises CommandError if there is nothing to write."""
        run = Run.objects.filter(pk=options["run"]).first()
        if run is None or not run.instance:
            raise CommandError(f"There is no run {options['run']} with an instance.")
        folder: Path = options["out"]
        written = packages.extract(bytes(run.instance), folder / "instance")
        if run.result:
            written += packages.extract(bytes(run.result), folder / "result")
        self.stderr.write("No names, but postcode points and adjustments: personal data, for checking and not for publication (docs/matching.md).")
        for file in written:
            self.stdout.write(str(file))
