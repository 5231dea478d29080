"""`verify`: check a result from the rules alone, in integers, without tolerance and without the solver's code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .explicit import EdgeProblem
from .instance import Instance
from .result import Result
from .verify_proof import Pairs, price_findings, stable_findings, tie_findings, where_findings, who_findings
from .verify_rules import HARD_RULES, Block, block, blocks, goal, nearness

MOST_FINDINGS = 1000
REASONS = ("none_near", "level", "pathway", "period", "days", "needs", "demands", "full", "taken")
FITS, TAKEN = 7, 8
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: the rule broken, the student and the place (ids, where there is one)."""

    rule: str
    student: int | None
    place: int | None
    message: str

    def __str__(self) -> str:
        who = f" student {self.student}" if self.student is not None else ""
        where = f" place {self.place}" if self.place is not None else ""
        return f"{self.rule}:{who}{where}: {self.message}"


class Findings(list[Finding]):
    def report(self, rule: str, student: int | None, place: int | None, message: str) -> None:
        if len(self) < MOST_FINDINGS:
            self.append(Finding(rule, None if student is None else int(student), None if place is None else int(place), message))


def verify(instance: Instance | EdgeProblem, result: Result) -> list[Finding]:
    """Everything about the result that is not proven, named; an empty list means proven."""
    findings = Findings()
    rows = matching_rows(instance, result, findings)
    if rows is None:
        return findings
    place = rows
    check_digests(instance, result, findings)
    check_capacity(instance, place, findings)
    if isinstance(instance, EdgeProblem):
        pairs = given_pairs(instance, result, place, findings)
    else:
        pairs, right = all_pairs(instance, result, place, findings)
        check_own_pairs(instance, result, place, np.flatnonzero((place >= 0) & ~right), findings)
    if findings:
        return findings  # what follows reasons about a lawful assignment
    for rule, student, at, message in proofs(instance, result, place, pairs):
        findings.report(
            rule,
            None if student is None else instance.students.id[student],
            None if at is None else instance.places.id[at],
            message,
        )
    return findings


def proofs(instance: Instance | EdgeProblem, result: Result, place: Ints, pairs: Pairs) -> list[tuple[str, int | None, int | None, str]]:
    """The findings of each proof that belongs to the policy, in rows."""
    if result.policy == "stable":
        return stable_findings(instance, result.seed, place, pairs)
    found = who_findings(instance, result.seed, place, pairs)
    assert result.u is not None
    assert result.p is not None
    u, p = result.u, result.p
    found += where_findings(instance, place, u, p, pairs)
    if not found:
        found += price_findings(place, u, p, pairs)
        found += tie_findings(instance, result.seed, place, u, p, pairs)
    return found


def matching_rows(instance: Instance | EdgeProblem, result: Result, findings: Findings) -> Ints | None:
    """The place row per student row (−1 without); None when the result is about something else."""
    s, p = instance.students, instance.places
    if not np.array_equal(result.student_id, s.id):
        order = {int(i): row for row, i in enumerate(s.id)}
        for student in result.student_id.tolist():
            if student not in order:
                findings.report("students", student, None, "is in the result but not in the instance")
        for student in set(s.id.tolist()) - set(result.student_id.tolist()):
            findings.report("students", student, None, "is in the instance but not in the result")
        if not findings:
            findings.report("students", None, None, "the result lists the students in another order, or twice")
        return None
    if not np.array_equal(result.places, p.id):
        findings.report("places", None, None, "the result lists other places than the instance, or in another order")
        return None
    row_of = {int(i): row for row, i in enumerate(p.id)}
    out = np.full(len(s), -1, np.int64)
    for row, place in enumerate(result.place_id.tolist()):
        if place != -1:
            if place not in row_of:
                findings.report("places", int(s.id[row]), place, "is placed at a place that does not exist")
            out[row] = row_of.get(place, -1)
    for name, found, wanted in (("u", result.u, len(s)), ("p", result.p, len(p))):
        if result.policy != "stable" and (found is None or len(found) != wanted):
            findings.report("certificate", None, None, f"{name} must hold {wanted} numbers")
    if result.policy not in ("most", "generous", "stable"):
        findings.report("policy", None, None, f"unknown policy {result.policy!r}")
    return None if findings else out


def check_digests(instance: Instance | EdgeProblem, result: Result, findings: Findings) -> None:
    order = np.argsort(result.student_id)
    pairs = np.stack([result.student_id[order], result.place_id[order]], axis=1).astype("<i8")
    wanted = {"input_digest": instance.input_digest, "result_digest": hashlib.sha256(pairs.tobytes()).hexdigest()}
    for name, digest in wanted.items():
        if result.summary.get(name) != digest:
            findings.report(name, None, None, f"the summary says {result.summary.get(name)}, the files give {digest}")


def check_capacity(instance: Instance | EdgeProblem, place: Ints, findings: Findings) -> None:
    taken = np.bincount(place[place >= 0], minlength=len(instance.places))
    for row in np.flatnonzero(taken > instance.places.capacity):
        message = f"{taken[row]} students for {instance.places.capacity[row]} slots"
        findings.report("capacity", None, int(instance.places.id[row]), message)


def check_own_pairs(instance: Instance, result: Result, place: Ints, rows: Ints, findings: Findings) -> None:
    """Say what is wrong with the pairs of these placed students: a hard rule, points other than written down, or a reason."""
    s, p = instance.students, instance.places
    for row in rows.tolist():
        at = int(place[row])
        names = (int(s.id[row]), int(p.id[at]))
        if s.qualification[row] not in p.qualifications.of(at):
            findings.report("qualification", *names, "the place is not for this qualification")
            continue
        pair = block(instance, np.array([row]), np.array([at]))
        failing = int(pair.failing[0, 0])
        if failing >= 0:
            findings.report(HARD_RULES[failing], *names, "the pair breaks this hard rule")
            continue
        points = pair.points[0, 0]
        if not np.array_equal(points, result.points[row]) or result.score[row] != points.sum():
            findings.report("score", *names, f"points are {points.tolist()}, not {result.points[row].tolist()}")
        if result.reason[row]:
            findings.report("reason", *names, f"a placed student has no reason, not {result.reason[row]!r}")


def right_pairs(part: Block, result: Result, place: Ints) -> Ints:
    """Students of a block whose own pair is in it, obeys the rules and has the points that are written down; many at once."""
    own = np.flatnonzero(place[part.students] >= 0)
    order = np.argsort(part.places)
    at = np.searchsorted(part.places, place[part.students[own]], sorter=order)
    there = at < len(order)
    own, column = own[there], order[at[there]]
    rows, points = part.students[own], part.points[own, column]
    good = (part.places[column] == place[rows]) & (part.failing[own, column] < 0) & (points == result.points[rows]).all(axis=1)
    return rows[good & (points.sum(axis=1) == result.score[rows])]


def all_pairs(instance: Instance, result: Result, place: Ints, findings: Findings) -> tuple[Pairs, NDArray[np.bool_]]:
    """Generate every feasible pair again, and say whose own pair is right; checks the reasons of the unplaced on the way."""
    students, places, values, merits = [], [], [], []
    right = np.zeros(len(instance.students), bool)
    stage, stage_full = np.zeros((2, len(instance.students)), np.int64)
    full = instance.places.capacity == 0
    for part in blocks(instance):
        # Rules after the distance, in the published order: the furthest any candidate with a slot comes is the reason.
        reached = np.where(part.failing < 0, FITS, part.failing - 1)
        for furthest, some in ((stage, ~full[part.places]), (stage_full, full[part.places])):
            furthest[part.students] = np.maximum(furthest[part.students], reached[:, some].max(axis=1, initial=0))
        right[right_pairs(part, result, place)] = True
        a, b = np.nonzero(part.failing < 0)
        students.append(part.students[a])
        places.append(part.places[b])
        near = nearness(instance, part)
        merits.append(part.points[a, b, 1] + part.points[a, b, 4] + near[a, b])
        values.append(goal(result.policy, part.points[a, b].sum(axis=1)))
    stage[stage_full == FITS] = FITS
    stage[(stage == 0) & (stage_full > 0)] = TAKEN
    for row in np.flatnonzero(place < 0).tolist():
        if result.reason[row] != REASONS[stage[row]]:
            message = f"the reason is {REASONS[stage[row]]}, not {result.reason[row]!r}"
            findings.report("reason", int(instance.students.id[row]), None, message)
    right &= np.array([not reason for reason in result.reason], bool)
    empty = [np.zeros(0, np.int64)]
    columns = (np.concatenate(part or empty).astype(np.int64) for part in (students, places, values, merits))
    return Pairs.of(len(instance.students), *columns), right


def given_pairs(problem: EdgeProblem, result: Result, place: Ints, findings: Findings) -> Pairs:
    """The pairs of a file of edges; checks the score of each placed pair and the reasons."""
    known = {(i, j): score for i, j, score in zip(problem.i.tolist(), problem.j.tolist(), problem.score.tolist(), strict=True)}
    some = np.isin(np.arange(len(problem.students)), problem.i)
    for row, at in enumerate(place.tolist()):
        student, named = int(problem.students.id[row]), None if at < 0 else int(problem.places.id[at])
        if at >= 0 and (row, at) not in known:
            findings.report("edge", student, named, "the file has no such pair")
        elif at >= 0 and known[row, at] != result.score[row]:
            findings.report("score", student, named, f"the score is {known[row, at]}, not {result.score[row]}")
        wanted = "" if at >= 0 else REASONS[FITS] if some[row] else REASONS[0]
        if result.reason[row] != wanted:
            findings.report("reason", student, named, f"the reason is {wanted!r}, not {result.reason[row]!r}")
    return Pairs.of(len(problem.students), problem.i, problem.j, goal(result.policy, problem.score), np.zeros_like(problem.i))
