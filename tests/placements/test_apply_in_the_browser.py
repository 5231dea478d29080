"""Applying from the search to the name on both sides, in a real browser: on a phone, and the whole again without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from placements.models import Application, Placement
from placements.services import deadlines
from placements.workflow import S
from stagematch.models import OutboxMail
from tests.browser import PHONE, assert_good_page, screenshot
from tests.factories import (
    ApplicationFactory,
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    RequestFactory,
)
from tests.placements.test_on_a_phone import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


def look(page: Page, name: str, *, script: bool) -> None:
    """Hold a page against what every page must be, and keep a picture; axe needs scripts."""
    if script:
        assert_good_page(page)
        screenshot(page, name)


def press(page: Page, role: str, name: str) -> None:
    """Press what a person reads, with the keyboard: on a phone a bar lies over the foot of the page."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.press("Enter")


def found_and_applied(page: Page, place, *, script: bool) -> None:
    """From the home page through the search to the application."""
    page.goto("/")
    press(page, "link", "Zoek een stageplek")
    page.goto(f"/plaatsen/{place.public_id}/")
    press(page, "link", "Solliciteer op deze stageplek")
    look(page, "apply", script=script)
    press(page, "button", "Versturen")
    expect(page.get_by_text("Het bedrijf leest je profiel, niet je naam")).to_be_visible()
    look(page, "application", script=script)


@pytest.mark.parametrize("script", [True, False], ids=["phone", "without-javascript"])
def test_a_student_finds_a_place_applies_is_accepted_by_mail_and_only_then_names_show(visitor, site, script):
    PostcodeAreaFactory()
    place = PlaceFactory(company=CompanyFactory(name="Zorgcentrum De Waal"))
    asked = RequestFactory(ready=True, period=place.period, student__programme__qualification=place.qualifications.get())
    asked.goals.set(asked.student.programme.qualification.goals.all()[:2])
    student, contact = asked.student, ContactFactory(company=place.company)
    coordinator = CoordinatorFactory(school=student.school, programmes=[student.programme])
    names = re.compile(f"{student.first_name}|{student.last_name}")

    page = visitor(PHONE, has_touch=True, is_mobile=True, java_script_enabled=script)
    sign_in(page, site, student)
    found_and_applied(page, place, script=script)

    mail = OutboxMail.objects.get(to=contact.user.email)
    assert not names.search(mail.subject + mail.body)
    link = re.search(r"https?://\S+/sollicitatie-beantwoorden/\S+", mail.body)
    company = visitor(PHONE, java_script_enabled=script)
    company.goto(link[0])
    assert not names.search(company.content())
    look(company, "answer-by-mail", script=script)
    assert Application.objects.get().state == "sent"
    press(company, "button", "Ja, deze student kan komen")
    expect(company.get_by_text("U zei ja.").first).to_be_visible()
    press(company, "button", "Mijn antwoord terugnemen")
    press(company, "button", "Ja, deze student kan komen")
    look(company, "answered-by-mail", script=script)
    assert not names.search(company.content())

    school = visitor(java_script_enabled=script)
    sign_in(school, site, coordinator)
    school.goto("/")
    press(school, "link", "Beslissen")
    look(school, "school-applications", script=script)
    press(school, "button", "Goedkeuren")

    page.goto("/")
    press(page, "link", "De stageplek bekijken")
    press(page, "button", "Ik ga akkoord")
    expect(page.get_by_text("Het is definitief.").first).to_be_visible()
    assert Placement.objects.filter(state=S.CONFIRMED).count() == 1

    sign_in(company, site, contact)
    company.goto("/bedrijf/wie-komt/")
    expect(company.get_by_text(student.full_name).first).to_be_visible()
    press(company, "link", student.full_name)
    press(company, "link", "Berichten met de student")
    company.get_by_label("Bericht").fill("Welkom! Tot maandag.")
    press(company, "button", "Versturen")
    look(company, "messages", script=script)
    page.goto(f"/plaatsing/{Placement.objects.get(state=S.CONFIRMED).public_id}/")
    press(page, "link", "Berichten met het bedrijf")
    expect(page.get_by_text("Welkom! Tot maandag.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["phone", "without-javascript"])
def test_a_full_place_says_so_and_silence_ends_in_help_from_the_school(visitor, site, script):
    PostcodeAreaFactory()
    full = PlaceFactory(capacity=0)
    asked = RequestFactory(ready=True, period=full.period, student__programme__qualification=full.qualifications.get())
    student = asked.student
    coordinator = CoordinatorFactory(school=student.school, programmes=[student.programme])
    page = visitor(PHONE, java_script_enabled=script)
    sign_in(page, site, student)
    page.goto(f"/plaatsen/{full.public_id}/solliciteren/")
    expect(page.get_by_text("Deze stageplek is vol.")).to_be_visible()
    assert page.get_by_role("button", name="Versturen").count() == 0
    look(page, "apply-full", script=script)

    application = ApplicationFactory(request=asked)
    contact = ContactFactory(company=application.place.company)
    company = visitor(PHONE, java_script_enabled=script)
    sign_in(company, site, contact)
    company.goto("/")
    press(company, "link", "Bekijken en antwoorden")
    look(company, "applicants", script=script)
    press(company, "link", application.place.title)
    if not script:
        press(company, "button", "Laat de student weten dat u dit gelezen hebt")
    expect(company.get_by_text("De student leest dat u dit hebt gezien.")).to_be_visible()
    company.get_by_label("Een vraag stellen").select_option("shift_days")
    press(company, "button", "Vraag versturen")
    look(company, "applicant", script=script)

    page.goto(f"/sollicitaties/{application.public_id}/")
    page.get_by_label("ja, in overleg").press("Space")
    press(page, "button", "Antwoorden")
    company.goto(f"/bedrijf/sollicitaties/{application.public_id}/")
    expect(company.get_by_text("ja, in overleg")).to_be_visible()

    deadlines.run_due(now=timezone.now() + timedelta(days=15))
    page.goto("/sollicitaties/")
    expect(page.get_by_text("geen antwoord").first).to_be_visible()
    look(page, "applications", script=script)
    school = visitor(java_script_enabled=script)
    sign_in(school, site, coordinator)
    school.goto("/school/sollicitaties/")
    expect(school.get_by_role("link", name=student.full_name)).to_be_visible()
