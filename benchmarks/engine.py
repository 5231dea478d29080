"""How fast the engine is, next to other tools on the same pairs in the same run.

    python -m benchmarks.engine --students 20000 [--threads 2] [--peers] [--policy most]
    python -m benchmarks.engine --growth [--sizes 20000 60000 180000 540000] [--threads 2]
    python -m benchmarks.engine --table [--sizes …]             # every figure of the engine's table, one after the other
    python -m benchmarks.engine --first                         # a fresh process, from its start to a result, compiled code cached
    python -m benchmarks.engine --digests                       # one result: rows shuffled, threads 1-4, a process with an empty compile cache
    python -m benchmarks.engine --gain --students 540000        # a slot at each of (for the country) a million candidates

`--peers` compares with OR-Tools and SciPy; with `--policy stable` with the package `matching`, for which the variable
BENCHMARK_MATCHING_PYTHON names the Python of an environment of its own (`python -m venv DIR && DIR/bin/pip install matching`): it bears
the name of our app, so it must not be installed beside it.

The last line is one JSON object. The engine runs in a process of its own, so that `peak_mib` is its alone (with Python, NumPy,
Numba and the instance). One run goes before, for compiled code to be loaded; then one counts, up to 60,000 students the median of five.
Keys with `cpu` count processor seconds: on a machine that others use too, compare those.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import pickle
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from matching.engine import Instance, solve

from .engine_country import STUDENTS as COUNTRY
from .engine_country import country

MOST_EDGES = 10**9
FEW = 60_000


def measure(instance: Instance, policy: str, threads: int) -> dict[str, Any]:
    """Time the whole and the edges alone, warm."""
    from matching.engine import solver
    from matching.engine.edges import build_graph
    from matching.engine.index import build_index

    instance.__dict__["input_digest"] = instance.input_digest  # files apart: the digest is not part of a solve from arrays
    solve(instance, policy=policy, threads=threads, max_edges=MOST_EDGES)
    runs = []
    for _ in range(5 if len(instance.students) <= FEW else 1):
        spent = time.process_time()
        result = solve(instance, policy=policy, threads=threads, max_edges=MOST_EDGES)
        runs.append((result.summary["seconds"]["total"], time.process_time() - spent, result))
    _, spent, result = sorted(runs, key=lambda run: run[0])[len(runs) // 2]
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


FRESH = """
import time; began = time.time()
import pickle, sys
from pathlib import Path
instance = pickle.loads(Path(sys.argv[1]).read_bytes())
from matching.engine import solve
result = solve(instance, max_edges=10**9)
print(time.time() - began, time.process_time(), result.summary["placed"])
"""


def first_call(file: Path) -> dict[str, Any]:
    """A new process from its start to the first result, after one that filled the caches; the better of three."""
    best: dict[str, Any] = {}
    for turn in range(4):
        began = time.perf_counter()
        output = subprocess.run([sys.executable, "-c", FRESH, str(file)], check=True, capture_output=True, text=True).stdout
        took = round(time.perf_counter() - began, 2)
        if turn and (not best or took < best["first_call_s"]):
            best = {"first_call_s": took, "first_call_cpu_s": round(float(output.split()[1]), 2)}
    return best | {"bytecode_written": not sys.dont_write_bytecode}


def measure_gain(instance: Instance, students: int) -> dict[str, Any]:
    """`gain` for as many candidates as a million are to the country."""
    from matching.engine.gain import gain

    from .engine_country import more_places

    result = solve(instance, max_edges=MOST_EDGES)
    candidates = more_places(students, round(1_000_000 * students / COUNTRY))
    gain(instance, result, candidates)
    began, worked = time.perf_counter(), time.process_time()
    found = gain(instance, result, candidates)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    more = int((found.student_tier >= 0).sum())
    return {
        "candidates": len(found.candidate),
        "gain_s": round(seconds, 2),
        "gain_cpu_s": round(worked, 2),
        "more_placed": more,
        "gain_peak_mib": peak,
    }


DIGEST = """
import pickle, sys
from pathlib import Path
from matching.engine import solve
instance = pickle.loads(Path(sys.argv[1]).read_bytes())
print(solve(instance, threads=2, max_edges=10**9).summary["result_digest"])
"""


def shuffled(instance: Instance, seed: int) -> Instance:
    """The same instance with its rows in another order."""
    from matching.engine.again import cut

    draw = np.random.default_rng(seed)
    return cut(instance, draw.permutation(len(instance.students)), draw.permutation(len(instance.places))).instance


def digests(students: int) -> dict[str, Any]:
    """The digest of the result under everything that must not matter, and whether they are all one."""
    instance = country(students)
    found = {f"{threads} threads": digest(instance, threads) for threads in range(1, 5)}
    found |= {f"rows shuffled {seed}": digest(shuffled(instance, seed), 2) for seed in range(1, 4)}
    with stored(instance) as file, tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-c", DIGEST, str(file)]
        output = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"NUMBA_CACHE_DIR": cache}).stdout
        found["empty compile cache"] = output.split()[-1]
        compiled = len(list(Path(cache).rglob("*.nbc")))
    return {"students": students, "same": len(set(found.values())) == 1, "kernels_compiled_anew": compiled, "digests": found}


def digest(instance: Instance, threads: int) -> str:
    return str(solve(instance, threads=threads, max_edges=MOST_EDGES).summary["result_digest"])


def fit(pairs: list[int], seconds: list[float]) -> tuple[float, float]:
    """Exponent and intercept of the least-squares line through the logarithms."""
    exponent, intercept = np.polyfit(np.log(pairs), np.log(seconds), 1)
    return round(float(exponent), 3), round(float(intercept), 3)


def growth(sizes: list[int], threads: int) -> dict[str, Any]:
    """Time against pairs over several sizes, with the exponent fitted to wall and to processor seconds."""
    keys = ("students", "edges", "total_s", "total_cpu_s", "generate_s", "ratio_generate", "peak_mib", "result_digest")
    rows = []
    for size in sizes:
        with stored(country(size)) as file:
            found = in_own_process("benchmarks.engine", file, "--threads", str(threads))
        rows.append({key: found[key] for key in keys})
        print(json.dumps(rows[-1]), file=sys.stderr)
    pairs = [row["edges"] for row in rows]
    exponent, intercept = fit(pairs, [row["total_s"] for row in rows])
    cpu, _ = fit(pairs, [row["total_cpu_s"] for row in rows])
    return {"threads": threads, "exponent": exponent, "intercept": intercept, "exponent_cpu": cpu, "sizes": rows, **machine()}


def table(sizes: list[int]) -> dict[str, Any]:
    """Every figure of the table in docs/engine.md but the school's request (benchmarks.school); the last of the sizes is the country.

    Each row is told on stderr as soon as it is there: the whole takes long.
    """
    rows: dict[str, Any] = machine()

    def keep(name: str, found: dict[str, Any]) -> dict[str, Any]:
        rows[name] = found
        print(json.dumps({name: found}), file=sys.stderr, flush=True)
        return found

    one = keep("20000 one thread", compare(20_000, 1, "most", peers=True))
    two = compare(20_000, 2, "most", peers=False)
    keep("20000 two threads", two | {"ratio_scipy": round(two["total_s"] / one["scipy_s"], 4)})
    keep("5000 stable", compare(5_000, 1, "stable", peers=True))
    with stored(country(5_000)) as file:
        keep("first call", first_call(file))
    keep("digests", digests(2_000))
    keep("growth and country", growth(sizes, 2))
    keep("gain, country", measure_gain(country(sizes[-1]), sizes[-1]))
    return rows


def compare(students: int, threads: int, policy: str, peers: bool) -> dict[str, Any]:
    """The engine, and if asked the others, on one instance; ratios are ours ÷ theirs, wall and (cpu) processor seconds."""
    with stored(country(students)) as file:
        found = in_own_process("benchmarks.engine", file, "--threads", str(threads), "--policy", policy)
        if peers:
            others = in_own_process("benchmarks.engine_peers", file, "--policy", policy)
            found |= others
            for name in ("ortools", "scipy", "matching"):
                if others.get(f"{name}_s"):
                    found[f"ratio_{name}"] = round(found["total_s"] / others[f"{name}_s"], 4)
                    found[f"ratio_{name}_cpu"] = round(found["total_cpu_s"] / others[f"{name}_cpu_s"], 4)
            found["versions"] |= {name: importlib.metadata.version(name) for name in ("ortools", "scipy")}
    return found


def machine() -> dict[str, Any]:
    """Where and with what this was measured."""
    names = ("numpy", "numba", "ortools", "scipy")
    versions = {name: importlib.metadata.version(name) for name in names}
    return {
        "machine": f"{platform.machine()}, {processor()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        "load_before": round(os.getloadavg()[0], 2),
        "versions": versions,
    }


@contextmanager
def stored(instance: Instance) -> Iterator[Path]:
    """The instance in a file, for other processes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "instance"
        file.write_bytes(pickle.dumps(instance))
        yield file


def in_own_process(module: str, instance_file: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", module, *arguments, "--instance", str(instance_file)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(found.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=20_000)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--policy", default="most")
    parser.add_argument("--peers", action="store_true", help="OR-Tools and SciPy too, and `matching` for stable")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 60_000, 180_000, COUNTRY])
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--digests", action="store_true")
    parser.add_argument("--gain", action="store_true")
    parser.add_argument("--instance", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.instance:
        instance = pickle.loads(args.instance.read_bytes())  # noqa: S301 (written by ourselves a moment ago)
        print(json.dumps(measure(instance, args.policy, args.threads or 1)))
    elif args.growth:
        print(json.dumps(growth(args.sizes, args.threads or 2)))
    elif args.table:
        print(json.dumps(table(args.sizes)))
    elif args.first:
        with stored(country(args.students)) as file:
            print(json.dumps({"students": args.students} | first_call(file) | machine()))
    elif args.digests:
        print(json.dumps(digests(args.students) | machine()))
    elif args.gain:
        print(json.dumps({"students": args.students} | measure_gain(country(args.students), args.students) | machine()))
    else:
        print(json.dumps(compare(args.students, args.threads or 1, args.policy, args.peers) | {"load_before": machine()["load_before"]}))


if __name__ == "__main__":
    main()
