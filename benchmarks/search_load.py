"""Whether the search holds when many look at once: so many requests a second for so long, and how many were answered, late or wrong.

    python -m benchmarks.search_load --scale 1.0 --rate 50 --seconds 120 [--workers 2] [--threads 4]

The site as ./run serves it (stagematch/serving.py), on the database of benchmarks.search; every twentieth request is a place's page. Requests
start by the clock, whether or not earlier ones have been answered: their time counts from the moment at which they were due, so that
waiting for a connection or in a queue counts too. Visitors keep their connection, as browsers do. Clients and server share the machine.
The last line is one JSON object; it ends with 1 when anything failed, or when fewer than 99 % were answered as fast as they came.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from benchmarks.search import ROOT, environment, free_port, mix, percentile, prepare, shell, wait_for

VISITORS = 64
PLACE_EVERY = 20
PATIENCE = 30.0
# Answers that come within so many ms of when they were due kept up.
IN_TIME = 1000.0


@dataclass
class Load:
    """Requests to one port: times in ms from when each was due, and what went wrong."""

    port: int
    times: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    last: float = 0.0
    own: threading.local = field(default_factory=threading.local)

    def ask(self, path: str, due: float) -> None:
        """Ask for one page at its moment."""
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            status = self._status(path)
        except (OSError, http.client.HTTPException) as error:
            self.own.connection = None
            self.wrong[type(error).__name__] += 1
            return
        now = time.perf_counter()
        self.last = max(self.last, now)
        if status == 200:
            self.times.append(1000 * (now - due))
        else:
            self.wrong[str(status)] += 1

    def _status(self, path: str) -> int:
        """The answer's status; a connection that the server has closed meanwhile is opened again, once."""
        for kept in (getattr(self.own, "connection", None), None):
            connection = kept or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            self.own.connection = connection
            try:
                connection.request("GET", path, headers={"Accept-Language": "nl"})
                answer = connection.getresponse()
                answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                connection.close()
                if kept is None:
                    raise
                continue
            return answer.status
        raise ConnectionError("no connection")


def serve(scale: float, port: int, workers: int, threads: int) -> subprocess.Popen[bytes]:
    """Gunicorn as ./run starts it; its lines of access go nowhere."""
    command = [sys.executable, "-m", "gunicorn", "-c", "stagematch/serving.py", "--workers", str(workers), "--threads", str(threads)]
    command += ["--bind", f"127.0.0.1:{port}", "--timeout", "60", "--log-level", "error"]
    return subprocess.Popen(command, cwd=ROOT, env=environment(scale), stdout=subprocess.DEVNULL)


def run(scale: float, rate: int, seconds: int, seed: int, workers: int, threads: int) -> dict[str, Any]:
    prepare(scale, seed)
    paths = mix(scale, 1000, seed)
    places = json.loads(shell("some_places(200)", scale).splitlines()[-1])
    asked = [places[n // PLACE_EVERY % len(places)] if n % PLACE_EVERY == 0 else paths[n % len(paths)] for n in range(rate * seconds)]
    load = Load(free_port())
    server = serve(scale, load.port, workers, threads)
    try:
        wait_for(load.port).close()
        warm = Load(load.port)
        for path in asked[:80]:
            warm.ask(path, time.perf_counter())
        began = time.perf_counter() + 0.5
        with ThreadPoolExecutor(VISITORS) as pool:
            for number, path in enumerate(asked):
                pool.submit(load.ask, path, began + number / rate)
    finally:
        server.terminate()
        server.wait(20)
    took, times = max(load.last - began, 0.001), load.times or [0.0]
    return {
        "scale": scale, "rate": rate, "seconds": seconds, "workers": workers, "threads": threads, "requests": len(asked),
        "answered": len(load.times), "errors": sum(load.wrong.values()), "kinds": dict(load.wrong), "took_s": round(took, 1),
        "answered_per_second": round(len(load.times) / took, 1),
        "kept_up": round(sum(one <= IN_TIME for one in load.times) / len(asked), 3), "answer_p50_ms": percentile(times, 0.5),
        "answer_p95_ms": percentile(times, 0.95), "answer_p99_ms": percentile(times, 0.99), "answer_max_ms": percentile(times, 1),
        "load": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rate", type=int, default=50, help="requests a second")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found = run(args.scale, args.rate, args.seconds, args.seed, args.workers, args.threads)
    print(json.dumps(found))
    return 1 if found["errors"] or found["kept_up"] < 0.99 else 0


if __name__ == "__main__":
    sys.exit(main())
