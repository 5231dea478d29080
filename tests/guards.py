"""What fails a test whatever it was about: each guard reports what it found, and tests/conftest.py fails the test that caused it.

Reports are collected, not raised: they come from other threads too (the live server), and no `except` can swallow them.
"""

import logging
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

MOST_QUERIES = 12
MOST_REPEATS = 5
SECRET_FIELD = re.compile(r"passw|secret|token|otp|^code$|session|csrf", re.IGNORECASE)
SHORTEST_SECRET = 8  # characters; shorter ones occur in any line by chance


class Findings:
    """What the guards found since the last test, and what the running test may do."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: list[str] = []
        self.most_queries = MOST_QUERIES
        self.most_repeats = MOST_REPEATS
        self.secrets: set[str] = set()

    def report(self, finding: str) -> None:
        with self._lock:
            if finding not in self._found:
                self._found.append(finding)

    def take(self) -> list[str]:
        """Everything found so far; the list is empty afterwards."""
        with self._lock:
            found, self._found = self._found, []
        return found


FINDINGS = Findings()


@contextmanager
def expecting() -> Iterator[list[str]]:
    """Collect what the guards find inside, instead of failing the test: for the tests of the guards themselves."""
    before, found = FINDINGS.take(), list[str]()
    yield found
    found += FINDINGS.take()
    for finding in before:
        FINDINGS.report(finding)


class UndefinedVariable(str):
    """Django's string_if_invalid: reports the variable that a template printed without its being there."""

    __slots__ = ()

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        frame = sys._getframe(1)
        while frame and "context" not in frame.f_locals:
            frame = frame.f_back  # type: ignore[assignment]
        context = frame.f_locals["context"] if frame else None
        template = getattr(getattr(context, "template", None), "name", None)
        FINDINGS.report(f"undefined template variable: {variable} (page template {template})")
        return f"undefined:{variable}"


class PageGuard:
    """Outermost middleware of the tests: counts a page's queries, and reads the page for forms without a token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        queries: list[str] = []

        def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            queries.append(sql)
            return execute(sql, params, many, context)

        remember_secrets(request)
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        remember_secrets(request)  # the session and its token may be new
        if response.status_code == 200 and not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            check_queries(request, queries)
            check_forms(request, response.content.decode(response.charset or "utf-8", errors="replace"))
        return response


def check_queries(request: HttpRequest, queries: list[str]) -> None:
    """A page stays within its number of queries, and repeats none once per row."""
    queries = [sql for sql in queries if not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO"))]
    page = f"{request.method} {request.path}"
    if request.method == "GET" and len(queries) > FINDINGS.most_queries:
        FINDINGS.report(f"{page}: {len(queries)} queries, {FINDINGS.most_queries} is the most:\n" + "\n".join(sql[:300] for sql in queries))
    for sql, times in Counter(queries).items():
        if times > FINDINGS.most_repeats:
            FINDINGS.report(f"{page}: the same query {times} times, a query per row? {sql[:500]}")


class FormReader(HTMLParser):
    """Finds forms that post without a CSRF token."""

    def __init__(self) -> None:
        super().__init__()
        self.form: dict[str, str | None] | None = None
        self.token = False
        self.unsafe: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.form, self.token = attributes, "X-CSRFToken" in (attributes.get("hx-headers") or "")
        elif tag == "input" and attributes.get("name") == "csrfmiddlewaretoken" and attributes.get("value"):
            self.token = True

    def handle_endtag(self, tag: str) -> None:
        if tag != "form" or self.form is None:
            return
        if (self.form.get("method") or "").lower() == "post" and not self.token:
            self.unsafe.append(self.form.get("action") or "itself")
        self.form = None


def check_forms(request: HttpRequest, page: str) -> None:
    reader = FormReader()
    reader.feed(page)
    for action in reader.unsafe:
        FINDINGS.report(f"{request.path}: a form that posts to {action} has no CSRF token")


def lock_guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """A lock names its table: with a join and without OF, rows of the other tables are locked as well."""
    if isinstance(sql, str) and re.search(r"\bFOR (NO KEY )?UPDATE\b(?! OF\b)", sql) and " JOIN " in sql:
        FINDINGS.report(f'a lock on every joined table; name yours with select_for_update(of=("self",)): {sql[:300]}')
    return execute(sql, params, many, context)


def watch_locks(connection: Any, **_: object) -> None:
    if lock_guard not in connection.execute_wrappers:
        # In front of all: who entered a wrapper before the connection was made takes off the last one.
        connection.execute_wrappers.insert(0, lock_guard)


def remember_secrets(request: HttpRequest) -> None:
    """Note what the log must not hold: what was typed into secret fields, and the cookies that open a session."""
    typed = [value for name, value in request.POST.items() if SECRET_FIELD.search(name)] if request.method == "POST" else []
    cookies = [value for name, value in request.COOKIES.items() if SECRET_FIELD.search(name)]
    session = getattr(request, "session", None)
    for value in [*typed, *cookies, getattr(session, "session_key", None) or ""]:
        if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
            FINDINGS.secrets.add(value)


class SecretGuard(logging.Handler):
    """Reads every log line of every logger."""

    def emit(self, record: logging.LogRecord) -> None:
        # Django's SQL log (DEBUG) is no log of ours: production cannot switch it on.
        if record.name.startswith("django.db.backends"):
            return
        event = record.msg.get("event", "") if isinstance(record.msg, dict) else record.msg  # never the values: they are the secret
        line = record.getMessage() + str(record.__dict__.get("exc_text") or "")
        if any(secret in line for secret in tuple(FINDINGS.secrets)):
            FINDINGS.report(f"a secret in the log of {record.name}: {event!s:.80}")
        elif re.search(r"(password|passwd|wachtwoord)['\"]?\s*[=:]\s*['\"]?[^\s'\"*]", line, re.IGNORECASE):
            FINDINGS.report(f"something like a password in the log of {record.name}: {event!s:.80}")


connection_created.connect(watch_locks, dispatch_uid="tests.guards.watch_locks")
