"""A coordinator's day in a real browser with a real worker: compare, run, stop, read why, try what if, approve."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from matching.models import Policy
from placements.models import Placement
from placements.workflow import S
from tests.browser import assert_good_page, press, screenshot
from tests.factories import login_as
from tests.matching.making import World, far_company
from tests.servers import WorkerProcess

pytestmark = pytest.mark.django_db(transaction=True)
# Milliseconds. The worker computes within a second; on a machine that others use too its compiled code is loaded in many.
PATIENCE = 60_000


@pytest.fixture
def world() -> World:
    """Seven students share five slots nearby; a sixth lies just further than they can travel."""
    world = World(students=6, capacities=(2, 2))
    world.request(needs=["quiet"], tier=0, student__first_name="Noor", student__last_name="Aanpassing", student__group="ZO2B")
    world.place(offers=["quiet"])
    world.place(company=far_company(8_000))
    return world


@pytest.fixture
def worker(transactional_db: None) -> Iterator[WorkerProcess]:
    """Waits with the first job of each kind until it is stopped."""
    worker = WorkerProcess("tests.matching.patient", EMAIL_HOST="127.0.0.1", EMAIL_PORT="9")
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def page(page_laptop: Page, world: World, site: str, client) -> Page:
    login_as(client, world.coordinator)
    page_laptop.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return page_laptop


def look(page: Page, name: str) -> None:
    assert_good_page(page)
    screenshot(page, f"matching-{name}")


def follow(page: Page, button: str, after: Locator) -> None:
    """Press a button that starts or stops something long, and go on to what comes of it.

    The page of its progress ends in a link to that; a job that ended before this page was drawn shows it at once.
    """
    press(page.get_by_role("button", name=button))
    link = page.locator("#job-progress a.nl-button")
    expect(link.or_(after).first).to_be_visible(timeout=PATIENCE)
    if link.is_visible():
        link.click()
    expect(after.first).to_be_visible()


def begun_and_stopped(page: Page, start: str, stop: str, name: str) -> None:
    """Start something long, see it work (its first job waits until it is stopped), stop it, and be where it can be started again."""
    page.get_by_role("button", name=start).click()
    expect(page.locator("#job-progress")).to_contain_text("%")
    expect(page.locator("#job-progress progress")).not_to_have_attribute("value", "0", timeout=PATIENCE)
    look(page, name)
    follow(page, stop, page.get_by_role("button", name=start))


@pytest.mark.slow
@pytest.mark.queries(repeats=8)  # the page of a job asks for it again and again
def test_a_coordinator_compares_reads_why_tries_what_if_and_approves(page: Page, world: World, worker: WorkerProcess) -> None:
    page.goto(f"/matching/rondes/{world.round.public_id}/")
    page.get_by_role("link", name="Vergelijk de manieren van matchen").click()
    begun_and_stopped(page, "Vergelijk met mijn studenten", "Stop de vergelijking", "compare-progress")
    follow(page, "Vergelijk met mijn studenten", page.locator("main table"))
    expect(page.locator("main table thead th")).to_have_count(len(Policy.values))
    expect(page.locator("main table")).to_contain_text("5 / 7 (71 %)")
    look(page, "compare-done")
    press(page.get_by_role("button", name="Kies deze manier").first)
    world.round.refresh_from_db()
    assert world.round.policy == Policy.GENEROUS

    begun_and_stopped(page, "Start de berekening", "Stop de berekening", "run-progress")
    follow(page, "Start de berekening", page.get_by_role("heading", name="Uitkomst", level=1))
    look(page, "result-fresh")
    result = page.url

    press(page.get_by_role("link", name="Zonder stageplek"))
    page.locator("main a[data-open]").first.click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("7 studenten", timeout=PATIENCE)
    panel.get_by_role("link", name="Probeer uit welke verandering").click()
    expect(panel).to_contain_text("km verder wilt reizen")
    look(page, "why-nothing")

    page.goto(result)
    page.get_by_role("link", name="Per klas").click()
    expect(page.locator("main")).to_contain_text("5 van de 7 studenten hebben een plek")
    look(page, "class-summary")
    page.goto(result)
    page.get_by_role("link", name="Uitkomsten per groep").click()
    look(page, "outcomes")

    page.goto(result)
    press(page.get_by_role("link", name="Wat als?"))
    page.get_by_label("Afstand").fill("400")
    expect(page.locator("[data-sum-now]")).to_have_text("1100")
    page.get_by_role("button", name="Probeer het").click()
    expect(page.get_by_role("alert")).to_contain_text("Haal er 100 af")
    look(page, "what-if-error")
    page.get_by_label("Afstand").fill("300")
    page.get_by_label("zoveel kilometer over de weg verder").fill("2")
    begun_and_stopped(page, "Probeer het", "Stop met proberen", "what-if-progress")
    assert "road_km=2" in page.url
    follow(page, "Probeer het", page.locator("main table"))
    expect(page.locator("main table").first).to_contain_text("6 / 7 (86 %)")
    look(page, "what-if-done")

    page.goto(result)
    press(page.get_by_role("button", name="Neem deze uitkomst over"))
    press(page.get_by_role("button", name="zonder bijzonderheden goed"))
    expect(page.locator("form[data-bulk] tbody tr")).to_have_count(1)  # Noor needs a look of its own
    page.locator("form[data-bulk] tbody tr").get_by_role("button", name="Goedkeuren").click()
    expect(page.locator("form[data-bulk] tbody tr")).not_to_contain_text("Goedkeuren")
    look(page, "approved")
    assert Placement.objects.filter(state=S.APPROVED).count() == 5
