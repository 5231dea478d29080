"""Other tools on the engine's own pairs: OR-Tools' min-cost flow, SciPy's sparse matching, and the package `matching`."""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import Instance, solve
from matching.engine.edges import TOP, build_graph
from matching.engine.index import build_index
from matching.engine.solver import bent_scores

PER_TIER = 5_000
SCIPY_UP_TO = 100_000
MATCHING_UP_TO = 6_000
ENVIRONMENT = Path(__file__).parent.parent / ".run" / "benchmark-matching"

Ints = NDArray[np.int64]


def all_pairs(instance: Instance) -> tuple[Ints, Ints, Ints]:
    """Student row, place row and score of every feasible pair."""
    index = build_index(instance)
    capacity = instance.places.capacity[index.place_row]
    parts = []
    for batch in range(len(index.student_cut) - 1):
        graph = build_graph(index, bent_scores("most"), batch, capacity, lambda: None)
        low, first = index.student_cut[batch], index.place_cut[batch]
        student = np.repeat(index.student_row[low : index.student_cut[batch + 1]], np.diff(graph.start))
        parts.append((student, index.place_row[first + graph.col], graph.score.astype(np.int64)))
    i, j, score = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return i, j, score


def ortools_seconds(instance: Instance, i: Ints, j: Ints, score: Ints) -> dict[str, Any]:
    """Its solve() alone, score plus 5000 per tier, everybody may stay unplaced."""
    from ortools.graph.python import min_cost_flow

    n, m = len(instance.students), len(instance.places)
    tier = instance.students.tier
    bonus = PER_TIER * (tier.max() - tier + 1)
    flow, sink = min_cost_flow.SimpleMinCostFlow(), n + m
    flow.add_arcs_with_capacity_and_unit_cost(i, n + j, np.ones(len(i), np.int64), -(score + bonus[i]))
    flow.add_arcs_with_capacity_and_unit_cost(n + np.arange(m), np.full(m, sink), instance.places.capacity, np.zeros(m, np.int64))
    flow.add_arcs_with_capacity_and_unit_cost(np.arange(n), np.full(n, sink), np.ones(n, np.int64), np.zeros(n, np.int64))
    flow.set_nodes_supplies(np.arange(n), np.ones(n, np.int64))
    flow.set_node_supply(sink, -n)
    began, worked = time.perf_counter(), time.process_time()
    status = flow.solve()
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    assert status == flow.OPTIMAL
    placed = int((flow.flows(np.arange(len(i))) > 0).sum())
    return {"ortools_s": round(seconds, 3), "ortools_cpu_s": round(worked, 3), "ortools_placed": placed}


def scipy_seconds(instance: Instance, placed: NDArray[np.bool_], i: Ints, j: Ints, score: Ints) -> dict[str, Any]:
    """SciPy's min_weight_full_bipartite_matching of the students we placed, a column a slot; it has to be told who."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    kept = placed[i] & (instance.places.capacity[j] > 0)
    i, j, score = i[kept], j[kept], score[kept]
    row = np.cumsum(placed) - 1
    first = np.concatenate(([0], np.cumsum(instance.places.capacity)))
    slots = instance.places.capacity[j]
    student, cost = np.repeat(row[i], slots), np.repeat(TOP + 1 - score, slots)
    slot = np.repeat(first[j], slots) + np.arange(slots.sum()) - np.repeat(np.cumsum(slots) - slots, slots)
    graph = csr_matrix((cost, (student, slot)), shape=(int(placed.sum()), int(first[-1])))
    began, worked = time.perf_counter(), time.process_time()
    rows, columns = min_weight_full_bipartite_matching(graph)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    total = int((TOP + 1) * len(rows) - graph[rows, columns].sum())
    return {"scipy_s": round(seconds, 3), "scipy_cpu_s": round(worked, 3), "scipy_score": total}


IN_ANOTHER_ENVIRONMENT = """
import json, sys, time
from matching.games import HospitalResident
sys.setrecursionlimit(10**6)
students, places, capacities = json.load(open(sys.argv[1]))
game = HospitalResident.create_from_dictionaries(students, places, capacities)
began, worked = time.perf_counter(), time.process_time()
found = game.solve()
seconds, worked = time.perf_counter() - began, time.process_time() - worked
print(json.dumps([seconds, worked, sum(len(v) for v in found.values())]))
"""


def matching_seconds(i: Ints, j: Ints, score: Ints, capacity: Ints) -> dict[str, Any]:
    """The package `matching`, whose name our app bears too: in an environment of its own, outside the project."""
    if not ENVIRONMENT.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        subprocess.run([str(ENVIRONMENT / "bin" / "pip"), "install", "-q", "matching"], check=True)
    order = np.lexsort((j, -score, i))
    students: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for a, b in zip(i[order].tolist(), j[order].tolist(), strict=True):
        if capacity[b]:
            students.setdefault(f"s{a}", []).append(f"p{b}")
            places.setdefault(f"p{b}", []).append(f"s{a}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "game.json"
        file.write_text(json.dumps([students, places, {name: int(capacity[int(name[1:])]) for name in places}]))
        command = [str(ENVIRONMENT / "bin" / "python"), "-c", IN_ANOTHER_ENVIRONMENT, str(file)]
        found = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    seconds, worked, placed = json.loads(found.stdout.splitlines()[-1])
    return {"matching_s": round(seconds, 3), "matching_cpu_s": round(worked, 3), "matching_placed": placed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", type=Path, required=True)
    parser.add_argument("--policy", default="most")
    args = parser.parse_args()
    instance: Instance = pickle.loads(args.instance.read_bytes())  # noqa: S301 (written by the caller a moment ago)
    i, j, score = all_pairs(instance)
    found: dict[str, Any] = {}
    if args.policy == "stable":
        if len(instance.students) <= MATCHING_UP_TO:
            found |= matching_seconds(i, j, score, instance.places.capacity)
    else:
        found |= ortools_seconds(instance, i, j, score)
        if len(instance.students) <= SCIPY_UP_TO:
            placed = solve(instance, max_edges=10**9).place_id >= 0
            found |= scipy_seconds(instance, placed, i, j, score)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
