"""Pages of accounts and schools in a real browser: on a phone and a laptop, without an accessibility problem or a page that scrolls sideways."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from accounts.middleware import SESSION_KEY as HAT
from reference.models import SchoolRecord
from schools.models import Student
from stagematch.models import OutboxMail
from tests.browser import assert_good_page, screenshot
from tests.factories import (
    CoordinatorFactory,
    PostcodeAreaFactory,
    ProgrammeFactory,
    QualificationFactory,
    StudentFactory,
    actor_for,
)

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Page, person: object, site: str) -> None:
    """Give the browser the session of somebody, under the hat they come with."""
    actor = actor_for(person)
    session = SessionStore()
    session[SESSION_KEY] = str(actor.user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = actor.user.get_session_auth_hash()
    session[HAT] = actor.hat.key
    session.save()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": site}])


def last_link(address: str) -> str:
    found = re.search(r"https?://\S+", OutboxMail.objects.filter(to=address).latest("pk").body)
    assert found
    return found[0]


def test_a_school_registers_confirms_and_adds_its_first_programme(page_phone: Page) -> None:
    PostcodeAreaFactory()
    QualificationFactory(name="Kok")
    SchoolRecord.objects.create(code="25PN00", brin="25PN", name="ROC Waaloever", kinds=["mbo"], place="Nijmegen")
    page = page_phone
    page.goto("/")
    assert_good_page(page)
    screenshot(page, "schools-front")
    page.goto("/school/aanmelden/")
    page.get_by_label("Op welke school werk je?").fill("waaloever")
    page.get_by_role("link", name=re.compile("Dit is mijn school")).click()
    assert_good_page(page)
    page.get_by_label("Postcode van de school").fill("6511 AB")
    page.get_by_label("Voor- en achternaam").fill("Ria Roos")
    page.get_by_label("Je e-mailadres op school").fill("ria@school.example.org")
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", name="Kijk in je mail")).to_be_visible()
    page.goto(last_link("ria@school.example.org"))
    assert_good_page(page)
    screenshot(page, "schools-invitation")
    page.get_by_label("Kies een wachtwoord").fill("vier losse gewone woorden")
    page.get_by_label("Hetzelfde wachtwoord nog een keer").fill("vier losse gewone woorden")
    page.get_by_role("button", name="Account maken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ria Roos")
    assert_good_page(page)
    screenshot(page, "schools-home-new-school")
    page.goto("/school/opleidingen/nieuw/")
    page.get_by_label("Kwalificatie").fill("kok")
    page.get_by_role("radio", name=re.compile("Kok")).check()
    page.get_by_role("radio", name=re.compile("BOL")).check()
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.get_by_role("rowheader", name=re.compile("Kok"))).to_be_visible()
    assert_good_page(page)
    screenshot(page, "schools-programmes")


def test_a_coordinator_uploads_looks_imports_and_takes_it_back(page_laptop: Page, site: str) -> None:
    PostcodeAreaFactory()
    programme = ProgrammeFactory()
    page = page_laptop
    sign_in(page, CoordinatorFactory(school=programme.school, programmes=[programme]), site)
    page.goto("/school/studenten/")
    screenshot(page, "schools-students-empty")
    page.get_by_role("link", name="Lijst uploaden").first.click()
    assert_good_page(page)
    screenshot(page, "schools-import")
    rows = ["nummer;voornaam;achternaam;e-mail;postcode", *(f"{n};Sam;Achternaam{n};s{n}@x.nl;6511AB" for n in range(8)), "9;Bo;Fout;geen adres;12"]
    upload = {"name": "lijst.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page.locator("input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    page.get_by_role("button", name="Bekijk wat er zou gebeuren").click()
    expect(page.get_by_role("button", name="Voer 8 goede rijen in")).to_be_visible()
    assert_good_page(page)
    screenshot(page, "schools-import-preview")
    page.get_by_role("button", name="Voer 8 goede rijen in").click()
    expect(page.get_by_text("8 studenten zijn toegevoegd of gewijzigd.")).to_be_visible()
    page.goto("/school/studenten/")
    assert_good_page(page)
    screenshot(page, "schools-students")
    page.get_by_role("checkbox", name="Sam Achternaam3").check()
    page.get_by_role("button", name="Uitnodigen om een account te maken").click()
    expect(page.get_by_text("1 student is per mail uitgenodigd.")).to_be_visible()
    page.get_by_role("link", name="Sam Achternaam3").click()
    assert_good_page(page)
    screenshot(page, "schools-student")
    page.go_back()
    page.goto("/school/studenten/invoeren/")
    page.get_by_role("link", name="lijst.csv").click()
    page.get_by_role("button", name="Deze invoer terugdraaien").click()
    expect(page.get_by_text("alles is weer zoals het was")).to_be_visible()
    assert not Student.objects.exists()


def test_filters_work_while_typing(page_laptop: Page, site: str) -> None:
    programme = ProgrammeFactory()
    for first in ("Anna", "Bas"):
        StudentFactory(programme=programme, first_name=first)
    page = page_laptop
    sign_in(page, CoordinatorFactory(school=programme.school, programmes=[programme]), site)
    page.goto("/school/studenten/")
    page.get_by_label("Naam of nummer").press_sequentially("Anna")
    expect(page.get_by_role("link", name=re.compile("^Bas"))).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("^Anna"))).to_have_count(1)
