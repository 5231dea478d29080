"""What one more place is worth: the mean, over the companies of a cell that may train for it, of students placed more by one more slot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from matching.engine import Instance, Result
from matching.engine.again import take
from shortages.advice.candidates import Candidates, standard_candidates
from shortages.night.cells import PATHWAYS, Axes, Ints

STEPS = 10_000  # worth is kept in ten-thousandths of a student


def by_cell(axes: Axes, instance: Instance, result: Result, day: date) -> Ints:
    """Ten-thousandths of a student that one more slot places, in each cell; −1 where no company may train for it, or nobody follows it."""
    found = standard_candidates(instance, today=day)
    candidates, pathway = one_pathway_each(found)
    if not len(candidates):
        return np.full(axes.size, -1, np.int64)
    from matching.engine.gain import gain  # loads Numba

    both = Instance(instance.students, instance.places, instance.criteria, candidates.words)
    placed = gain(both, result, candidates.places).student_tier >= 0
    number = np.array([axes.regions.index(code) for code in candidates.regions], np.int64)
    here = candidates.region >= 0
    group = axes.groups_of(candidates.crebo, pathway)
    cell = axes.cell(number[candidates.region], candidates.crebo, group)[here]
    companies, more = axes.sums(cell), axes.sums(cell, placed[here].astype(np.int64))
    return np.where(companies > 0, STEPS * more // np.maximum(companies, 1), -1)


def one_pathway_each(found: Candidates) -> tuple[Candidates, Ints]:
    """Each candidate once for every pathway of its qualification, and the number of that pathway: a cell has one pathway."""
    row, pathway = np.nonzero(found.places.pathways[:, None] >> np.arange(len(PATHWAYS)) & 1)
    chosen = found.of(row)
    places = replace(take(found.places, row), id=1 + np.arange(len(row)), pathways=1 << pathway.astype(np.int64))
    return replace(chosen, places=places), pathway.astype(np.int64)
