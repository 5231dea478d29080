"""Parts of an instance taken out and solved again: what `why_not`, `what_if` and the choice of new places ask for many times."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .columns import Vocabularies, Vocabulary, WordSets
from .control import Control
from .index import build_index, linked, offsets
from .instance import Instance, Places, Students
from .result import Result
from .solver import Job, batch_weights

Ints = NDArray[np.int64]
Table = TypeVar("Table", Students, Places)


def take_sets(sets: WordSets, rows: Ints) -> WordSets:
    sizes = sets.sizes()[rows]
    start = offsets(sizes)
    at = np.repeat(sets.start[rows] - start[:-1], sizes) + np.arange(start[-1])
    return WordSets(start, sets.word[at])


def take(table: Table, rows: Ints) -> Table:
    """These rows of students or places, in this order."""
    taken: dict[str, Any] = {}
    for field in fields(table):
        values = getattr(table, field.name)
        taken[field.name] = take_sets(values, rows) if isinstance(values, WordSets) else values[rows]
    return replace(table, **taken)


def copied(words: Vocabularies) -> Vocabularies:
    """The same words under the same codes, free to grow without touching the instance they came from."""
    return Vocabularies(*(Vocabulary(getattr(words, field.name).words) for field in fields(words)))


@dataclass(frozen=True)
class Block:
    """A part of an instance that no pair connects with the rest; `students` and `places` are rows of the whole."""

    instance: Instance
    students: Ints
    places: Ints


def blocks_of(instance: Instance) -> list[Block]:
    """The parts of an instance: qualifications that share places belong together. Cut once per instance."""
    found: list[Block] | None = instance.__dict__.get("_blocks")
    if found is None:
        part, students, places = parts(instance)
        found = [cut(instance, np.flatnonzero(students == b), np.flatnonzero(places == b)) for b in np.unique(part).tolist()]
        instance.__dict__["_blocks"] = found
        instance.__dict__["_block_of"] = np.searchsorted(np.unique(part), students)
    return found


def block_of(instance: Instance, student_row: int) -> Block:
    """The part a student belongs to."""
    found = blocks_of(instance)
    return found[int(instance.__dict__["_block_of"][student_row])]


def parts(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """A number per part: by qualification code, by student row and by place row."""
    offered = instance.places.qualifications
    owner = np.repeat(np.arange(len(instance.places)), offered.sizes())
    part = linked(owner, offered.word.astype(np.int64), max(1, len(instance.words.qualifications.words)))
    return part, part[instance.students.qualification], part[offered.word[offered.start[:-1]]]


def cut(instance: Instance, students: Ints, places: Ints) -> Block:
    part = Instance(take(instance.students, students), take(instance.places, places), instance.criteria, instance.words)
    return Block(part, students, places)


def part_of_result(result: Result, block: Block) -> Result:
    """The rows of a result that belong to a block."""
    s, p = block.students, block.places
    return replace(
        result,
        student_id=result.student_id[s],
        place_id=result.place_id[s],
        score=result.score[s],
        distance=result.distance[s],
        points=result.points[s],
        reason=[result.reason[row] for row in s.tolist()],
        places=result.places[p],
        u=None if result.u is None else result.u[s],
        p=None if result.p is None else result.p[p],
    )


def resolve(instance: Instance, policy: str, seed: int) -> Result:
    """Solve without progress, threads or digest of the input: the same match as `solve`, for parts that take milliseconds."""
    index = build_index(instance)
    job = Job(instance, index, policy, seed, Control(batch_weights(index), None, None))
    return job.assemble([job.solve_batch(batch) for batch in range(len(index.student_cut) - 1)])
