"""The public pages in a real browser, with and without JavaScript."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import PHONE, assert_good_page, screenshot


def test_results_appear_while_typing_and_nothing_found_says_what_to_try(live_reference: None, page_phone: Page) -> None:
    page_phone.goto("/opleidingen/zoeken/")
    assert_good_page(page_phone)
    page_phone.get_by_label("Naam, beroep of crebo").press_sequentially("kapster")
    expect(page_phone.get_by_role("heading", name="Kapper", exact=True)).to_be_visible()
    expect(page_phone).to_have_url("/opleidingen/zoeken/?q=kapster")
    assert_good_page(page_phone)
    screenshot(page_phone, "reference-search")
    page_phone.goto("/opleidingen/zoeken/?q=qwertyuiop")
    expect(page_phone.get_by_role("heading", name="Geen opleiding past")).to_be_visible()
    assert_good_page(page_phone)


def test_the_search_works_without_javascript(live_reference: None, visitor: Callable[..., Page]) -> None:
    page = visitor(PHONE, java_script_enabled=False)
    page.goto("/opleidingen/zoeken/")
    page.get_by_label("Naam, beroep of crebo").fill("kapster")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", name="Kapper", exact=True)).to_be_visible()


def test_the_sources_page_is_accessible(page_laptop: Page) -> None:
    page_laptop.goto("/bronnen/")
    expect(page_laptop.get_by_role("link", name="CBS")).to_be_visible()
    assert_good_page(page_laptop)
    screenshot(page_laptop, "reference-sources")
