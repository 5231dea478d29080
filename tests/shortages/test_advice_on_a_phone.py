"""A scout on the road takes the first act, calls, and notes how it went, on a phone in a real browser."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from accounts.hats import HatKind
from shortages.models import AdviceTask
from tests.browser import PHONE, assert_good_page, screenshot
from tests.factories import ContactFactory, PostFactory, login_as
from tests.shortages.acts import advice

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_scout_takes_the_first_act_and_notes_the_outcome(visitor: Callable[..., Page], site: str) -> None:
    act = advice(students=2, tiers=[0, 2])
    ContactFactory(company=act.company, user__name="Anna de Wit", user__phone="024 123 45 67")
    client = Client()
    login_as(client, PostFactory(kind=HatKind.SCOUT))
    page = visitor(PHONE, has_touch=True, is_mobile=True)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    page.goto("/")
    page.get_by_role("link", name="Bekijk en pak op").first.click()
    page.get_by_role("button", name="Pak op").wait_for()
    assert page.get_by_role("link", name="024 123 4567").get_attribute("href") == "tel:0241234567"
    assert_good_page(page)
    screenshot(page, "advice-1-act")
    page.get_by_role("button", name="Pak op").click()
    page.get_by_text("Hoe ging het?").wait_for()
    assert_good_page(page)
    screenshot(page, "advice-2-task")
    page.get_by_label("nu niet").check()
    page.get_by_label("Notitie").fill("In maart weer bellen")
    page.get_by_role("button", name="Schrijf op").click()
    page.get_by_text("Opgeschreven.").wait_for()
    assert_good_page(page)
    screenshot(page, "advice-3-ended")
    assert AdviceTask.objects.get().outcome == "later"
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_text("De taak is weer open.").wait_for()
    for address, name in (("/tekorten/taken/", "tasks"), ("/tekorten/taken/advies/", "acts")):
        page.goto(address)
        assert_good_page(page)
        screenshot(page, f"advice-4-{name}")
