"""How long a night takes at any share of the country, and how its counting compares with a plain aggregate in DuckDB.

    python -m benchmarks.nightly --scale 1.0 [--check 200] [--pages 200] [--no-advice] [--seed 1]

Plays a whole night with `manage.py nightly --here` on a database of its own that it seeds at first use and keeps (that of
benchmarks.search). figures_s: counting and writing the rows, without the engine; duckdb_s: the same counts over the same rows as Parquet, warm,
best of three, in this run; dashboard_p95_ms: pages of /tekorten/ through one gunicorn worker. --check recounts the night's counts in plain Python
(slow: for small shares). The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.search import ROOT, ask, environment, manage, percentile, prepare, worker


def played(scale: float, *, advice: bool) -> dict[str, Any]:
    """A night of today played in a process of its own, as a correction where there is one, and what it said of itself."""
    reason = f"benchmark of {time.strftime('%Y-%m-%d %H:%M:%S')}"
    extra = {} if advice else {"NIGHT_WITHOUT_ADVICE": "1"}
    command = [sys.executable, "-m", "benchmarks.nightly", "--play", reason]
    done = subprocess.run(command, cwd=ROOT, env={**environment(scale), **extra}, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def play(reason: str) -> dict[str, Any]:
    """Inside that process."""
    import django

    django.setup()
    import resource

    from django.utils import timezone

    from shortages.models import NightState
    from shortages.services import night_here, nights

    if os.environ.get("NIGHT_WITHOUT_ADVICE"):
        nights.ADVICE = "benchmarks.nothing"
    began = time.perf_counter()
    night = night_here.work(nights.start_night(day=timezone.localdate(), reason=reason), threads=2)
    total = time.perf_counter() - began
    if night.state != NightState.DONE:
        raise RuntimeError(f"{night}: {night.error}")
    advice = 0.0
    if night.advice_job is not None and night.advice_job.finished_at and night.advice_job.started_at:
        advice = (night.advice_job.finished_at - night.advice_job.started_at).total_seconds()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found: dict[str, Any] = {"total_s": round(total, 1), "advice_s": round(advice, 1), "peak_mib": peak}
    return found | {"rows": night.rows, "phases": night.seconds, "phases_mib": night.peak_mib}


def compared(scale: float) -> float:
    """Seconds of DuckDB over this database's rows."""
    folder = Path(environment(scale)["STAGEMATCH_RUN_DIR"]) / "parquet"
    code = (
        "import datetime, pathlib; from benchmarks import nightly_plain as p; "
        f"f = pathlib.Path({str(folder)!r}); p.export(f); print(p.seconds(f, datetime.date.today().isoformat()))"
    )
    return float(manage("shell", "-v", "0", "-c", code, scale=scale).splitlines()[-1])


def checked(scale: float, cells: int) -> dict[str, int]:
    """So many cells of the last night against a recount in plain Python: how many were compared, and how many differ."""
    code = f"import json; from benchmarks.nightly import recheck; print(json.dumps(recheck({cells})))"
    found: dict[str, int] = json.loads(manage("shell", "-v", "0", "-c", code, scale=scale).splitlines()[-1])
    return found


def recheck(cells: int) -> dict[str, int]:
    """Inside the shell."""
    from collections import Counter

    from shortages.models import COUNTS, Night, RegionFigure
    from tests.shortages.recount import recount

    night = Night.objects.current().latest("date")
    names = [name for name in COUNTS if not name.startswith(("stop_", "reports_"))]
    slow = recount(night.date)
    rows = {(row.region_id, row.qualification_id, row.group): row for row in RegionFigure.objects.filter(night=night)}
    every = sorted(set(slow) | set(rows))
    chosen = random.Random(1).sample(every, min(cells, len(every)))  # noqa: S311  no secret
    wrong = sum(any(getattr(rows.get(cell), name, 0) != slow.get(cell, Counter())[name] for name in names) for cell in chosen)
    return {"cells_checked": len(chosen), "cells_wrong": wrong, "cells": len(every)}


def dashboard(scale: float, pages: int, seed: int) -> dict[str, float]:
    """Server times of the public dashboard, its filters drawn from what there is."""
    code = f"import json; from benchmarks.nightly import addresses; print(json.dumps(addresses({pages}, {seed})))"
    paths = json.loads(manage("shell", "-v", "0", "-c", code, scale=scale).splitlines()[-1])
    with worker(scale) as connection:
        for path in paths[:20]:
            ask(connection, path)
        answers = [ask(connection, path) for path in paths]
    return {
        "dashboard_p50_ms": percentile([answer["total"] for answer in answers], 0.5),
        "dashboard_p95_ms": percentile([answer["total"] for answer in answers], 0.95),
        "dashboard_queries_max": int(max(answer["queries"] for answer in answers)),
    }


def addresses(pages: int, seed: int) -> list[str]:
    """Inside the shell: addresses of /tekorten/ as people filter it."""
    from urllib.parse import urlencode

    from django.urls import reverse

    from reference.models import LabourMarketRegion, SectorChamber
    from shortages.groups import TargetGroup
    from shortages.models import PublicFigure

    draw, address = random.Random(seed), reverse("shortages:board")  # noqa: S311  no secret
    regions = list(LabourMarketRegion.objects.values_list("code", flat=True))
    chambers = list(SectorChamber.objects.values_list("code", flat=True))
    crebos = list(PublicFigure.objects.order_by().values_list("qualification", flat=True).distinct()[:300])
    made = []
    for _page in range(pages):
        asked: dict[str, Any] = {"regio": draw.choice(regions)} if draw.random() < 0.7 else {}
        kind = draw.random()
        if kind < 0.3:
            asked["kamer"] = draw.choice(chambers)
        elif kind < 0.5:
            asked["opleiding"] = draw.choice(crebos)
        elif kind < 0.7:
            asked["doelgroep"] = draw.choice(TargetGroup.values)
        made.append(f"{address}?{urlencode(asked)}" if asked else address)
    return made


def run(scale: float, seed: int, pages: int, check: int, *, advice: bool) -> dict[str, Any]:
    seeded = prepare(scale, seed)
    night = played(scale, advice=advice)
    phases = night["phases"]
    figures = round(phases["figures_counted"] + phases["figures_written"], 2)
    engine = round(sum(value for name, value in phases.items() if name.startswith("engine_")), 2)
    found: dict[str, Any] = {"scale": scale, "students": seeded["students"], "companies": seeded["companies"], "places": seeded["places"]}
    found |= {"total_s": night["total_s"], "figures_s": figures, "engine_s": engine, "advice_s": night["advice_s"]}
    found["duckdb_s"] = compared(scale)
    found |= {"ratio_duckdb": round(figures / found["duckdb_s"], 2), "ratio_counting": round(phases["figures_counted"] / found["duckdb_s"], 2)}
    found |= {"peak_mib": night["peak_mib"], "rows": night["rows"], "phases": phases, "phases_mib": night["phases_mib"]}
    if check:
        found |= checked(scale, check)
    if pages:
        found |= dashboard(scale, pages, seed)
    found["load"] = round(os.getloadavg()[0], 1)
    found["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=200, help="pages of the dashboard to time; 0 for none")
    parser.add_argument("--check", type=int, default=0, help="so many cells against a recount in plain Python")
    parser.add_argument("--no-advice", dest="advice", action="store_false", help="the figures alone")
    parser.add_argument("--play", metavar="REASON", help=argparse.SUPPRESS)
    args = parser.parse_args()
    print(json.dumps(play(args.play) if args.play else run(args.scale, args.seed, args.pages, args.check, advice=args.advice)))


if __name__ == "__main__":
    main()
