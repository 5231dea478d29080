"""Whether the parts that the site cannot work without do answer."""

import time
from collections.abc import Callable
from typing import cast

from django.core.cache import cache
from django.db import DatabaseError, connection

from stagematch.cache import Cache

WORKER_KEY = "stagematch:worker-alive"
WORKER_SILENCE = 30  # seconds; beat sends a sweep every 10


class NotReady(Exception):
    """A part that does not answer; the message is shown to whoever asks, so it names no host."""


def mark_worker_alive() -> None:
    cache.set(WORKER_KEY, time.time(), timeout=3600)


def forget_worker() -> None:
    cache.delete(WORKER_KEY)


def check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise NotReady("does not answer") from error


def check_cache() -> None:
    if not cast("Cache", cache).answers():
        raise NotReady("does not answer")


def check_worker() -> None:
    if not cast("Cache", cache).answers():
        raise NotReady("cannot be asked without the cache")
    seen = cache.get(WORKER_KEY)
    if seen is None:
        raise NotReady("never seen")
    silent = time.time() - seen
    if silent > WORKER_SILENCE:
        raise NotReady(f"silent for {silent:.0f} s")


CHECKS: dict[str, Callable[[], None]] = {"database": check_database, "cache": check_cache, "worker": check_worker}


def report() -> tuple[bool, dict[str, str]]:
    """All parts by name with "ok" or what is wrong, and whether all are well."""
    parts = {}
    for name, check in CHECKS.items():
        try:
            check()
            parts[name] = "ok"
        except NotReady as problem:
            parts[name] = str(problem)
    return all(state == "ok" for state in parts.values()), parts
