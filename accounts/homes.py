"""What each hat's home says: the most urgent tasks first, then the figures. Apps on higher floors register theirs."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from accounts.actor import Actor, ActorRequest

Text = str | Promise
Home = Callable[[ActorRequest], HttpResponse]
FIRST = 3


@dataclass(frozen=True)
class Task:
    """One thing to do now, one tap from done; the lower `urgency`, the sooner."""

    title: Text
    text: Text
    url: str
    action: Text
    urgency: int = 50
    count: int = 0


Tasks = Callable[[Actor], list[Task]]
Figures = Callable[[Actor], list[tuple[Text, object]]]
_homes: dict[str, Home] = {}
_tasks: dict[str, list[Tasks]] = {}
_figures: dict[str, list[Figures]] = {}


def register_home(kind: str, view: Home) -> None:
    """Say which view is the home of a kind of hat (or `visitor`) that needs more than tasks and figures."""
    _homes[kind] = view


def register_tasks(kind: str, tasks: Tasks) -> None:
    """Add a function that lists what an actor under this hat has to do now."""
    _tasks.setdefault(kind, []).append(tasks)


def register_figures(kind: str, figures: Figures) -> None:
    """Add a function that lists (label, value) for a hat's home."""
    _figures.setdefault(kind, []).append(figures)


def home_for(kind: str) -> Home:
    """The home of a hat."""
    return _homes.get(kind, _tasks_home)


def tasks_for(actor: Actor) -> list[Task]:
    """Everything an actor has to do now, most urgent first."""
    found = [task for tasks in _tasks.get(actor.kind, []) for task in tasks(actor)]
    return sorted(found, key=lambda task: task.urgency)


def figures_for(actor: Actor) -> list[tuple[Text, object]]:
    """The figures of an actor's home, in the order in which the apps registered."""
    return [figure for figures in _figures.get(actor.kind, []) for figure in figures(actor)]


def _tasks_home(request: ActorRequest) -> HttpResponse:
    actor: Actor = request.actor
    tasks = tasks_for(actor)
    context = {"tasks": tasks[:FIRST], "later": tasks[FIRST:], "figures": figures_for(actor)}
    return render(request, "accounts/home.html", context)
