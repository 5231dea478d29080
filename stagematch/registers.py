"""Asking a public register one question over HTTP. A register that is down is no reason to send anybody away."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)
SECONDS = 5
Answer = TypeVar("Answer")


class Unreachable(Exception):
    """The register does not answer now, or not in its own words."""


def ask(url: str, read: Callable[..., Answer], headers: Mapping[str, str] | None = None) -> Answer | None:
    """What `read` makes of the JSON at an address of ours; None if the register says that there is no such thing. Raises Unreachable."""
    request = urllib.request.Request(url, headers={"Accept": "application/json", **(headers or {})})  # noqa: S310  an address from the settings
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return read(json.load(answer))
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        problem: Exception = error
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        problem = error
    log.warning("register_unreachable", register=request.host, reason=type(problem).__name__)
    raise Unreachable from problem
