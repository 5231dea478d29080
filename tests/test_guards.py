"""Each guard of the set-up fails when it should, and only then."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests import guards
from tests.browser import Visitor, assert_no_axe_violations, assert_no_horizontal_scroll

pytestmark = [pytest.mark.urls("tests.guard_pages")]


@pytest.fixture
def found_on(client: Client, db: None) -> Callable[..., list[str]]:
    """What the guards say about one page."""

    def visit(path: str, data: dict[str, str] | None = None) -> list[str]:
        with guards.expecting() as found:
            client.get(path) if data is None else client.post(path, data)
        return found

    return visit


def test_a_sound_page_passes_every_guard(found_on: Callable[..., list[str]]) -> None:
    assert found_on("/good") == []


def test_an_undefined_template_variable_is_found(found_on: Callable[..., list[str]]) -> None:
    [finding] = found_on("/undefined")
    assert "undefined template variable: nobody.name" in finding


def test_a_page_with_more_than_twelve_queries_is_found(found_on: Callable[..., list[str]]) -> None:
    [finding] = found_on("/many_queries")
    assert "13 queries, 12 is the most" in finding


@pytest.mark.queries(most=13)
def test_a_test_may_allow_a_page_more_queries(found_on: Callable[..., list[str]]) -> None:
    assert found_on("/many_queries") == []


def test_a_query_per_row_is_found(found_on: Callable[..., list[str]]) -> None:
    [finding] = found_on("/query_per_row")
    assert "the same query 6 times" in finding


def test_a_form_without_a_token_is_found(found_on: Callable[..., list[str]]) -> None:
    [finding] = found_on("/forgotten_token")
    assert "posts to /save has no CSRF token" in finding


def test_a_password_in_the_log_is_found(found_on: Callable[..., list[str]]) -> None:
    [finding] = found_on("/logs_password", {"password": "correct horse battery"})
    assert "a secret in the log" in finding
    assert "correct horse" not in finding


def test_something_like_a_password_in_the_log_is_found() -> None:
    with guards.expecting() as found:
        logging.getLogger("accounts").info("sign-up with password=hunter2hunter2")
    assert len(found) == 1


def test_a_log_line_that_only_names_passwords_passes() -> None:
    with guards.expecting() as found:
        logging.getLogger("accounts").info("the password was changed")
    assert found == []


@pytest.mark.django_db(transaction=True)
def test_a_lock_on_joined_tables_without_a_name_is_found() -> None:
    users = get_user_model()._default_manager
    joined = f"SELECT u.id FROM {users.model._meta.db_table} u JOIN {users.model._meta.db_table} v ON v.id = u.id"
    with transaction.atomic(), connection.cursor() as cursor:
        with guards.expecting() as found:
            cursor.execute(f"{joined} FOR UPDATE")
        assert len(found) == 1
        with guards.expecting() as found:
            cursor.execute(f"{joined} FOR UPDATE OF u")
            list(users.select_for_update(of=("self",)))
            list(users.select_for_update())
    assert found == []


@pytest.mark.django_db
def test_pages_of_unordered_rows_are_an_error() -> None:
    with pytest.raises(UnorderedObjectListWarning):
        Paginator(get_user_model()._default_manager.order_by(), 20).page(1)


def test_a_finding_fails_the_test_that_caused_it(pytester_run: Callable[[str], Any]) -> None:
    result = pytester_run(
        """
        from tests import guards

        def test_speaks():
            guards.FINDINGS.report("something wrong")

        def test_is_not_blamed():
            pass
        """
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*something wrong*"])


@pytest.fixture
def pytester_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Run a test file with the real conftest in a pytest of its own."""

    def run(source: str) -> Any:
        pytester.makeconftest("from tests.conftest import _guards")
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess(*(part for plugin in ("django", "playwright", "xdist") for part in ("-p", f"no:{plugin}")), "-q")

    return run


# -- the browser's guards


@pytest.fixture
def watched(browser: Any, site: str) -> tuple[Visitor, Page]:
    person = Visitor(browser.new_context(base_url=site))
    return person, person.open_page()


@pytest.mark.browser
def test_a_script_that_the_policy_blocks_is_found(watched: tuple[Visitor, Page]) -> None:
    person, page = watched
    page.goto("/blocked_script")
    assert any("Content-Security-Policy" in problem for problem in person.problems)
    assert page.title() == "x"


@pytest.mark.browser
def test_an_answer_of_500_is_found(watched: tuple[Visitor, Page]) -> None:
    person, page = watched
    page.goto("/broken")
    assert any(problem.startswith("500 from") for problem in person.problems)


def test_axe_names_a_picture_without_a_text(page_laptop: Page) -> None:
    page_laptop.goto("/inaccessible")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_no_axe_violations(page_laptop)


def test_something_too_wide_for_a_narrow_phone_is_named(page_phone: Page) -> None:
    page_phone.goto("/inaccessible")
    with pytest.raises(AssertionError, match="IMG"):
        assert_no_horizontal_scroll(page_phone)


def test_a_sound_page_passes_in_the_browser(page_phone: Page) -> None:
    page_phone.goto("/good")
    assert_no_axe_violations(page_phone)
    assert_no_horizontal_scroll(page_phone)


# -- every address of the site


@pytest.mark.urls("stagematch.urls")
def test_no_view_is_exempt_from_csrf() -> None:
    def views(resolver: URLResolver) -> list[URLPattern]:
        return [found for pattern in resolver.url_patterns for found in (views(pattern) if isinstance(pattern, URLResolver) else [pattern])]

    exempt = [str(pattern.pattern) for pattern in views(get_resolver()) if getattr(pattern.callback, "csrf_exempt", False)]
    # Mail programs post here without a page of ours (RFC 8058); the signed token in the address is the permission.
    one_click = ["bedrijf/plaatsen/herinneringen/<str:token>/", "bewaard/stoppen/<str:token>/", "tekorten/bericht/<str:token>/"]
    assert sorted(exempt) == [*one_click, "tekorten/weekbericht/<str:token>/stoppen/"]
