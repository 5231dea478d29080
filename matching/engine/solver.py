"""`solve`: from an instance to a proven result."""

from __future__ import annotations

import platform
import resource
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from .control import Control, OnProgress
from .digest import result_digest
from .edges import build_graph, candidates, check_pairs, count_pairs, new_scratch, strides
from .errors import InputError, Problem, TooManyEdges
from .index import Index, build_index
from .instance import Instance
from .optimum import Solved, optimum
from .order import lottery_ranks, student_order
from .result import POLICIES, Result
from .rules import REASONS, pair_points, why_none
from .stability import TIER, stable_match

VERSION = "1"
CRITERIA_VERSION = 1
TOP = 1000

Ints = NDArray[np.int64]


def versions() -> dict[str, Any]:
    """What computed this result."""
    return {
        "engine": VERSION,
        "criteria": CRITERIA_VERSION,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def bent_scores(policy: str) -> NDArray[np.int32]:
    """What each score 0..1000 counts for under a policy: int32 [1001]."""
    points = np.arange(TOP + 1, dtype=np.int32)
    return TOP - (TOP - points) ** 2 // TOP if policy == "generous" else points


def solve(
    instance: Instance,
    *,
    policy: str = "most",
    seed: int = 1,
    threads: int = 2,
    on_progress: OnProgress | None = None,
    cancelled: Callable[[], bool] | None = None,
    max_edges: int = 200_000_000,
) -> Result:
    """Match an instance; docs/engine.md has the whole contract. Raises InputError, TooManyEdges, Cancelled."""
    if policy not in POLICIES:
        raise InputError([Problem("policy", None, None, f"one of {', '.join(POLICIES)}")])
    began = time.perf_counter()
    index = build_index(instance)
    refuse_too_many(index, max_edges)
    weights = batch_weights(index)
    control = Control(weights, on_progress, cancelled)
    control.seconds["edges"] = time.perf_counter() - began
    job = Job(instance, index, policy, seed, control)
    order = np.argsort(-np.asarray(weights), kind="stable").tolist()
    solved = control.run(job.solve_batch, order, threads)
    result = job.assemble([solved[batch] for batch in range(len(order))])
    seconds = {name: round(value, 4) for name, value in control.seconds.items()}
    result.summary["seconds"] = seconds | {"total": round(time.perf_counter() - began, 4)}
    result.summary["input_digest"] = instance.input_digest
    result.summary["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return result


def refuse_too_many(index: Index, most: int) -> None:
    """Raise TooManyEdges when more pairs are feasible than allowed: a cheap bound first, an exact count if that is not enough."""
    students = len(index.student_row)
    bound = candidates(index.students, index.grid, 0, students)
    if int(bound.sum()) <= most:
        return
    total, scratch = 0, new_scratch(bound)
    for low, high in strides(bound, 0):
        total += count_pairs(index.students, index.entries, index.grid, low, high, most - total, scratch)
        if total > most:
            expected = f"at most {most} possible pairs (--max-edges); there are more than that"
            raise TooManyEdges([Problem("students.csv × places.csv", None, None, expected)])


def batch_weights(index: Index) -> list[float]:
    students = len(index.student_row)
    bound = np.concatenate(([0], np.cumsum(candidates(index.students, index.grid, 0, students))))
    return np.diff(bound[index.student_cut]).astype(float).tolist()


def summary(instance: Instance, result: Result, *, edges: int, unique: bool) -> dict[str, Any]:
    """What summary.json says, but for times and the digest of the input."""
    students, places = instance.students, instance.places
    placed = result.place_id >= 0
    return {
        "policy": result.policy,
        "seed": result.seed,
        "students": len(students),
        "places": len(places),
        "slots": int(places.capacity.sum()),
        "placed": int(placed.sum()),
        "tiers": {
            str(tier): {
                "students": int((students.tier == tier).sum()),
                "placed": int(placed[students.tier == tier].sum()),
            }
            for tier in np.unique(students.tier).tolist()
        },
        "score": int(result.score[placed].sum()),
        "edges": edges,
        "lottery_unique": unique,
        "result_digest": result_digest(result.student_id, result.place_id),
        "criteria": instance.criteria.as_dict(),
        "versions": versions(),
    }


class Job:
    """One run over the batches of an instance."""

    def __init__(self, instance: Instance, index: Index, policy: str, seed: int, control: Control) -> None:
        self.instance, self.index, self.policy, self.seed, self.control = instance, index, policy, seed, control
        self.bent = bent_scores(policy)
        row = index.student_row
        rank = np.empty(len(row), np.int64)
        rank[student_order(seed, instance.students.tier, instance.students.id)] = np.arange(len(row))
        self.rank = rank[row]
        self.ids = instance.students.id[row]
        self.hashes = lottery_ranks(seed, self.ids)
        self.place_ids = instance.places.id[index.place_row]
        self.capacity = instance.places.capacity[index.place_row]

    def solve_batch(self, batch: int) -> Solved:
        """Edges, who, where, prices, lottery and certificate of one batch, in one thread."""
        control, index = self.control, self.index
        low, high = int(index.student_cut[batch]), int(index.student_cut[batch + 1])
        first, last = int(index.place_cut[batch]), int(index.place_cut[batch + 1])
        clock = BatchClock(control, batch)
        if self.policy == "stable":
            return self.stable_batch(batch, clock)
        graph = build_graph(index, self.bent, batch, self.capacity, control.tick)
        clock.end("edges")
        solved = optimum(
            graph,
            np.argsort(self.rank[low:high]),
            self.hashes[low:high],
            self.place_ids[first:last],
            TOP,
            clock,
            control.tick,
        )
        self.certify(batch, solved)
        clock.end("certificate")
        return solved

    def stable_batch(self, batch: int, clock: BatchClock) -> Solved:
        index = self.index
        low, high = int(index.student_cut[batch]), int(index.student_cut[batch + 1])
        tier = self.instance.students.tier
        tier_points = TIER * (tier.max(initial=0) - tier[index.student_row])
        place, value, edges = stable_match(
            index,
            batch,
            candidates(index.students, index.grid, low, high),
            self.hashes,
            self.place_ids,
            self.capacity,
            tier_points,
            self.rank,
        )
        clock.end("certificate")
        nothing = np.zeros(0, np.int64)
        return Solved(place, value, nothing, nothing, edges, True)

    def certify(self, batch: int, solved: Solved) -> None:
        """Weigh every pair again, from the rules and not from the graph; a wrong answer must not leave the house."""
        index = self.index
        low, high = int(index.student_cut[batch]), int(index.student_cut[batch + 1])
        first = int(index.place_cut[batch])
        place = np.full(len(index.student_row), -1, np.int64)
        price, gain = np.zeros(len(index.place_row), np.int64), np.zeros(len(place), np.int64)
        place[low:high] = np.where(solved.place >= 0, solved.place + first, -1)
        gain[low:high] = solved.u
        price[first : first + len(solved.p)] = solved.p
        bound = candidates(index.students, index.grid, low, high)
        wrong = total = 0
        scratch = new_scratch(bound)
        for a, b in strides(bound, low):
            found = check_pairs(index.students, index.entries, index.grid, index.marks, self.bent, a, b, place, price, gain, scratch)
            wrong, total = wrong + found[0], total + found[1]
            self.control.tick()
        if wrong or total != solved.edges:
            raise AssertionError(f"certificate refuted: {wrong=} {total=} {solved.edges=}")

    def assemble(self, solved: list[Solved]) -> Result:
        """Join the batches, give points and reasons, and go back to the order of rows."""
        index, instance = self.index, self.instance
        firsts = index.place_cut[:-1]
        place = np.concatenate([np.where(s.place >= 0, s.place + f, -1) for s, f in zip(solved, firsts, strict=True)])
        student = np.flatnonzero(place >= 0)
        pairs = pair_points(index.students, student, index.entries, entries_of(index, student, place[student]), index.grid, index.marks)
        points = np.full((len(place), 7), -1, np.int64)
        points[student] = pairs
        score = np.full(len(place), -1, np.int64)
        score[student] = pairs[:, 1:].sum(axis=1)
        missing = np.flatnonzero(place < 0)
        reason = np.full(len(place), "", dtype=object)
        slots = instance.places.capacity[index.place_row]
        reason[missing] = np.array(REASONS, dtype=object)[why_none(index.students, missing, index.entries, index.grid, slots)]
        place_id = np.full(len(place), -1, np.int64)
        place_id[student] = self.place_ids[place[student]]
        back = index.student_at
        result = Result(
            policy=self.policy,
            seed=self.seed,
            student_id=instance.students.id,
            place_id=place_id[back],
            score=score[back],
            distance=points[back, 0],
            points=points[back, 1:],
            reason=reason[back].tolist(),
            places=instance.places.id,
            u=None if self.policy == "stable" else np.concatenate([s.u for s in solved])[back],
            p=None if self.policy == "stable" else np.concatenate([s.p for s in solved])[index.place_at],
        )
        edges, unique = sum(s.edges for s in solved), all(s.unique for s in solved)
        result.summary.update(summary(instance, result, edges=edges, unique=unique))
        return result


class BatchClock:
    """Times the phases of one batch."""

    def __init__(self, control: Control, batch: int) -> None:
        self.control, self.batch, self.began = control, batch, time.perf_counter()

    def end(self, phase: str) -> None:
        now = time.perf_counter()
        self.control.finished(self.batch, phase, now - self.began)
        self.began = now


def entries_of(index: Index, student: Ints, place: Ints) -> Ints:
    """The entry of each place under the student's qualification; canonical numbers in and out, int64 [k]."""
    out = np.full(len(student), -1, np.int64)
    wanted = index.students.at["qualification"][student]
    first, last = index.entry_start[place], index.entry_start[place + 1]
    for step in range(int((last - first).max(initial=0))):
        at = first + step
        entry = index.entry_of[np.minimum(at, len(index.entry_of) - 1)]
        hit = (at < last) & (index.entries.at["qualification"][entry] == wanted)
        out[hit] = entry[hit]
    return out
