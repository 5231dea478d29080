"""The two commands: embedded servers, stamps, the lock, and what production refuses."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
import redis

from stagematch import launcher, server_processes, vendor
from tests.servers import until

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """./run as a module; Python finds no name for a file without an ending."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("run_command", str(ROOT / "run"))
    spec = spec_from_loader("run_command", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def servers(own_servers: None, tmp_path: Path) -> Iterator[Path]:
    """A run directory with a space in its name, whose servers are gone after the test."""
    for directory in (tmp_path, *tmp_path.parents[:3]):
        directory.chmod(directory.stat().st_mode | 0o011)
    run_dir = tmp_path / "run directory"
    yield run_dir
    launcher.stop(run_dir)


def version(run_dir: Path) -> str:
    database, _ = launcher.endpoints(run_dir)
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'stagematch'").fetchone()
    assert row is not None
    return str(row[0])


def test_addresses_come_from_the_environment_when_it_names_servers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db/x")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")
    assert launcher.endpoints(tmp_path) == ("postgresql://u:p@db/x", "redis://cache/0")
    assert list(tmp_path.iterdir()) == []


def test_socket_paths_stay_short_and_plain_however_long_the_directory(own_servers: None) -> None:
    for directory in ("/srv/x", "/srv/" + "deep/" * 40, "/srv/with space/é"):
        database, cache = launcher.endpoints(Path(directory))
        sockets = database.partition("host=")[2]
        assert len(f"{sockets}/.s.PGSQL.5432.lock") < 104
        assert re.fullmatch(r"[\w./-]+", sockets)
        assert cache == f"unix://{sockets}/valkey.sock?db=0"


def test_two_directories_never_share_their_servers(own_servers: None) -> None:
    assert launcher.endpoints("/srv/" + "deep/" * 40 + "a") != launcher.endpoints("/srv/" + "deep/" * 40 + "b")


@pytest.mark.slow
def test_servers_start_twice_survive_kill_9_and_keep_their_rows(servers: Path) -> None:
    launcher.start(servers)
    assert version(servers) == "b C.UTF-8"
    database, cache = launcher.endpoints(servers)
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE kept (number int)")
    first = launcher.status(servers)
    launcher.start(servers)
    assert launcher.status(servers) == first

    for pid in first.values():
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: not any(launcher.status(servers).values()), 10)
    launcher.start(servers)
    with psycopg.connect(database) as connection:
        connection.execute("SELECT number FROM kept")
    client = redis.Redis.from_url(cache)
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()


@pytest.mark.slow
def test_a_pid_file_whose_number_belongs_to_another_process_is_no_obstacle(servers: Path) -> None:
    launcher.start(servers)
    launcher.stop(servers)
    place = launcher.layout(servers)
    (place.postgres_data / "postmaster.pid").write_text(f"{os.getpid()}\n{place.postgres_data}\n")
    (place.valkey_data / "valkey.pid").write_text(f"{os.getpid()}\n")
    assert launcher.status(servers) == {"postgres": None, "valkey": None}
    launcher.start(servers)
    assert version(servers) == "b C.UTF-8"


def test_a_socket_directory_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(server_processes.LauncherError, match="belongs to somebody else"):
        server_processes.private(tmp_path / "sockets")


def test_the_launcher_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    script = "import runpy, sys; sys.argv = ['launcher', 'status']; runpy.run_path('stagematch/launcher.py', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script],
        cwd=ROOT, env={"STAGEMATCH_RUN_DIR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "postgres: not running" in done.stdout, done.stderr


# -- ./run


def test_a_step_runs_again_only_when_what_it_reads_changed(run: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "lock"
    source.write_text("a==1")
    before = run.digest(source)
    run.write_stamp(tmp_path / "stamp", before)
    assert run.stamped(tmp_path / "stamp", run.digest(source))
    source.write_text("a==2")
    assert not run.stamped(tmp_path / "stamp", run.digest(source))


def test_a_failed_step_says_what_why_and_where_to_read_on(run: ModuleType, tmp_path: Path) -> None:
    run.LOGS = tmp_path
    with pytest.raises(run.StepError, match=r"Doing something failed: it is broken \(see .*setup\.log\)"):
        run.call("Doing something", [sys.executable, "-c", "import sys; sys.exit('it is broken')"])


def test_a_taken_port_is_named_with_a_way_out(run: ModuleType) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(run.StepError, match=f"Port {port} .*PORT={port + 1}"):
            run.claim_port(port)


def test_a_second_run_in_the_same_directory_is_told_where_the_first_one_is(run: ModuleType, tmp_path: Path) -> None:
    run.RUN_DIR = tmp_path
    with (
        run.alone(8123),
        pytest.raises(run.StepError, match=rf"running already.*http://127\.0\.0\.1:8123 \(process {os.getpid()}\)"),
        run.alone(8124),
    ):
        pass
    with run.alone(8124):
        pass


def test_a_child_that_dies_is_started_again_and_one_that_keeps_dying_is_given_up(run: ModuleType, tmp_path: Path) -> None:
    run.LOGS = tmp_path
    child = run.Child("web", [sys.executable, "-c", "import sys; sys.exit('no such thing')"], dict(os.environ))
    for _ in range(run.RESTARTS_A_MINUTE):
        child.process.wait()
        child.watch()
    child.process.wait()
    with pytest.raises(run.StepError, match="web keeps ending: no such thing"):
        child.watch()
    assert len(child.starts) == run.RESTARTS_A_MINUTE + 1


# -- what is committed


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no repository here")
    return done.stdout.splitlines()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_the_python_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9][^\s;]*==", text, re.MULTILINE)
    assert len(packages) > 50
    for block in re.split(r"\n(?=[a-z0-9])", text):
        assert "--hash=sha256:" in block, block.split("\n", 1)[0]


@pytest.mark.parametrize("lock", ["package-lock.json", "tests/chromium/package-lock.json"])
def test_the_front_end_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert '"resolved"' not in text
    assert '"integrity"' in text


def test_the_tests_install_the_same_versions_as_the_site() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9][^\s;]*==[^\s;]+", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_nothing_that_others_made_is_committed() -> None:
    forbidden = re.compile(r"(^|/)(node_modules|vendor|staticfiles|\.venv)/|\.min\.(js|css)$|\.(woff2?|ttf|otf|whl)$")
    assert [path for path in tracked() if forbidden.search(path)] == []


def test_only_theme_properties_that_something_reads_are_kept() -> None:
    theme = ".theme {\n  --a: var(--b);\n  --b: 1px;\n  --c: 2px;\n}"
    assert vendor.used_tokens(theme, ["p { margin: var(--a, 0) }"]) == ".theme {\n  --a: var(--b);\n  --b: 1px;\n}\n"


# -- production

PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "stagematch.example",
    "DATABASE_URL": "postgresql://u:p@db/stagematch",
    "REDIS_URL": "redis://cache/0",
    "EMAIL_HOST": "mail.example",
    "SITE_URL": "https://stagematch.example",
    "DEFAULT_FROM_EMAIL": "noreply@stagematch.example",
}


@pytest.fixture
def in_production() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a line of Python with the production settings, in a process of its own."""

    def call(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "stagematch.settings.production", **PRODUCTION, **environment}
        code = f"import django; django.setup(); from django.conf import settings; {line}"
        return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    return call


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_names_the_setting_that_is_missing(in_production: Callable[..., subprocess.CompletedProcess[str]], name: str) -> None:
    done = in_production("print('started')", **{name: ""})
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr


def test_production_has_no_demo_logins_and_asks_staff_for_a_second_factor(
    in_production: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    line = (
        "from django.urls import get_resolver; "
        "names = [key for key in get_resolver().reverse_dict if isinstance(key, str)]; "
        "print(settings.DEMO_LOGINS, settings.MFA_REQUIRED_FOR_STAFF, settings.DEBUG, settings.SESSION_COOKIE_SECURE, "
        "'demo' in str(names))"
    )
    done = in_production(line)
    assert done.stdout.split() == ["False", "True", "False", "True", "False"], done.stderr


def test_production_counts_attempts_per_visitor_and_not_per_proxy(in_production: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    line = (
        "from allauth.core.internal.httpkit import get_client_ip; from django.test import RequestFactory; "
        "print(get_client_ip(RequestFactory().get('/', headers={'X-Forwarded-For': '10.6.6.6, 192.0.2.7'})))"
    )
    done = in_production(line)
    assert done.stdout.split() == ["192.0.2.7"], done.stderr
