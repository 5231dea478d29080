"""A contact answers on a phone, straight from the mail."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from placements.models import Place, PlaceAnswer, PlaceState
from placements.upkeep import links
from tests.browser import assert_good_page
from tests.factories import ContactFactory, PlaceFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_contact_answers_from_the_mail_on_a_phone_and_takes_it_back(page_phone: Page) -> None:
    contact, long_ago = ContactFactory(), timezone.now() - timedelta(weeks=20)
    place, other = (PlaceFactory(company=contact.company, title=title, confirmed_at=long_ago) for title in ("Brood bakken", "Taart bakken"))
    page_phone.goto(reverse("placements:answer_place_by_mail", args=[links.about_one(place, contact)]))
    assert_good_page(page_phone)
    page_phone.get_by_role("button", name="Vol").click()
    expect(page_phone.get_by_text(f"vol, zei {contact.user.name}")).to_be_visible()
    assert Place.objects.get(pk=place.pk).state == PlaceState.PAUSED
    page_phone.get_by_role("button", name="Weer aanbieden").click()
    expect(page_phone.get_by_text(f"klopt nog, zei {contact.user.name}")).to_be_visible()
    page_phone.goto(reverse("placements:confirm_places_by_mail", args=[links.about_all(contact, timezone.now() - timedelta(minutes=5))]))
    assert_good_page(page_phone)
    expect(page_phone.get_by_role("heading", name=other.title)).to_be_visible()
    page_phone.get_by_role("button", name="Ja, alles klopt").click()
    expect(page_phone.get_by_role("heading", name="Uw plekken zijn bijgewerkt")).to_be_visible()
    assert PlaceAnswer.objects.filter(place=other, by=contact.user, by_mail=True).count() == 1
