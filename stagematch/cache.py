"""Valkey as a cache that may be away: then nothing is remembered, and whoever asks goes on without it.

Signing in counts its attempts here (allauth): with the cache down that must not keep everybody out.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
T = TypeVar("T")


# After a server did not answer, it is left alone for so many seconds: each call would wait its own two, signing in makes fifteen.
LEFT_ALONE = 5.0
_away_until: dict[str, float] = {}


class Cache(RedisCache):
    """Django's cache in Redis, but a server that does not answer is an empty cache; `answers` tells the two apart."""

    def answers(self) -> bool:
        """Whether the server answers; asked each time."""
        try:
            return bool(self._cache.get_client().ping())
        except RedisError:
            return False

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """True without a server, as for a key that nobody has: allauth's locks are had at once."""
        return self._or(True, "add", lambda: super(Cache, self).add(key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, "get", lambda: super(Cache, self).get(key, default, version))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        return self._or(None, "set", lambda: super(Cache, self).set(key, value, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._or(False, "delete", lambda: super(Cache, self).delete(key, version))

    def tally(self, name: str, field: int, keep: int) -> None:
        """Count one more of `field` under a name that is kept for so many seconds; not counted without a server."""
        self._or(None, "tally", lambda: self._tally(self.make_and_validate_key(name), field, keep))

    def _tally(self, key: str, field: int, keep: int) -> None:
        with self._cache.get_client(write=True).pipeline(transaction=False) as pipe:
            pipe.hincrby(key, str(field), 1)
            pipe.expire(key, keep)
            pipe.execute()

    def tallies(self, name: str) -> dict[int, int]:
        """What was counted under a name so far: field → how often."""
        found: dict[Any, Any] = self._or({}, "tallies", lambda: self._cache.get_client().hgetall(self.make_and_validate_key(name)))
        return {int(field): int(count) for field, count in found.items()}

    def _or(self, answer: T, what: str, ask: Callable[[], T]) -> T:
        """What the server says, or `answer` when it does not or did not a moment ago."""
        server = str(self._servers)  # type: ignore[attr-defined]  # the stubs do not know it
        if time.monotonic() < _away_until.get(server, 0.0):
            return answer
        try:
            return ask()
        except RedisError:
            _away_until[server] = time.monotonic() + LEFT_ALONE
            log.warning("cache_unreachable", what=what)
            return answer
