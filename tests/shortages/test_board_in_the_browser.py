"""An advisor opens the dashboard, filters, drills down, takes the figures along; the map read by keyboard."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.hats import HatKind
from shortages import forecast
from shortages.board import totals
from tests.browser import LAPTOP, assert_good_page, press, screenshot
from tests.factories import (
    NightFactory,
    PostcodeAreaFactory,
    PostFactory,
    ProgrammeFactory,
    PublicFigureFactory,
    QualificationFactory,
    RegionFactory,
    RegionFigureFactory,
    RequestFactory,
    SectorChamberFactory,
    ShortageReportFactory,
    login_as,
)

# As on the map (static/geo/regions.json), which knows them by their codes.
OWN, OTHER = "AM08", "AM18"
pytestmark = pytest.mark.django_db(transaction=True)


def figures() -> None:
    """Eighteen weeks of two regions and two courses."""
    today = timezone.localdate()
    own, other = RegionFactory(code=OWN, name="Rijk van Nijmegen"), RegionFactory(code=OTHER, name="Groot Amsterdam")
    care = QualificationFactory(name="Verzorgende IG", level=3)
    cars = QualificationFactory(name="Autotechnicus", level=2, sector_chamber=SectorChamberFactory(code="03", name="Mobiliteit"))
    for week in range(18):
        night = NightFactory(date=today - timedelta(weeks=17 - week))
        for region, size in ((own, 21), (other, 64)):
            for course, group in ((care, "mbo3bol"), (cars, "mbo2bbl")):
                counts = {
                    "seeking": size + week,
                    "ready": size + week % 5,
                    "unused": size // 2,
                    "unused_once": size // 2,
                    "stop_distance": 3,
                    "stop_capacity": 7,
                }
                RegionFigureFactory(night=night, region=region, qualification=course, group=group, chance=50, worth=0.4, **counts)
                fives = {name: 5 * (value // 5) for name, value in counts.items()}
                PublicFigureFactory(night=night, region=region, qualification=course, group=group, chance=50, worth=0.4, **fives)
        totals.make(night)
    forecast.make(night)
    area = PostcodeAreaFactory(municipality__region=own)
    ShortageReportFactory(qualification=care, area=area, group="mbo3bol")
    RequestFactory(ready=True, student__programme=ProgrammeFactory(qualification=care))


def test_an_advisor_reads_the_dashboard_from_country_to_municipality(visitor: Callable[..., Page], site: str, tmp_path: Path) -> None:
    figures()
    post = PostFactory(kind=HatKind.ADVISOR_TARGET_GROUPS)
    post.regions.add(OWN)
    client = Client()
    login_as(client, post)
    page = visitor(LAPTOP)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    page.goto("/")
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Tekorten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tekorten in Rijk van Nijmegen")
    expect(page.get_by_text("Precieze getallen")).to_be_visible()
    expect(page.get_by_role("link", name="46 studenten klaar voor een plek")).to_be_visible()
    assert_good_page(page)
    screenshot(page, "shortages-board")

    # The map: Tab reaches a region, which says its name and number; Enter opens it, rounded because it is somebody else's.
    amsterdam = page.get_by_role("group", name="Kaart van de arbeidsmarktregio’s").get_by_role("link", name="Groot Amsterdam: 130")
    page.get_by_role("link", name="meldingen", exact=True).first.focus()
    for _step in range(40):
        page.keyboard.press("Tab")
        if amsterdam.evaluate("link => link === document.activeElement"):
            break
    expect(amsterdam).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tekorten in Groot Amsterdam")
    expect(page.get_by_text("afgerond op vijftallen", exact=False).first).to_be_visible()
    press(page.get_by_role("navigation", name="Uw regio’s").get_by_role("link", name="Rijk van Nijmegen"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Tekorten in Rijk van Nijmegen")

    # Filters change the numbers in place, and the address with them.
    page.get_by_label("Sector").select_option("Mobiliteit")
    expect(page.get_by_role("link", name="23 studenten klaar voor een plek")).to_be_visible()
    expect(page).to_have_url(re.compile(f"regio={OWN}&kamer=03$"))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).click()
    waiting.value.save_as(tmp_path / "tekorten.csv")
    lines = (tmp_path / "tekorten.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Autotechnicus" in lines[1]

    # One step deeper: municipalities, and in one of them the courses.
    page.get_by_role("link", name="Alle filters wissen").click()
    page.get_by_role("link", name="Gemeenten in Rijk van Nijmegen").click()
    page.get_by_role("link", name="Nijmegen", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tekorten in Nijmegen")
    expect(page.get_by_role("rowheader", name="Verzorgende IG")).to_be_visible()
    assert_good_page(page)
    screenshot(page, "shortages-municipality")
