"""A night in which everything breaks once has the figures, the advice and the mails of a quiet one."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.hats import HatKind, hats_of
from accounts.models import User
from accounts.selectors import mails_to_look_at
from shortages.advice import changes
from shortages.models import COUNTS, Advice, Digest, Night, PublicFigure, RegionFigure
from shortages.services import digests, night_here, night_parts, nights
from stagematch.models import Job, JobState, MailState, OutboxMail
from tests.factories import CoordinatorFactory, PostFactory
from tests.own_servers import OwnServers
from tests.servers import Inbox, MailServer, WorkerProcess, until
from tests.shortages.making import Country

CELL = ("region_id", "qualification_id", "group", *COUNTS, "median_km", "chance", "worth")
ACT = ("region_id", "rank", "kind", "company_id", "qualification_id", "pathway", "place_id", "day", "slots", "students", "points", "tiers", "reason")
# Seconds without Valkey. From a minute on nothing is hurried: leases run out by themselves. docs/shortages.md says how to run it so.
WITHOUT_VALKEY = float(os.environ.get("NIGHT_WITHOUT_VALKEY", "2"))
HURRY = WITHOUT_VALKEY < 60
PATIENCE = 90 if HURRY else 240


class Broken:
    """A worker with beat on servers that the test breaks, mailing to an inbox."""

    def __init__(self, servers: OwnServers, held: Path) -> None:
        self.servers, self.held = servers, held
        self.mail = MailServer()
        self.inbox: Inbox = self.mail.start()
        self.worker = WorkerProcess(
            "tests.shortages.held_night", HELD=str(held), REDIS_URL=servers.redis_url, EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(self.mail.port)
        )

    def at(self, point: str) -> int:
        """Wait until the night waits there; the process that does."""
        self.sees(point, (self.held / point).is_symlink)
        return int((self.held / point).readlink().name)

    def go(self, point: str) -> None:
        (self.held / f"{point}.go").touch()

    def sees(self, what: str, condition: Callable[[], Any]) -> None:
        assert until(condition, PATIENCE), f"{what}\n{self.worker.text()[-4000:]}"

    def restart_the_worker(self) -> None:
        """kill -9 to the worker with all its processes, beat among them."""
        self.worker.kill()
        self.worker.start()


def half_a_minute_later(process: int | None = None) -> None:
    """The leases of what ran in this process, or in any, have run out, and whoever should have been woken was not."""
    if HURRY:
        long_ago = timezone.now() - timedelta(minutes=1)
        Job.objects.filter(worker__endswith=f":{process}" if process else "", state=JobState.RUNNING).update(lease_until=long_ago)
        Job.objects.filter(state__in=[JobState.RUNNING, JobState.QUEUED]).update(woken_at=long_ago)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker) -> Iterator[Broken]:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    held = tmp_path / "held"
    held.mkdir()
    servers = OwnServers(tmp_path / "servers")
    with django_db_blocker.unblock():
        try:
            servers.start()
            servers.load()
            with servers.used():
                night = Broken(servers, held)
                yield night
                night.worker.kill()
                night.worker.stop()
                night.mail.stop()
        finally:
            servers.remove()


def rows(model: Any, night: Night, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return list(model.objects.filter(night=night).order_by(*columns[:3]).values_list(*columns))


def facts(user: User, night: Night) -> dict[str, Any]:
    (actor,) = (changes.Actor(user=user, hat=hat, hats=(hat,)) for hat in hats_of(user))
    return (changes.facts_of_coordinator if actor.is_(HatKind.COORDINATOR) else changes.facts_of_post)(actor, night)


@pytest.mark.slow
@pytest.mark.timeout(300 if HURRY else 1200)
def test_a_night_in_which_everything_breaks_once_is_as_a_quiet_one(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    country = Country()
    for area, capacity in ((country.north, 3), (country.south, 8)):
        country.place(country.cook, country.baker, area=area, capacity=capacity)
        country.company(country.cook, area=area)
        for _number in range(4):
            country.request(country.cook, area=area)
            country.request(country.baker, area=area)
    readers = [PostFactory(kind=kind).user for kind in (HatKind.SCOUT, HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS)]
    programme = country.programmes[country.cook.pk, "BOL"]
    readers.append(CoordinatorFactory(school=programme.school, programmes=[programme]).user)
    broken.worker.start()

    # Valkey stops while the engine runs: nobody hears that it is done.
    broken.at("engine")
    broken.servers.crash("valkey")
    stopped = time.monotonic()
    broken.go("engine")
    broken.sees("the engine ends", lambda: Job.objects.filter(kind=night_parts.ENGINE, state=JobState.DONE).exists())
    time.sleep(max(0, WITHOUT_VALKEY - (time.monotonic() - stopped)))
    broken.servers.start()
    half_a_minute_later()

    # kill -9, with a region's figures written and not committed.
    process = broken.at("figures")
    broken.restart_the_worker()
    half_a_minute_later(process)

    # PostgreSQL is restarted at the same moment of another.
    process = broken.at("more figures")
    broken.servers.restart("postgres")
    broken.go("more figures")
    broken.sees("the database is missed", lambda: "job_broke_off" in broken.worker.text())
    half_a_minute_later(process)

    # kill -9 to one process of the worker, which makes itself a new one.
    process = broken.at("advice")
    os.kill(process, signal.SIGKILL)
    half_a_minute_later(process)

    # kill -9 with one digest written, and its mail taken by a server whose answer nobody has written down.
    for process in (broken.at("digest"), broken.at("mail")):
        os.kill(process, signal.SIGKILL)
        half_a_minute_later(process)
    broken.at("another mail")
    broken.servers.restart("postgres")
    broken.go("another mail")
    half_a_minute_later()
    broken.sees("the digests end", lambda: Job.objects.filter(kind=digests.KIND, state=JobState.DONE).exists())
    if HURRY:
        OutboxMail.objects.filter(state=MailState.SENDING).update(lease_until=timezone.now())
    broken.sees("no mail waits", lambda: not OutboxMail.objects.filter(state__in=MailState.open()).exists())
    broken.worker.kill()

    night = Night.objects.get()
    monkeypatch.setattr("stagematch.jobs._wake", lambda job: None)
    quiet = night_here.work(nights.start_night(day=night.date, reason="undisturbed"), threads=1)
    for model, columns in ((RegionFigure, CELL), (PublicFigure, CELL), (Advice, ACT)):
        assert rows(model, night, columns) == rows(model, quiet, columns) != []
    told = dict(Digest.objects.filter(sent=True).values_list("hat", "facts"))
    assert told == {hat.key: facts(user, quiet) for user in readers for hat in hats_of(user)}
    assert sorted(broken.inbox.recipients) == sorted(user.email for user in readers)
    assert [mail.state for mail in mails_to_look_at()] == [MailState.IN_DOUBT] * 2
