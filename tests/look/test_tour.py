"""Every page of the site in a real browser, as somebody who may open it: nothing axe finds, nothing that sticks out at 360 pixels."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from accounts.hats import HatKind
from tests.access.matrix import PAGE, ROWS
from tests.access.world import VISITOR, World, build_world
from tests.browser import LAPTOP, PHONE, assert_good_page, screenshot
from tests.factories import login_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]
# Who opens a page here: the first of these who may. People on a phone go first, so that their pages are seen on one.
ON_A_PHONE = (HatKind.STUDENT, HatKind.GUARDIAN, HatKind.COMPANY_CONTACT, HatKind.TRAINER, HatKind.ADVISOR_PRACTICE)
AT_A_LAPTOP = (HatKind.COORDINATOR, HatKind.SUPERVISOR, HatKind.SCHOOL_ADMIN, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT, HatKind.ADMINISTRATOR)
GUIDES = (VISITOR, *ON_A_PHONE, *AT_A_LAPTOP)
NO_PAGES = {
    "health_live",
    "placements:search_map",
    "companies:visits_map",
    "qualification_choices",
    "placements:preparation_reach",
    "shortages:night_progress",
    "campaigns:round_progress",
    "campaigns:mailing_progress",
    "campaigns:round_audience",
}  # text, and parts of pages


def stops(world: World, hat: str) -> Iterator[tuple[str, str]]:
    """Name and address of each page that is this hat's to show; every hat shows its home."""
    for name, row in ROWS.items():
        mine = next((guide for guide in GUIDES if guide in row.who), None) == hat
        if row.get == PAGE and name not in NO_PAGES and (mine or name == "home"):
            url = reverse(name, kwargs=world.kwargs(row.on, world.ours))
            if not url.endswith((".csv", ".xlsx", ".pdf", ".json")):
                yield name, url


def sign_in(page: Page, site: str, world: World, hat: str) -> None:
    if hat == VISITOR:
        return
    client = Client()
    login_as(client, world.person(hat))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


@pytest.mark.parametrize("hat", GUIDES)
# A page's queries are counted where that is the question (tests/access); here are allauth's own pages too.
@pytest.mark.queries(most=24, repeats=8)
def test_every_page_is_accessible_and_fits_a_phone(visitor: Callable[..., Page], site: str, hat: str) -> None:
    world = build_world()
    page = visitor(PHONE if hat in ON_A_PHONE else LAPTOP)
    sign_in(page, site, world, hat)
    wrong = []
    for name, url in stops(world, hat):
        answer = page.goto(url)
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        screenshot(page, f"tour-{hat}-{name.replace(':', '-').replace('_', '-')}")
        try:
            assert_good_page(page)
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n\n".join(wrong)
