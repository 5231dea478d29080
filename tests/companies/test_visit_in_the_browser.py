"""An advisor's phone loses its connection during the visit form: nothing is lost, and it is sent once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.hats import HatKind
from companies.models import Assessment, Visit
from companies.workflow import Condition, R
from tests.browser import PHONE
from tests.factories import PostFactory, RecognitionFactory, login_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_visit_form_survives_a_lost_connection(visitor: Callable[..., Page], site: str) -> None:
    asked, post = RecognitionFactory(state=R.VISIT_PLANNED, decided_at=None), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    visit = Visit.objects.create(company=asked.company, advisor=post.user, starts_at=timezone.now() + timedelta(hours=1))
    visit.recognitions.add(asked)
    client = Client()
    login_as(client, post)
    page = visitor(PHONE)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    page.goto(site + reverse("companies:visit", args=[visit.public_id]))
    page.context.set_offline(True)
    for condition in Condition:
        page.locator(f"input[name={condition}_met][value=yes]").check()
        page.locator(f"textarea[name={condition}_evidence]").fill(f"Gezien: {condition}")
    page.locator("input[name=places_offered]").fill("2")
    page.locator("form[data-visit] button").last.click()
    expect(page.locator("[data-visit-kept]")).to_be_visible()
    assert not Assessment.objects.exists()
    page.context.set_offline(False)
    expect(page).to_have_url(site + reverse("companies:visit_saved", args=[visit.public_id]))
    assert page.evaluate("localStorage.length") == 0
    visit.refresh_from_db()
    assert (Assessment.objects.count(), visit.places_offered) == (1, 2)
    assert asked.assessments.get().findings.get(condition="safety").evidence == "Gezien: safety"
