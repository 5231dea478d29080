"""Best fit in the search: the published points of every place found, from the search's own narrow rows, by the engine's second program.

What matching.fit does for a few places by their full rows, this does for thousands in milliseconds; a test holds one against the other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matching import words
from matching.engine import CRITERIA, Instance
from matching.engine.columns import MAX_METRE, WordSets
from matching.engine.instance import Places
from matching.engine.verify_rules import HARD_RULES, block
from matching.instances import request_rows
from matching.models import Criteria
from placements.applications.obstacles import SHORT
from placements.models import PlacementRequest
from placements.search.fit import Fit, Fits
from placements.search.rows import EPOCH, GOALS, KINDS, OFFERS, REQUIREMENTS, Rows
from reference.models import PostcodeArea, QualificationGoal
from schools.models import Student

Ints = NDArray[np.int64]
FAR = HARD_RULES.index("distance")
# Never an engine's level, pathway or day: a place that offers nothing, so that the student's words are read as everywhere.
NOWHERE = {"id": 1, "company": 1, "x": 0, "y": 0, "levels": [1], "pathways": ["BOL"], "from": "2000-01-01", "until": "2000-01-02", "capacity": 0,
           "offers": [], "demands": [], "days": [], "goals": [], "kind": "", "support": 0, "allowance": 0}  # fmt: skip


def rank(student: Student, rows: Rows, today: date) -> Fits | None:
    """Scores of the rows for the student's first coming request that is ready; None without one. Five queries."""
    ready = PlacementRequest.objects.ready().filter(student=student, ends_on__gt=today)
    try:
        asked = sorted(request_rows(ready), key=lambda row: row["from"])
    except PostcodeArea.DoesNotExist:
        return None
    if not asked:
        return None
    own = asked[0]
    criteria = Criteria.latest().as_engine()
    base = Instance.from_rows([own], [{**NOWHERE, "qualifications": [own["qualification"]]}], criteria)
    places = places_of(base, rows, goal_codes(int(own["qualification"])))
    judged = block(Instance(base.students, places, criteria, base.words), np.zeros(1, np.int64), np.arange(len(rows)))
    same = rows.crebo == int(own["qualification"])
    rules = np.where(same, judged.failing[0], HARD_RULES.index("qualification"))
    points = judged.points[0]
    scores = np.where(rules < 0, points.sum(axis=1), -1)

    def explain(chosen: Ints) -> list[Fit]:
        # One may apply further away than one planned: what is too far is judged once more as if distance were no rule.
        found, anywhere = rules[chosen], replace(base.students, max_distance=np.full(1, MAX_METRE))
        far = np.flatnonzero(found == FAR)
        again = block(Instance(anywhere, places, criteria, base.words), np.zeros(1, np.int64), chosen[far]).failing[0]
        found[far] = np.where(again < 0, FAR, again)
        return [_fit(points[at], criteria.weights, int(rule), int(own["id"])) for at, rule in zip(chosen.tolist(), found, strict=True)]

    return Fits(rows, scores, explain)


def _fit(points: Ints, most: tuple[int, ...], rule: int, request: int) -> Fit:
    if rule >= 0:
        return Fit(0, [], str(SHORT[HARD_RULES[rule]]), HARD_RULES[rule], request)
    rows = [
        {"label": words.CRITERION[name], "points": int(mine), "max": of, "note": ""} for name, mine, of in zip(CRITERIA, points, most, strict=True)
    ]
    return Fit(int(points.sum()), rows, request=request)


def places_of(base: Instance, rows: Rows, goals: tuple[str, ...]) -> Places:
    """The search's rows as the engine's places, in the words of an instance."""
    n, tags = len(rows), base.words.tags
    kinds = np.array([-1, *(base.words.kinds.code(kind) for kind in KINDS)])
    return Places(
        id=rows.place,
        company=np.zeros(n, np.int64),
        x=rows.x.astype(np.int64),
        y=rows.y.astype(np.int64),
        qualifications=WordSets(np.arange(n + 1), np.zeros(n, np.int32)),
        levels=np.full(n, 15),
        pathways=rows.pathways.astype(np.int64),
        start=rows.starts.astype(np.int64) + EPOCH,
        until=rows.ends.astype(np.int64) + EPOCH + 1,
        capacity=rows.free.astype(np.int64),
        offers=_sets(rows.offers, [tags.code(offer) for offer in OFFERS]),
        demands=_sets(rows.requirements, [tags.code(one) for one in REQUIREMENTS]),
        days=rows.days.astype(np.int64),
        goals=_sets(rows.goals, [base.words.goals.code(code) for code in goals]),
        kind=kinds[rows.kind],
        support=rows.support.astype(np.int64),
        allowance=rows.allowance.astype(np.int64),
    )


def _sets(bits: NDArray[np.int32], codes: list[int]) -> WordSets:
    """Bits as sets of codes; the first bit is the first code."""
    row, bit = np.nonzero(bits[:, None] >> np.arange(len(codes)) & 1)
    start = np.zeros(len(bits) + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=len(bits)), out=start[1:])
    return WordSets(start, np.array(codes, np.int32)[bit] if len(codes) else np.zeros(0, np.int32))


@lru_cache(maxsize=1024)
def goal_codes(crebo: int) -> tuple[str, ...]:
    """Codes of a qualification's goals by their position in its list, as the rows' bits count them; a gap is an empty word."""
    links = QualificationGoal.objects.filter(qualification=crebo, position__lt=GOALS).order_by("position", "goal")
    found = dict(links.values_list("position", "goal__code"))
    return tuple(found.get(position, f"-{position}") for position in range(max(found, default=-1) + 1))
