"""Digests: two people with the same digest looked at the same problem, and hold the same result."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from .columns import PLACE_COLUMNS, STUDENT_COLUMNS
from .files import place_cells, student_cells
from .instance import Instance


def input_digest(instance: Instance) -> str:
    """SHA-256 over canonical rows sorted by id: students, places, criteria; cells joined by tabs, lines by newlines."""
    digest = hashlib.sha256()
    for name, table, cells, ids in (
        ("students", STUDENT_COLUMNS, student_cells(instance), instance.students.id),
        ("places", PLACE_COLUMNS, place_cells(instance), instance.places.id),
    ):
        digest.update(f"{name}\t{len(ids)}\n".encode())
        lines = list(map("\t".join, zip(*(cells[column] for column in table), strict=True)))
        digest.update("".join(lines[row] + "\n" for row in np.argsort(ids).tolist()).encode())
    digest.update(b"criteria\n" + instance.criteria.toml().encode())
    return digest.hexdigest()


def result_digest(student_id: NDArray[np.int64], place_id: NDArray[np.int64]) -> str:
    """SHA-256 over little-endian int64 pairs (student, place or −1), sorted by student."""
    order = np.argsort(student_id)
    pairs = np.stack([student_id[order], place_id[order]], axis=1)
    return hashlib.sha256(pairs.astype("<i8").tobytes()).hexdigest()
