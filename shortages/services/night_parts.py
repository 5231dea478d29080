"""The work of a night, by its jobs: look at the country once, run the engine, write the cells region by region, add them up.

Each part reads what the first one froze and nothing else, and writes its result together with its own end: done again after a crash,
it finds and writes the same.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from matching.engine import verify
from matching.services.runs import PROVING, solve_under
from shortages.models import Night, NightState
from shortages.night import counting, engine, storing, worth, writing
from shortages.night.cells import Axes
from shortages.night.snapshot import moment, together
from shortages.services import nights
from stagematch import jobs
from stagematch.models import Job

ENGINE, FIGURES, AFTER = "shortages.engine", "shortages.figures", "shortages.after"
COUNTING = gettext_noop("Counting students and places")
READING = gettext_noop("Reading the country for the engine")
KEEPING = gettext_noop("Keeping what was read")
MATCHING = gettext_noop("Matching the whole country")
WEIGHING = gettext_noop("Computing what one more place is worth")
WRITING = gettext_noop("Writing the figures of the regions")
ADDING = gettext_noop("Adding up, and looking ahead")
REFUTED = gettext_noop("The engine's result could not be proven, so no figures were made of it. Tell us, so that we can look into it.")


class Clock:
    """Seconds of phases, and the most memory this process has held by the end of each."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peak_mib: dict[str, int] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase."""
        began = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - began
        self.peak_mib[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def night(job: jobs.JobContext) -> None:
    """One step of a night each time it is called: it is divided three times, and done when the last part is."""
    with nights.told(job):
        own = _own(job)
        job.divided()
        there = set(Job.objects.filter(parent=job.job_id).values_list("kind", flat=True))
        if ENGINE not in there:
            _freeze(job, own)
        elif FIGURES not in there:
            with job.divide([jobs.Part(FIGURES, {"night": own.pk, "region": at}, 1) for at in _regions(own)], phase=WRITING):
                pass
        elif AFTER not in there:
            with job.divide([jobs.Part(AFTER, {"night": own.pk}, 1)], phase=ADDING):
                nights.note(own, seconds={"figures_written": _wall(job, FIGURES)})
        else:
            with job.complete():
                nights.figures_done(own)


def _own(job: jobs.JobContext) -> Night:
    """The night of a job, if it is still to be done; one that failed and whose job somebody starts again is under way again."""
    own = Night.objects.get(pk=job.args["night"])
    if own.state == NightState.FAILED and not Night.objects.filter(state=NightState.RUNNING).exists():
        Night.objects.filter(pk=own.pk).update(state=NightState.RUNNING, error="", finished_at=None, job=job.job_id)
        own.refresh_from_db()
    if own.state != NightState.RUNNING:
        raise jobs.JobCancelled
    return own


def _freeze(job: jobs.JobContext, own: Night) -> None:
    """Count, and read what the engine needs, all of one moment; keep both and hand the engine on."""
    clock, axes, day = Clock(), Axes.read(), own.date
    with moment() as name:
        job.progress(COUNTING, 0.0)
        with clock.phase("figures_counted"):
            of_students, of_places = together(name, lambda: counting.students(axes, day), lambda: counting.places(axes, day))
            counts = of_students | of_places | counting.reports(axes, day)
            pieces = writing.by_region(axes, counts)
            counted = np.flatnonzero(np.any([array.reshape(len(axes.regions), -1).any(axis=1) for array in counts.values()], axis=0)).tolist()
        job.check()
        job.progress(READING, 0.01)
        with clock.phase("engine_read"):
            instance, region = engine.read(axes, day, name)
    job.check()
    job.progress(KEEPING, 0.03)
    with clock.phase("engine_kept"):
        data = storing.instance_bytes(instance)
    with job.divide([jobs.Part(ENGINE, {"night": own.pk}, 1)], phase=MATCHING):
        nights.clear(own)
        storing.put(own, "axes", storing.pack({"crebos": axes.crebos, "group": axes.group}, {"regions": axes.regions, "counted": counted}))
        storing.put(own, "instance", data)
        storing.put(own, "homes", storing.pack({"region": region}))
        storing.put_each(own, "counts", pieces)
        nights.note(own, seconds=clock.seconds, peak_mib=clock.peak_mib)


def run_engine(job: jobs.JobContext) -> None:
    """Match the country, prove it, and say of every cell what stops its students and what one more place is worth."""
    own, clock = _night_of(job), Clock()
    axes = _axes(own)
    with clock.phase("engine_loaded"):
        instance = storing.instance_from(storing.get(own, "instance"))
        region = storing.unpack(storing.get(own, "homes"))[0]["region"]
    with clock.phase("engine_solved"):
        result = solve_under(job, instance, policy=engine.POLICY, seed=engine.seed_of(own.date), between=(0.02, 0.6))
    job.progress(PROVING, 0.6)
    if len(instance.students) <= settings.NIGHT_VERIFY_UP_TO:
        with clock.phase("engine_proven"):
            if verify(instance, result):
                raise jobs.JobFailed(REFUTED)
    job.check()
    job.progress(WEIGHING, 0.8)
    with clock.phase("engine_summed"):
        found = engine.by_cell(axes, instance, region, result)
    with clock.phase("engine_worth"):
        value = worth.by_cell(axes, instance, result, own.date)
    job.check()
    with clock.phase("engine_stored"):
        data, pieces = storing.result_bytes(result), writing.by_region(axes, writing.engine_arrays(found, value))
    with job.complete():
        storing.put(own, "result", data)
        storing.put_each(own, "engine", pieces)
        digests = {"input_digest": instance.input_digest, "result_digest": result.summary["result_digest"]}
        Night.objects.filter(pk=own.pk).update(**digests)
        nights.note(own, seconds=clock.seconds, peak_mib=clock.peak_mib)


def write_region(job: jobs.JobContext) -> None:
    """Write the cells of one region, exact and public."""
    own = _night_of(job)
    with job.complete():
        writing.write(own, _axes(own), job.args["region"])


def after(job: jobs.JobContext) -> None:
    """Sums for the pages, and the weeks ahead; both may be made twice."""
    from shortages import forecast
    from shortages.board import totals

    own, clock = _night_of(job), Clock()
    with transaction.atomic(), clock.phase("totals"):
        totals.make(own)
    job.check()
    with clock.phase("forecast"):
        forecast.make(own)
    with job.complete():
        nights.note(own, seconds=clock.seconds, peak_mib=clock.peak_mib)


def _axes(own: Night) -> Axes:
    """The cells as they were numbered when the night began, whatever reference data has been loaded since."""
    arrays, told = storing.unpack(storing.get(own, "axes"))
    return Axes(told["regions"], arrays["crebos"], arrays["group"])


def _regions(own: Night) -> list[int]:
    """Numbers of the regions in which anything was counted; the first one where nothing was, for a night has at least one part."""
    _arrays, told = storing.unpack(storing.get(own, "axes"))
    return told["counted"] or [0]


def _night_of(job: jobs.JobContext) -> Night:
    """The night of a part; raises JobCancelled when it has ended without it."""
    own = Night.objects.filter(pk=job.args["night"], state=NightState.RUNNING).first()
    if own is None:
        raise jobs.JobCancelled
    return own


def _wall(job: jobs.JobContext, kind: str) -> float:
    """Seconds from the first start to the last end of the parts of a kind."""
    times: list[Any] = list(Job.objects.filter(parent=job.job_id, kind=kind).values_list("started_at", "finished_at"))
    return float((max(end for _, end in times) - min(begin for begin, _ in times)).total_seconds())
