"""One database with every table in it, made once for each state of the migrations: test processes copy it instead of migrating.

Migrating takes half a minute of computing, most of it Django drawing its models anew; a copy takes a second.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from tests.servers import database_url

PREFIX = "test_template_"


def prepared() -> str:
    """The name of the template for the migrations as they are; made now if there is none."""
    name = PREFIX + _digest()
    with _locked(), psycopg.connect(database_url("postgres"), autocommit=True) as server:
        known = {row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])}
        if name not in known:
            for old in known:  # of other migrations, or half made by a process that was killed
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
            _make(server, name)
    return name


def is_there(name: str) -> bool:
    """Whether the server has this database."""
    with psycopg.connect(database_url("postgres"), autocommit=True) as server:
        return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _make(server: psycopg.Connection, name: str) -> None:
    half = name + "_half"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(half)))
    environment = {**os.environ, "DATABASE_URL": database_url(half), "DJANGO_SETTINGS_MODULE": "stagematch.settings.testing"}
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError("The migrations failed:\n" + (done.stdout + done.stderr)[-3000:])
    with psycopg.connect(database_url(half), autocommit=True) as made:
        _without_figures(made)
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(name)))


def _without_figures(database: psycopg.Connection) -> None:
    """No table is ever counted: PostgreSQL would find it as the last test left it, empty, and read the next test's thousands row by row."""
    tables = database.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").fetchall()
    for (table,) in tables:
        database.execute(sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = off)").format(sql.Identifier(table)))


def _digest() -> str:
    """Of everything that decides what migrating makes."""
    found = hashlib.sha256()
    for path in sorted([*settings.BASE_DIR.glob("*/migrations/*"), settings.BASE_DIR / "requirements.txt", Path(__file__)]):
        if path.is_file():
            found.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def _locked() -> Iterator[None]:
    """One process at a time; the others wait and find it made."""
    with (settings.BASE_DIR / "tests" / "template.py").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    prepared()
