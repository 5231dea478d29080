"""What apps on higher floors may want to know about companies, and what companies want to know from them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q
from django.dispatch import Signal

# Sent inside the transaction in which a company's point changed; argument: company.
company_moved = Signal()
# Sent inside the transaction in which a company lost the right to train; arguments: recognition, step (its RecognitionTransition).
recognition_lost = Signal()
# Sent inside the transaction in which a company got the right to train; arguments: recognition, step (its RecognitionTransition).
recognition_gained = Signal()
# Sent inside the transaction of a registration; arguments: company, new (False when it is here already), lead (token of the link, or "").
company_registered = Signal()
# Sent inside the transaction in which two records of one company are merged or parted, both locked; argument: companies. What else
# must be locked is locked now, before anything moves.
companies_locked = Signal()
# Sent inside the transaction of a merge, before rows move; arguments: kept, merged, ledger (companies.merging.ledger): what both have is
# settled through it, so that undoing puts it back.
companies_merging = Signal()

Prefill = Callable[[str], dict[str, Any] | None]
_prefills: list[Prefill] = []


def register_prefill(prefill: Prefill) -> None:
    """Let a floor above fill in the registration form for whoever follows its signed link (`?lead=`); None for a link that is not its own."""
    if prefill not in _prefills:
        _prefills.append(prefill)


def prefilled(lead: str) -> dict[str, Any]:
    """Initial values of the registration form for a link; nothing for one that nobody knows."""
    return next((found for prefill in _prefills if lead and (found := prefill(lead)) is not None), {})


Trained = Callable[[date], Q]
_trained: list[Trained] = []


def register_trained(condition: Trained) -> None:
    """Let the floor that knows students say, of rows of Recognition, which had a student on or after a day."""
    if condition not in _trained:
        _trained.append(condition)


def trained_since(day: date) -> Q:
    """Rows of Recognition under which a student was trained on or after a day; none as far as this floor knows."""
    found = Q(pk__in=[])
    for condition in _trained:
        found |= condition(day)
    return found
