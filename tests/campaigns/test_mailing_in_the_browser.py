"""A scout writes a mailing, looks at it, tries it, sends it and watches; a baker answers from the mail on a phone; it counts."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.hats import HatKind
from campaigns.models import Mailing
from campaigns.services import mailing_sending as sending
from stagematch import outbox
from tests.browser import LAPTOP, PHONE, assert_good_page, screenshot
from tests.factories import CompanyFactory, ContactFactory, PlaceFactory, PostFactory, RecognitionFactory, UserFactory, login_as

pytestmark = pytest.mark.django_db(transaction=True)


def look_at(page: Page, name: str) -> None:
    assert_good_page(page)
    screenshot(page, f"mailing-{name}")


def test_a_scout_mails_companies_and_a_baker_answers(visitor: Callable[..., Page], site: str, smtp_server: Any) -> None:
    baker = ContactFactory(company=CompanyFactory(name="Bakkerij Krans"), user=UserFactory(name="Bo Bakker", email="bo@krans.example", language="nl"))
    PlaceFactory(company=baker.company, title="Brood bakken", confirmed_at=timezone.now() - timedelta(weeks=30))
    other = ContactFactory(user__email="weg@example.nl")
    RecognitionFactory(company=other.company)
    smtp_server.answers["weg@example.nl"] = "550 no such mailbox"
    scout = PostFactory(kind=HatKind.SCOUT)
    client = Client()
    login_as(client, scout)
    page = visitor(LAPTOP)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    page.goto("/mailingen/")
    look_at(page, "1-empty")
    page.get_by_role("link", name="Een mailing schrijven").click()
    page.get_by_label("naam", exact=False).first.fill("Plekken voor het najaar")
    page.get_by_label("Welke bedrijven?").select_option("everyone")
    page.get_by_label("Onderwerp in het Nederlands").fill("Kloppen de plekken van {bedrijf}?")
    page.get_by_role("button", name="Opslaan en bekijken").click()
    page.get_by_text("{bedrijf} kunnen we niet invullen").first.wait_for()
    look_at(page, "2-write")
    page.get_by_label("Onderwerp in het Nederlands").fill("Kloppen de plekken van {company}?")
    page.get_by_role("button", name="Opslaan en bekijken").click()
    page.get_by_role("heading", name="Kloppen de plekken van Bakkerij Krans?").wait_for()
    look_at(page, "3-preview")

    page.get_by_role("button", name="Een proef naar uzelf sturen").click()
    page.get_by_text("Laatste proef").wait_for()
    outbox.send_due()
    assert smtp_server.recipients == [scout.user.email] * 2
    page.get_by_role("link", name="Naar 2 adressen versturen").click()
    page.get_by_role("heading", name="Deze mailing naar 2 adressen versturen?").wait_for()
    look_at(page, "4-ask")
    page.get_by_role("button", name="Nu versturen").click()
    page.get_by_role("button", name="Pauze").wait_for()
    look_at(page, "5-sending")
    (mailing,) = Mailing.objects.all()
    sending.list_recipients(key=mailing.pk)
    while sending.put_into_outbox(key=mailing.pk):
        pass
    outbox.send_due()
    sending.settle()
    page.get_by_role("link", name="Bekijk wat het opbracht").click()

    text = smtp_server.to("bo@krans.example")[0].get_content()
    phone = visitor(PHONE, has_touch=True, is_mobile=True)
    phone.goto(re.search(r"https?://[^/\s]+(/mailingen/antwoord/\S+)", text)[1])  # type: ignore[index]
    look_at(phone, "6-answer")
    phone.get_by_role("button", name="Ja, alles klopt").click()
    phone.get_by_text("stageplek bevestigd").wait_for()

    page.reload()
    expect(page.locator("dl.sm-figures")).to_contain_text(re.compile(r"beantwoord.*1.*plekken bevestigd.*1", re.S))
    expect(page.get_by_text("Geweigerd door de mailserver").locator("..")).to_contain_text("1")
    look_at(page, "7-outcome")
    page.goto("/mailingen/")
    look_at(page, "8-list")
