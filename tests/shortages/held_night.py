"""A Celery worker for `test_night_broken`: beat starts a night, and the night waits at some points until the test has broken something.

A point is reached once: it leaves a link `<point>` to the number of its process in HELD, and goes on when there is a file `<point>.go`.
"""

import os
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from shortages.night import writing  # noqa: E402
from shortages.services import advice, digests, night_parts  # noqa: E402
from stagematch import outbox  # noqa: E402
from stagematch.celery import app  # noqa: E402

__all__ = ["app"]
HELD = Path(os.environ["HELD"])
own = {name: app.conf.beat_schedule[name] for name in ("sweep-jobs", "send-mails")}
app.conf.beat_schedule = own | {name: {"task": f"shortages.tasks.{name}", "schedule": 1.0} for name in ("nightly", "send_digests")}


def hold(*points: str) -> None:
    """Wait at the first of these points where nobody has waited yet."""
    for point in points:
        try:
            (HELD / point).symlink_to(str(os.getpid()))
        except FileExistsError:
            continue
        while not (HELD / f"{point}.go").exists():
            time.sleep(0.02)
        return


solve_under, write, row, for_hat, settle = night_parts.solve_under, writing.write, advice._row, digests.for_hat, outbox._settle


def before_solving(*args: Any, **options: Any) -> Any:
    hold("engine")
    return solve_under(*args, **options)


def written(*args: Any) -> int:
    count = write(*args)
    hold("figures", "more figures")  # not committed yet
    return count


def chosen(*args: Any) -> Any:
    hold("advice")
    return row(*args)


def digested(**options: Any) -> bool:
    sent = for_hat(**options)
    hold("digest")  # others wait for theirs
    return sent


def answered(*args: Any, **fields: Any) -> Any:
    hold("mail", "another mail")  # the server has it, and nobody has written that down
    return settle(*args, **fields)


night_parts.solve_under = before_solving
writing.write = written
advice._row = chosen
digests.for_hat = digested
outbox._settle = answered
