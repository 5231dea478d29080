"""The advice of a night: one job prices every candidate in the country, and a part a region chooses the acts, each from what is frozen.

A part writes its region's rows together with its end, and finds the same again if it is done twice. The match with the shortlist is
held in the worker's memory while parts of the same night are waiting, because building it is most of the work.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop

from placements.models import Weekday
from reference.models import Pathway
from shortages.advice import packing
from shortages.advice.candidates import KINDS, Candidates, all_candidates
from shortages.models import ActKind, Advice, Night, NightData
from shortages.night import engine, storing
from stagematch import jobs
from stagematch.models import Job, JobState

KIND, PART = "shortages.advice", "shortages.advice.region"
PRICING = gettext_noop("Weighing what every company could do")
CHOOSING = gettext_noop("Choosing what helps most, region by region")
SHORTLIST, COLUMNS = "shortlist", "shortlist.columns"
THREADS = 2
_building = threading.Lock()


def advise(job: jobs.JobContext) -> None:
    """Price everything and divide, or, when all regions have chosen, end the night."""
    from shortages.services import nights, tasks

    night = Night.objects.get(pk=job.args["night"])

    def end() -> None:
        with job.complete():
            NightData.objects.filter(night=night, name__in=[SHORTLIST, COLUMNS]).delete()
            tasks.look_whether_it_worked(night=night)
            nights.finish(night)

    if job.divided():
        end()
        return
    job.progress(PRICING, 0.0)
    candidates, places, columns = _shortlisted(night, job)
    if not len(candidates):  # nothing would place anybody more: there are no parts to wait for
        end()
        return
    with job.divide([jobs.Part(PART, {"night": night.pk, "region": code}, 1.0) for code in _regions(candidates)], phase=CHOOSING):
        storing.put(night, SHORTLIST, places)
        storing.put(night, COLUMNS, columns)


def _shortlisted(night: Night, job: jobs.JobContext) -> tuple[Candidates, bytes, bytes]:
    """The candidates of all regions that are worth being looked at again, and the same as bytes."""
    from shortages.advice import choose  # imports Numba, for which a page need not wait

    instance, result = engine.load(night)

    def slices() -> Iterator[Candidates]:
        for part in all_candidates(instance, result, today=night.date):
            job.check()
            yield part

    few = choose.worth_looking_at(instance, result, slices(), THREADS)
    return few, *packing.pack(few, instance)


def _regions(candidates: Candidates) -> list[str]:
    """Regions where something can be done."""
    return [candidates.regions[number] for number in np.unique(candidates.region).tolist()]


def advise_region(job: jobs.JobContext) -> None:
    """Choose the acts of one region and write them down."""
    night, code = Night.objects.get(pk=job.args["night"]), job.args["region"]
    with _building:  # two threads of one process build it once
        field = _field(night.pk)
    acts = field.choose(field.candidates.regions.index(code))
    rows = [_row(night, code, rank, act, field) for rank, act in enumerate(acts, 1)]
    with job.complete():
        Advice.objects.filter(night=night, region=code).delete()  # of an attempt before, never of a night that is done
        Advice.objects.bulk_create(rows)
    if not Job.objects.filter(kind=PART, args__night=night.pk, state=JobState.QUEUED).exists():
        _field.cache_clear()


@lru_cache(maxsize=1)
def _field(night_id: int) -> Any:
    """The standing match with the shortlist, kept for the next region."""
    from shortages.advice import choose

    night = Night.objects.get(pk=night_id)
    instance, result = engine.load(night)
    return choose.Field(instance, result, packing.unpack(storing.get(night, SHORTLIST), storing.get(night, COLUMNS)))


def _row(night: Night, region: str, rank: int, act: Any, field: Any) -> Advice:
    """One act as a row; `reason` holds counts, and the place it is about as the engine saw it."""
    from shortages.advice import choose

    candidates, row = field.candidates, act.row
    kind = ActKind(KINDS[candidates.kind[row]])
    pathway = int(field.instance.students.pathway[act.sitter]) if act.sitter >= 0 else 0
    return Advice(
        night=night,
        region_id=region,
        rank=rank,
        kind=kind,
        company_id=int(candidates.company[row]),
        qualification_id=_crebo(candidates, row, act, field),
        pathway=list(Pathway)[pathway],
        place_id=int(candidates.place[row]) or None,
        day=Weekday.values[int(candidates.day[row])] if kind == ActKind.DAY else "",
        slots=int(candidates.slots[row]),
        students=len(act.tiers),
        points=act.points,
        tiers=act.tiers,
        reason={**act.facts, "moves": sum(step.moves for step in act.steps), "place": choose.as_row(candidates, row)},
    )


def _crebo(candidates: Candidates, row: int, act: Any, field: Any) -> int:
    """The qualification of whoever comes to the place; of several that it serves the one it is needed for."""
    if act.sitter < 0:
        return int(candidates.crebo[row])
    return int(field.instance.words.qualifications.words[int(field.instance.students.qualification[act.sitter])])


@dataclass(frozen=True)
class Check:
    """What a region's acts promised, and what solving everything again with their places gives."""

    region: str
    acts: int
    promised: tuple[int, int]
    found: tuple[int, int]

    @property
    def holds(self) -> bool:
        """Whether both are the same: students placed more, and points."""
        return self.promised == self.found


def check(night: Night, region: str, first: int | None = None) -> Check:
    """Add the places of a region's first acts (all without a number) to the night's instance and solve everything again."""
    from matching.engine import Instance, solve
    from shortages.advice import choose

    instance, result = engine.load(night)
    acts = list(Advice.objects.filter(night=night, region=region).order_by("rank")[:first])
    more = choose.with_acts(instance, [(act.reason["place"], act.slots, act.place_id if act.kind == ActKind.DAY else None) for act in acts])
    again = solve(Instance(more.students, more.places, more.criteria, more.words), policy=result.policy, seed=result.seed, threads=THREADS)
    promised = sum(act.students for act in acts), sum(act.points for act in acts)
    found = tuple(int(again.summary[name]) - int(result.summary[name]) for name in ("placed", "score"))
    return Check(region, len(acts), promised, (found[0], found[1]))


__all__ = ["KIND", "PART", "Check", "advise", "advise_region", "check"]
