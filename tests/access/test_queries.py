"""No page asks the database more than twelve times, and none more often when there are ten times as many rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.hats import HatKind
from tests.access.matrix import HATS, PAGE, ROWS, Row
from tests.access.world import VISITOR, World, build_world
from tests.factories import login_as
from tests.guards import MOST_QUERIES

TIMES = 10
# allauth's own page asks for each kind of second factor by itself; it lists nothing, so it cannot grow.
LIBRARY = {"account_reauthenticate"}
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")
# The guard of the set-up counts too; here the counts are compared, and named together.
pytestmark = [pytest.mark.django_db, pytest.mark.queries(most=100, repeats=100), pytest.mark.timeout(600)]


def pages_of(hat: str) -> Iterator[tuple[str, Row]]:
    """Pages that this hat may open; those that everybody has are asked as visitor and coordinator only, but for home."""
    for name, row in ROWS.items():
        repeated = row.who >= frozenset(HatKind) and name != "home" and hat not in (VISITOR, HatKind.COORDINATOR)
        if hat in row.who and row.get == PAGE and name not in LIBRARY and not repeated:
            yield name, row


def counts(world: World) -> dict[str, int]:
    """Queries of each page (GET) for each hat that may open it."""
    found: dict[str, int] = {}
    for hat in HATS:
        client = Client()
        if hat != VISITOR:
            login_as(client, world.person(hat))
        for name, row in pages_of(hat):
            url = reverse(name, kwargs=world.kwargs(row.on, world.ours))
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found[f"{name} as {hat}"] = sum(not query["sql"].startswith(NOT_COUNTED) for query in queries.captured_queries)
    return found


def in_a_world(size: int) -> dict[str, int]:
    with transaction.atomic():
        found = counts(build_world(size))
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def small(django_db_setup: None, django_db_blocker: Any) -> dict[str, int]:
    with django_db_blocker.unblock():
        return in_a_world(1)


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: Any) -> dict[str, int]:
    with django_db_blocker.unblock():
        return in_a_world(TIMES)


def test_no_page_asks_more_than_twelve_times(small: dict[str, int], large: dict[str, int]) -> None:
    assert len(small) > 120
    assert {page: n for page, n in small.items() if n > MOST_QUERIES} == {}
    assert {page: n for page, n in large.items() if n > MOST_QUERIES} == {}


# Places like this one are fetched together once there are any, and the small world has none.
LIKE_IT = "placements:place_page "


def test_no_page_asks_more_often_when_there_are_ten_times_the_rows(small: dict[str, int], large: dict[str, int]) -> None:
    assert {page: (n, large[page]) for page, n in small.items() if large[page] > n + page.startswith(LIKE_IT)} == {}
