"""A baker on a phone, from registering to saying next month that the places are still right; an advisor whose phone loses its connection."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.hats import HatKind
from accounts.models import Post
from companies.models import Assessment, Company, Recognition
from companies.workflow import Condition, R
from placements.models import Answer, Place, PlaceAnswer
from placements.services import place_reminders
from stagematch.outbox import send_due
from tests.browser import PHONE, assert_good_page, press, screenshot
from tests.chain.steps import PASSWORD, fill, fill_in, link_in
from tests.factories import PeriodFactory, PostcodeAreaFactory, PostFactory, QualificationFactory, login_as
from tests.servers import Inbox

pytestmark = pytest.mark.django_db(transaction=True)
BEA = "bea@bakkerij.example.org"
COMPANY = {
    "kvk": "12345678", "branch": "000012345678", "name": "Bakkerij Waalzicht", "kind": "hospitality", "postcode": "6511 ab", "number": "3",
    "street": "Waalkade", "contact_name": "Bea Bakker", "contact_email": BEA, "trains": True, "words": "brood",
}  # fmt: skip
PLACE = {"tasks": "Deeg maken, vormen en bakken.", "pathways": ["BOL"], "days": ["mo", "tu"], "capacity": "1", "group_size": "1", "support": "1"}


@pytest.mark.queries(repeats=12)  # offering a place writes a row for each thing it says
def test_a_baker_registers_is_visited_recognised_offers_places_and_confirms_them_from_the_mail(
    visitor: Callable[..., Page], site: str, smtp_server: Inbox, settings: Any
) -> None:
    PostcodeAreaFactory(), PeriodFactory()
    bread = QualificationFactory(name="Bakker", search_text="bakker brood")
    baker = visitor(PHONE, has_touch=True, is_mobile=True)
    asked = registers(baker, smtp_server, bread.pk)
    visits(visitor(PHONE, has_touch=True, is_mobile=True), site, PostFactory(kind=HatKind.ADVISOR_PRACTICE), asked)
    baker.goto(link_sent(smtp_server, "/bedrijf/"))
    expect(baker.get_by_text("erkend", exact=True)).to_be_visible()
    for title in ("Brood bakken", "Taart bakken"):
        baker.goto(reverse("placements:add_place"))
        fill_in(baker, {**PLACE, "title": title, "qualifications": [str(bread.pk)]})
    confirms(visitor(PHONE, has_touch=True, is_mobile=True), smtp_server, settings)


def link_sent(inbox: Inbox, part: str) -> str:
    """The newest link in what the outbox hands to the mail server now."""
    send_due()
    return link_in(inbox, BEA, part)


def registers(page: Page, inbox: Inbox, crebo: int) -> Recognition:
    """In one go; a number too few loses nothing. The password comes by mail, and with it the request goes to SBB."""
    page.goto(reverse("companies:register"))
    fill(page, COMPANY | {"kvk": "1234567"})
    expect(page.get_by_text("Dat is in Nijmegen")).to_be_visible()
    fill(page, {"qualifications": [str(crebo)]})
    page.locator("[name=words]").press("Enter")  # looks up once more, and loses no tick
    press(page.get_by_role("button", name="Aanmelden").last)
    expect(page.locator("#id_kvk[aria-invalid=true]")).to_be_visible()
    assert_good_page(page)
    screenshot(page, "baker-register")
    fill_in(page, {"kvk": COMPANY["kvk"]})
    page.goto(link_sent(inbox, "/uitnodiging/"))
    fill_in(page, {"password": PASSWORD, "password_again": PASSWORD})
    asked = Recognition.objects.get(company__branch=COMPANY["branch"])
    assert (asked.state, asked.qualification_id) == (R.SUBMITTED, crebo)
    return asked


def visits(page: Page, site: str, post: Post, asked: Recognition) -> None:
    """Plans the visit, loses the connection while filling in the form, sends it once, and recognises the company."""
    client = Client()
    login_as(client, post)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page.goto(reverse("companies:plan_visit", args=[asked.public_id]))
    fill_in(page, {"starts_at": f"{timezone.localdate() + timedelta(days=2)}T10:30"})
    page.goto(reverse("companies:visit", args=[asked.visits.get().public_id]))
    page.context.set_offline(True)
    page.locator("form[data-visit] button").last.click()
    expect(page.locator("[data-visit-missing] li")).to_have_count(2 * len(Condition) + 2)  # "was there already", and how many places
    findings = {f"{c}_met": "yes" for c in Condition} | {f"{c}_evidence": f"Gezien: {c}" for c in Condition}
    fill(page, findings | {"early": True, "places_offered": "2"})
    page.locator("form[data-visit] button").last.click()
    expect(page.locator("[data-visit-kept]")).to_be_visible()
    assert not Assessment.objects.exists()
    page.context.set_offline(False)
    expect(page).to_have_url(site + reverse("companies:visit_saved", args=[asked.visits.get().public_id]))
    assert page.evaluate("localStorage.length") == 0
    assert (asked.assessments.get().findings.get(condition="safety").evidence, asked.visits.get().places_offered) == ("Gezien: safety", 2)
    press(page.get_by_role("link", name="Beslissen"))
    fill_in(page, {"decision": "recognise"})
    asked.refresh_from_db()
    assert asked.state == R.RECOGNISED


def confirms(page: Page, inbox: Inbox, settings: Any) -> None:
    """A month on: the mail asks, a scanner opens every link of it, and one tap without signing in says that all are right."""
    settings.PLACE_REMIND_WEEKS = 4
    Place.objects.update(confirmed_at=timezone.now() - timedelta(weeks=5))
    for contact in place_reminders.due_contacts(timezone.now()):
        place_reminders.ask(key=contact.pk, now=timezone.now())
    everything = link_sent(inbox, "/bevestigen/")
    for link in (everything, link_sent(inbox, "/antwoord/")):
        assert page.request.get(link).ok
        assert page.request.head(link).ok
    assert not PlaceAnswer.objects.filter(by_mail=True).exists()
    page.goto(link_sent(inbox, "/antwoord/"))
    assert_good_page(page)
    press(page.get_by_role("button", name="Vol"))
    expect(page.get_by_text("vol, zei Bea Bakker")).to_be_visible()
    press(page.get_by_role("button", name="Weer aanbieden"))
    expect(page.get_by_text("klopt nog, zei Bea Bakker")).to_be_visible()
    page.goto(everything)
    assert_good_page(page)
    press(page.get_by_role("button", name="Ja, alles klopt"))
    expect(page.get_by_role("heading", name="Uw plekken zijn bijgewerkt")).to_be_visible()
    recent = timezone.now() - timedelta(hours=1)
    assert Place.objects.open().filter(confirmed_at__gt=recent, company=Company.objects.get()).count() == 2
    assert PlaceAnswer.objects.filter(answer=Answer.YES, by_mail=True, by__email=BEA).count() == 2
