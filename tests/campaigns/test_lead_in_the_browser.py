"""A scout on a phone: the work list, a company taken on, a lead, its link; the company registers from it and the lead has moved."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from campaigns.models import Lead
from campaigns.scouting.workflow import S
from companies.models import Recognition
from stagematch.outbox import send_due
from tests.browser import PHONE, assert_good_page, press, screenshot
from tests.campaigns.making import scout
from tests.chain.steps import fill, fill_in, link_in
from tests.factories import PostcodeAreaFactory, RegionFigureFactory, login_as
from tests.servers import Inbox
from tests.shortages.acts import advice

pytestmark = pytest.mark.django_db(transaction=True)
BEA = "bea@bakkerij.example.org"


def test_a_scout_finds_a_company_that_registers_from_the_link(visitor: Callable[..., Page], site: str, smtp_server: Inbox) -> None:
    PostcodeAreaFactory()
    act = advice(students=2, tiers=[1, 2])
    RegionFigureFactory(night=act.night, region=act.region, qualification=act.qualification, group="mbo2bol", seeking=5, ready=4, stop_capacity=3)
    client = Client()
    login_as(client, scout(user__name="Sam Scout"))
    page = visitor(PHONE, has_touch=True, is_mobile=True)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    page.goto("/")
    screenshot(page, "scout-1-home")
    assert_good_page(page)
    press(page.get_by_role("link", name="Werklijst").locator("visible=true").first)
    screenshot(page, "scout-2-worklist")
    press(page.get_by_role("link", name=act.qualification.along("BOL")))
    screenshot(page, "scout-3-programme")
    assert_good_page(page)
    press(page.get_by_role("button", name=f"Pak op {act.company.name}"))
    expect(page.get_by_text("Hoe ging het?")).to_be_visible()

    page.goto("/stagejager/leads/nieuw/")
    fill_in(page, {
        "name": "Bakkerij Bol", "postcode": "6511 AB", "contact_name": "Bea Bol", "email": BEA, "phone": "024 123 45 67", "source": "street",
        "wants_q": str(act.qualification_id),
    })  # fmt: skip
    expect(page.get_by_role("heading", name="Bakkerij Bol")).to_be_visible()
    screenshot(page, "scout-4-lead")
    assert_good_page(page)
    press(page.get_by_role("button", name="Ja: stuur hun de link"))
    expect(page.locator("#messages")).to_contain_text("onderweg")

    send_due()
    company = visitor(PHONE, has_touch=True, is_mobile=True)
    company.goto(link_in(smtp_server, BEA, "/bedrijf/uitnodiging/"))
    screenshot(company, "scout-5-link")
    assert_good_page(company)
    press(company.get_by_role("link", name="Meld mijn bedrijf aan"))
    expect(company.locator("[name=contact_name]")).to_have_value("Bea Bol")
    fill(company, {"kvk": "12345678", "branch": "000012345678", "kind": "hospitality", "number": "3", "street": "Waalkade"})
    press(company.get_by_role("button", name="Aanmelden").last)
    expect(company.get_by_role("heading").first).to_be_visible()

    page.reload()
    expect(page.get_by_text("Ze hebben zich aangemeld.")).to_be_visible()
    lead = Lead.objects.get()
    assert (lead.state, lead.kvk) == (S.REGISTERED, "12345678")
    assert Recognition.objects.get(company=lead.company).qualification == act.qualification
