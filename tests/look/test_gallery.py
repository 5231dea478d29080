"""Every part in a real browser: accessible, never wider than the phone, one size of type up, with keys, sent once."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import LAPTOP, PHONE, assert_good_page, assert_no_horizontal_scroll, screenshot

pytestmark = [pytest.mark.urls("tests.look.urls"), pytest.mark.django_db]
PARTS = ["parts", "phone", "form", "table", "table&row=1"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_every_part_is_accessible_and_fits(visitor: Callable[..., Page], part: str, size: dict[str, int]) -> None:
    page = visitor(size)
    page.goto(f"/gallery?show={part}")
    screenshot(page, f"gallery-{part.replace('&row=1', '-panel')}")
    assert_good_page(page)


@pytest.mark.parametrize("part", PARTS)
def test_twice_the_size_of_type_still_fits(visitor: Callable[..., Page], part: str) -> None:
    """200 % zoom of a laptop of 1280 pixels is a page 640 wide."""
    page = visitor({"width": 640, "height": 450})
    page.goto(f"/gallery?show={part}")
    assert_no_horizontal_scroll(page, 640)


def test_an_error_summary_takes_the_focus_and_its_links_lead_to_the_fields(page_phone: Page) -> None:
    page_phone.goto("/gallery?show=form")
    page_phone.get_by_role("button", name="Bewaren en verder").click()
    summary = page_phone.locator("[data-focus]")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Naam").click()
    expect(page_phone.get_by_label("Naam")).to_be_focused()
    assert_good_page(page_phone)


def test_a_form_that_is_on_its_way_is_not_sent_twice(page_laptop: Page) -> None:
    page_laptop.goto("/gallery?show=form")
    sent: list[str] = []
    page_laptop.route("**/gallery*", lambda route: (sent.append(route.request.method), route.abort()))
    page_laptop.evaluate("for (let i = 0; i < 3; i++) document.querySelector('#days').requestSubmit()")
    page_laptop.wait_for_timeout(300)
    assert sent == ["POST"]


def test_keys_walk_the_rows_and_can_be_turned_off(page_laptop: Page) -> None:
    page_laptop.goto("/gallery?show=table")
    current = page_laptop.locator("tr.sm-row--current th")
    page_laptop.keyboard.press("j")
    page_laptop.keyboard.press("j")
    expect(current).to_have_text("Noor de Vries")
    expect(page_laptop.locator("[data-keys-said]")).to_have_text("Noor de Vries (2/24)")
    page_laptop.keyboard.press("k")
    expect(current).to_have_text("Samir El Amrani")
    page_laptop.locator("[data-keys-switch]").click()
    page_laptop.keyboard.press("j")
    expect(current).to_have_text("Samir El Amrani")
    page_laptop.reload()
    page_laptop.keyboard.press("j")
    expect(current).to_have_count(0)


def test_the_panel_opens_beside_the_table_and_closes_again(page_laptop: Page) -> None:
    page_laptop.goto("/gallery?show=table")
    link = page_laptop.get_by_role("link", name="Noor de Vries").first
    link.click()
    panel = page_laptop.get_by_role("complementary", name="Waarom")
    expect(panel.get_by_role("heading", name="Waarom deze plek?")).to_be_visible()
    assert_good_page(page_laptop)
    panel.get_by_role("button", name="Sluiten").click()
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    page_laptop.keyboard.press("Enter")
    expect(panel.get_by_role("heading")).to_be_visible()
    page_laptop.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_on_a_phone_the_page_opens_instead_of_the_panel(page_phone: Page) -> None:
    page_phone.goto("/gallery?show=table")
    page_phone.get_by_role("link", name="Noor de Vries").first.click()
    page_phone.wait_for_url("**/gallery?show=phone*")
    expect(page_phone.get_by_role("heading", level=1)).to_have_text("Hoi Samir")


def test_bulk_buttons_say_how_many_are_chosen(page_laptop: Page) -> None:
    page_laptop.goto("/gallery?show=table")
    boxes = page_laptop.get_by_role("checkbox", name="kiezen")
    page_laptop.locator("[data-bulk] .sm-bulk").get_by_role("button", name="Goedkeuren").click(force=True)  # nothing chosen: nothing is sent
    expect(page_laptop.locator("[data-bulk-count]")).to_have_text("0")
    boxes.nth(1).check()
    boxes.nth(2).check()
    expect(page_laptop.locator("[data-bulk-count]")).to_have_text("2")
    page_laptop.get_by_role("checkbox", name="Alles kiezen").check()
    expect(page_laptop.locator("[data-bulk-count]")).to_have_text("24")


def test_the_account_menu_closes_on_escape_and_gives_the_focus_back(page_phone: Page) -> None:
    page_phone.goto("/gallery")
    button = page_phone.locator("summary.sm-menu__button")
    button.click()
    expect(page_phone.get_by_role("button", name="Begeleider")).to_be_visible()
    assert_good_page(page_phone)
    page_phone.keyboard.press("Escape")
    expect(page_phone.locator("details.sm-menu")).not_to_have_attribute("open", "")
    expect(button).to_be_focused()


def test_every_page_works_without_scripts(visitor: Callable[..., Page]) -> None:
    page = visitor(PHONE, java_script_enabled=False)
    page.goto("/gallery?show=form")
    page.get_by_role("button", name="Bewaren en verder").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_nothing_moves_for_who_asked_for_calm(visitor: Callable[..., Page]) -> None:
    page = visitor(LAPTOP, reduced_motion="reduce")
    page.goto("/gallery")
    moving: list[Any] = page.evaluate(
        """[...document.querySelectorAll('*')]
            .filter(e => getComputedStyle(e).transitionDuration.split(', ').some(d => parseFloat(d) > 0)).map(e => e.className)"""
    )
    assert moving == []
