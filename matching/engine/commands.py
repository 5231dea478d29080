"""Command line, second half: explain, compare, what-if, additions and audit. JSON on standard output."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from . import POLICIES, Criteria, InputError, Instance, Problem, Result, misses, reach, read_instance, read_result, write_result
from .additions import best_additions
from .audit import audit, read_groups
from .explain import about_place, compare, what_if, what_would_change_it, why_not, why_nothing, why_this
from .gain import read_candidates
from .sentences import LANGUAGES
from .sentences import about_place as place_in_words
from .sentences import what_would_change_it as changes_in_words
from .sentences import why_not as why_not_in_words
from .sentences import why_nothing as why_nothing_in_words
from .sentences import why_this as why_this_in_words

UNREADABLE = 2
WEIGHTS = tuple(field.name for field in fields(Criteria))


def show(answer: Any) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def run_explain(args: argparse.Namespace) -> int:
    """Facts and sentences in both languages about one student or one place."""
    instance, result = read_instance(args.instance), read_result(args.result)
    try:
        if args.student is not None:
            show(about_student(instance, result, args.student, args.why_not))
        else:
            facts = about_place(instance, result, args.place)
            show({"place": args.place, "facts": asdict(facts), "sentences": {to: place_in_words(facts, to) for to in LANGUAGES}})
    except KeyError as error:
        print(f"{error.args[0]} is not in this instance", file=sys.stderr)
        return UNREADABLE
    return 0


def about_student(instance: Instance, result: Result, student_id: int, other: int | None) -> dict[str, Any]:
    """Why this place or why none, what would change it, and why not `other`; data and sentences."""
    row = result.row_of(student_id)
    place = int(result.place_id[row])
    answer: dict[str, Any] = {"student": student_id, "place": place if place >= 0 else None, "reason": result.reason[row]}
    said: dict[str, Any] = {to: {} for to in LANGUAGES}
    mine, none = why_this(instance, result, student_id), why_nothing(instance, result, student_id)
    if mine is not None:
        answer["why_this"] = asdict(mine)
        for to in LANGUAGES:
            said[to]["why_this"] = why_this_in_words(mine, to)
    if none is not None:
        changes = what_would_change_it(instance, result, student_id)
        answer |= {"why_nothing": asdict(none), "changes": None if changes is None else [asdict(change) for change in changes]}
        for to in LANGUAGES:
            said[to] |= {"why_nothing": why_nothing_in_words(none, to), "changes": changes_in_words(changes, to)}
    if other is not None:
        against = why_not(instance, result, student_id, other)
        answer["why_not"] = asdict(against)
        for to in LANGUAGES:
            said[to]["why_not"] = why_not_in_words(against, to)
    answer["reach"] = [asdict(option) for option in reach(instance, result, student_id)]
    answer["misses"] = [asdict(miss) for miss in misses(instance, student_id)]
    return answer | {"sentences": said}


def run_compare(args: argparse.Namespace) -> int:
    show([asdict(row) for row in compare(read_instance(args.instance), args.policies, seed=args.seed, threads=args.threads)])
    return 0


def run_what_if(args: argparse.Namespace) -> int:
    """The difference the changes make; the new result is written when asked for."""
    instance, result = read_instance(args.instance), read_result(args.result)
    weights = {name: getattr(args, name) for name in WEIGHTS if getattr(args, name) is not None}
    after, difference = what_if(
        instance,
        result,
        criteria=replace(instance.criteria, **weights) if weights else None,
        max_distance_factor=args.max_distance_factor,
        max_distance_plus=args.max_distance_plus,
        capacities=dict(args.capacity or []),
        threads=args.threads,
    )
    if args.out is not None:
        write_result(after, args.out)
    show(asdict(difference))
    return 0


def run_additions(args: argparse.Namespace) -> int:
    instance = read_instance(args.instance)
    show(
        [asdict(one) for one in best_additions(instance, read_candidates(args.candidates, instance), args.count, policy=args.policy, seed=args.seed)]
    )
    return 0


def run_audit(args: argparse.Namespace) -> int:
    """A table for people; with --json the same for machines."""
    instance = None if args.instance is None else read_instance(args.instance)
    report = audit(read_result(args.result), read_groups(args.groups), instance)
    print(report.table())
    if args.json is not None:
        try:
            args.json.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n", "utf-8")
        except OSError as error:
            raise InputError([Problem(str(args.json), None, None, f"a file that can be written: {error}")]) from None
    return 0


def place_and_slots(text: str) -> tuple[int, int]:
    place, _, slots = text.partition("=")
    return int(place), int(slots)


def add_parsers(commands: Any) -> None:
    """The sub-commands' arguments, beside those of `__main__`."""
    one = commands.add_parser("explain", help="why this place, why not another, why none, and what would change it")
    one.add_argument("instance", type=Path)
    one.add_argument("result", type=Path)
    who = one.add_mutually_exclusive_group(required=True)
    who.add_argument("--student", type=int)
    who.add_argument("--place", type=int)
    one.add_argument("--why-not", type=int, metavar="PLACE", help="with --student: solve again with the student there")
    two = commands.add_parser("compare", help="the policies side by side")
    two.add_argument("instance", type=Path)
    two.add_argument("--policies", nargs="+", choices=POLICIES, default=list(POLICIES))
    three = commands.add_parser("what-if", help="other weights, limits or slots, next to the match there is")
    three.add_argument("instance", type=Path)
    three.add_argument("result", type=Path)
    for name in WEIGHTS:
        three.add_argument(f"--{name.replace('_', '-')}", type=int, help="points; the six weights must sum to 1000")
    three.add_argument("--max-distance-factor", type=float)
    three.add_argument("--max-distance-plus", type=int, metavar="METRES")
    three.add_argument("--capacity", type=place_and_slots, action="append", metavar="PLACE=SLOTS")
    three.add_argument("--out", type=Path, help="write the new result here")
    four = commands.add_parser("additions", help="which candidate slots to open first, priced anew after each")
    four.add_argument("instance", type=Path)
    four.add_argument("candidates", type=Path, help="rows like places.csv")
    four.add_argument("--count", type=int, default=10)
    four.add_argument("--policy", choices=POLICIES[:2], default=POLICIES[0])
    for parser in (two, four):
        parser.add_argument("--seed", type=int, default=1)
    for parser in (two, three):
        parser.add_argument("--threads", type=int, default=2)
    five = commands.add_parser("audit", help="outcomes by groups of your own, small cells hidden")
    five.add_argument("result", type=Path)
    five.add_argument("groups", type=Path, help="a column student and one or more columns of groups")
    five.add_argument("--instance", type=Path, help="for distances in metres")
    five.add_argument("--json", type=Path, help="write the figures here as well")


COMMANDS = {"explain": run_explain, "compare": run_compare, "what-if": run_what_if, "additions": run_additions, "audit": run_audit}
