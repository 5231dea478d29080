"""The coordinator's pages in a real browser: panel beside the table, keyboard, phone width, axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from matching.models import Proposal
from matching.services import decisions
from placements.models import Placement
from placements.services import transitions
from placements.workflow import S
from tests.browser import assert_good_page, press, screenshot
from tests.factories import ContactFactory, PlacementFactory, actor_for, login_as
from tests.matching.making import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    world = World(students=6, capacities=(2, 2))
    for request in world.requests[:3]:
        request.goals.set(world.qualification.goals.all()[:3])
    world.places[0].goals.set(world.qualification.goals.all()[:2])
    world.request(needs=["quiet"], tier=0, student__first_name="Noor", student__last_name="Aanpassing")
    world.place(offers=["quiet"])
    world.request(ready_at=None, steps_done=["goals"])
    return world


@pytest.fixture
def coordinator(page_laptop: Page, world, site, client) -> Page:
    login_as(client, world.coordinator)
    page_laptop.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return page_laptop


def test_a_round_from_opening_to_the_run(coordinator: Page, world):
    page = coordinator
    page.goto("/matching/rondes/nieuw/")
    assert_good_page(page)
    page.get_by_label("Naam van de ronde").fill("Helpende zorg, voorjaar")
    page.get_by_label(world.programme.name, exact=False).check()
    page.get_by_label("Periode").select_option(label=world.period.name)
    page.get_by_label("Studenten zijn klaar vóór").fill(world.period.starts_on.isoformat())
    screenshot(page, "matching-round-new")
    page.get_by_role("button", name="Open de ronde").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Helpende zorg, voorjaar")
    assert_good_page(page)
    screenshot(page, "matching-round-open")
    page.get_by_role("button", name="Start de berekening").click()
    expect(page.get_by_role("button", name="Stop de berekening")).to_be_visible()
    assert_good_page(page)
    screenshot(page, "matching-run")
    page.get_by_role("button", name="Stop de berekening").click()
    expect(page.get_by_role("link", name="Terug naar de ronde")).to_be_visible()


def test_deciding_beside_the_table_and_with_the_keyboard(coordinator: Page, world):
    run = world.run()
    page = coordinator
    page.goto(f"/matching/runs/{run.public_id}/uitkomst/")
    assert_good_page(page)
    screenshot(page, "matching-result-before")
    press(page.get_by_role("button", name="Neem deze uitkomst over"))
    expect(page.get_by_text("staan klaar voor je besluit")).to_be_visible()
    page.get_by_role("link", name="Noor Aanpassing", exact=True).click()
    expect(page.locator("#panel")).to_contain_text("Waarom deze stageplek")
    assert_good_page(page)
    screenshot(page, "matching-result-panel")
    press(page.get_by_role("link", name="Wacht op een besluit"))
    page.locator("body").press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("form[data-bulk] tbody tr").nth(1)).to_contain_text("Wacht", ignore_case=True)
    expect(page.locator("form[data-bulk] tbody tr").nth(2)).to_have_class(re.compile("sm-row--current"))  # the next one is ready
    assert Placement.objects.filter(state=S.APPROVED).count() == 1
    page.get_by_role("button", name="zonder bijzonderheden goed").click()
    expect(page.get_by_text("voorstellen goedgekeurd")).to_be_visible()
    # What needs a look of its own is left, and shown alone.
    noor = page.locator("form[data-bulk] tbody tr")
    expect(noor).to_have_count(1)
    noor.get_by_role("button", name="Goedkeuren").click()
    expect(noor).not_to_contain_text("Goedkeuren")
    assert not Placement.objects.filter(state=S.PROPOSED).exists()
    press(page.get_by_role("link", name="Zonder stageplek"))
    unplaced = Proposal.objects.filter(run=run, place=None).first()
    page.get_by_role("link", name=unplaced.request.student.full_name, exact=True).click()
    expect(page.locator("#panel")).to_contain_text("Waarom geen stageplek")
    screenshot(page, "matching-result-after")


def test_declining_and_judging(coordinator: Page, world):
    run = world.run()
    decisions.take_over(run=run, actor=world.actor)
    page = coordinator
    page.goto(f"/matching/voorstellen/{run.proposals.filter(place__isnull=False).first().public_id}/")
    assert_good_page(page)
    screenshot(page, "matching-proposal")
    page.get_by_role("link", name="Afwijzen").click()
    assert_good_page(page)
    page.get_by_label("de reis is", exact=False).or_(page.get_by_role("radio").first).first.check()
    page.get_by_role("button", name="Afwijzen").click()
    expect(page.get_by_text("De stageplek is weer vrij")).to_be_visible()
    told = PlacementFactory(request=world.request(), place=world.place(), told=True)
    transitions.object_(placement=told, actor=actor_for(told.request.student), reason_code="too_far", reason="Er gaat geen bus.")
    known = PlacementFactory(request=world.request(), place=world.place(), confirmed=True)
    contact = actor_for(ContactFactory(company=known.place.company))
    transitions.claim_refusal(placement=known, ground="safety", evidence="Er staat een steiger.", actor=contact)
    page.goto("/matching/beoordelen/")
    assert_good_page(page)
    screenshot(page, "matching-judge")
    page.get_by_role("link", name=told.request.student.full_name).click()
    assert_good_page(page)
    screenshot(page, "matching-objection")
    page.get_by_role("radio", name="De match blijft").check()
    page.get_by_label("het is samen opgelost").check()
    page.get_by_role("textbox", name="Toelichting").fill("Je begeleider rijdt de eerste week mee.")
    page.get_by_role("button", name="Geef dit oordeel").click()
    expect(page.get_by_text("Je oordeel is vastgelegd")).to_be_visible()


def test_everybody_can_read_how_it_works(page_phone: Page, world):
    page_phone.goto("/matching/zo-werkt-het/")
    assert_good_page(page_phone)
    screenshot(page_phone, "matching-how")
    page_phone.goto("/matching/criteria/1/")
    assert_good_page(page_phone)


def test_the_list_and_the_home_of_a_coordinator(coordinator: Page, world):
    decisions.take_over(run=world.run(), actor=world.actor)
    world.open_round("Tweede ronde")
    for address, name in (("/", "matching-home"), ("/matching/rondes/", "matching-rounds")):
        coordinator.goto(address)
        assert_good_page(coordinator)
        screenshot(coordinator, name)
