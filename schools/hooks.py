"""Where higher floors add to the pages of schools: readiness of students, actions on several, blocks on a student's page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.actor import ActorRequest
from accounts.hats import HatKind
from schools.models import Student

Text = str | Promise


@dataclass(frozen=True)
class Ready:
    """How far one student is: a badge (kind as in parts/badge.html), and what is missing in words."""

    kind: str
    text: Text
    missing: Text = ""


@dataclass(frozen=True)
class Readiness:
    """The readiness of students, as the column and filter of the list: choices as (value, label)."""

    choices: list[tuple[str, Text]]
    narrow: Callable[["QuerySet[Student]", str], "QuerySet[Student]"]
    rows: Callable[[list[int]], dict[int, Ready]]


@dataclass(frozen=True)
class BulkAction:
    """A button under the list of students that posts `students` (public ids) to an address."""

    label: Text
    url_name: str
    kinds: frozenset[HatKind] = field(default_factory=lambda: frozenset({HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN}))


Panel = Callable[[ActorRequest, Student], str]


class _Hooks:
    """What has been registered; one object for the process."""

    def __init__(self) -> None:
        self.readiness: Readiness | None = None
        self.actions: list[BulkAction] = []
        self.panels: list[Panel] = []


registered = _Hooks()


def register_readiness(readiness: Readiness) -> None:
    """Say what readiness is; only one app can."""
    registered.readiness = readiness


def register_bulk_action(action: BulkAction) -> None:
    """Add a button under the list of students."""
    registered.actions.append(action)


def register_panel(panel: Panel) -> None:
    """Add a block to the page of a student; the function gives safe HTML, or nothing."""
    registered.panels.append(panel)


def readiness_of(students: list[int]) -> dict[int, Ready]:
    """Readiness by student; empty while no app has said what it is."""
    return registered.readiness.rows(students) if registered.readiness else {}


def readiness_choices() -> list[tuple[str, Text]]:
    """What the list can be narrowed to."""
    return registered.readiness.choices if registered.readiness else []


def narrow_by_readiness(students: "QuerySet[Student]", value: str) -> "QuerySet[Student]":
    """Only the students that are so far."""
    return registered.readiness.narrow(students, value) if registered.readiness else students


def actions_for(kind: Any) -> list[BulkAction]:
    """Buttons for a kind of hat."""
    return [action for action in registered.actions if kind in action.kinds]


def panels_for(request: ActorRequest, student: Student) -> list[str]:
    """Blocks for a student's page, empty ones left out."""
    return [html for html in (panel(request, student) for panel in registered.panels) if html]
