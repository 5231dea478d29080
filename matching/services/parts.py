"""A large run in parts: each a job for any worker, on an instance of its own; what they find is joined to the run's result.

How jobs are divided and counted: stagematch.job_parts. Why the joined result is the same: matching.engine.parts.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_noop

from matching import packages
from matching.engine import Instance, Result
from matching.models import Run, RunPart
from stagematch import jobs

KIND = "matching.part"
DIVIDING = gettext_noop("Dividing the work")
IN_PARTS = gettext_noop("Matching in parts, which several computers do at the same time")


@dataclass(frozen=True)
class Asked:
    """What a part has to solve."""

    instance: Instance
    policy: str
    seed: int


def divide(job: jobs.JobContext, run: Run, instance: Instance) -> bool:
    """Hand a large run to other jobs; False when it is small, or when no part of it can be solved without the rest."""
    if len(instance.students) < settings.DIVIDE_RUNS_FROM:
        return False
    from matching.engine import parts as engine  # imports Numba, for which a page that names a run must not wait

    found = engine.parts(instance, settings.DIVIDE_RUNS_INTO)
    if len(found) == 1:
        return False
    packed = []
    for part in found:
        job.progress(DIVIDING, 0.0)
        job.check()
        packed.append(packages.pack_instance(part.instance))
    asked = [jobs.Part(KIND, {"run": run.pk, "number": number}, part.weight) for number, part in enumerate(found)]
    with job.divide(asked, phase=IN_PARTS):
        forget(run)  # what a job left that was given up
        RunPart.objects.bulk_create(RunPart(run=run, number=number, instance=data) for number, data in enumerate(packed))
    return True


def asked(job: jobs.JobContext) -> Asked:
    """The instance of a part; raises JobCancelled when its run has ended without it."""
    found = RunPart.objects.filter(run=job.args["run"], number=job.args["number"]).values_list("instance", "run__policy", "run__seed").first()
    if found is None:
        raise jobs.JobCancelled
    instance, policy, seed = found
    return Asked(packages.unpack_instance(bytes(instance)), policy, seed)


def store(job: jobs.JobContext, result: Result) -> None:
    """Keep what a part found until all are there; the caller's transaction ends its job too."""
    from matching.engine.parts import to_bytes

    RunPart.objects.filter(run=job.args["run"], number=job.args["number"]).update(result=to_bytes(result))


def joined(run: Run, instance: Instance) -> Result:
    """The result of the run from those of its parts."""
    from matching.engine.parts import from_bytes, join

    return join(instance, [from_bytes(bytes(data)) for data in RunPart.objects.filter(run=run).values_list("result", flat=True)])


def forget(run: Run) -> None:
    """Delete the parts of a run that has ended."""
    RunPart.objects.filter(run=run).delete()
