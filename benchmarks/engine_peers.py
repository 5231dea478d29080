"""Other tools on the engine's own pairs: OR-Tools' min-cost flow, SciPy's sparse matching, and the package `matching`."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import Instance, solve
from matching.engine.edges import TOP, build_graph
from matching.engine.index import build_index
from matching.engine.order import PAIR_SHIFT, lottery_ranks, splitmix64_array, student_order
from matching.engine.rules import pair_points
from matching.engine.solver import bent_scores, entries_of

PER_TIER = 5_000
SCIPY_UP_TO = 100_000
MATCHING_UP_TO = 6_000
PYTHON = "BENCHMARK_MATCHING_PYTHON"

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
import importlib.metadata, json, sys, time
from matching.games import HospitalResident
sys.setrecursionlimit(10**6)
students, places, capacities = json.load(open(sys.argv[1]))
began, worked = time.perf_counter(), time.process_time()
game = HospitalResident.create_from_dictionaries(students, places, capacities)
made, made_cpu = time.perf_counter() - began, time.process_time() - worked
found = game.solve()
took, took_cpu = time.perf_counter() - began, time.process_time() - worked
pairs = sorted((student.name, place.name) for place, some in found.items() for student in some)
version = importlib.metadata.version("matching")
print(json.dumps({"s": took, "cpu_s": took_cpu, "solve_s": took - made, "solve_cpu_s": took_cpu - made_cpu, "version": version, "pairs": pairs}))
"""


def preferences(instance: Instance, seed: int, i: Ints, j: Ints, score: Ints) -> tuple[Ints, Ints]:
    """The pairs in the order of the students' wishes (score, hash, place id) and of the places' ranking, as policy stable has them."""
    index = build_index(instance)
    student, place = index.student_at[i], index.place_at[j]
    points = pair_points(index.students, student, index.entries, entries_of(index, student, place), index.grid, index.marks)
    s = instance.students
    drawn = splitmix64_array(lottery_ranks(seed, s.id)[i] ^ instance.places.id[j].astype(np.uint64)) >> np.uint64(PAIR_SHIFT)
    reach = s.max_distance[i]
    near = np.where(reach == 0, 100, 100 * (reach - points[:, 0]) // np.maximum(reach, 1))
    merit = 1000 * (s.tier.max() - s.tier[i]) + points[:, 2] + points[:, 5] + near
    turn = np.empty(len(s), np.int64)
    turn[student_order(seed, s.tier, s.id)] = np.arange(len(s))
    return np.lexsort((instance.places.id[j], -drawn.astype(np.int64), -score, i)), np.lexsort((turn[i], -merit, j))


def matching_seconds(instance: Instance, i: Ints, j: Ints, score: Ints) -> dict[str, Any]:
    """The package `matching`, whose name our app bears too: by the Python that BENCHMARK_MATCHING_PYTHON names, outside the project.

    It gets the ranked lists ready-made; making its game and solving it count. `matching_same` says whether its answer is ours.
    """
    python = os.environ.get(PYTHON)
    if not python:
        return {"matching_left_out": f"{PYTHON} names no Python that has the package `matching`"}
    capacity, seed = instance.places.capacity, 1
    some = capacity[j] > 0
    i, j, score = i[some], j[some], score[some]
    wishes, ranking = preferences(instance, seed, i, j, score)
    students: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for a, b in zip(i[wishes].tolist(), j[wishes].tolist(), strict=True):
        students.setdefault(f"s{a}", []).append(f"p{b}")
    for a, b in zip(i[ranking].tolist(), j[ranking].tolist(), strict=True):
        places.setdefault(f"p{b}", []).append(f"s{a}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "game.json"
        file.write_text(json.dumps([students, places, {name: int(capacity[int(name[1:])]) for name in places}]))
        command = [python, "-c", IN_ANOTHER_ENVIRONMENT, str(file)]
        output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout
    found = json.loads(output.splitlines()[-1])
    ours = solve(instance, policy="stable", seed=seed, max_edges=10**9)
    row = instance.row_by_place
    own = {f"s{a}": f"p{row[b]}" for a, b in enumerate(ours.place_id.tolist()) if b >= 0}
    figures = {f"matching_{name}": round(found[name], 3) for name in ("s", "cpu_s", "solve_s", "solve_cpu_s")}
    return figures | {"matching_same": dict(found["pairs"]) == own, "matching_version": found["version"]}


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
            found |= matching_seconds(instance, i, j, score)
    else:
        found |= ortools_seconds(instance, i, j, score)
        if len(instance.students) <= SCIPY_UP_TO:
            placed = solve(instance, max_edges=10**9).place_id >= 0
            found |= scipy_seconds(instance, placed, i, j, score)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
