"""Write the tables of docs/applications.md from the code (states, moves, questions); `--check` for tests and CI."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from placements.applications.questions import QUESTIONS
from placements.applications.workflow import RUNNING_STATES, TRANSITIONS, WAITING_STATES, ApplicationState
from stagematch.workflow import DocsCommand, between, codes, diagram, grid, names, yes

PATH = settings.BASE_DIR / "docs" / "applications.md"
BEGIN, END = "<!-- from the code: manage.py application_workflow -->", "<!-- end -->"


def document(text: str) -> str:
    """The text of the file with what lies between the marks as the code has it, in English. Raises CommandError without the marks."""
    with override("en"):
        return between(text, BEGIN, END, "\n".join([diagram(TRANSITIONS, "sent: student"), _states(), _moves(), _questions()]))


def _states() -> str:
    starts = {start for start, _to in TRANSITIONS}
    return grid(
        ["state", "in words", "company can answer", "counts for the student's limit", "end"],
        [
            [f"`{state.value}`", str(state.label), yes(state in WAITING_STATES), yes(state in RUNNING_STATES), yes(state not in starts)]
            for state in ApplicationState
        ],
    )


def _moves() -> str:
    until = "only until the coordinator has acted or the student has been told"
    return grid(
        ["from", "to", "who", "grounds (one must be given)", ""],
        [
            [f"`{start}`", f"`{to}`", names(move.who), codes(move.reasons), until if move.until_told else ""]
            for (start, to), move in TRANSITIONS.items()
        ],
    )


def _questions() -> str:
    rows = [[question.asked_by.value, str(question.text), " · ".join(str(text) for _code, text in question.answers)] for question in QUESTIONS]
    return grid(["asked by", "question", "answers"], rows)


class Command(DocsCommand):
    help = "Writes the tables of docs/applications.md from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        self.write(PATH, document, check=options["check"])
