"""Write the tables of docs/applications.md from the code (states, moves, questions); `--check` for tests and CI."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from placements.applications.questions import QUESTIONS
from placements.applications.workflow import RUNNING_STATES, TRANSITIONS, WAITING_STATES, ApplicationState

PATH = settings.BASE_DIR / "docs" / "applications.md"
BEGIN, END = "<!-- from the code: manage.py application_workflow -->", "<!-- end -->"


def document(text: str) -> str:
    """The text of the file with what lies between the marks as the code has it, in English. Raises CommandError without the marks."""
    head, found, rest = text.partition(BEGIN)
    _old, closed, tail = rest.partition(END)
    if not found or not closed:
        raise CommandError(f"docs/applications.md must hold “{BEGIN}” and “{END}”.")
    with override("en"):
        return f"{head}{BEGIN}\n\n{_diagram()}\n{_states()}\n{_moves()}\n{_questions()}\n{END}{tail}"


def _diagram() -> str:
    lines = [f"  {start} --> {to}: {', '.join(sorted(move.who))}" for (start, to), move in TRANSITIONS.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", "  [*] --> sent: student", *lines, "```", ""])


def _states() -> str:
    starts = {start for start, _to in TRANSITIONS}
    rows = [
        f"| `{state.value}` | {state.label} | {_yes(state in WAITING_STATES)} | {_yes(state in RUNNING_STATES)} | {_yes(state not in starts)} |"
        for state in ApplicationState
    ]
    return "\n".join(["| state | in words | company can answer | counts for the student's limit | end |", "|---|---|---|---|---|", *rows, ""])


def _moves() -> str:
    rows = [
        f"| `{start.value}` | `{to.value}` | {', '.join(sorted(move.who))} | {', '.join(f'`{code.value}`' for code in move.reasons) or '–'} |"
        f" {'only until the coordinator has acted or the student has been told' if move.until_told else ''} |"
        for (start, to), move in TRANSITIONS.items()
    ]
    return "\n".join(["| from | to | who | grounds (one must be given) | |", "|---|---|---|---|---|", *rows, ""])


def _questions() -> str:
    rows = [
        f"| {question.asked_by.value} | {question.text} | {' · '.join(str(text) for _code, text in question.answers)} |" for question in QUESTIONS
    ]
    return "\n".join(["| asked by | question | answers |", "|---|---|---|", *rows, ""])


def _yes(value: bool) -> str:
    return "yes" if value else ""


class Command(BaseCommand):
    help = "Writes the tables of docs/applications.md from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if the file is not what the code says")

    def handle(self, *args: Any, **options: Any) -> None:
        text = PATH.read_text(encoding="utf-8")
        if not options["check"]:
            PATH.write_text(document(text), encoding="utf-8")
        elif text != document(text):
            raise CommandError("docs/applications.md is behind: run manage.py application_workflow.")
