"""Finding a place in a real browser: on a phone, on a laptop with the map, and without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from placements.models import Favourite
from placements.search.where import towns
from tests.browser import PHONE, assert_good_page, screenshot
from tests.factories import CompanyFactory, PlaceFactory, PostcodeAreaFactory, QualificationFactory, StudentFactory
from tests.placements.test_on_a_phone import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bakery() -> Any:
    """Three places for cooks around Nijmegen."""
    towns.cache_clear()
    PostcodeAreaFactory()
    cook = QualificationFactory(name="Kok", search_text="kok keuken")
    for n, (title, allowance) in enumerate((("Brood bakken", 300), ("Meekoken in de keuken", 0), ("Taarten versieren", 150))):
        PlaceFactory(title=title, allowance=allowance, qualifications=[cook], company=CompanyFactory(name=f"Bedrijf {title}", x=188_000 + 900 * n))
    return cook


def test_a_student_on_a_phone_searches_filters_opens_keeps_and_goes_back(visitor: Callable[..., Page], site: str, bakery: Any) -> None:
    student = StudentFactory(programme__qualification=bakery)
    page = visitor(PHONE, has_touch=True, is_mobile=True)
    sign_in(page, site, student)
    page.goto("/plaatsen/")
    page.get_by_label("Wat?").fill("keuken")
    page.get_by_label("Waar?").fill("Nijmegen")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", name="3 stageplekken binnen")).to_be_visible()
    page.locator(".sm-find__filters > summary").click()
    page.locator("summary", has_text="Vergoeding").click()
    page.get_by_label("minstens € 150").check()
    expect(page.get_by_role("heading", name="2 stageplekken binnen")).to_be_visible()
    assert "vergoeding=150" in page.url
    assert_good_page(page)
    screenshot(page, "search-phone")
    page.get_by_role("link", name="Taarten versieren").click()
    expect(page.get_by_role("heading", name="Taarten versieren", level=1)).to_be_visible()
    assert_good_page(page)
    screenshot(page, "place-phone")
    page.get_by_role("button", name="Bewaren").first.click()
    expect(page.get_by_role("button", name="Bewaard").first).to_be_visible()
    assert Favourite.objects.filter(student=student).count() == 1
    page.go_back()
    expect(page.get_by_role("heading", name="2 stageplekken binnen")).to_be_visible()
    expect(page.get_by_label("Wat?")).to_have_value("keuken")


def test_nothing_that_is_typed_or_ticked_is_moved_from_under_the_hand(visitor: Callable[..., Page], bakery: Any) -> None:
    page = visitor()
    page.goto("/plaatsen/")
    page.get_by_label("Wat?").press_sequentially("keuken", delay=10)
    page.keyboard.press("Tab")
    page.keyboard.type("Nijmegen", delay=40)
    expect(page.get_by_label("Waar?")).to_have_value("Nijmegen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="3 stageplekken binnen")).to_be_visible()
    page.locator("summary", has_text="Vergoeding").click()
    wanted = page.get_by_label("minstens € 300")
    wanted.scroll_into_view_if_needed()
    before = wanted.bounding_box()
    wanted.check()
    expect(page.get_by_role("heading", name="1 stageplek binnen")).to_be_visible()
    after = wanted.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 2


def test_what_is_ticked_while_an_answer_is_under_way_is_asked_for_next(visitor: Callable[..., Page], bakery: Any) -> None:
    page = visitor()
    page.goto("/plaatsen/?wat=keuken&waar=Nijmegen")
    page.locator("summary", has_text="Vergoeding").click()
    held: list[Route] = []
    page.route("**/plaatsen/?*", lambda route: route.continue_() if held else held.append(route))
    page.get_by_role("button", name="Zoeken").click()
    expect(page.locator("#search.htmx-request")).to_be_visible()
    page.get_by_label("minstens € 300").check()
    held[0].continue_()
    expect(page.get_by_role("heading", name="1 stageplek binnen")).to_be_visible()
    expect(page.get_by_label("minstens € 300")).to_be_checked()


def test_the_map_shows_the_places_of_the_list_and_opens_one_by_keyboard(visitor: Callable[..., Page], bakery: Any) -> None:
    page = visitor()
    page.goto("/plaatsen/?wat=keuken&waar=6511")
    page.get_by_role("link", name="Toon de kaart").click()
    together = page.locator(".sm-map .sm-map__many")
    expect(together).to_have_text("3")
    expect(page.locator(".sm-map .sm-map__region").first).to_be_attached()
    assert_good_page(page)
    screenshot(page, "search-map")
    page.wait_for_load_state("networkidle")  # what the map fetches is drawn, and the marker stays
    together.focus()
    page.keyboard.press("Enter")
    alone = page.locator(".sm-map .sm-map__one")
    expect(alone).to_have_count(3)
    assert_good_page(page)
    alone.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="De feiten")).to_be_visible()


def test_the_search_works_without_javascript(visitor: Callable[..., Page], bakery: Any) -> None:
    page = visitor(PHONE, java_script_enabled=False)
    page.goto("/plaatsen/")
    page.get_by_label("Wat?").fill("kok")
    page.get_by_label("Waar?").fill("6511")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", name="3 stageplekken binnen")).to_be_visible()
    assert page.url.endswith("/plaatsen/?wat=kok&waar=6511")
    page.locator(".sm-find__filters > summary").click()
    page.locator("summary", has_text="Vergoeding").click()
    page.get_by_label("minstens € 300").check()
    page.get_by_role("button", name="Filters toepassen").click()
    expect(page.get_by_role("heading", name="1 stageplek binnen")).to_be_visible()
    page.get_by_role("link", name="Brood bakken").click()
    expect(page.get_by_role("heading", name="Brood bakken", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="1 stageplek binnen")).to_be_visible()
