"""How fast the search is, at any share of the country, and how much faster than counting its facets naively.

    python -m benchmarks.search --scale 1.0 --queries 1000 [--naive 100] [--plans docs/search] [--seed 1]

Replays the mix of docs/search.md through one gunicorn worker with one thread, warm, on a database of its own that it seeds at first
use and keeps (.run/benchmarks, one a scale). Times are the server's: from the request's arrival in the worker to the finished page.
`busy_*` is the processor time of worker and database together, which others' work on the same machine cannot lengthen much;
`database_*` is the database's part. The same mix in the same run with every facet counted by a query of its own is `naive_*` (a
sample, on the same worker). The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import platform
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
# Straight kilometres, of which the site's own, along the road, are 1.3 each.
RADII, RADIUS_SHARES = (5, 10, 20, 40), (20, 40, 30, 10)
PAGES, PAGE_SHARES = (1, 2, 3), (80, 15, 5)
KINDS, KIND_SHARES = ("course", "text", "none"), (60, 25, 15)
FILTERED = 0.3  # so many also set a filter or two
TYPO = 0.1
WARM_UP = 60


def environment(scale: float) -> dict[str, str]:
    """The variables of a database cluster of the benchmark's own."""
    run_dir = Path(os.environ.get("STAGEMATCH_BENCHMARK_DIR", ROOT / ".run" / "benchmarks")) / f"country-{scale}"
    run_dir.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "STAGEMATCH_RUN_DIR": str(run_dir),
        "DJANGO_SETTINGS_MODULE": "stagematch.settings.development",
        "PYTHONPATH": str(ROOT),
        "STATIC_ROOT": str(run_dir / "static"),
    }


def manage(*command: str, scale: float) -> str:
    done = subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment(scale), check=True, capture_output=True, text=True)
    return done.stdout


def prepare(scale: float, seed: int) -> dict[str, Any]:
    """Servers, tables and the country, once; returns what seeding took, as remembered."""
    run_dir = Path(environment(scale)["STAGEMATCH_RUN_DIR"])
    subprocess.run([sys.executable, "stagematch/launcher.py", "start"], cwd=ROOT, env=environment(scale), check=True, capture_output=True)
    remembered = run_dir / "seeded.json"
    manage("migrate", scale=scale)
    manage("collectstatic", "--noinput", scale=scale)
    if not remembered.exists():
        remembered.write_text(manage("seed_country", "--scale", str(scale), "--seed", str(seed), scale=scale).splitlines()[-1])
    found: dict[str, Any] = json.loads(remembered.read_text())
    return found


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> http.client.HTTPConnection:
    """A connection to the site as soon as it answers."""
    for _attempt in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        except OSError:
            connection.close()
            time.sleep(0.2)
        else:
            return connection
    raise RuntimeError("the site does not answer")


@contextmanager
def worker(scale: float) -> Iterator[http.client.HTTPConnection]:
    """One gunicorn worker, one thread, with the benchmark's clock around the site."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "benchmarks.search_clock:application", "--workers", "1", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, "--timeout", "300", "--keep-alive", "300", "--log-level", "error"], cwd=ROOT, env=environment(scale))
    try:
        yield wait_for(port)
    finally:
        process.terminate()
        process.wait(20)


def ask(connection: http.client.HTTPConnection, path: str, *, naive: bool = False) -> dict[str, float]:
    """One page: its server time and SQL time in ms, queries, and bytes compressed as the proxy would."""
    connection.request("GET", path, headers={"Accept-Language": "nl", "Host": "127.0.0.1", **({"X-Naive": "1"} if naive else {})})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} for {path}")
    names = ("X-Total-Ms", "X-Cpu-Ms", "X-Database-Ms", "X-Sql-Ms", "X-Queries")
    total, cpu, database, sql, queries = (float(answer.headers[name]) for name in names)
    return {"total": total, "busy": cpu + database, "database": database, "sql": sql, "queries": queries, "bytes": len(gzip.compress(body, 6))}


def mix(scale: float, number: int, seed: int) -> list[str]:
    """The queries, the same for the same seed and country; docs/search.md says what they are."""
    facts = json.loads(shell("facts()", scale).splitlines()[-1])
    from benchmarks.search_mix import addresses

    return addresses(facts, number, random.Random(seed))  # noqa: S311  no secret


def shell(code: str, scale: float) -> str:
    """What a function of benchmarks.search_mix prints."""
    return manage("shell", "-v", "0", "-c", f"from benchmarks import search_mix; search_mix.{code}", scale=scale)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def run(scale: float, number: int, seed: int, naive: int) -> dict[str, Any]:
    seeded = prepare(scale, seed)
    queries = mix(scale, number, seed)
    places = json.loads(
        manage("shell", "-v", "0", "-c", "from benchmarks.search_mix import some_places; some_places(200)", scale=scale).splitlines()[-1]
    )
    with worker(scale) as connection:
        for path in (*queries[:WARM_UP], *places[:10]):
            ask(connection, path)
        pages = [ask(connection, path) for path in queries]
        place_pages = [ask(connection, path) for path in places]
        slow = [ask(connection, path, naive=True) for path in queries[:naive]]
        fast = pages[:naive]
    found: dict[str, Any] = {
        "scale": scale,
        "queries": number,
        "students": seeded["students"],
        "companies": seeded["companies"],
        "places": seeded["places"],
    }
    for share in (50, 95, 99):
        found[f"page_p{share}_ms"] = percentile([page["total"] for page in pages], share / 100)
        found[f"busy_p{share}_ms"] = percentile([page["busy"] for page in pages], share / 100)
        found[f"database_p{share}_ms"] = percentile([page["database"] for page in pages], share / 100)
        found[f"sql_p{share}_ms"] = percentile([page["sql"] for page in pages], share / 100)
    found |= {
        "place_p95_ms": percentile([page["total"] for page in place_pages], 0.95),
        "place_busy_p95_ms": percentile([page["busy"] for page in place_pages], 0.95),
        "queries_max": int(max(page["queries"] for page in pages)),
        "place_queries_max": int(max(page["queries"] for page in place_pages)),
        "bytes_p95": int(percentile([page["bytes"] for page in pages], 0.95)),
        "bytes_max": int(max(page["bytes"] for page in pages)),
    }
    if slow:
        found |= {
            "naive_queries": len(slow),
            "naive_p95_ms": percentile([page["total"] for page in slow], 0.95),
            "same_fast_p95_ms": percentile([page["total"] for page in fast], 0.95),
        }
        found["naive_busy_p95_ms"] = percentile([page["busy"] for page in slow], 0.95)
        found["same_fast_busy_p95_ms"] = percentile([page["busy"] for page in fast], 0.95)
        found["ratio_naive_busy_p95"] = round(found["naive_busy_p95_ms"] / found["same_fast_busy_p95_ms"], 1)
        found["ratio_naive_p95"] = round(found["naive_p95_ms"] / found["same_fast_p95_ms"], 1)
    found["slowest"] = [
        [round(page["total"]), round(page["sql"]), path]
        for page, path in sorted(zip(pages, queries, strict=True), key=lambda one: -one[0]["total"])[:8]
    ]
    found["load"] = round(os.getloadavg()[0], 1)
    found["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--naive", type=int, default=100, help="so many of them again with every facet counted by a query of its own")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plans", type=Path, help="write the query plans into this folder")
    args = parser.parse_args()
    found = run(args.scale, args.queries, args.seed, args.naive)
    if args.plans:
        args.plans.mkdir(parents=True, exist_ok=True)
        plans = shell("plans()", args.scale)
        (args.plans / f"plans-{args.scale}.txt").write_text(plans, encoding="utf-8")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
