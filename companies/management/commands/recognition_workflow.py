"""Write the tables of docs/recognition.md from companies.workflow; `--check` for tests and CI."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from companies.workflow import ENDED_STATES, PENDING_STATES, TRANSITIONS, VALID_STATES, Condition, ExceptionReason, Need, RecognitionState
from stagematch.workflow import DocsCommand, between, codes, diagram, grid, names, yes

PATH = settings.BASE_DIR / "docs" / "recognition.md"
BEGIN, END = "<!-- from the code: manage.py recognition_workflow -->", "<!-- end -->"


def document(text: str) -> str:
    """The text of the file with what lies between the marks as the code has it, in English. Raises CommandError without the marks."""
    with override("en"):
        parts = [diagram(TRANSITIONS, "draft: company registers"), _states(), _moves(), _words("condition", Condition)]
        return between(text, BEGIN, END, "\n".join([*parts, _words("need", Need), _words("reason for no visit first", ExceptionReason)]))


def _states() -> str:
    return grid(
        ["state", "in words", "two weeks run", "may train", "end"],
        [
            [f"`{s.value}`", str(s.label), yes(s in PENDING_STATES), yes(s in VALID_STATES), yes(s in ENDED_STATES)]
            for s in RecognitionState
        ],
    )  # fmt: skip


def _moves() -> str:
    return grid(
        ["from", "to", "who", "needs", "coded reasons (one must be given)"],
        [
            [f"`{start}`", f"`{to}`", names(move.who), codes(move.needs), codes(move.reasons)]
            for (start, to), move in TRANSITIONS.items()
        ],
    )  # fmt: skip


def _words(head: str, choices: Any) -> str:
    return grid([head, "in words"], [[f"`{choice.value}`", str(choice.label)] for choice in choices])


class Command(DocsCommand):
    help = "Writes the tables of docs/recognition.md from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        self.write(PATH, document, check=options["check"])
