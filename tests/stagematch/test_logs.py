"""Logs: one event a line with named values, and nobody's data in them."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from django.db import IntegrityError
from gunicorn.config import Config

from stagematch import logs
from stagematch.access_log import MaskedLogger


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a production handler writes during the test."""
    config = logs.configure(json=True)
    settings = dict(config["formatters"]["structured"])
    handler = logging.StreamHandler(out := io.StringIO())
    handler.setFormatter(settings.pop("()")(**settings))
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


def line(written: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written.getvalue().splitlines()[-1])
    return found


def test_an_event_is_one_line_of_json(written: io.StringIO) -> None:
    structlog.get_logger("tests").warning("job_left", job=12)
    event = line(written)
    assert (event["event"], event["job"], event["level"], event["logger"]) == ("job_left", 12, "warning", "tests")
    assert "timestamp" in event


def test_no_address_reaches_the_log_however_it_is_logged(written: io.StringIO) -> None:
    structlog.get_logger("tests").warning("sent to anna@example.nl", to="anna@example.nl", several=["bob@example.nl"], inside={"x": "c@d.nl"})
    logging.getLogger("library").warning("550 <%s> unknown", "piet.de-vries+x@mail.example.nl")
    assert "@example" not in written.getvalue()
    assert "piet" not in written.getvalue()


def test_a_row_that_broke_a_rule_is_not_repeated(written: io.StringIO) -> None:
    answer = 'duplicate key value violates "x"\n' + "DETAIL:  Key (last_name)=(Jansen) already exists.\n"
    try:
        raise IntegrityError(answer)
    except IntegrityError:
        structlog.get_logger("tests").exception("failed")
    assert "Jansen" not in written.getvalue()
    assert 'violates \\"x\\"' in written.getvalue()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("Not Found: /uitnodiging/kJ8s-02nd8_sn2ndKDUSN27sndk2/", "Not Found: /uitnodiging/…/"),
        ("Not Found: /studenten/?q=Anna+de+Vries", "Not Found: /studenten/?…"),
        ("Not Found: /plaatsen/kaart.json?waar=6525AB&wat=Piet+Janssen", "Not Found: /plaatsen/kaart.json?…"),
        ("Not Found: /plaats/3f2504e0-4f89-11d3-9a0c-0305e82c3301/", "Not Found: /plaats/3f2504e0-4f89-11d3-9a0c-0305e82c3301/"),
        ("Not Found: /school/studenten/importeren", "Not Found: /school/studenten/importeren"),
    ],
)
def test_keys_and_searches_are_not_logged_and_opaque_ids_are(written: io.StringIO, address: str, shown: str) -> None:
    logging.getLogger("django.request").warning(address)
    assert line(written)["event"] == shown


@pytest.mark.parametrize("page", ["/uitnodiging/AAAAbbbbCCCCddddEEEEffffGGGGhhhh/", "/plaatsen/kaart.json", "/tekorten/cijfers.csv"])
def test_the_servers_access_log_keeps_no_key_of_a_link_and_no_search(page: str) -> None:
    logger = MaskedLogger(Config())
    request = SimpleNamespace(headers=[])
    response = SimpleNamespace(status="200 OK", headers=[], sent=1)
    uri = f'{page}?q="Jansen'
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": uri, "PATH_INFO": page, "QUERY_STRING": "q=Jansen", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://site{uri}",
    }  # fmt: skip
    written = str(logger.atoms(response, request, environ, timedelta(seconds=1)))
    assert page.replace("AAAAbbbbCCCCddddEEEEffffGGGGhhhh", "…") in written
    assert "AAAA" not in written
    assert "Jansen" not in written


def test_what_the_server_itself_says_of_a_request_it_failed_on_is_masked() -> None:
    logger = MaskedLogger(Config())
    handler = next(handler for handler in logger.error_log.handlers if isinstance(handler, logging.StreamHandler))
    handler.setStream(out := io.StringIO())
    try:
        raise ValueError("anna@example.nl")
    except ValueError:
        logger.exception("Error handling request %s %s", "POST", "/plaatsen/kaart.json?wat=Piet+Janssen")
    assert "POST /plaatsen/kaart.json?…" in out.getvalue()
    assert "Janssen" not in out.getvalue()
    assert "anna" not in out.getvalue()
