"""Registering with a Trade Register and a register of addresses that answer over real HTTP: a server of our own on loopback stands for both."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company
from tests.companies.test_registration import DATA
from tests.factories import PostcodeAreaFactory

pytestmark = pytest.mark.django_db
KNOWN = {
    "kvkNummer": "12345678",
    "eersteHandelsnaam": "Bakkerij Waalzicht",
    "adressen": [
        {"type": "correspondentieadres", "straatnaam": "Postbus", "huisnummer": 9, "postcode": "6500AA", "plaats": "Nijmegen"},
        {"type": "bezoekadres", "straatnaam": "Waalkade", "huisnummer": 3, "huisletter": "b", "postcode": "6511 AB", "plaats": "Nijmegen"},
    ],
}


class Register(BaseHTTPRequestHandler):
    """Knows one branch, asks for a key, and breaks on request."""

    def do_GET(self) -> None:
        if self.path.startswith("/free?"):
            docs = [{"straatnaam": "Waalkade", "woonplaatsnaam": "Nijmegen"}] if "postcode%3A6511AB&fq=huisnummer%3A3&" in self.path else []
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"response": {"docs": docs}}).encode())
            return
        number = self.path.rpartition("/")[2]
        status = 401 if self.headers["apikey"] != "sleutel" else 500 if number == "0" * 12 else 200 if number == DATA["branch"] else 404
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(KNOWN).encode() if status == 200 else b"{}")

    def log_message(self, *args: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture(autouse=True)
def _register(settings: Any) -> Iterator[None]:
    PostcodeAreaFactory()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.TRADE_REGISTER_URL, settings.TRADE_REGISTER_KEY = f"http://127.0.0.1:{server.server_port}", "sleutel"
    yield
    server.shutdown()
    server.server_close()


def test_numbers_and_a_contact_are_enough_the_register_knows_the_rest(client: Client) -> None:
    few = {name: DATA[name] for name in ("kvk", "branch", "kind", "contact_name", "contact_email")}
    assert client.post(reverse("companies:register"), few).status_code == 302
    company = Company.objects.get()
    assert (company.name, company.street, company.postcode, company.place) == ("Bakkerij Waalzicht", "Waalkade 3b", "6511AB", "Nijmegen")


@pytest.mark.parametrize(("answers", "wrong"), [({"branch": "000099999999"}, "branch"), ({"kvk": "87654321"}, "kvk")])
def test_numbers_that_the_register_does_not_know_are_refused_near_the_field(client: Client, answers: dict[str, str], wrong: str) -> None:
    page = client.post(reverse("companies:register"), DATA | answers)
    assert set(page.context["form"].errors) == {wrong}


def test_a_register_that_is_down_sends_nobody_away(client: Client) -> None:
    assert client.post(reverse("companies:register"), DATA | {"branch": "0" * 12}).status_code == 302
    page = client.post(reverse("companies:register"), DATA | {"branch": "0" * 12, "kvk": "87654321", "street": ""})
    assert set(page.context["form"].errors) == {"street"}


def test_postcode_and_number_are_an_address(client: Client, settings: Any) -> None:
    settings.ADDRESS_REGISTER_URL, settings.TRADE_REGISTER_URL = settings.TRADE_REGISTER_URL, ""
    assert client.post(reverse("companies:register"), DATA | {"street": "", "place": "", "number": "3b"}).status_code == 302
    assert (Company.objects.get().street, Company.objects.get().place) == ("Waalkade 3b", "Nijmegen")
    page = client.post(reverse("companies:register"), DATA | {"street": "", "number": "99"})
    assert set(page.context["form"].errors) == {"street"}
