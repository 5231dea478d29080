"""Gunicorn's logs without keys and queries: a link in a mail opens an account, a search holds somebody's name."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from stagematch.logs import masked


class MaskedFormatter(logging.Formatter):
    """A line of gunicorn's own with what went wrong, as our logs have it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line with its traceback, masked."""
        return str(masked(super().format(record)))


class MaskedLogger(Logger):
    """Gunicorn's own logger, given addresses as our logs have them."""

    def setup(self, cfg: Any) -> None:
        """Gunicorn names the whole address of a request on which it fails itself."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(MaskedFormatter(self.error_fmt, self.datefmt))

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """The parts of a line, each without keys of links, queries and e-mail addresses."""
        atoms = super().atoms(resp, req, environ | {"QUERY_STRING": ""}, request_time)
        return {name: masked(value) for name, value in atoms.items()}
