"""The processes of the embedded servers: which user runs them, starting one and waiting for it, whether one lives.

Standard library only, for stagematch/launcher.py.
"""

import contextlib
import os
import pwd
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNPRIVILEGED = ("nobody", "daemon", "postgres")
START_TIMEOUT = 60.0


class LauncherError(Exception):
    """A server did not start or stop; the message is one line and names the log."""


def open_to_others(path: Path) -> bool:
    """Whether a user without rights of its own can walk to this path (which may not exist yet)."""
    existing = next(parent for parent in (path, *path.parents) if parent.exists())
    return all(parent.stat().st_mode & 0o001 for parent in (existing, *existing.parents))


def account_of_servers() -> pwd.struct_passwd | None:
    """The unprivileged user for the servers when we are root (PostgreSQL refuses root), else None: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LauncherError("PostgreSQL does not run as root, and none of these users exists: " + ", ".join(UNPRIVILEGED))


def as_account() -> dict[str, Any]:
    """Arguments for subprocess: the servers' user, and an environment without anything that steers libpq."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    account = account_of_servers()
    if account is None:
        return {"env": environment, "cwd": "/"}
    environment |= {"HOME": "/", "USER": account.pw_name}
    return {"env": environment, "cwd": "/", "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def private(directory: Path) -> Path:
    """Make a directory that belongs to the servers' user alone; refuse one that somebody else put there."""
    account = account_of_servers()
    owner = account.pw_uid if account else os.geteuid()
    directory.parent.mkdir(parents=True, exist_ok=True)
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        found = directory.lstat()
        if directory.is_symlink() or found.st_uid not in (owner, os.geteuid()):
            raise LauncherError(f"{directory} belongs to somebody else (user {found.st_uid}): remove it and start again.") from None
    if account:
        os.chown(directory, account.pw_uid, account.pw_gid)
    directory.chmod(0o700)
    return directory


def spawn(command: list[str], log: Path, ready: Callable[[], bool], name: str) -> None:
    """Start a server in a session of its own and wait until it answers.

    Tried again when it ends at once: after kill -9 PostgreSQL's children need a moment to let go of their shared memory.
    """
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        with log.open("ab") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **as_account())
        started = False
        while not started and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
            started = ready()
        if started:
            process.returncode = 0  # it outlives us: do not warn when this handle goes
            return
        if process.poll() is None:
            process.kill()
        time.sleep(0.5)
        if "shared memory" not in tail(log):
            break
    raise LauncherError(f"{name} did not start: {last_line(tail(log))} (see {log})")


def is_running(pid: int, mark: str) -> bool:
    """Whether this process lives and its command line holds the mark: a pid file may be older than the machine's last start."""
    if not alive(pid):
        return False
    try:
        return mark in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
        return mark in shown.stdout


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        # A zombie has ended; where nobody reaps orphans (a container's first process), it stays listed.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def ended(pid: int) -> bool:
    return not alive(pid)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds; False when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def tail(log: Path) -> str:
    with contextlib.suppress(OSError):
        return log.read_bytes()[-2000:].decode(errors="replace")
    return ""


def last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no output"
