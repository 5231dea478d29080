"""Structured logs: events with named values, JSON in production and readable lines elsewhere, all through Python's logging."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
# PostgreSQL repeats the row that broke a rule: "DETAIL:  Failing row contains (12, Anna, …)".
DETAIL = re.compile(r"^(DETAIL|CONTEXT|HINT|PARAMETERS):.*$", re.MULTILINE)
# A long part of an address that is no opaque id of ours is a key: an invitation, a password link.
KEY = re.compile(r"(?<=/)(?![0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:[/?\s]|$))[\w:=.-]{24,}(?=[/?\s]|$)")
# Of anything that may be an address: not every one ends with a slash before its query (kaart.json, cijfers.csv).
QUERY = re.compile(r"\?\S+")


def without_people(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take e-mail addresses, keys in addresses, queries and rows of data out of whatever is logged."""
    return {name: masked(value) for name, value in event.items()}


def masked(value: Any) -> Any:
    """The same without what may not be logged; parts of lists and dicts too."""
    if isinstance(value, str):
        return QUERY.sub("?…", KEY.sub("…", DETAIL.sub(r"\1: …", EMAIL.sub("…@…", value))))
    if isinstance(value, list | tuple):
        return type(value)(masked(part) for part in value)
    if isinstance(value, dict):
        return {name: masked(part) for name, part in value.items()}
    return value


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    without_people,
]


def configure(*, json: bool) -> dict[str, Any]:
    """Point structlog at Python's logging and return Django's LOGGING."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"django": {"level": "INFO", "handlers": [], "propagate": True}, "django.server": {"handlers": [], "propagate": True}},
    }
