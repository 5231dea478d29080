"""Processes that tests start: a mail server in a thread, Celery workers that can be killed."""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from stagematch.server_processes import until


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
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.before_answer()
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.messages]

    def to(self, address: str) -> list[Message]:
        return [message for message in self.messages if str(message["To"]) == address]

    def wait_for(self, address: str, count: int = 1, seconds: float = 20) -> list[Message]:
        """The mails to this address once there are `count`; fails when they do not come."""
        assert until(lambda: len(self.to(address)) >= count, seconds), f"no mail to {address}; there is mail to {self.recipients}"
        return self.to(address)


class MailServer:
    """A real SMTP server on loopback that a test starts and stops."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self._controller: Controller | None = None
        self.port = free_port()

    def start(self) -> Inbox:
        # It writes down every line of every conversation, which takes longer than the mail itself.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self.inbox

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None


class WorkerProcess:
    """`celery worker` with beat on this test's database, in a process group of its own; `app` is the module that holds Celery's."""

    def __init__(self, app: str = "stagematch", concurrency: int = 2, **environment: str) -> None:
        self.app, self.concurrency, self.environment = app, concurrency, environment
        self.process: subprocess.Popen[bytes] | None = None
        self.directory = tempfile.TemporaryDirectory(prefix="stagematch-worker-")
        self.log = Path(self.directory.name) / "worker.log"
        self.offset = 0  # where in it the last start begins

    def start(self) -> None:
        """Start it and wait until it takes tasks."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Start it; it ends with the thread that calls this."""
        environment = {**os.environ, **self.environment, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "stagematch.settings.testing"}
        command = [sys.executable, "-m", "celery", "-A", self.app, "worker", "-B", "-s", str(Path(self.directory.name) / "beat")]
        command += ["--concurrency", str(self.concurrency), "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as output:
            self.offset = output.tell()
            self.process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - no other thread holds a lock that this takes
            )

    def wait(self) -> None:
        """Wait until it takes tasks."""
        ready = lambda: b" ready." in self.log.read_bytes()[self.offset :]  # noqa: E731
        until(lambda: ready() or self.process is None or self.process.poll() is not None, 90)
        if not ready():
            self.kill()
            raise AssertionError("the worker did not start:\n" + self.text()[-3000:])

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        self.kill()
        self.directory.cleanup()

    def kill(self) -> None:
        """kill -9 to the worker and all its children, as a machine that loses power."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def text(self) -> str:
        return self.log.read_text(errors="replace")


def _end_with_parent() -> None:
    """Ask the kernel to end this process with the one that started it: a killed test run leaves no workers (Linux only)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, linux/prctl.h


def database_url(name: str = "") -> str:
    """The address of a database on the tests' server, for a process of its own: the one that this test runs in, unless one is named."""
    at = connection.settings_dict
    login = quote(at["USER"], safe="") + (":" + quote(at["PASSWORD"], safe="") if at["PASSWORD"] else "")
    port = f"&port={at['PORT']}" if at["PORT"] else ""
    return f"postgresql://{login}@/{quote(name or at['NAME'], safe='')}?host={quote(at['HOST'], safe='/')}{port}"


def empty_namespace(namespace: str) -> None:
    """Delete this test process's keys and queues."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for pattern in (f"{namespace}:*", f":*{namespace}:*"):
        keys = list(client.scan_iter(match=pattern, count=1000))
        if keys:
            client.delete(*keys)
    client.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
