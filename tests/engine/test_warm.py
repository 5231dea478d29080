"""After `warm`, nothing is left to compile."""

from __future__ import annotations

from typing import Any

from numba.core import event

from matching.engine import POLICIES, misses, reach, solve
from matching.engine.alternatives import why_not, why_nothing
from matching.engine.changes import smallest
from matching.engine.warm import warm

from .instances import instance, random_rows


class Compiled(event.Listener):
    def __init__(self) -> None:
        self.names: list[str] = []

    def on_start(self, happened: Any) -> None:
        self.names.append(str(happened.data["dispatcher"]))

    def on_end(self, happened: Any) -> None:
        pass


def test_after_warm_nothing_is_left_to_compile() -> None:
    warm()
    found = instance(*random_rows(61, 300, 120))
    with event.install_listener("numba:compile", Compiled()) as compiled:
        for policy in POLICIES:
            result = solve(found, policy=policy)
            waiting = int(result.student_id[result.reason.index("full")])
            why_nothing(found, result, waiting)
            why_not(found, result, waiting, reach(found, result, waiting)[0].place_id)
            smallest(found, result, waiting)
        reach(found, result, 1)
        misses(found, 1)
    assert compiled.names == []
