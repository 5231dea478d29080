"""A night with a worker killed, the broker's messages lost and the database's connections cut has the figures of a quiet one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from shortages.models import COUNTS, Night, PublicFigure, RegionFigure
from shortages.services import night_here, night_parts, nights
from stagematch.models import Job, JobState
from tests.servers import WorkerProcess, until
from tests.shortages.making import Country

ROW = ("region_id", "qualification_id", "group", *COUNTS, "median_km", "chance", "worth")


@pytest.fixture
def night_worker(transactional_db: None) -> Iterator[WorkerProcess]:
    worker = WorkerProcess("tests.shortages.held_night", 1, EMAIL_HOST="127.0.0.1", EMAIL_PORT="9")
    worker.start()
    yield worker
    worker.kill()
    worker.stop()


def running(kind: str) -> Any:
    return Job.objects.filter(kind=kind, state=JobState.RUNNING)


def half_a_minute_later(kind: str) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    running(kind).update(lease_until=long_ago, woken_at=long_ago)


def figures(night: Night) -> list[list[tuple[Any, ...]]]:
    return [list(model.objects.filter(night=night).order_by(*ROW[:3]).values_list(*ROW)) for model in (RegionFigure, PublicFigure)]


@pytest.mark.slow
def test_a_night_that_was_killed_and_cut_off_has_the_figures_of_a_quiet_one(night_worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    country = Country()
    country.place(country.cook, capacity=2)
    country.place(country.baker, area=country.south)
    for _number in range(4):
        country.request(country.cook)
        country.request(country.baker, area=country.south)
    # The broker never hears that there is work: the sweeper finds it.
    monkeypatch.setattr("stagematch.jobs._wake", lambda job: None)
    night = nights.start_night(day=timezone.localdate())
    Job.objects.update(woken_at=timezone.now() - timedelta(minutes=1))
    assert until(lambda: running(night_parts.ENGINE).exists(), 60), night_worker.text()[-2000:]
    night_worker.kill()
    half_a_minute_later(night_parts.ENGINE)
    night_worker.start()
    assert until(lambda: running(night_parts.FIGURES).exists(), 60), night_worker.text()[-2000:]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    night_worker.kill()
    half_a_minute_later(night_parts.FIGURES)
    Job.objects.filter(state=JobState.QUEUED).update(woken_at=timezone.now() - timedelta(minutes=1))
    night_worker.start()
    assert until(lambda: Night.objects.get(pk=night.pk).state == "done", 90), night_worker.text()[-3000:]
    night_worker.kill()
    assert Job.objects.get(kind=night_parts.ENGINE).attempt == 2
    quiet = night_here.work(nights.start_night(day=night.date, reason="undisturbed"), threads=1)
    broken, undisturbed = figures(night), figures(quiet)
    assert broken == undisturbed
    assert len(broken[0]) == 2
