"""Progress and cancelling: work runs in threads, the caller's thread looks in five times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from .errors import Cancelled

PHASES = ("edges", "who", "where", "prices", "lottery", "certificate")
# Where a batch stands after each phase, as a share of its time (measured on 540,000 students).
AFTER = {"edges": 0.25, "who": 0.4, "where": 0.75, "prices": 0.8, "lottery": 0.87, "certificate": 1.0}
POLL = 0.2

T = TypeVar("T")
OnProgress = Callable[[str, float, float | None], None]


class Control:
    """Shared by the threads of one run."""

    def __init__(self, weights: Sequence[float], on_progress: OnProgress | None, cancelled: Callable[[], bool] | None):
        self.weights = [weight + 1.0 for weight in weights]
        self.done = [0.0] * len(weights)
        self.phase = PHASES[0]
        self.seconds = dict.fromkeys(PHASES, 0.0)
        self.on_progress = on_progress
        self.cancelled = cancelled
        self.stopped = False
        self.began = time.perf_counter()

    def tick(self) -> None:
        """Called by the working threads between pieces of work."""
        if self.stopped:
            raise Cancelled

    def finished(self, batch: int, phase: str, seconds: float) -> None:
        """A batch has done a phase."""
        self.seconds[phase] += seconds
        self.done[batch] = AFTER[phase]
        self.phase = PHASES[min(PHASES.index(phase) + 1, len(PHASES) - 1)]
        self.tick()

    def report(self) -> None:
        """Called in the caller's thread: tell how far it is, and ask whether to stop."""
        if self.cancelled is not None and self.cancelled():
            self.stopped = True
            raise Cancelled
        if self.on_progress is not None:
            share = sum(w * d for w, d in zip(self.weights, self.done, strict=True)) / sum(self.weights, 1e-9)
            spent = time.perf_counter() - self.began
            self.on_progress(self.phase, min(share, 1.0), spent * (1 - share) / share if share > 0.02 else None)

    def run(self, work: Callable[[int], T], order: Sequence[int], threads: int) -> dict[int, T]:
        """Do `work` for every batch in threads, reporting meanwhile; the first error stops all."""
        with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
            futures = {pool.submit(work, batch): batch for batch in order}
            waiting = set(futures)
            try:
                self.report()
                while waiting:
                    finished, waiting = wait(waiting, POLL, return_when=FIRST_EXCEPTION)
                    for future in finished:
                        future.result()
                    self.report()
            except BaseException:
                self.stopped = True
                for future in waiting:
                    future.cancel()
                raise
        return {batch: future.result() for future, batch in futures.items()}
