"""Gunicorn's access log without keys and queries: a link in a mail opens an account, a search holds somebody's name."""

from typing import Any

from gunicorn.glogging import Logger

from stagematch.logs import masked


class MaskedLogger(Logger):
    """Gunicorn's own logger, given addresses as our logs have them."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """The parts of a line, each without keys of links, queries and e-mail addresses."""
        atoms = super().atoms(resp, req, environ, request_time)
        return {name: masked(value) for name, value in atoms.items()}
