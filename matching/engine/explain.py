"""What a page asks about a match, in one place; Numba is loaded by the first question, not by the import.

Facts come from here, words from `sentences`. Nothing in an answer names anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .audit import audit
from .classes import class_summary, compare
from .instance import Instance
from .result import Result
from .whatif import what_if

if TYPE_CHECKING:
    from .alternatives import WhyNot, WhyNothing
    from .changes import Change
    from .reasons import PlaceFacts, WhyThis

__all__ = ["about_place", "audit", "class_summary", "compare", "what_if", "what_would_change_it", "why_not", "why_nothing", "why_this"]


def why_this(instance: Instance, result: Result, student_id: int) -> WhyThis | None:
    """The points of the own place per criterion and what they rest on; None without a place. KeyError when unknown."""
    from . import reasons

    return reasons.why_this(instance, result, student_id)


def why_not(instance: Instance, result: Result, student_id: int, place_id: int) -> WhyNot:
    """The rule that forbids that place, or what it would cost others, by solving again with the pair fixed. KeyError when unknown."""
    from . import alternatives

    return alternatives.why_not(instance, result, student_id, place_id)


def why_nothing(instance: Instance, result: Result, student_id: int) -> WhyNothing | None:
    """Which rule leaves nothing, or how many share how few slots; None for a student with a place. KeyError when unknown."""
    from . import alternatives

    return alternatives.why_nothing(instance, result, student_id)


def what_would_change_it(instance: Instance, result: Result, student_id: int) -> list[Change] | None:
    """The smallest changes of the student's own limits that would give a place, each proven by solving again.

    None when the part of the instance is too large to say. KeyError when unknown.
    """
    from . import changes

    return changes.smallest(instance, result, student_id)


def about_place(instance: Instance, result: Result, place_id: int) -> PlaceFacts:
    """Slots, students who may have the place, its price, and what one more slot there would do. KeyError when unknown."""
    from . import reasons

    return reasons.about_place(instance, result, place_id)
