"""Write docs/workflow.md from the table of placements.workflow; `--check` for tests and CI."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from placements.workflow import KNOWN_STATES, OPEN_STATES, TRANSITIONS, PlacementState
from stagematch.workflow import DocsCommand, codes, diagram, grid, names, yes

PATH = settings.BASE_DIR / "docs" / "workflow.md"
HEAD = """# The states of a placement

Written by `manage.py workflow` from the table in `placements/workflow.py`; a test fails when the two differ.
Who is who: `placements/rules.py` (the coordinator of the student's own programme; the student, once told; a contact or trainer of the
place's company, once the student has agreed; the system itself). How a move is made: `placements/services/transitions.py`.
"""


def document(_text: str = "") -> str:
    """The whole text of docs/workflow.md, in English."""
    with override("en"):
        return f"{HEAD}\n{diagram(TRANSITIONS, 'proposed: run taken over')}\n{_states()}\n{_moves()}"


def _states() -> str:
    starts = {start for start, _to in TRANSITIONS}
    return grid(
        ["state", "in words", "holds a slot", "company knows who", "end"],
        [
            [f"`{state.value}`", str(state.label), yes(state in OPEN_STATES), yes(state in KNOWN_STATES), yes(state not in starts)]
            for state in PlacementState
        ],
    )


def _moves() -> str:
    return grid(
        ["from", "to", "who", "coded reasons (one must be given)", ""],
        [
            [f"`{start}`", f"`{to}`", names(move.who), codes(move.reasons), "only until the student has been told" if move.until_told else ""]
            for (start, to), move in TRANSITIONS.items()
        ],
    )


class Command(DocsCommand):
    help = "Writes docs/workflow.md from the table of transitions."

    def handle(self, *args: Any, **options: Any) -> None:
        self.write(PATH, document, check=options["check"])
