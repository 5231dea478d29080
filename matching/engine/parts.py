"""One instance solved in parts that know nothing of each other, on as many machines as there are, and joined again.

A part is an instance of its own, and its result is a result: `solve` makes it, `verify` proves it. Students, places, prices and
reasons of two parts have nothing to do with each other, because no place is for qualifications of both; so the joined result is the
one that `solve` gives for the whole, bit for bit.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import again
from .errors import InputError, Problem
from .index import spread
from .instance import Instance
from .result import Result
from .solver import summary

Ints = NDArray[np.int64]
ARRAYS = ("student_id", "place_id", "score", "distance", "points", "places")
PROOF = ("u", "p")


class Part(NamedTuple):
    """A part of an instance; `weight` is its share of the work, 0..1."""

    instance: Instance
    weight: float


def parts(instance: Instance, at_most: int) -> list[Part]:
    """Divide an instance, at least into one and the heaviest first; qualifications that share a place stay together."""
    block, _, _ = again.parts(instance)
    offered, wanted = instance.places.qualifications, instance.students.qualification
    part = spread(block, wanted, offered.word.astype(np.int64), max(1, min(at_most, len(np.unique(block[wanted])))))
    student_part, place_part = part[wanted], part[offered.word[offered.start[:-1]]]
    weight = np.bincount(part[wanted], (np.bincount(offered.word, minlength=len(part)) + 1.0)[wanted], minlength=part.max() + 1)
    share = weight / max(1.0, weight.sum())
    return [
        Part(again.cut(instance, np.flatnonzero(student_part == number), np.flatnonzero(place_part == number)).instance, float(share[number]))
        for number in np.argsort(-share, kind="stable").tolist()
    ]


def join(instance: Instance, results: Sequence[Result]) -> Result:
    """The result of the whole from those of its parts, in any order. Raises InputError when they are not exactly its parts."""
    first = results[0]
    if any((result.policy, result.seed) != (first.policy, first.seed) for result in results):
        raise InputError([Problem("parts", None, "policy, seed", "the same in all parts")])
    student = rows_of("student", instance.students.id, np.concatenate([result.student_id for result in results]))
    place = rows_of("place", instance.places.id, np.concatenate([result.places for result in results]))
    proofs = [(result.u, result.p) for result in results if result.u is not None and result.p is not None]
    reasons = [reason for result in results for reason in result.reason]
    whole = Result(
        policy=first.policy,
        seed=first.seed,
        student_id=instance.students.id,
        place_id=np.concatenate([result.place_id for result in results])[student],
        score=np.concatenate([result.score for result in results])[student],
        distance=np.concatenate([result.distance for result in results])[student],
        points=np.concatenate([result.points for result in results])[student],
        reason=[reasons[row] for row in student.tolist()],
        places=instance.places.id,
        u=np.concatenate([u for u, _ in proofs])[student] if proofs else None,
        p=np.concatenate([p for _, p in proofs])[place] if proofs else None,
    )
    own = [result.summary for result in results]
    edges, unique = sum(each["edges"] for each in own), all(each["lottery_unique"] for each in own)
    whole.summary.update(summary(instance, whole, edges=edges, unique=unique))
    whole.summary["seconds"] = {phase: round(sum(each["seconds"][phase] for each in own), 4) for phase in own[0]["seconds"]}
    whole.summary["input_digest"] = instance.input_digest
    whole.summary["peak_mib"] = max(each["peak_mib"] for each in own)
    return whole


def rows_of(what: str, wanted: Ints, found: Ints) -> Ints:
    """The row among `found` of each id wanted; both hold the same ids once."""
    order = np.argsort(found)
    if not np.array_equal(found[order], np.sort(wanted)):
        raise InputError([Problem("parts", None, what, f"each {what} of the whole once: {len(wanted)}; there are {len(found)}, or others")])
    return order[np.searchsorted(found, wanted, sorter=order)]


def to_bytes(result: Result) -> bytes:
    """A result as one .npz, nothing left out."""
    arrays: dict[str, Any] = {name: getattr(result, name) for name in (*ARRAYS, *PROOF) if getattr(result, name) is not None}
    told = {"policy": result.policy, "seed": result.seed, "summary": result.summary}
    out = io.BytesIO()
    np.savez_compressed(out, **arrays, reason=np.array(result.reason, np.str_), told=np.str_(json.dumps(told)))
    return out.getvalue()


def from_bytes(data: bytes) -> Result:
    """What `to_bytes` wrote; raises InputError when it is not."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        told = json.loads(str(arrays["told"]))
        fields: dict[str, Any] = {name: arrays[name] for name in ARRAYS} | {name: arrays.get(name) for name in PROOF} | told
        return Result(reason=arrays["reason"].tolist(), **fields)
    except (OSError, ValueError, EOFError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise InputError([Problem("part", None, None, f"a readable result of a part: {error}")]) from None
