"""The pages of students, parents and companies in a real browser: the five steps on a phone, a match, who comes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from placements import selectors
from placements.services import transitions as services
from tests.browser import PHONE, assert_good_page, press, screenshot
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    PlaceFactory,
    PlacementFactory,
    PostcodeAreaFactory,
    RequestFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page, site, person):
    """Give a browser page the session of somebody."""
    client = Client()
    login_as(client, person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


@pytest.fixture
def reasons(monkeypatch):
    rows = [
        {"label": "Afstand", "points": 280, "max": 300, "note": "2,6 km, 11 min met de fiets"},
        {"label": "Leerdoelen", "points": 150, "max": 300, "note": "2 van je 4 leerdoelen"},
    ]
    monkeypatch.setattr(selectors, "_reasons", [lambda _placement: selectors.Reasons(730, rows)])


def test_a_student_prepares_in_five_steps_on_a_phone(visitor, site):
    PostcodeAreaFactory()
    asked = RequestFactory()
    PlaceFactory(period=asked.period, qualifications=[asked.student.programme.qualification])
    page = visitor(PHONE, has_touch=True, is_mobile=True)
    sign_in(page, site, asked.student)
    page.goto("/")
    assert_good_page(page)
    screenshot(page, "student-home-start")
    page.get_by_role("link", name="Beginnen").click()
    page.get_by_label("Leerdoel").first.check()
    assert_good_page(page)
    screenshot(page, "preparation-1-goals")
    _continue(page)
    page.get_by_label("met de fiets").check()
    page.get_by_label("Hoeveel minuten").fill("30")
    page.get_by_text("ligt 1 open stageplek").wait_for()
    assert_good_page(page)
    screenshot(page, "preparation-2-travel")
    _continue(page)
    page.get_by_role("radio", name="3", exact=True).check()
    assert_good_page(page)
    screenshot(page, "preparation-3-days")
    _continue(page)
    page.get_by_label("Waar zou je het liefst werken?").select_option("care")
    assert_good_page(page)
    screenshot(page, "preparation-4-kind")
    _continue(page)
    page.get_by_label("een rustige werkplek").check()
    page.get_by_label("Welke stagevergoeding").fill("100")
    assert_good_page(page)
    screenshot(page, "preparation-5-needs")
    page.get_by_role("button", name="Opslaan").click()
    assert_good_page(page)
    screenshot(page, "preparation-overview")
    page.get_by_role("button", name="Ik ben klaar").click()
    page.get_by_text("Je bent klaar.").first.wait_for()
    asked.refresh_from_db()
    assert asked.ready_at is not None


def _continue(page):
    press(page.get_by_role("button", name="Opslaan en verder"))


def test_a_wrong_answer_on_a_phone_leads_to_its_field(visitor, site):
    PostcodeAreaFactory()
    asked = RequestFactory()
    page = visitor(PHONE)
    sign_in(page, site, asked.student)
    page.goto("/voorbereiding/dagen/")
    for day in ("dinsdag", "woensdag", "donderdag", "vrijdag"):
        page.get_by_label(day).uncheck()
    page.get_by_role("radio", name="4", exact=True).check()
    _continue(page)
    page.get_by_text("Je koos 1 dagen").first.wait_for()
    assert_good_page(page)
    screenshot(page, "preparation-error")


def test_a_student_agrees_and_only_then_the_company_sees_who_comes(visitor, site, reasons):
    PostcodeAreaFactory()
    place = PlaceFactory(company=CompanyFactory(name="Zorgcentrum De Waal"), allowance=150)
    qualification = place.qualifications.get()
    placement = PlacementFactory(told=True, place=place, request__needs=["quiet"], request__student__programme__qualification=qualification)
    student = placement.request.student
    CoordinatorFactory(school=student.school, programmes=[student.programme], user__phone="024 123 45 67")
    company = visitor()
    sign_in(company, site, ContactFactory(company=place.company))
    company.goto("/bedrijf/wie-komt/")
    assert student.last_name not in company.content()
    assert_good_page(company)
    screenshot(company, "company-who-comes-before")

    page = visitor(PHONE)
    sign_in(page, site, student)
    page.goto("/")
    screenshot(page, "student-home-match")
    page.get_by_role("link", name="De stageplek bekijken").click()
    assert_good_page(page)
    screenshot(page, "student-match")
    page.get_by_role("link", name="Nee, ik maak bezwaar").click()
    assert_good_page(page)
    screenshot(page, "student-object")
    page.go_back()
    page.get_by_label("een rustige werkplek").check()
    page.get_by_role("button", name="Ik ga akkoord").click()
    page.get_by_text("Het is definitief.").wait_for()
    assert_good_page(page)

    company.goto("/")
    assert_good_page(company)
    screenshot(company, "company-home")
    company.get_by_role("link", name="Een dag voorstellen").click()
    at = timezone.localtime(timezone.now() + timedelta(days=7))
    company.get_by_label("Dag en tijd").fill(f"{at:%Y-%m-%dT14:30}")
    assert_good_page(company)
    screenshot(company, "company-introduction")
    company.get_by_role("button", name="De student bericht sturen").click()
    company.get_by_text(student.email).wait_for()
    company.get_by_text("een rustige werkplek").wait_for()
    assert_good_page(company)
    screenshot(company, "company-who-comes-detail")
    company.get_by_role("link", name="Voorleggen aan de school").click()
    assert_good_page(company)
    screenshot(company, "company-refusal")
    page.goto("/")
    assert_good_page(page)
    screenshot(page, "student-home-introduction")


def test_a_parent_and_a_coordinator_read_how_it_goes(visitor, site):
    PostcodeAreaFactory()
    placement = PlacementFactory(told=True, request__student__minor=True)
    student = placement.request.student
    coordinator = CoordinatorFactory(school=student.school, programmes=[student.programme])
    services.agree(placement=placement, actor=actor_for(student))
    parent = visitor(PHONE)
    sign_in(parent, site, student.guardians.get())
    parent.goto("/")
    assert_good_page(parent)
    screenshot(parent, "guardian-home")
    page = visitor()
    sign_in(page, site, coordinator)
    page.goto(f"/school/studenten/{student.public_id}/")
    page.get_by_role("link", name=placement.place.title).click()
    assert_good_page(page)
    screenshot(page, "school-placement")
    page.get_by_role("link", name="De stage intrekken").click()
    assert_good_page(page)
    page.goto(f"/school/beurt/{placement.request.public_id}/")
    assert_good_page(page)
    screenshot(page, "school-tier")
