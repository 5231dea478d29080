"""Which new places to open first: the best one, then the best one after that, priced anew each time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .again import Block, blocks_of, copied, resolve, take
from .columns import PLACE_COLUMNS
from .gain import as_places, gain, joined
from .instance import Instance, Places, by_column

Ints = NDArray[np.int64]
LAST = 10  # after every tier


@dataclass(frozen=True)
class Addition:
    """One slot to open; what it does after those before it: the tier of the student placed more (None: nobody), and the points."""

    candidate: int
    student_tier: int | None
    points: int


def best_additions(
    instance: Instance, candidates: Places | Iterable[Mapping[str, Any]], count: int, *, policy: str = "most", seed: int = 1
) -> list[Addition]:
    """The greedy choice of `count` slots, each candidate at most once: first who is placed more, by tier, then points, then the first row.

    Two gains do not add up, so after each choice the part of the instance it belongs to is solved and priced again; the rest keeps its
    prices. Cost: one solve and one pricing of everything, then one of a single part (its students share places) a choice. Ends early
    when no slot would do anything. Raises InputError for wrong rows and for `stable`.
    """
    own = replace(instance, words=copied(instance.words))
    new = candidates if isinstance(candidates, Places) else as_places(by_column(candidates, PLACE_COLUMNS), own, "candidates", 1)
    old, base = len(instance.places), int(instance.places.id.max(initial=0)) + 1
    named = replace(new, id=base + np.arange(len(new)))  # a candidate may bear the id of a place that exists
    whole = Instance(instance.students, joined(instance.places, named), instance.criteria, own.words)
    queue = [Part(block, block.places >= old, policy, seed) for block in blocks_of(whole) if len(block.students) and (block.places >= old).any()]
    waiting = [(part.best(), number) for number, part in enumerate(queue)]
    heapq.heapify(waiting)
    chosen: list[Addition] = []
    while waiting and len(chosen) < count:
        (tier, loss, candidate, _), number = waiting[0]
        if tier == LAST and loss == 0:
            break
        chosen.append(Addition(int(new.id[candidate - base]), None if tier == LAST else tier, -loss))
        queue[number].open()
        heapq.heapreplace(waiting, (queue[number].best(), number))
    return chosen


class Part:
    """One part of the instance with the candidates still open to choice in it."""

    def __init__(self, block: Block, candidate: NDArray[np.bool_], policy: str, seed: int) -> None:
        self.block, self.policy, self.seed = block, policy, seed
        self.open_to_choice = np.flatnonzero(candidate)
        self.exists = ~candidate
        self.capacity = block.instance.places.capacity.copy()
        self.price()

    def price(self) -> None:
        """Solve with the slots that exist by now, and ask what each candidate left would do."""
        places = replace(self.block.instance.places, capacity=self.capacity)
        now = replace(self.block.instance, places=take(places, np.flatnonzero(self.exists)))
        self.gains = gain(now, resolve(now, self.policy, self.seed), take(places, self.open_to_choice))

    def best(self) -> tuple[int, int, int, int]:
        """Tier (LAST: nobody), minus the points, the candidate's id here, its number here; the lowest is the best."""
        if not len(self.open_to_choice):
            return LAST, 0, 0, -1
        tier = np.where(self.gains.student_tier < 0, LAST, self.gains.student_tier)
        first = int(np.lexsort((self.gains.candidate, -self.gains.points, tier))[0])
        return int(tier[first]), -int(self.gains.points[first]), int(self.gains.candidate[first]), first

    def open(self) -> None:
        """Open a slot at the best candidate and price the rest anew."""
        row = self.open_to_choice[self.best()[3]]
        self.exists[row], self.capacity[row] = True, 1
        self.open_to_choice = self.open_to_choice[self.open_to_choice != row]
        self.price()
