"""Whether the search holds when many look at once: so many requests a second for so long, and how many went wrong.

    python -m benchmarks.search_load --scale 1.0 --rate 50 --seconds 120

Two gunicorn workers of four threads, on the database of benchmarks.search; every twentieth request is a place's page. Requests start
by the clock, whether or not earlier ones have been answered. The last line is one JSON object; it ends with 1 when anything failed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.search import ROOT, environment, free_port, mix, percentile, prepare, shell, wait_for

THREADS = 64
PLACE_EVERY = 20


def one(port: int, path: str, at: float, times: list[float], wrong: list[str]) -> None:
    """Ask for one page at its moment; milliseconds count from that moment, waiting included."""
    time.sleep(max(0.0, at - time.perf_counter()))
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path, headers={"Accept-Language": "nl"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            wrong.append(f"{answer.status} {path}")
    except (OSError, http.client.HTTPException) as error:
        wrong.append(f"{type(error).__name__} {path}")
    times.append(1000 * (time.perf_counter() - at))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rate", type=int, default=50, help="requests a second")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    prepare(args.scale, args.seed)
    paths = mix(args.scale, 1000, args.seed)
    places = json.loads(shell("some_places(200)", args.scale).splitlines()[-1])
    port, times, wrong = free_port(), list[float](), list[str]()
    command = [sys.executable, "-m", "gunicorn", "stagematch.wsgi:application", "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--timeout", "60", "--log-level", "error"], cwd=ROOT, env=environment(args.scale))
    try:
        wait_for(port)
        asked = [places[n // PLACE_EVERY % len(places)] if n % PLACE_EVERY == 0 else paths[n % len(paths)] for n in range(args.rate * args.seconds)]
        for path in asked[:40]:
            one(port, path, time.perf_counter(), [], wrong)
        began = time.perf_counter() + 0.5
        with ThreadPoolExecutor(THREADS) as pool:
            for number, path in enumerate(asked):
                pool.submit(one, port, path, began + number / args.rate, times, wrong)
        took = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(20)
    print(json.dumps({
        "scale": args.scale, "requests": len(asked), "rate": args.rate, "seconds": round(took, 1), "errors": len(wrong), "first_errors": wrong[:5],
        "answer_p50_ms": percentile(times, 0.5), "answer_p95_ms": percentile(times, 0.95), "answer_max_ms": percentile(times, 1),
        "threads": threading.active_count(),
    }))  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
