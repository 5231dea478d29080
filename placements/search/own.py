"""What a student has done already with the places of a list: keeps them, applied for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Value

from accounts.actor import Actor
from accounts.hats import HatKind
from placements.models import Application, Favourite


@dataclass(frozen=True)
class Marks:
    """Keys of places that are kept (None for who keeps none), and of those for which an application stands."""

    kept: set[int] | None = None
    applied: frozenset[int] = frozenset()


def marks_of(actor: Actor, places: Sequence[int]) -> Marks:
    """The marks of these places. One query for a student, none for others."""
    if not actor.is_(HatKind.STUDENT):
        return Marks()
    kept = Favourite.objects.filter(student=actor.student_id, place__in=places).order_by().values_list("place", Value("kept"))
    applied = Application.objects.standing().filter(request__student=actor.student_id, place__in=places).order_by()
    found = list(kept.union(applied.values_list("place", Value("applied"))))
    return Marks({key for key, mark in found if mark == "kept"}, frozenset(key for key, mark in found if mark == "applied"))
