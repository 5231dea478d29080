"""Write the tables of docs/campaigns.md about leads from campaigns.scouting.workflow; `--check` for tests and CI."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from campaigns.scouting.workflow import DEAD_STATES, OPEN_STATES, TRANSITIONS, LeadState
from stagematch.workflow import DocsCommand, between, codes, diagram, grid, names, yes

PATH = settings.BASE_DIR / "docs" / "campaigns.md"
BEGIN, END = "<!-- from the code: manage.py lead_workflow -->", "<!-- end -->"


def document(text: str) -> str:
    """The text of the file with what lies between the marks as the code has it, in English. Raises CommandError without the marks."""
    with override("en"):
        states = [[f"`{s.value}`", str(s.label), yes(s in OPEN_STATES), yes(s in DEAD_STATES)] for s in LeadState]
        moves = [
            [f"`{start}`", f"`{to}`", names(move.who), codes(move.needs), codes(move.reasons)]
            for (start, to), move in TRANSITIONS.items()
        ]  # fmt: skip
        parts = [
            diagram(TRANSITIONS, "new: scout writes it down"),
            grid(["state", "in words", "one lead a branch", "came to nothing"], states),
            grid(["from", "to", "who", "needs", "coded reasons (one must be given)"], moves),
        ]
        return between(text, BEGIN, END, "\n".join(parts))


class Command(DocsCommand):
    help = "Writes the tables of docs/campaigns.md about leads from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        self.write(PATH, document, check=options["check"])
