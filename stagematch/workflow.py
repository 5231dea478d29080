"""What the workflow tables of all apps have in common: one allowed move, what may be done from a state, and how a table is drawn in docs."""

from argparse import ArgumentParser
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError


@dataclass(frozen=True)
class Transition:
    """One allowed move: who may make it, the coded reasons to choose from (empty: none is asked), until when, and what must be there."""

    who: frozenset[Any]
    reasons: tuple[Any, ...] = ()
    until_told: bool = False
    needs: tuple[Any, ...] = ()

    @property
    def reason(self) -> bool:
        """Whether a coded reason must be given."""
        return bool(self.reasons)


def by(*who: Any, reasons: tuple[Any, ...] = (), until_told: bool = False, needs: tuple[Any, ...] = ()) -> Transition:
    """A line of a table, as it is read aloud: by whom, on which reasons."""
    return Transition(frozenset(who), reasons, until_told, needs)


State = TypeVar("State", bound=Hashable)


def allowed(table: Mapping[tuple[State, State], Transition], state: object, who: object, *, told: bool = False) -> list[State]:
    """States to which somebody may move from here, in the table's order; told: the other side knows or has acted."""
    return [to for (start, to), move in table.items() if start == state and who in move.who and not (told and move.until_told)]


# -- docs


def names(who: Iterable[Any]) -> str:
    """Everybody of a line, always in the same order."""
    return ", ".join(sorted(who))


def codes(values: Iterable[Any]) -> str:
    """Codes as docs show them."""
    return ", ".join(f"`{value.value}`" for value in values) or "–"


def yes(value: bool) -> str:
    """A cell that is empty for no."""
    return "yes" if value else ""


def diagram(table: Mapping[tuple[Any, Any], Transition], start: str) -> str:
    """The table as a Mermaid drawing; start: its first arrow, such as `proposed: run taken over`."""
    lines = [f"  {before} --> {to}: {names(move.who)}" for (before, to), move in table.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"  [*] --> {start}", *lines, "```", ""])


def grid(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *body, ""])


# The text of a file as the code has it, made from the text that stands there.
Document = Callable[[str], str]


class DocsCommand(BaseCommand):
    """Writes a file of docs/ from the code; `--check` for tests and CI. The module of a command names PATH and document(text)."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if the file is not what the code says")

    def write(self, path: Path, document: Document, *, check: bool) -> None:
        """Write the file, or with check: raise CommandError if it is not what the code says."""
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if not check:
            path.write_text(document(text), encoding="utf-8")
        elif text != document(text):
            raise CommandError(f"docs/{path.name} is behind: run manage.py {type(self).__module__.rpartition('.')[2]}.")


def between(text: str, begin: str, end: str, new: str) -> str:
    """A text with what lies between two marks replaced; raises CommandError without the marks."""
    head, found, rest = text.partition(begin)
    _old, closed, tail = rest.partition(end)
    if not found or not closed:
        raise CommandError(f"The file must hold “{begin}” and “{end}”.")
    return f"{head}{begin}\n\n{new}\n{end}{tail}"
