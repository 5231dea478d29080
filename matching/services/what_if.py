"""What if the weights, the limits or the slots were others: tried on what a run saw, kept with the job and nowhere else."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from accounts.actor import Actor
from matching import packages
from matching.engine import Criteria, InputError, Instance, Result
from matching.engine.whatif import changed, difference
from matching.models import Run
from matching.services import runs, trials
from placements.models import Place
from reference.travel import ROAD_TENTHS
from stagematch import jobs
from stagematch.ids import uuids
from stagematch.models import Job, JobState

KIND = "matching.what_if"
COMPARING = gettext_noop("Comparing with the result there is")
# As many as a list can hold in which one still finds something; any other place is reached from a student's proposal.
CHOOSABLE = 100
IMPOSSIBLE = gettext_noop("This cannot be tried on this run. Change the numbers and try again.")


@dataclass(frozen=True)
class Change:
    """What would be different; whatever is None or empty stays as the run had it.

    percent: of each student's travel limit; road_km: kilometres by road that are added to it; slots: by key of the place.
    """

    weights: dict[str, int] | None = None
    percent: int | None = None
    road_km: int | None = None
    slots: dict[int, int] = field(default_factory=dict)

    def as_args(self) -> dict[str, Any]:
        """Fit for JSON, and the same text for the same change."""
        return {"weights": self.weights, "percent": self.percent, "road_km": self.road_km, "slots": sorted(self.slots.items())}

    def applied_to(self, instance: Instance) -> Instance:
        """The instance as it would be; raises engine.InputError."""
        return changed(
            instance,
            Criteria(**self.weights) if self.weights else None,
            None if self.percent is None else self.percent / 100,
            # Straight-line metres of so many kilometres by road.
            None if self.road_km is None else self.road_km * 10_000 // ROAD_TENTHS,
            self.slots,
        )


def choosable(run: Run, chosen: Iterable[str]) -> list[tuple[Place, int]]:
    """Places of a run to change the slots of, with the slots they had, by company: those with the highest price, and the chosen ones.

    The price is what one slot more is worth (docs/engine.md); `chosen` are public ids.
    """
    instance, result = packages.of_run(run.pk)
    slots = dict(zip(instance.places.id.tolist(), instance.places.capacity.tolist(), strict=True))
    prices = {} if result.p is None else dict(zip(result.places.tolist(), result.p.tolist(), strict=True))
    dearest = sorted(slots, key=lambda place: (-prices.get(place, 0), place))[:CHOOSABLE]
    named = Q(public_id__in=uuids(chosen), pk__in=slots)
    places = Place.objects.filter(Q(pk__in=dearest) | named).select_related("company").order_by("company__name", "title", "pk")
    return [(place, slots[place.pk]) for place in places]


def key_of(run: Run, change: Change) -> str:
    """The same change of the same run has the same name, for whoever asks: that is what a shared link finds."""
    text = json.dumps(change.as_args(), sort_keys=True)
    return f"run-{run.pk}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def latest(run: Run, change: Change) -> Job | None:
    """The trial of this change that was asked last."""
    return trials.latest(KIND, key_of(run, change))


@transaction.atomic
def start_what_if(*, run: Run, change: Change, actor: Actor) -> Job:
    """Queue a trial of a change on a finished run; one that works or is done already is returned, because a run never changes."""
    found = latest(run, change)
    if found is not None and found.state == JobState.DONE:
        return found
    for other in Job.objects.filter(kind=KIND, created_by=actor.user, state__in=JobState.open()).exclude(key=key_of(run, change)):
        jobs.cancel(job=other)  # one trial a person: what was asked last is what one waits for
    return jobs.start(kind=KIND, key=key_of(run, change), args={"run": run.pk} | change.as_args(), by=actor.user)


def what_if(job: jobs.JobContext) -> None:
    """Match what the run saw again with the change, under its policy and lots. Raises JobFailed, JobCancelled, LeaseLost."""
    job.progress(runs.READING, 0.0)
    instance, before = packages.of_run(job.args["run"])
    change = Change(**{**{name: job.args[name] for name in ("weights", "percent", "road_km")}, "slots": dict(job.args["slots"])})
    try:
        other = change.applied_to(instance)
    except InputError:
        raise jobs.JobFailed(IMPOSSIBLE) from None
    after = runs.solve_under(job, other, policy=before.policy, seed=before.seed, between=(0.05, 0.95))
    job.progress(COMPARING, 0.95)
    found = asdict(difference(instance, before, other, after))
    with job.complete(result=found | {"weights": [instance.criteria.as_dict(), other.criteria.as_dict()], "rows": _moves(before, after)}):
        pass


def _moves(before: Result, after: Result) -> list[list[int | None]]:
    """Request, place before, place after, for everybody who would be somewhere else; None is no place."""
    pairs = zip(before.student_id.tolist(), before.place_id.tolist(), after.place_id.tolist(), strict=True)
    return [[request, was if was >= 0 else None, then if then >= 0 else None] for request, was, then in pairs if was != then]
