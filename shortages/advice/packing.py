"""The shortlist of a night as bytes, for the parts that choose from it."""

from __future__ import annotations

import numpy as np

from matching.engine import Instance
from matching.engine.again import take
from shortages.advice.candidates import COLUMNS, Candidates
from shortages.night import storing


def pack(candidates: Candidates, instance: Instance) -> tuple[bytes, bytes]:
    """What would be offered, as an instance without students, and the columns beside it."""
    nobody = take(instance.students, np.zeros(0, np.int64))
    places = Instance(nobody, candidates.places, instance.criteria, candidates.words)
    return storing.instance_bytes(places), storing.pack({name: getattr(candidates, name) for name in COLUMNS}, {"regions": candidates.regions})


def unpack(places: bytes, columns: bytes) -> Candidates:
    """What `pack` was given."""
    found = storing.instance_from(places)
    arrays, told = storing.unpack(columns)
    return Candidates(places=found.places, words=found.words, regions=told["regions"], **arrays)
