"""How long an audience takes to count and list, and how long a caller waits for the next company, with many callers at once.

    python -m benchmarks.outreach --scale 1.0 --callers 50 [--takes 10] [--audiences 60] [--seed 1]

On the database of benchmarks.search (seeded at first use, kept). Audiences are drawn from the form's own filters, as a scout of one to three
regions would (nine of ten) or an administrator, who sees the country. Then a call round of the whole country is filled, and so many callers
work it: each takes a company, writes down how the call went, and comes back after some five seconds (a real call takes minutes).
`burst_…`: all of them ask in the same moment, again and again. `plain_burst_…` is the same with a plain queue (FOR UPDATE without SKIP
LOCKED), where callers wait for each other. `doubles` counts companies that two callers had. All callers are threads of one process. All
that is made is deleted at the end. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from benchmarks.search import ROOT, environment, percentile, prepare

THINK = (2.0, 8.0)  # seconds between two companies of a caller
BURSTS = 6
NAMED = "@callers-of-the-benchmark.example"  # round and addresses


def inside(callers: int, takes: int, audiences: int, seed: int) -> dict[str, Any]:
    """The measurements, in a process that has the benchmark's database."""
    import django

    django.setup()
    from campaigns import prospects
    from campaigns.models import Prospect
    from companies.models import Company

    clock = time.perf_counter()
    prospects.refresh()
    found: dict[str, Any] = {"companies": Company.objects.count(), "prospects_s": round(time.perf_counter() - clock, 1)}
    found["prospects"] = Prospect.objects.count()
    found |= _audiences(audiences, random.Random(seed))  # noqa: S311  no secret
    return found | _calls(callers, takes, seed)


def _audiences(number: int, chance: random.Random) -> dict[str, Any]:
    """Count and first page of audiences as people ask for them."""
    from django.utils import timezone

    from campaigns.audience import Audience, Kind, count, top
    from companies.models import Recognition
    from reference.models import LabourMarketRegion

    regions = list(LabourMarketRegion.objects.order_by("pk").values_list("pk", flat=True))
    crebos = list(Recognition.objects.order_by("qualification").values_list("qualification", flat=True).distinct())
    counted, listed = [], []
    for _number in range(number):
        own = () if chance.random() < 0.1 else tuple(sorted(chance.sample(regions, chance.choice((1, 2, 3)))))
        crebo = chance.choice(crebos) if chance.random() < 0.5 else None
        since = timezone.localdate() - timedelta(days=chance.choice((90, 180, 365)))
        audience = Audience(own, crebo, chance.choice(list(Kind)), since)
        counted.append(_timed(lambda audience=audience: count(audience, None)))  # type: ignore[misc]
        listed.append(_timed(lambda audience=audience: top(audience, None, 20)))  # type: ignore[misc]
    whole = [_timed(lambda kind=kind: count(Audience(kind=kind, since=timezone.localdate() - timedelta(days=180)), None)) for kind in Kind]  # type: ignore[misc]
    return {
        "audiences": number,
        "audience_count_ms": round(max(whole), 1),  # the slowest of the whole country
        "audience_count_p95_ms": percentile(counted, 0.95),
        "audience_list_p50_ms": percentile(listed, 0.5),
        "audience_list_p95_ms": percentile(listed, 0.95),
    }


def _timed(act: Callable[[], Any]) -> float:
    clock = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - clock)


def _calls(callers: int, takes: int, seed: int) -> dict[str, Any]:
    """A round of the whole country, worked by so many callers at once; then deleted."""
    from django.db import transaction
    from django.utils import timezone

    from accounts.hats import HatKind
    from accounts.models import Post, User
    from campaigns.audience import Audience
    from campaigns.models import CallRound
    from campaigns.services import calls

    _sweep()
    people = [User.objects.create(email=f"{n}{NAMED}", name=f"Beller {n}") for n in range(callers)]
    posts = [Post.objects.create(user=user, kind=HatKind.SCOUT) for user in people]
    round_ = CallRound.objects.create(
        name=NAMED, audience=Audience().as_json(), script="-", target=1, deadline=timezone.localdate() + timedelta(days=1)
    )
    try:
        clock = time.perf_counter()
        with transaction.atomic():
            calls._clear(round_)  # noqa: SLF001  what the job does, without a worker
            size = calls._rank(round_)  # noqa: SLF001
            for at in range(0, size, calls.SLICE):
                calls._write(round_, at, at + calls.SLICE)  # noqa: SLF001
            calls._running(round_)  # noqa: SLF001
        found = {"round_companies": size, "fill_s": round(time.perf_counter() - clock, 1)}
        return found | _work(round_, posts, takes, seed)
    finally:
        _sweep()


def _sweep() -> None:
    """Delete what this benchmark made, and what one that broke off left."""
    from django.db import connection

    from accounts.models import Post, User
    from campaigns.models import CallResult, CallRound

    rounds, people = CallRound.objects.filter(name=NAMED), User.objects.filter(email__endswith=NAMED)
    CallResult.objects.filter(call__round__in=rounds).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_call WHERE round_id IN (SELECT id FROM campaigns_callround WHERE name = %s)", [NAMED])
    rounds.delete()
    Post.objects.filter(user__in=people).delete()
    people.delete()


def _work(round_: Any, posts: list[Any], takes: int, seed: int) -> dict[str, Any]:
    """Steady work, then bursts with and without SKIP LOCKED."""
    from campaigns.models import CallResult

    steady, given = _everybody(round_, posts, takes, seed, think=True)
    burst, more = _everybody(round_, posts, BURSTS, seed + 1, think=False)
    with _plain_queue():
        plain, most = _everybody(round_, posts, BURSTS, seed + 2, think=False)
    every = given + more + most
    return {
        "callers": len(posts), "takes": len(every),
        "next_p50_ms": percentile(steady, 0.5), "next_p95_ms": percentile(steady, 0.95), "next_p99_ms": percentile(steady, 0.99),
        "burst_p50_ms": percentile(burst, 0.5), "burst_p95_ms": percentile(burst, 0.95),
        "plain_burst_p50_ms": percentile(plain, 0.5), "plain_burst_p95_ms": percentile(plain, 0.95),
        "doubles": len(every) - len(set(every)), "results": CallResult.objects.filter(call__round=round_).count(),
    }  # fmt: skip


@contextmanager
def _plain_queue() -> Iterator[None]:
    """For the comparison: the same code without SKIP LOCKED."""
    from campaigns.services import calling

    before, calling.LOCK = calling.LOCK, calling.LOCK.removesuffix(" SKIP LOCKED")
    try:
        yield
    finally:
        calling.LOCK = before


def _everybody(round_: Any, posts: list[Any], takes: int, seed: int, *, think: bool) -> tuple[list[float], list[int]]:
    """Every caller takes so many companies; times in ms and the companies given out."""
    from django.db import connection

    from accounts.actor import Actor
    from accounts.hats import hats_of
    from campaigns.calls.workflow import Outcome
    from campaigns.services.calling import Said, take_next, write_down

    barrier = threading.Barrier(len(posts))

    def caller(number: int) -> tuple[list[float], list[int]]:
        chance = random.Random(seed * 1000 + number)  # noqa: S311  no secret
        hat = hats_of(posts[number].user)[0]
        actor, times, given = Actor(posts[number].user, hat, (hat,)), [], []
        connection.ensure_connection()
        for _take in range(takes):
            if think:
                time.sleep(chance.uniform(*THINK))
            else:
                barrier.wait()
            clock = time.perf_counter()
            call = take_next(round_=round_, actor=actor)
            times.append(1000 * (time.perf_counter() - clock))
            if call is not None and call.claim is not None:
                given.append(call.company_id)
                said = chance.choices((Outcome.NO, Outcome.NOBODY, Outcome.WRONG_NUMBER), (50, 45, 5))[0]
                write_down(call=call, claim=call.claim, said=Said(said), actor=actor)
        connection.close()
        return times, given

    with ThreadPoolExecutor(len(posts)) as pool:
        done = list(pool.map(caller, range(len(posts))))
    return [ms for times, _given in done for ms in times], [company for _times, given in done for company in given]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--callers", type=int, default=50)
    parser.add_argument("--takes", type=int, default=10, help="companies a caller takes")
    parser.add_argument("--audiences", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        found = inside(args.callers, args.takes, args.audiences, args.seed)
        print(json.dumps(found))
        return
    prepare(args.scale, args.seed)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.outreach", *sys.argv[1:], "--inside"],
        cwd=ROOT, env=environment(args.scale), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    machine = {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "python": platform.python_version(), "machine": platform.machine()}
    print(json.dumps({"scale": args.scale, **found, **machine}))


if __name__ == "__main__":
    main()
