"""One look at the country: everything that a night counts and reads is of the same moment, though two connections read it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

# Two looks at once have half of the processors each.
_HELPERS = max(0, (os.cpu_count() or 1) // 2 - 1)
# Half a million rows are hashed in memory; the server's own limit is meant for pages.
_ROOM = ("SET LOCAL work_mem = '128MB'", "SET LOCAL hash_mem_multiplier = 4", f"SET LOCAL max_parallel_workers_per_gather = {_HELPERS}")


@contextmanager
def moment() -> Iterator[str | None]:
    """A transaction that sees one moment; gives its name for others, or None inside a transaction of the caller's, which has its own."""
    if connection.in_atomic_block:
        yield None
        return
    with _looking() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


@contextmanager
def _looking() -> Iterator[Any]:
    """The cursor of a transaction that reads, and sees the moment of its first query."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for statement in _ROOM:
            cursor.execute(statement)
        yield cursor


def together(name: str | None, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What both answer, the second from a connection of its own at the same moment; one after the other when the moment has no name."""
    if name is None:
        return first(), second()
    found: dict[str, Any] = {}

    def aside() -> None:
        try:
            with _looking() as cursor:
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [name])
                found["answer"] = second()
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            found["error"] = error
        finally:
            connection.close()

    thread = threading.Thread(target=aside, name="night-second-look")
    thread.start()
    try:
        own = first()
    finally:
        thread.join()
    if "error" in found:
        raise found["error"]
    return own, found["answer"]
