"""Compile every kernel once and leave the code in Numba's cache, so that nobody's first match waits for a compiler."""

from __future__ import annotations

import py_compile
import sys
import time
from pathlib import Path
from typing import Any

from .alternatives import why_not, why_nothing
from .changes import smallest
from .columns import PLACE_COLUMNS
from .explanation import misses, reach
from .gain import as_places, gain
from .instance import Instance, by_column
from .reasons import about_place
from .result import POLICIES, Result
from .solver import solve
from .standing import Standing, comings_of, grounds_of, price


def warm() -> float:
    """Run everything on a small scarce instance full of ties; returns the seconds it took."""
    began = time.perf_counter()
    instance = Instance.from_rows([student(number) for number in range(1, 25)], [place(number) for number in range(1, 13)])
    for policy in POLICIES:
        result = solve(instance, policy=policy, threads=1, max_edges=280)
        reach(instance, result, 1)
        misses(instance, 1)
        waiting = int(result.student_id[result.reason.index("full")])
        why_nothing(instance, result, waiting)
        why_not(instance, result, waiting, reach(instance, result, waiting)[0].place_id)
        smallest(instance, result, waiting)
        about_place(instance, result, 1)
        if result.p is not None:
            gain(instance, result, [place(100)])
            add_slots(instance, result)
    keep_bytecode()
    return time.perf_counter() - began


def add_slots(instance: Instance, result: Result) -> None:
    """Weigh candidates and open slots until nothing more helps."""
    candidates = as_places(by_column([place(100), place(101)], PLACE_COLUMNS), instance, "candidates", 1)
    price(instance, result, comings_of(instance, result), candidates, threads=1)
    for ground in grounds_of(instance, result, candidates):
        standing = Standing(ground)
        standing.weigh()
        for row in (0, 1) * len(instance.students):
            standing.add(row)


def keep_bytecode() -> None:
    """Write the bytecode of every module loaded, where it is missing: an install without it (pip --no-compile) costs each process 2 s."""
    for module in list(sys.modules.values()):
        spec = getattr(module, "__spec__", None)
        if spec is None or not spec.cached or not spec.origin or Path(spec.cached).exists():
            continue
        try:
            py_compile.compile(spec.origin, spec.cached, doraise=True)
        except (OSError, py_compile.PyCompileError):  # an installation nobody may write to works as well, only slower
            continue


def student(number: int) -> dict[str, Any]:
    return {
        "id": number, "x": 100 * (number % 4), "y": 0, "qualification": "a" if number % 3 else "b", "level": 2, "pathway": "BOL",
        "from": "2027-02-01", "until": "2027-07-01", "weeks": 10, "max_distance": 350, "needs": "", "has": "", "days": "",
        "days_needed": 1, "goals": "g h", "kind1": "", "kind2": "", "support": 1, "allowance": 10, "tier": number % 2,
    }  # fmt: skip


def place(number: int) -> dict[str, Any]:
    return {
        "id": number, "company": 1, "x": 400 * (number % 2), "y": 0, "qualifications": "a b" if number % 4 else "b", "levels": "2",
        "pathways": "BOL", "from": "2027-01-01", "until": "2027-08-01", "capacity": number % 3, "offers": "", "demands": "",
        "days": "", "goals": "g", "kind": "", "support": 1, "allowance": 0,
    }  # fmt: skip
