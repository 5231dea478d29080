"""The site with a clock around it: its times, SQL's, the worker's own processor time, and queries, as headers. For benchmarks.search alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from unittest import mock

# isort: off
from stagematch.wsgi import application as site  # loads the apps: first of all

# isort: on
from django.db import connection
from django.utils import timezone

from benchmarks.search_plain import Plain
from placements.search import find, result
from placements.search.facets import Facets
from placements.search.rows import Rows


def database_ms() -> float:
    """Processor milliseconds that our connection's server process has used (Linux; 0 elsewhere): on a busy machine clocks count others' turns too."""
    if connection.connection is None:
        return 0.0
    turns = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(turns.read_text().split()[0]) / 1e6 if turns.exists() else 0.0


class Clock:
    """Counts what the database does while one page is made."""

    def __init__(self) -> None:
        self.seconds, self.queries = 0.0, 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.queries += 1


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The site's answer with three headers more."""
    began, worked, clock, said = time.perf_counter(), time.process_time(), Clock(), {}
    connected, database = connection.connection, database_ms()

    def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        said["answer"] = (status, headers, exc_info)
        return lambda _data: None

    with connection.execute_wrapper(clock):
        if "HTTP_X_NAIVE" in environ:
            with mock.patch.object(result, "rows_of", naive_rows_of), mock.patch.object(find, "page_of", lambda rows, _sort, _page: rows):
                body = b"".join(site(environ, keep))
        else:
            body = b"".join(site(environ, keep))
    status, headers, exc_info = said["answer"]
    figures = {"X-Total-Ms": 1000 * (time.perf_counter() - began), "X-Cpu-Ms": 1000 * (time.process_time() - worked)}
    # A connection made for this very page has used nothing before.
    figures["X-Database-Ms"] = database_ms() - (database if connection.connection is connected else 0.0)
    figures |= {"X-Sql-Ms": 1000 * clock.seconds, "X-Queries": clock.queries}
    start_response(status, [*headers, *((name, f"{value:.3f}") for name, value in figures.items())], exc_info)
    return [body]


class Counted(Rows):
    """The rows of one page that says how many there are in all."""

    total: int

    def __len__(self) -> int:
        return self.total


def naive_rows_of(query: Any, ignored: list[Any], actor: Any, today: Any = None) -> Any:
    """What `rows_of` finds, in plain SQL: total, page and every facet by a query of its own."""
    with mock.patch.object(find, "find", return_value=find.unpack(None, None)):
        found = REAL(query, ignored, actor, today)
    if found.landing:
        return found
    plain = Plain(found.what, found.origin.point if found.origin else None, found.query, today or timezone.localdate(), indexed=True)
    total, page, counts = plain.total(), plain.page(), plain.counts()
    names = ("levels", "pathways", "periods", "kinds", "allowance", "support", "days", "offers", "without", "group", "now")
    words = find.np.zeros((len(page), 12), find.np.int32)
    words[:, 1] = [key for key, _metres in page]
    rows = Counted(words, find.np.array([metres for _key, metres in page], find.np.int32))
    object.__setattr__(rows, "total", total)
    facets = Facets(rows, {name: counts.get(name, {}) for name in names} | {"goals": counts.get("goals", {})})
    return result.Found(found.query, found.origin, found.student, found.what, facets)


REAL = result.rows_of
