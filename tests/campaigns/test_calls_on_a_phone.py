"""A scout works a call round on a phone while a colleague calls along, in two real browsers."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.hats import HatKind
from campaigns.audience import Audience
from campaigns.models import Call, CallResult
from campaigns.services import calls
from companies.models import Company
from placements.models import Place
from tests.browser import LAPTOP, PHONE, assert_good_page, screenshot
from tests.campaigns.calling import draft, recognised
from tests.factories import ContactFactory, PeriodFactory, PostFactory, login_as

pytestmark = pytest.mark.django_db(transaction=True)


def browser(visitor: Callable[..., Page], site: str, name: str, kind: HatKind, size: dict[str, int], **options: bool) -> Page:
    client = Client()
    login_as(client, PostFactory(kind=kind, user__name=name))
    page = visitor(size, **options)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return page


def next_company(page: Page) -> str:
    page.get_by_role("button", name="Volgende bedrijf").click()
    page.get_by_role("heading", name="Hoe het ging").wait_for()
    return page.get_by_role("heading", level=1).inner_text()


def test_a_scout_works_a_call_round_with_a_colleague_at_the_same_time(visitor: Callable[..., Page], site: str) -> None:
    PeriodFactory()
    for number in range(4):
        ContactFactory(company=recognised(name=f"Bakkerij {number}", phone=f"+3124123456{number}"), user__phone="06 12345678")
    calls.start(round_=draft(Audience(), name="Bakkers bellen", script="Goedemorgen, u spreekt met SBB."), by=None)
    scout = browser(visitor, site, "Sam Stagejager", HatKind.SCOUT, PHONE, has_touch=True, is_mobile=True)
    colleague = browser(visitor, site, "Carla Collega", HatKind.ADVISOR_TARGET_GROUPS, LAPTOP)

    scout.goto("/belacties/")
    scout.get_by_role("link", name="Bakkers bellen").click()
    assert_good_page(scout)
    screenshot(scout, "calls-1-round")
    colleague.goto(scout.url)
    first, second = next_company(scout), next_company(colleague)
    assert first != second
    assert scout.get_by_role("link", name="024 123 456").get_attribute("href") == f"tel:{Company.objects.get(name=first).phone}"
    scout.get_by_text("Biedt plekken aan").click()
    scout.get_by_text("Later terugbellen").click()
    assert_good_page(scout)
    screenshot(scout, "calls-2-company")
    screenshot(colleague, "calls-3-company-laptop")

    scout.get_by_label("Met wie sprak u?").first.fill("Anna de Wit")
    scout.locator("[name^=places-count]").fill("2")
    scout.get_by_role("button", name="Deze plekken aanbieden").click()
    scout.get_by_text("2 van 10 plekken erbij").wait_for()
    assert Place.objects.get().company.name == first
    colleague.get_by_role("button", name="Niemand nam op").click()
    colleague.get_by_role("button", name="Ongedaan maken").wait_for()
    assert_good_page(colleague)
    screenshot(colleague, "calls-4-round-laptop")
    assert next_company(scout) not in {first, second}
    scout.go_back()
    scout.go_back()  # to the company that is done with: sending it again changes nothing
    colleague.get_by_role("button", name="Ongedaan maken").click()
    colleague.get_by_text("U hebt het bedrijf weer.").wait_for()
    expect(colleague.get_by_role("heading", level=1)).to_have_text(second)
    assert Call.objects.filter(holder__isnull=False).count() == 2
    assert CallResult.objects.filter(undone_at=None).count() == 1
    scout.goto("/belacties/nieuw/?kind=no_places")
    scout.get_by_text("bedrijven om te bellen").wait_for()
    assert_good_page(scout)
    screenshot(scout, "calls-5-new")
    scout.goto("/belacties/")
    assert_good_page(scout)
    screenshot(scout, "calls-6-rounds")
