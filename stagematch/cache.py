"""Valkey as a cache that may be away: then nothing is remembered, and whoever asks goes on without it.

Signing in counts its attempts here (allauth): with the cache down that must not keep everybody out.
"""

from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Cache(RedisCache):
    """Django's cache in Redis, but a server that does not answer is an empty cache; `answers` tells the two apart."""

    def answers(self) -> bool:
        """Whether the server answers."""
        try:
            return bool(self._cache.get_client().ping())
        except RedisError:
            return False

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """True without a server, as for a key that nobody has: allauth's locks are had at once."""
        try:
            return super().add(key, value, timeout, version)
        except RedisError:
            return _lost("add", True)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            return _lost("get", default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except RedisError:
            _lost("set", None)

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return super().delete(key, version)
        except RedisError:
            return _lost("delete", False)


def _lost(what: str, answer: T) -> T:
    log.warning("cache_unreachable", what=what)
    return answer
