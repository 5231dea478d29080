"""What every test stands on: guards, a real browser, a real mail server, real Celery workers."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from reference import selectors
from stagematch.settings.testing import NAMESPACE
from tests import emptying, guards, template
from tests.browser import FLAGS, LAPTOP, PHONE, Visitor, chromium
from tests.servers import Inbox, MailServer, WorkerProcess, empty_namespace

pytest_plugins = ["pytester"]
# Milliseconds a page may take on a machine that others use too; that is no finding of any test.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
emptying.install()


@pytest.fixture(autouse=True)
def _no_remembered_points() -> None:
    """Points of postcode areas are remembered per process; each test makes areas of its own."""
    selectors._points.clear()


@pytest.fixture(autouse=True)
def _guards(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that made a guard speak (tests/guards.py)."""
    guards.FINDINGS.take()
    guards.FINDINGS.secrets.clear()
    marker = request.node.get_closest_marker("queries")
    guards.FINDINGS.most_queries = marker.kwargs.get("most", guards.MOST_QUERIES) if marker else guards.MOST_QUERIES
    guards.FINDINGS.most_repeats = marker.kwargs.get("repeats", guards.MOST_REPEATS) if marker else guards.MOST_REPEATS
    yield
    found = guards.FINDINGS.take()
    if found:
        pytest.fail("The set-up found:\n- " + "\n- ".join(found), pytrace=False)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest) -> None:
    """A new test database is a copy of one that has been migrated."""
    test = django_settings.DATABASES["default"]["TEST"]
    if not request.config.getvalue("reuse_db") or request.config.getvalue("create_db") or not template.is_there(test["NAME"]):
        test["TEMPLATE"] = template.prepared()


@pytest.fixture(scope="session", autouse=True)
def _own_keys() -> Iterator[None]:
    """Begin and end without keys or queued tasks of an earlier run."""
    empty_namespace(NAMESPACE)
    yield
    empty_namespace(NAMESPACE)


@pytest.fixture(scope="session", autouse=True)
def _mail_through_the_outbox(django_test_environment: None) -> None:
    """Django's test set-up puts mail into a list; ours goes where it goes in production."""
    django_settings.EMAIL_BACKEND = "stagematch.outbox.OutboxBackend"


@pytest.fixture
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


# -- servers


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[Inbox]:
    """A mail server on loopback; the inbox holds `.messages` and `.recipients`."""
    server = MailServer()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server.start()
    server.stop()


@pytest.fixture
def celery_worker_process(transactional_db: None, smtp_server: Inbox, settings: Any) -> Iterator[WorkerProcess]:
    """A Celery worker with beat (every second) on this test's database and a queue of its own, mailing to `smtp_server`."""
    worker = WorkerProcess(EMAIL_HOST="127.0.0.1", EMAIL_PORT=str(settings.EMAIL_PORT), SITE_URL=settings.SITE_URL)
    worker.start()
    yield worker
    worker.stop()


# -- browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    # Playwright's event loop runs in the test's own thread, where Django then refuses the database; the tests use it in turns.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    """Address of the site under test; links in mails lead to it."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page as one more person, with cookies of their own: `visitor()` at a laptop, `visitor(PHONE)` on a phone.

    A script error, an answer of 500 or a block by the Content-Security-Policy fails the test.
    """
    visitors: list[Visitor] = []

    def open_page(size: dict[str, int] = LAPTOP, **options: Any) -> Page:
        settings = {"base_url": site, "viewport": size, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam", **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor(context))
        return visitors[-1].open_page()

    yield open_page
    for person in visitors:
        person.context.close()
    problems = [problem for person in visitors for problem in person.problems]
    if problems:
        pytest.fail("The browser reported:\n- " + "\n- ".join(problems), pytrace=False)


@pytest.fixture
def page_phone(visitor: Callable[..., Page]) -> Page:
    return visitor(PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def page_laptop(visitor: Callable[..., Page]) -> Page:
    return visitor(LAPTOP)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a browser carries the mark, so that `-m "not browser"` leaves it out."""
    for item in items:
        if {"visitor", "page_phone", "page_laptop"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
