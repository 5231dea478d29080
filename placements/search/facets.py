"""Filters and their counts in one pass over the rows.

A question with one answer or any of several (level, pathway, period, kind, allowance, guidance) is counted as if it had not been
answered: the number beside a choice is what choosing it would show. A question of which every answer must hold (days, goals, what is
possible, what is not asked) is counted within what is found: the number is what is left when that one is ticked too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from placements.search.query import ALLOWANCES, Query
from placements.search.rows import DAYS, GOALS, KINDS, OFFERS, PATHWAYS, REQUIREMENTS, Ints, Marks, Rows, day_number

Counts = dict[str, dict[int | str, int]]
LEVELS = (1, 2, 3, 4)
SUPPORT = (1, 2, 3)
# Questions whose own answer is lifted for counting; of the others every answer must hold.
LIFTED = ("levels", "pathways", "periods", "kinds", "allowance", "support")


@dataclass(frozen=True)
class Facets:
    """What is left of the rows, the counts beside every choice, and how many there would be with one question unanswered."""

    found: Rows
    counts: Counts
    lifted: Mapping[str, int] = field(default_factory=dict)


def bits(chosen: tuple[int | str, ...], vocabulary: tuple[int | str, ...]) -> int:
    """Words as the bits of their places in a vocabulary."""
    return sum(1 << vocabulary.index(word) for word in chosen)


def failing(rows: Rows, query: Query, today: date) -> dict[str, Marks]:
    """Per question that the query answers: the rows that do not fit the answer."""
    now = day_number(today)
    tests: dict[str, Callable[[], Marks]] = {
        "levels": lambda: (rows.levels & bits(query.levels, LEVELS)) == 0,
        "pathways": lambda: (rows.pathways & bits(query.pathways, PATHWAYS)) == 0,
        "periods": lambda: ~np.isin(rows.period, query.periods),
        "kinds": lambda: ~np.isin(rows.kind, [KINDS.index(kind) + 1 for kind in query.kinds]),
        "allowance": lambda: rows.allowance < query.allowance,
        "support": lambda: rows.support < query.support,
        "days": lambda: (~rows.days & bits(query.days, DAYS)) != 0,
        "goals": lambda: (~rows.goals & bits(query.goals, tuple(range(GOALS)))) != 0,
        "offers": lambda: (~rows.offers & bits(query.offers, OFFERS)) != 0,
        "without": lambda: (rows.requirements & bits(query.without, REQUIREMENTS)) != 0,
        "group": lambda: rows.group == 0,
        "now": lambda: rows.starts > now,
    }
    return {name: test() for name, test in tests.items() if getattr(query, name)}


def narrow(rows: Rows, query: Query, today: date) -> Facets:
    """Apply the query's filters to the rows around a point, and count every choice."""
    fails = failing(rows, query, today)
    misses = np.zeros(len(rows), np.int8)
    for failed in fails.values():
        misses += failed
    found = rows if not fails else rows.of(misses == 0)
    views = {name: rows.of(misses - failed == 0) for name, failed in fails.items() if name in LIFTED}
    lifted = {name: int(((misses - failed) == 0).sum()) for name, failed in fails.items()}
    return Facets(found, count(found, views, query, today), lifted)


def count(found: Rows, views: Mapping[str, Rows], query: Query, today: date) -> Counts:
    """The number beside every choice; `views` are the rows found when one question is lifted."""
    view = lambda name: views.get(name, found)  # noqa: E731  shorter than its five uses
    periods, times = np.unique(view("periods").period, return_counts=True)
    kinds = np.bincount(view("kinds").kind, minlength=len(KINDS) + 1)
    paid, support = view("allowance").allowance, np.bincount(view("support").support, minlength=4)
    counts: Counts = {
        "levels": _of_bits(view("levels").levels, LEVELS),
        "pathways": _of_bits(view("pathways").pathways, PATHWAYS),
        "periods": dict(zip(periods.tolist(), times.tolist(), strict=True)),
        "kinds": dict(zip(KINDS, kinds[1:].tolist(), strict=True)),
        "allowance": {least: int((paid >= least).sum()) for least in ALLOWANCES},
        "support": {least: int(support[least:].sum()) for least in SUPPORT},
        "days": _of_bits(found.days, DAYS),
        "offers": _of_bits(found.offers, OFFERS),
        "without": {word: len(found) - asked for word, asked in _of_bits(found.requirements, REQUIREMENTS).items()},
        "group": {1: int(found.group.sum())},
        "now": {1: int((found.starts <= day_number(today)).sum())},
    }
    if query.crebo:
        counts["goals"] = _of_bits(found.goals, tuple(range(GOALS)))
    return counts


def _of_bits(values: Ints, vocabulary: tuple[int | str, ...]) -> dict[int | str, int]:
    """How many of the values have each bit: the values are few (at most 65,536 different), the rows many."""
    times = np.bincount(values, minlength=1)
    different = np.flatnonzero(times)
    times = times[different]
    return {word: int(times[(different >> bit & 1) == 1].sum()) for bit, word in enumerate(vocabulary)}
