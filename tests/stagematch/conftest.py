"""Servers and processes that the bottom floor's tests need: a real mail server and workers that can be killed."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.db import connection


class Inbox:
    """An SMTP handler that keeps what it accepted; `answers` maps an address to what it is told instead."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answers: dict[str, str] = {}
        self.before_answer: Callable[[], Any] = lambda: None
        self._lock = threading.Lock()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        with self._lock:
            self.messages.append(message_from_bytes(envelope.content))
        self.before_answer()
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return [message["To"] for message in self.messages]


class MailServer:
    """A real SMTP server on loopback that a test starts and stops."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self._controller: Controller | None = None
        self.port = _free_port()

    def start(self) -> Inbox:
        self._controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self.inbox

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    server = MailServer()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_BACKEND = "stagematch.outbox.OutboxBackend"
    yield server
    server.stop()


@pytest.fixture
def killable() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `tests.stagematch.killed` on this test's database; every process is gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.stagematch.killed", *args],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
                "KILLED_DATABASE": str(connection.settings_dict["NAME"]),
                **environment,
            },
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
