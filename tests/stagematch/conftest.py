"""What the bottom floor's tests need besides tests/conftest.py: a mail server that is down at first, processes to kill."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.servers import MailServer, database_url


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server that is down until the test starts it."""
    server = MailServer()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.stop()


@pytest.fixture
def killable() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `tests.stagematch.killed` on this test's database; every process is gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.stagematch.killed", *args],
            env={**os.environ, "DATABASE_URL": database_url(), "EMAIL_HOST": "127.0.0.1", **environment},
            cwd=django_settings.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
