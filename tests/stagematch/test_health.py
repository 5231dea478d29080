"""Health: what it names, and that it says which part fails."""

import time
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db import connection

from stagematch import health, tasks
from stagematch.settings.base import cache_at


@pytest.fixture(autouse=True)
def no_worker_yet(empty_cache: None) -> None:
    """Begin as after a restart."""


def ready(client: Any) -> tuple[int, dict[str, Any]]:
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()


def test_the_process_is_alive_without_a_database(client: Any) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_names_database_cache_and_worker(client: Any) -> None:
    tasks.sweep_jobs()
    assert ready(client) == (200, {"ready": True, "database": "ok", "cache": "ok", "worker": "ok"})


@pytest.mark.django_db
def test_a_worker_that_was_never_seen_makes_it_unready(client: Any) -> None:
    status, parts = ready(client)
    assert (status, parts["database"], parts["worker"]) == (503, "ok", "never seen")


@pytest.mark.django_db
def test_a_worker_that_fell_silent_makes_it_unready(client: Any) -> None:
    cache.set(health.WORKER_KEY, time.time() - 31)
    status, parts = ready(client)
    assert (status, parts["worker"]) == (503, "silent for 31 s")


@pytest.mark.django_db
def test_a_fresh_worker_is_ready_at_once(client: Any) -> None:
    tasks.announce()
    assert ready(client)[0] == 200


@pytest.mark.django_db
def test_a_cache_that_is_down_is_named_and_no_server_is(client: Any, settings: Any) -> None:
    settings.CACHES = cache_at("redis://127.0.0.1:1/0")
    status, parts = ready(client)
    assert status == 503
    assert (parts["database"], parts["cache"], parts["worker"]) == ("ok", "does not answer", "cannot be asked without the cache")
    assert "127.0.0.1" not in str(parts)
    tasks.announce()  # a worker goes on without the cache
    del caches["default"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_down_is_named(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    try:
        status, parts = ready(client)
    finally:
        monkeypatch.undo()
        connection.close()
    assert (status, parts["database"]) == (503, "does not answer")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_never_cached_and_cannot_be_posted_to(client: Any, path: str) -> None:
    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405
