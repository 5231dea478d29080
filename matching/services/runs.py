"""A run from start to stored result: queued as a job, computed by a worker, proven, written once."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actor import Actor
from matching import instances, outcomes, packages
from matching.engine import Cancelled, Instance, Result, TooManyEdges, solve, verify
from matching.errors import NothingToMatch, RoundClosed
from matching.figures import figures_of
from matching.models import OPEN_RUN, Round, RoundState, Run, RunState
from matching.services import parts, storing
from stagematch import jobs
from stagematch.models import Job, JobState

KIND = "matching.run"
READING = gettext_noop("Reading students and places")
PROVING = gettext_noop("Proving the result")
STORING = gettext_noop("Storing the result")
# The engine's own phases, in words.
PHASES = {
    "edges": gettext_noop("Looking which places each student can reach"),
    "who": gettext_noop("Finding out who can be placed"),
    "where": gettext_noop("Finding the best place for everybody together"),
    "prices": gettext_noop("Computing what each place is worth"),
    "lottery": gettext_noop("Drawing lots between equals"),
    "certificate": gettext_noop("Writing down the proof"),
    "reasons": gettext_noop("Finding the reason where there is no place"),
}
REFUTED = gettext_noop("The result could not be proven, so it was not stored. Nothing was changed. Tell us, so that we can look into it.")
TOO_LARGE = gettext_noop("This round is too large to match in one go. Choose fewer programmes.")
THREADS = 2


@transaction.atomic
def start_run(*, round_: Round, actor: Actor) -> Run:
    """Queue a run of a round; while one is under way, that one is returned.

    Raises RoundClosed when a run was taken over before, NothingToMatch when nobody is ready.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if round_.state == RoundState.PUBLISHED or round_.runs.filter(taken_over_at__isnull=False).exists():
        raise RoundClosed(_("The result of this round has been taken over. Open a new round for students who still have no place."))
    for run in round_.runs.filter(state__in=OPEN_RUN).select_related("job"):
        if run.is_open:
            return run
        end_run(run=run, state=run.standing, error=run.job.error if run.job else "")
    if not instances.seeking(round_).exists():
        raise NothingToMatch(_("No student of this round is ready and without a place. Help them finish their preparation first."))
    run = Run.objects.create(round=round_, policy=round_.policy, criteria=round_.criteria, seed=round_.seed, started_by=actor.user)
    run.job = jobs.start(kind=KIND, key=f"run-{run.pk}", args={"run": run.pk}, by=actor.user)
    run.save(update_fields=["job"])
    Round.objects.filter(pk=round_.pk).update(state=RoundState.RUNNING)
    return run


@transaction.atomic
def cancel_run(*, run: Run) -> Run:
    """Ask a run to stop: at once when it waits, within a second when it works; nothing of it is kept. Safe to call twice."""
    if run.job is not None:
        jobs.cancel(job=run.job)  # first of all, as a worker that stores a result locks its job, then the run
    Round.objects.select_for_update(of=("self",)).get(pk=run.round_id)
    run = Run.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    if run.state in OPEN_RUN and run.job is not None and not run.is_open:
        end_run(run=run, state=run.standing, error=run.job.error)
        run.refresh_from_db()
    return run


def end_run(*, run: Run, state: RunState, error: str = "") -> None:
    """Write down that an open run ended without a result, and give the round back to where it was; once."""
    with transaction.atomic():
        ended = Run.objects.filter(pk=run.pk, state__in=OPEN_RUN).update(state=state, error=error, finished_at=timezone.now())
        if ended:
            parts.forget(run)
            before = RoundState.DECIDING if Run.objects.filter(round=run.round_id, state=RunState.DONE).exists() else RoundState.OPEN
            Round.objects.filter(pk=run.round_id, state=RoundState.RUNNING).update(state=before)


def compute(job: jobs.JobContext) -> None:
    """Do the work of one run: freeze the input, solve, prove, store. Run again after a crash it gives the same result.

    A large run is divided instead of solved; called again when its parts are done, it joins them.

    Raises JobFailed with words for the coordinator, JobCancelled, LeaseLost.
    """
    run = Run.objects.select_related("round__criteria", "criteria").get(pk=job.args["run"])
    job.progress(READING, 0.0)
    Run.objects.filter(pk=run.pk, state=RunState.QUEUED).update(state=RunState.RUNNING)
    instance = _frozen(run)
    job.check()
    if job.divided():
        result = parts.joined(run, instance)
    elif parts.divide(job, run, instance):
        return
    else:
        result = solve_under(job, instance, policy=run.policy, seed=run.seed, between=(0.05, 0.9))
    job.progress(PROVING, 0.9)
    if verify(instance, result):
        raise jobs.JobFailed(REFUTED)
    job.progress(STORING, 0.95)
    with job.complete():
        _store(run, instance, result)


def compute_part(job: jobs.JobContext) -> None:
    """Do the work of one part of a run. Raises JobFailed, JobCancelled, LeaseLost."""
    part = parts.asked(job)
    result = solve_under(job, part.instance, policy=part.policy, seed=part.seed, between=(0.0, 1.0), threads=1)
    with job.complete():
        parts.store(job, result)


def solve_under(job: jobs.JobContext, instance: Instance, *, policy: str, seed: int, between: tuple[float, float], threads: int = THREADS) -> Result:
    """Solve as part of a job, whose progress runs `between` two shares meanwhile. Raises JobFailed, JobCancelled, LeaseLost."""
    try:
        result = solve(instance, policy=policy, seed=seed, threads=threads, on_progress=_forward(job, *between), cancelled=job.cancelled)
    except Cancelled:
        job.check()
        raise jobs.JobCancelled from None
    except TooManyEdges:
        raise jobs.JobFailed(TOO_LARGE) from None
    job.check()
    return result


def give_up(job: jobs.JobContext, state: RunState, error: str = "") -> None:
    """A run whose job is about to end without a result; only the attempt that still holds the job may say so."""
    with transaction.atomic():
        held = Job.objects.select_for_update(of=("self",)).filter(pk=job.job_id, state=JobState.RUNNING, attempt=job.attempt)
        if held.exists():
            end_run(run=Run.objects.get(pk=job.args["run"]), state=state, error=error)


def _frozen(run: Run) -> Instance:
    """The input as the first attempt read it, so that a second one after a crash computes the very same."""
    if not run.input_digest:
        instance = instances.build(run.round)
        data = {"instance": packages.pack_instance(instance), "input_digest": instance.input_digest}
        if Run.objects.filter(pk=run.pk, input_digest="").update(**data):
            return instance
    return packages.unpack_instance(bytes(Run.objects.values_list("instance", flat=True).get(pk=run.pk)))


def _forward(job: jobs.JobContext, first: float, last: float) -> Callable[[str, float, float | None], None]:
    """The engine's report as the job's: its share fills the stretch between two of the job's."""

    def report(phase: str, share: float, seconds_left: float | None) -> None:
        job.progress(PHASES.get(phase, READING), first + (last - first) * share, seconds_left)

    return report


def _store(run: Run, instance: Instance, result: Result) -> None:
    """Write the result and a proposal per request; the caller's transaction ends the job too."""
    storing.copy_proposals(run, result)
    parts.forget(run)
    versions = result.summary["versions"]
    Run.objects.filter(pk=run.pk).update(
        state=RunState.DONE,
        result=packages.pack_result(result),
        result_digest=result.summary["result_digest"],
        engine_version=f"{versions['engine']}, numpy {versions['numpy']}, numba {versions['numba']}"[:40],
        figures=figures_of(instance, result) | {"outcomes": outcomes.by_group(run, instance, result)},
        error="",
        finished_at=timezone.now(),
    )
    Round.objects.filter(pk=run.round_id, state=RoundState.RUNNING).update(state=RoundState.DECIDING)
