"""A parent reports a shortage on a phone, an advisor works it to its end at a laptop, and the parent says that the place fits."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.hats import HatKind
from shortages.models import ShortageReport
from shortages.reports.workflow import S
from stagematch.models import OutboxMail
from tests.browser import LAPTOP, PHONE, assert_good_page, screenshot
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    PostFactory,
    QualificationFactory,
    RecognitionFactory,
    login_as,
)

pytestmark = pytest.mark.django_db(transaction=True)


def look_at(page: Page, name: str) -> None:
    assert_good_page(page)
    screenshot(page, f"report-{name}")


def link_in_mail(template: str) -> str:
    body = OutboxMail.objects.filter(key__contains=template).latest("pk").body
    return re.search(r"https?://[^/]+(\S+)", body)[1]  # type: ignore[index]


def test_a_parent_reports_on_a_phone_and_an_advisor_works_it_to_its_end(visitor: Callable[..., Page], site: str) -> None:
    cache.clear()
    PostcodeAreaFactory()
    course = QualificationFactory(name="Kok", search_text="kok keuken", dossier_code="23000")
    PlaceFactory(qualifications=[QualificationFactory(name="Gastheer", dossier_code="23000")])
    phone = visitor(PHONE, has_touch=True, is_mobile=True)

    phone.goto(f"/plaatsen/?opleiding={course.pk}&waar=6511")
    phone.get_by_role("link", name="Geen stageplek die past?").click()
    phone.get_by_role("heading", name="Meld een tekort", level=1).wait_for()
    phone.get_by_label("een ouder").check()
    phone.get_by_label("BOL (school met stage)").check()
    phone.get_by_label("Nodig vanaf").fill((timezone.localdate() + timedelta(days=40)).isoformat())
    phone.get_by_label("Tot en met").fill((timezone.localdate() + timedelta(days=20)).isoformat())
    look_at(phone, "1-what")
    phone.get_by_role("button", name="Zoek plekken").click()
    phone.get_by_text("De laatste dag komt na de eerste").first.wait_for()
    phone.get_by_label("Tot en met").fill((timezone.localdate() + timedelta(days=150)).isoformat())
    phone.get_by_role("button", name="Zoek plekken").click()
    phone.get_by_text("Gastheer (niveau 2)").wait_for()
    look_at(phone, "2-look")
    phone.get_by_role("link", name="Meld het tekort", exact=True).click()
    phone.get_by_label("hulp gevraagd aan de school").check()
    phone.get_by_label("de bedrijven zijn vol").check()
    phone.get_by_label("Je e-mailadres").fill("ouder@example.org")
    look_at(phone, "3-send")
    phone.get_by_role("button", name="Verstuur de melding").click()
    phone.get_by_role("heading", name="Kijk in je mail").wait_for()
    look_at(phone, "4-mail")
    phone.goto(link_in_mail("report_confirm"))
    look_at(phone, "5-confirm")
    phone.get_by_role("button", name="Ja, stuur die naar de adviseur").click()
    report = ShortageReport.objects.get()
    phone.get_by_role("heading", name=f"Melding {report.number}").wait_for()
    look_at(phone, "6-follow")

    place = PlaceFactory(qualifications=[course], company=CompanyFactory(name="Restaurant De Waal"), title="Meedraaien in de keuken")
    silent = CompanyFactory(name="Eetcafé Stil", x=place.company.x + 8000)
    RecognitionFactory(company=silent, qualification=course)
    ContactFactory(company=silent)
    client = Client()
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    desk = visitor(LAPTOP)
    desk.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    desk.goto("/")
    desk.get_by_role("link", name="Oppakken").click()
    look_at(desk, "7-desk")
    desk.get_by_role("link", name=report.number).click()
    desk.get_by_role("button", name="Oppakken").click()
    desk.get_by_text("U heeft de melding nu in behandeling").wait_for()
    expect(desk.locator(".sm-map .sm-map__one")).to_have_count(2)
    desk.get_by_text("Vastleggen wat er gedaan is").first.click()
    desk.get_by_label("Met welk bedrijf?").select_option(label="Eetcafé Stil, Nijmegen")
    desk.get_by_label("Wat kwam eruit?").fill("Belt volgende week terug.")
    desk.get_by_role("button", name="Vastleggen wat er gedaan is").click()
    desk.get_by_text("Vastgelegd.").wait_for()
    look_at(desk, "8-report")
    desk.get_by_role("button", name="Deze plek voorstellen Meedraaien in de keuken").click()
    desk.get_by_text("De plek is voorgesteld").wait_for()

    phone.reload()
    phone.get_by_role("link", name="Meedraaien in de keuken").first.wait_for()
    look_at(phone, "9-proposed")
    phone.get_by_role("button", name="Ja, dit is de plek").click()
    phone.get_by_text("Fijn om te horen").wait_for()
    report.refresh_from_db()
    assert report.state == S.SOLVED
    desk.reload()
    desk.get_by_role("button", name="Opnieuw openen").wait_for()
