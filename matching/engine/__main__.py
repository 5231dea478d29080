"""Command line on files; `commands` has the half that explains. Exit codes: 0 done or proven, 1 refuted, 2 unreadable input."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from . import (
    POLICIES,
    InputError,
    Problem,
    Result,
    read_edges,
    read_instance,
    read_result,
    solve,
    solve_edges,
    verify,
    write_result,
)
from .commands import COMMANDS as MORE
from .commands import add_parsers

DONE, REFUTED, UNREADABLE = 0, 1, 2


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m matching.engine", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser("solve", help="match an instance and write the result")
    one.add_argument("instance", type=Path, nargs="?")
    one.add_argument("--edges", type=Path, help="a file of given pairs instead of an instance")
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--policy", choices=POLICIES, default="most")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--threads", type=int, default=2)
    one.add_argument("--max-edges", type=int, default=200_000_000)
    one.add_argument("--quiet", action="store_true", help="no progress on standard error")
    two = commands.add_parser("verify", help="check a result from the rules alone")
    two.add_argument("instance", type=Path, help="the folder, or the file of edges")
    two.add_argument("result", type=Path)
    four = commands.add_parser("gain", help="what one slot at each candidate place would do")
    four.add_argument("instance", type=Path)
    four.add_argument("result", type=Path)
    four.add_argument("candidates", type=Path, help="rows like places.csv")
    four.add_argument("--out", type=Path, required=True)
    add_parsers(commands)
    commands.add_parser("warm", help="compile everything once, so that the first run does not wait")
    return top


def run_solve(args: argparse.Namespace) -> int:
    if (args.instance is None) == (args.edges is None):
        raise InputError([Problem("command line", None, None, "either an instance or --edges FILE.npz")])
    if args.edges is not None:
        return finish(solve_edges(read_edges(args.edges), policy=args.policy, seed=args.seed), args.out)
    instance = read_instance(args.instance)
    for warning in instance.warnings:
        print(warning, file=sys.stderr)
    result = solve(
        instance,
        policy=args.policy,
        seed=args.seed,
        threads=args.threads,
        max_edges=args.max_edges,
        on_progress=None if args.quiet or not sys.stderr.isatty() else show_progress,
    )
    return finish(result, args.out)


def finish(result: Result, out: Path) -> int:
    write_result(result, out)
    print(json.dumps(result.summary, ensure_ascii=False))
    return DONE


def show_progress(phase: str, share: float, seconds_left: float | None) -> None:
    left = "" if seconds_left is None else f", {seconds_left:.0f} s left"
    print(f"\r{share:4.0%} {phase}{left}   ", end="" if share < 1 else "\n", file=sys.stderr, flush=True)


def run_verify(args: argparse.Namespace) -> int:
    began = time.perf_counter()
    given = args.instance.suffix == ".npz"
    problem = read_edges(args.instance) if given else read_instance(args.instance)
    findings = verify(problem, read_result(args.result))
    for finding in findings:
        print(finding)
    verdict = f"refuted: {len(findings)} findings" if findings else "proven"
    print(f"{verdict} in {time.perf_counter() - began:.1f} s")
    return REFUTED if findings else DONE


def run_gain(args: argparse.Namespace) -> int:
    from .gain import gain, read_candidates, write_gains

    instance, result = read_instance(args.instance), read_result(args.result)
    gains = gain(instance, result, read_candidates(args.candidates, instance))
    write_gains(gains, args.out)
    print(f"{len(gains.candidate)} candidates; {int((gains.student_tier >= 0).sum())} would place a student more")
    return DONE


def run_warm(_: argparse.Namespace) -> int:
    from .warm import warm

    print(f"compiled in {warm():.1f} s")
    return DONE


COMMANDS = {"gain": run_gain, "warm": run_warm, "solve": run_solve, "verify": run_verify} | MORE


def main(arguments: list[str] | None = None) -> int:
    args = parser().parse_args(arguments)
    try:
        return COMMANDS[args.command](args)
    except InputError as error:
        print(error, file=sys.stderr)
        return UNREADABLE


if __name__ == "__main__":
    sys.exit(main())
