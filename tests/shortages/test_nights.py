"""Nights: one at a time, begun once, made up when missed, corrected beside what was; the command, the page and what monitors ask."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from shortages.models import Night, NightData, NightState, RegionFigure
from shortages.night import standing
from shortages.services import night_here, night_parts, nights
from stagematch import jobs
from stagematch.models import Job, JobState, OutboxMail
from tests.factories import PostcodeAreaFactory, PostFactory, login_as
from tests.shortages.making import Country

pytestmark = [pytest.mark.django_db, pytest.mark.queries(most=1000, repeats=1000)]
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No heartbeat (its connection does not see what these tests never commit), no broker, no advice after the figures."""
    monkeypatch.setattr("stagematch.jobs.WRITE_EVERY", 60)
    monkeypatch.setattr("stagematch.jobs._wake", lambda job: None)
    monkeypatch.setattr("shortages.services.nights.ADVICE", "tests.nothing")


@pytest.fixture
def country() -> Country:
    country = Country()
    country.place(country.cook, capacity=2)
    country.request(country.cook)
    return country


def done(day: Any = None, reason: str = "") -> Night:
    return night_here.work(nights.start_night(day=day or TODAY(), reason=reason), threads=1)


def command(*args: str) -> str:
    out = StringIO()
    call_command("nightly", *args, stdout=out)
    return out.getvalue()


def test_two_starts_are_one_night_and_one_that_is_done_is_left_alone(country: Country) -> None:
    first = nights.start_night(day=TODAY())
    assert nights.start_night(day=TODAY()) == first
    night_here.work(first, threads=1)
    assert nights.start_night(day=TODAY()) == first
    assert (Night.objects.count(), Job.objects.filter(kind=nights.KIND).count(), first.rows) == (1, 1, 1)


def test_a_correction_is_a_new_version_and_the_old_one_stays_as_it_was(country: Country) -> None:
    old = done()
    country.request(country.cook)
    new = done(reason="De import van gisteren was niet compleet.")
    assert (new.version, new.state, list(Night.objects.current())) == (2, "done", [new])
    assert list(RegionFigure.objects.order_by("night").values_list("night", "ready")) == [(old.pk, 1), (new.pk, 2)]


def test_the_database_refuses_to_rewrite_a_figure_and_to_run_two_nights(country: Country) -> None:
    done()
    with pytest.raises(DatabaseError), transaction.atomic():
        RegionFigure.objects.update(ready=9)
    Night.objects.create(date=TODAY() - timedelta(days=2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Night.objects.create(date=TODAY() - timedelta(days=3))


def test_another_night_waits_until_the_one_under_way_has_ended() -> None:
    PostcodeAreaFactory()
    nights.start_night(day=TODAY())
    with pytest.raises(nights.NightRefused, match=r"\d{4}"):
        nights.start_night(day=TODAY() - timedelta(days=1))


def test_a_missed_night_is_made_up_once_and_what_old_ones_were_made_of_goes(country: Country) -> None:
    old = Night.objects.create(date=TODAY() - timedelta(days=3), state=NightState.DONE)
    NightData.objects.create(night=old, name="instance", piece=0, content=b"x")
    night = nights.make_up()
    assert night is not None
    assert nights.make_up() == night
    night_here.work(night, threads=1)
    assert nights.make_up() == night
    assert not NightData.objects.filter(night=old).exists()
    assert NightData.objects.filter(night=night).exists()


def test_a_night_that_fails_tells_the_administrators_once_a_date_and_is_begun_anew(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    post = PostFactory(kind=HatKind.ADMINISTRATOR)

    def broken(*args: Any) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(night_parts.worth, "by_cell", broken)
    for _attempt in range(2):
        night = done()
        assert (night.state, night.version) == ("failed", 1)
    assert list(OutboxMail.objects.values_list("to", flat=True)) == [post.user.email]
    assert not RegionFigure.objects.exists()
    assert standing.health()[0] is False
    monkeypatch.undo()
    monkeypatch.setattr("stagematch.jobs._wake", lambda job: None)
    monkeypatch.setattr("shortages.services.nights.ADVICE", "tests.nothing")
    assert done().state == "done"
    assert standing.health()[0] is True


def test_a_night_whose_job_was_given_up_is_known_to_have_failed_and_started_again(country: Country) -> None:
    night = nights.start_night(day=TODAY())
    Job.objects.filter(pk=night.job_id).update(state=JobState.FAILED, error=jobs.GAVE_UP, finished_at=timezone.now())
    again = nights.make_up()
    assert again == night
    assert again.job_id != night.job_id
    assert night_here.work(again, threads=1).state == "done"


def test_every_part_may_be_done_twice(country: Country) -> None:
    """A worker that dies after a part's work and before its end leaves nothing; what it wrote before is written again."""
    night = nights.start_night(day=TODAY())
    assert night.job_id
    jobs.run(night.job_id)
    engine = Job.objects.get(kind=night_parts.ENGINE)
    with transaction.atomic():
        jobs.run(engine.pk)
        transaction.set_rollback(True)  # the connection is lost before the commit
    assert Job.objects.get(pk=engine.pk).state == JobState.QUEUED
    assert night_here.work(night, threads=1).state == "done"
    assert RegionFigure.objects.count() == 1


@pytest.mark.parametrize("wrong", ["2026-13-01", "yesterday", "31-02-2026", "1"])
def test_a_date_that_is_none_is_refused_with_what_to_write(wrong: str) -> None:
    with pytest.raises(CommandError, match="2026-11-21"):
        command("--date", wrong)
    assert not Night.objects.exists()


def test_the_command_refuses_the_future_and_shows_state_duration_rows_and_memory(country: Country) -> None:
    with pytest.raises(CommandError):
        command("--date", (TODAY() + timedelta(days=1)).isoformat())
    assert "no night" in command("--status")
    shown = command("--here", "--threads", "1")
    assert f"{TODAY()} version 1" in shown
    assert "1 rows" in shown
    assert shown.count("MiB") > 5
    assert command("--here") == shown, "it was done, so it was left alone"


def test_monitors_hear_in_words_whether_the_figures_are_there(client: Client) -> None:
    answer = client.get(reverse("shortages:health_nightly"))
    assert (answer.status_code, answer.json()["well"]) == (503, False)
    assert "manage.py nightly" in answer.json()["why"]
    Night.objects.create(date=TODAY() - timedelta(days=1), state=NightState.DONE)
    early, late = (datetime.combine(TODAY(), datetime.min.time(), UTC).replace(hour=hour) for hour in (3, 9))
    assert standing.health(early)[0]
    assert not standing.health(late)[0]
    Night.objects.create(date=TODAY(), state=NightState.DONE)
    assert client.get(reverse("shortages:health_nightly")).json()["well"] is True


def test_an_administrator_sees_the_nights_starts_one_and_corrects_with_a_reason(client: Client, country: Country) -> None:
    login_as(client, PostFactory(kind=HatKind.ADMINISTRATOR))
    address, night = reverse("shortages:nights"), done()
    page = client.get(address).content.decode()
    assert "MiB" in page
    assert f"Elke nacht om {timezone.localtime(datetime.now(UTC).replace(hour=1, minute=30)):%H:%M} uur" in page, "as the clock here says it"
    refused = client.post(address, {"date": TODAY().isoformat(), "reason": ""})
    assert refused.status_code == 200
    assert Night.objects.count() == 1
    assert client.post(address, {"date": f"{TODAY():%d-%m-%Y}", "reason": "Dubbel geteld."}).status_code == 302
    assert Night.objects.get(version=2).reason == "Dubbel geteld."
    assert "hx-get" in client.get(address).content.decode()
    assert client.get(reverse("shortages:night_progress")).status_code == 200
    assert client.post(reverse("shortages:night_retry", args=[night.pk])).status_code == 302
    assert client.post(address, {"date": "31-02-2026"}).status_code == 200


def test_nothing_is_asked_of_a_night_that_has_ended(country: Country) -> None:
    night = done()
    late = Job.objects.create(kind=night_parts.FIGURES, key="late", args={"night": night.pk, "region": 0})
    jobs.run(late.pk)
    late.refresh_from_db()
    assert late.state == JobState.CANCELLED
    assert RegionFigure.objects.count() == 1
