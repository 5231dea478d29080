"""Trying without deciding: the policies side by side before a run. What comes out is kept with the job and nowhere else."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from matching import instances
from matching.engine import Instance, Result
from matching.engine.classes import class_summary
from matching.errors import NothingToMatch
from matching.models import Policy, Round
from matching.services import runs
from stagematch import jobs
from stagematch.models import Job

COMPARE = "matching.compare"


def latest(kind: str, key: str) -> Job | None:
    """The trial that was asked last."""
    return Job.objects.filter(kind=kind, key=key).order_by("-created_at", "-pk").first()


def compare_key(round_: Round) -> str:
    """One comparison of a round at a time."""
    return f"round-{round_.pk}"


@transaction.atomic
def start_compare(*, round_: Round, actor: Actor) -> Job:
    """Queue a comparison of the policies for the students who are ready now; while one works, that one is returned.

    Raises NothingToMatch when nobody is ready.
    """
    if not instances.seeking(round_).exists():
        raise NothingToMatch(_("No student of this round is ready and without a place, so there is nothing to compare."))
    return jobs.start(kind=COMPARE, key=compare_key(round_), args={"round": round_.pk}, by=actor.user)


def compare(job: jobs.JobContext) -> None:
    """Match the round as it stands now under each policy with the round's own lots. Raises JobFailed, JobCancelled, LeaseLost."""
    round_ = Round.objects.select_related("criteria").get(pk=job.args["round"])
    job.progress(runs.READING, 0.0)
    instance = instances.build(round_)
    found: list[dict[str, Any]] = []
    first: Result | None = None
    for number, policy in enumerate(Policy.values):
        between = (number / len(Policy.values), (number + 1) / len(Policy.values))
        result = runs.solve_under(job, instance, policy=policy, seed=round_.seed, between=between)
        first = first or result
        found.append({"policy": policy, "differs": int((result.place_id != first.place_id).sum()), **_summary(instance, result)})
    with job.complete(result={"policies": found, "students": len(instance.students), "weights": instance.criteria.as_dict()}):
        pass


def _summary(instance: Instance, result: Result) -> dict[str, Any]:
    """Figures of everybody in a result, fit for JSON."""
    return asdict(class_summary(instance, result, instance.students.id.tolist()))
