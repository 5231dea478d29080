"""Addresses of pages with many filters, read leniently: what is not understood is named on the page, and no address ever fails."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_A_CHOICE = _("this is not one of the choices")
NO_NUMBER = _("this is not a number that is possible here")
# As many are named on the page; the others are passed over too.
MOST_NAMED = 8
SHOWN = 40


class Ignored(NamedTuple):
    """A part of the address that was not used, as the page names it."""

    name: str
    value: str
    why: Promise | str


class Wrong(Exception):
    """A value that cannot be used; says why."""


class Parameter(NamedTuple):
    """One part of the address: its name there, the field it fills, and how it is read."""

    name: str
    field: str
    read: Callable[[str], Any]


def number(low: int, high: int) -> Callable[[str], int]:
    """A whole number from low to high, below a thousand million."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
            raise Wrong(NO_NUMBER)
        return int(value)

    return read


def choice(choices: Collection[str]) -> Callable[[str], str]:
    """One of these."""

    def read(value: str) -> str:
        if value not in choices:
            raise Wrong(NOT_A_CHOICE)
        return value

    return read


def text(value: str) -> str:
    """In one line, without what cannot be seen."""
    return " ".join("".join(letter for letter in value if letter.isprintable()).split())


def short(value: str) -> str:
    """The beginning, as a page repeats it."""
    shown = text(value)
    return shown if len(shown) <= SHOWN else shown[:SHOWN] + "…"
