"""Keeping a place, saving a search and asking a company, on a phone in a real browser, with htmx."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from placements.models import Favourite, PlaceAsk, SavedSearch
from placements.search.watching import unsubscribe_token
from tests.browser import PHONE, assert_good_page, screenshot
from tests.factories import CompanyFactory, ContactFactory, PlaceFactory, PostcodeAreaFactory, RecognitionFactory, RequestFactory, login_as

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_student_keeps_a_place_saves_a_search_and_asks_a_company(visitor: Callable[..., Page], site: str) -> None:
    PostcodeAreaFactory()
    student = RequestFactory(ready=True).student
    own = student.programme.qualification
    place = PlaceFactory(qualifications=[own], title="Broodjes bakken")
    silent = CompanyFactory(name="Bakkerij Stil")
    RecognitionFactory(company=silent, qualification=own)
    ContactFactory(company=silent)
    client = Client()
    login_as(client, student)
    page = visitor(PHONE, has_touch=True, is_mobile=True)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    page.goto("/plaatsen/")
    page.get_by_role("button", name="Bewaren Broodjes bakken").click()
    page.get_by_role("button", name="Bewaard: niet meer bewaren Broodjes bakken").wait_for()
    assert Favourite.objects.get().place == place
    page.evaluate("document.querySelector('#ask')?.scrollIntoView()")  # in one go: the part is fetched, and replaced, when it comes into view
    page.get_by_role("button", name="Vraag om een stageplek (Bakkerij Stil)").wait_for()
    assert_good_page(page)
    screenshot(page, "saved-1-search")
    page.get_by_role("button", name="Vraag om een stageplek (Bakkerij Stil)").click()
    page.get_by_text("Gevraagd. Je krijgt een mail").wait_for()
    assert PlaceAsk.objects.get().company == silent
    assert_good_page(page)
    page.get_by_role("button", name="Bewaar deze zoekopdracht").click()
    page.get_by_text("Je zoekopdracht is bewaard").wait_for()
    page.get_by_label("Mail mij wat nieuw is").select_option("weekly")
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_text("één keer per week").wait_for()
    assert SavedSearch.objects.get().alerts == "weekly"
    page.get_by_text("Feed (RSS)").click()
    assert_good_page(page)
    screenshot(page, "saved-2-page")
    page.get_by_role("button", name="Zoekopdracht verwijderen").click()
    page.get_by_role("button", name="Zet terug").click()
    page.get_by_text("Je zoekopdracht is bewaard").wait_for()
    assert SavedSearch.objects.count() == 1
    for address in (f"/plaatsen/vragen/?opleiding={own.pk}&bij=huis", f"/bewaard/stoppen/{unsubscribe_token(SavedSearch.objects.get())}/"):
        page.goto(address)
        assert_good_page(page)
    page.get_by_role("link", name="Naar mijn bewaarde zoekopdrachten").wait_for()
