"""One school, from the request to stored proposals: what a coordinator waits for.

    python -m benchmarks.school [--students 5000] [--repeat 3]

The school is made in a database of its own (`bench_school`), which is kept for the next run. Each run goes through the product:
`start_run`, the job as a worker does it, with its heartbeat. Then its phases one by one, and storing the proposals in the three
ways there are: COPY, bulk_create, row by row. The last line is one JSON object. Keys with `cpu` count processor seconds of this process
and of its database connection: on a machine that others use too, compare those.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

DATABASE = "bench_school"
TICK = os.sysconf("SC_CLK_TCK")


def database_cpu() -> float:
    """Processor seconds of the server's process behind this connection; 0 where it runs elsewhere."""
    from django.db import connection

    connection.ensure_connection()
    file = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not file.exists():
        return 0.0
    fields = file.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def timed(act: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What it returned, and its seconds: by the clock, and of the processors."""
    began, worked, served = time.perf_counter(), time.process_time(), database_cpu()
    found = act()
    spent = time.process_time() - worked + database_cpu() - served
    return found, {"s": round(time.perf_counter() - began, 3), "cpu_s": round(spent, 3)}


def measure(students: int, repeat: int) -> dict[str, Any]:
    """Whole runs, the median of several, and the phases of one."""
    from benchmarks.school_seed import school_round
    from matching import tasks
    from matching.models import Run, RunState

    assert tasks.match  # a worker knows the handlers
    round_, actor = school_round(students)
    round_.runs.all().delete()
    _one_run(round_, actor)  # warm: compiled code and the database's cache
    whole = [timed(lambda: _one_run(round_, actor))[1] for _ in range(repeat)]
    run = Run.objects.filter(round=round_, state=RunState.DONE).latest("created_at")
    figures = run.figures
    return {
        "students": figures["students"], "places": figures["places"], "slots": figures["slots"], "placed": figures["placed"],
        "total_s": statistics.median(one["s"] for one in whole), "total_cpu_s": statistics.median(one["cpu_s"] for one in whole),
        "runs": whole, "phases": _phases(run), "load": os.getloadavg()[0],
        "cores": os.cpu_count(), "machine": platform.processor() or platform.machine(),
        "python": platform.python_version(), "engine": run.engine_version,
    }  # fmt: skip


def _one_run(round_: Any, actor: Any) -> None:
    """From the coordinator's click to stored proposals, in this process."""
    from matching.models import RunState
    from matching.services import runs
    from stagematch import jobs

    run = runs.start_run(round_=round_, actor=actor)
    assert run.job is not None
    jobs.run(run.job.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE, run.error


def _phases(run: Any) -> dict[str, Any]:
    """The steps of a run one by one, and the ways to store; nothing is left behind."""
    from django.db import transaction

    from matching import instances, outcomes, packages
    from matching.engine import solve, verify
    from matching.figures import figures_of
    from matching.models import Proposal
    from matching.services import storing

    found: dict[str, Any] = {}
    instance, found["export"] = timed(lambda: instances.build(run.round))
    _digest, found["digest"] = timed(lambda: instance.input_digest)
    _packed, found["pack_instance"] = timed(lambda: packages.pack_instance(instance))
    result, found["solve"] = timed(lambda: solve(instance, policy=run.policy, seed=run.seed))
    _findings, found["verify"] = timed(lambda: verify(instance, result))
    _packed, found["pack_result"] = timed(lambda: packages.pack_result(result))
    _figures, found["figures"] = timed(lambda: (figures_of(instance, result), outcomes.by_group(run, instance, result)))
    ways: dict[str, Callable[[], Any]] = {
        "store_copy": lambda: storing.copy_proposals(run, result),
        "store_bulk_create": lambda: Proposal.objects.bulk_create(storing.proposals(run, result), batch_size=2000),
        "store_row_by_row": lambda: [proposal.save(force_insert=True) for proposal in storing.proposals(run, result)],
    }
    for name, store in ways.items():
        with transaction.atomic():
            run.proposals.all().delete()
            found[name] = timed(store)[1]
            transaction.set_rollback(True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--students", type=int, default=5000)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stagematch.settings.development")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases

    connection.settings_dict["TEST"]["NAME"] = DATABASE
    setup_databases(verbosity=0, interactive=False, keepdb=True)
    print(json.dumps(measure(arguments.students, arguments.repeat)))


if __name__ == "__main__":
    main()
