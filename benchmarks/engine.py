"""How fast the engine is, next to other tools on the same pairs in the same run.

    python -m benchmarks.engine --students 20000 [--threads 2] [--peers] [--policy most]

The last line is one JSON object. The engine runs in a process of its own, so that `peak_mib` is its alone (with Python, NumPy,
Numba and the instance); every figure is the second run, when the compiled code is loaded. Keys with `cpu` count processor
seconds: on a machine that others use too, compare those.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import pickle
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from matching.engine import Instance, solve

from .engine_country import country

MOST_EDGES = 10**9


def measure(instance: Instance, policy: str, threads: int) -> dict[str, Any]:
    """Time the whole and the edges alone, warm."""
    from matching.engine import solver
    from matching.engine.edges import build_graph
    from matching.engine.index import build_index

    instance.__dict__["input_digest"] = instance.input_digest  # files apart: the digest is not part of a solve from arrays
    solve(instance, policy=policy, threads=threads, max_edges=MOST_EDGES)
    spent = time.process_time()
    result = solve(instance, policy=policy, threads=threads, max_edges=MOST_EDGES)
    spent = time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    began, worked = time.perf_counter(), time.process_time()
    index = build_index(instance)
    capacity = instance.places.capacity[index.place_row]
    for batch in range(len(index.student_cut) - 1):
        build_graph(index, solver.bent_scores(policy), batch, capacity, lambda: None)
    generate, worked = time.perf_counter() - began, time.process_time() - worked
    summary = result.summary
    total = summary["seconds"]["total"]
    return {
        "students": summary["students"],
        "places": summary["places"],
        "slots": summary["slots"],
        "edges": summary["edges"],
        "policy": policy,
        "threads": threads,
        "total_s": total,
        "seconds": summary["seconds"],
        "generate_s": round(generate, 3),
        "ratio_generate": round(total / generate, 2),
        "total_cpu_s": round(spent, 3),
        "ratio_generate_cpu": round(spent / worked, 2),
        "peak_mib": peak,
        "placed": summary["placed"],
        "tiers": summary["tiers"],
        "score": summary["score"],
        "lottery_unique": summary["lottery_unique"],
        "result_digest": summary["result_digest"],
        "machine": f"{platform.machine()}, {processor()}, Python {platform.python_version()}",
        "versions": summary["versions"],
    }


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def in_own_process(module: str, instance_file: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", module, *arguments, "--instance", str(instance_file)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(found.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--policy", default="most")
    parser.add_argument("--peers", action="store_true", help="OR-Tools and SciPy too, and `matching` for stable")
    parser.add_argument("--instance", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.instance:
        instance = pickle.loads(args.instance.read_bytes())  # noqa: S301 (written by ourselves a moment ago)
        print(json.dumps(measure(instance, args.policy, args.threads)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "instance"
        file.write_bytes(pickle.dumps(country(args.students)))
        found = in_own_process("benchmarks.engine", file, "--threads", str(args.threads), "--policy", args.policy)
        if args.peers:
            peers = in_own_process("benchmarks.engine_peers", file, "--policy", args.policy)
            found |= peers
            for name in ("ortools", "scipy", "matching"):
                if peers.get(f"{name}_s"):
                    found[f"ratio_{name}"] = round(found["total_s"] / peers[f"{name}_s"], 4)
                if peers.get(f"{name}_cpu_s"):
                    found[f"ratio_{name}_cpu"] = round(found["total_cpu_s"] / peers[f"{name}_cpu_s"], 4)
            found["versions"] |= {name: importlib.metadata.version(name) for name in ("ortools", "scipy")}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
