"""Every address as every hat, against the table (tests/access/matrix.py): an address without a row fails, and a row without an address."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.hats import HatKind
from tests.access.addresses import addresses
from tests.access.matrix import HATS, ROWS, TABLE, WITHOUT_LOGIN, WRONG_METHOD, Row, shared
from tests.access.world import VISITOR, Side, World
from tests.factories import login_as

# allauth's page "type your password again" asks the database six times for another kind of second factor.
pytestmark = [pytest.mark.django_db, pytest.mark.queries(repeats=6)]
LOGIN = "/account/login/"
# A session is the visitor's own slip of paper; everything else is data, and GET never writes data.
WRITE = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) (?!"django_session")')


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the request writes is taken back, so that the next one finds the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Asker:
    """One person who asks for one address after another, each time as if it were the first."""

    def __init__(self, world: World, hat: str) -> None:
        self.client = Client()
        if hat != VISITOR:
            login_as(self.client, world.person(hat))
        self.cookies = self.client.cookies.output()
        self.wrote: list[str] = []

    def ask(self, method: str, url: str) -> HttpResponse:
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies.replace("Set-Cookie: ", ""))
        with undone(), CaptureQueriesContext(connection) as queries:
            answer: HttpResponse = self.client.get(url) if method == "GET" else self.client.post(url)
        self.wrote = [query["sql"] for query in queries.captured_queries if WRITE.match(query["sql"])]
        return answer


def url_of(world: World, name: str, row: Row, side: Side) -> str:
    return reverse(name, kwargs=world.kwargs(row.on, side))


def test_every_address_has_one_row_and_every_row_an_address() -> None:
    names = sorted(name for name, _view in addresses())
    written = sorted(name for row in TABLE for name in row.names.split())
    assert written == names


def test_only_the_addresses_written_as_open_can_be_opened_without_login() -> None:
    open_ = {name for name, view in addresses() if not getattr(view, "login_required", True)}
    assert open_ == WITHOUT_LOGIN


def test_every_address_for_some_hats_is_guarded_by_exactly_those() -> None:
    guarded = {name: view.hats for name, view in addresses() if hasattr(view, "hats")}
    assert guarded == {name: row.who for name, row in ROWS.items() if not row.who & {VISITOR} and row.who != frozenset(HatKind)}


@pytest.mark.parametrize("hat", HATS)
def test_each_hat_gets_what_the_table_says(world: World, hat: str) -> None:
    person, wrong = Asker(world, hat), []
    for name, row in ROWS.items():
        for method in ("GET", "POST"):
            answer = person.ask(method, url_of(world, name, row, world.ours))
            if method == "GET" and person.wrote:
                wrong.append(f"GET {name} writes: {person.wrote[0][:200]}")
            if answer.status_code not in row.expects(hat, method):
                wrong.append(f"{method} {name}: {answer.status_code} {answer.get('Location', '')}, not {row.expects(hat, method)}")
            elif hat == VISITOR and name not in WITHOUT_LOGIN and not answer["Location"].startswith(LOGIN):
                wrong.append(f"{method} {name}: sends a visitor to {answer['Location']}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("hat", sorted(HatKind))
@pytest.mark.parametrize("side", ["theirs", "next_door"])
def test_somebody_elses_object_does_not_exist(world: World, hat: str, side: str) -> None:
    person, wrong = Asker(world, hat), []
    for name, row in ROWS.items():
        if hat not in row.who or row.on not in world.ours.objects or row.anyones or (side == "next_door" and shared(hat, row)):
            continue
        for method in ("GET", "POST"):
            answer = person.ask(method, url_of(world, name, row, getattr(world, side)))
            if answer.status_code not in {row.foreign, WRONG_METHOD}:
                wrong.append(f"{method} {name}: {answer.status_code} for {row.on} of {side}")
    assert not wrong, "\n".join(wrong)
