"""Write docs/workflow.md from the table of placements.workflow; `--check` for tests and CI."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from placements.workflow import KNOWN_STATES, OPEN_STATES, TRANSITIONS, PlacementState

PATH = settings.BASE_DIR / "docs" / "workflow.md"
HEAD = """# The states of a placement

Written by `manage.py workflow` from the table in `placements/workflow.py`; a test fails when the two differ.
Who is who: `placements/rules.py` (the coordinator of the student's own programme; the student, once told; a contact or trainer of the
place's company, once the student has agreed; the system itself). How a move is made: `placements/services/transitions.py`.
"""


def document() -> str:
    """The whole text of docs/workflow.md, in English."""
    with override("en"):
        return f"{HEAD}\n{_diagram()}\n{_states()}\n{_moves()}"


def _diagram() -> str:
    lines = [f"  {start} --> {to}: {_who(start, to)}" for start, to in TRANSITIONS]
    return "\n".join(["```mermaid", "stateDiagram-v2", "  [*] --> proposed: run taken over", *lines, "```", ""])


def _states() -> str:
    starts = {start for start, _to in TRANSITIONS}
    facts = [(state, state in OPEN_STATES, state in KNOWN_STATES, state not in starts) for state in PlacementState]
    rows = [f"| `{state.value}` | {state.label} | {_yes(slot)} | {_yes(known)} | {_yes(end)} |" for state, slot, known, end in facts]
    return "\n".join(["| state | in words | holds a slot | company knows who | end |", "|---|---|---|---|---|", *rows, ""])


def _moves() -> str:
    rows = [
        f"| `{start.value}` | `{to.value}` | {_who(start, to)} | {', '.join(f'`{code.value}`' for code in move.reasons) or '–'} |"
        + (" only until the student has been told |" if move.until_told else " |")
        for (start, to), move in TRANSITIONS.items()
    ]
    return "\n".join(["| from | to | who | coded reasons (one must be given) | |", "|---|---|---|---|---|", *rows, ""])


def _who(start: PlacementState, to: PlacementState) -> str:
    return ", ".join(sorted(TRANSITIONS[start, to].who))


def _yes(value: bool) -> str:
    return "yes" if value else ""


class Command(BaseCommand):
    help = "Writes docs/workflow.md from the table of transitions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if the file is not what the table says")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            PATH.write_text(document(), encoding="utf-8")
        elif not PATH.exists() or PATH.read_text(encoding="utf-8") != document():
            raise CommandError("docs/workflow.md is behind: run manage.py workflow.")
