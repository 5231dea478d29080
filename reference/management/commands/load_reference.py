"""Load the public tables that ship with the project."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from reference.loading import DATA, load_reference


class Command(BaseCommand):
    help = "Load postcodes, regions, qualifications, learning goals and schools from reference/data; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="another folder with files of the same columns")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        for loaded in load_reference(folder=folder):
            self.stdout.write(f"{loaded.model}: {loaded.rows} in the file, {loaded.written} written, {loaded.gone} no longer in the file")
