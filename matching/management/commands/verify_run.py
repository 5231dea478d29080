"""`manage.py verify_run ID`: check a stored run again, from its own files, against the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching import audit
from matching.models import Run


class Command(BaseCommand):
    """Exit code 0: proven; 1: refuted, each finding named."""

    help = "Check a stored run again: its proof, its digests, and that the proposals are those of the result."

    def add_arguments(self, parser: CommandParser) -> None:
        """The key of the run."""
        parser.add_argument("run", type=int, help="key of the run, as in the round's list of runs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the verdict; raises CommandError (exit 1) if refuted."""
        run = Run.objects.select_related("criteria").filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {options['run']}.")
        found = audit.findings(run)
        if found:
            raise CommandError(f"run {run.pk} is refuted:\n" + "\n".join(f"- {line}" for line in found))
        self.stdout.write(self.style.SUCCESS(f"run {run.pk} is proven: input {run.input_digest}, result {run.result_digest}"))
