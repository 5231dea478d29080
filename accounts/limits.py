"""How often somebody without an account may do what sends mail; counted by allauth in the cache, settings.ACCOUNT_RATE_LIMITS."""

import structlog
from allauth.core import ratelimit
from django.http import HttpRequest
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def too_often(request: HttpRequest, action: str) -> bool:
    """Whether this network did `action` too often; with the cache down nobody is kept out."""
    try:
        return not ratelimit.consume(request, action=action)
    except RedisError:
        log.warning("cache_unreachable")
        return False
