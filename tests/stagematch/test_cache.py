"""A cache that is away is an empty one: nobody is kept out, nothing breaks."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import TimeoutError as RedisTimeout

from accounts.limits import too_often
from stagematch.cache import _away_until
from stagematch.settings.base import cache_at
from tests.factories import UserFactory

PASSWORD = "vier losse gewone woorden"


@pytest.fixture
def cache_is_down(settings: Any) -> Iterator[None]:
    settings.CACHES = cache_at("redis://127.0.0.1:1/0")
    yield
    del caches["default"]


@pytest.mark.usefixtures("cache_is_down")
def test_without_a_server_nothing_is_remembered() -> None:
    assert cache.add("key", 1) is True
    cache.set("key", 1)
    assert cache.get("key", "nothing") == "nothing"
    assert cache.delete("key") is False


@pytest.mark.usefixtures("cache_is_down")
def test_a_server_that_did_not_answer_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def hang(*_: Any, **__: Any) -> None:
        asked.append(1)
        raise RedisTimeout

    monkeypatch.setattr(RedisCache, "get", hang)
    _away_until.clear()
    assert [cache.get("key", "nothing") for _ in range(15)] == ["nothing"] * 15
    assert len(asked) == 1
    _away_until.clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("cache_is_down")
def test_people_sign_in_and_ask_for_a_new_password_while_the_cache_is_down(client: Any) -> None:
    user: Any = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    assert client.post("/account/login/", {"login": user.email, "password": "een ander woord"}).status_code == 200
    assert client.post("/account/password/reset/", {"email": user.email}).status_code == 302
    assert client.post("/account/login/", {"login": user.email, "password": PASSWORD}).status_code == 302


@pytest.mark.django_db
def test_a_class_signs_in_from_one_address_at_once(client: Any, empty_cache: None) -> None:
    answers = {client.post("/account/login/", {"login": f"student{n}@example.org", "password": PASSWORD}).status_code for n in range(40)}
    assert answers == {200}  # unknown to us, but not too often


@pytest.mark.usefixtures("cache_is_down")
def test_nobody_is_kept_from_registering_while_the_cache_is_down(rf: Any, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"register": "1/h/ip"}
    assert [too_often(rf.post("/"), "register") for _ in range(3)] == [False] * 3
