"""Signing in and keeping the account safe, through our own pages, in a real browser."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser import LAPTOP, PHONE, assert_good_page, press, screenshot

pytestmark = pytest.mark.django_db(transaction=True)
# allauth asks per kind of second factor whether there is one, on a page that is opened once in a while.
asks_per_factor = pytest.mark.queries(most=24, repeats=8)
PASSWORD = "een-lang-wachtwoord-9"


@pytest.fixture(autouse=True)
def _no_rate_limits_from_before() -> None:
    cache.clear()


@pytest.fixture
def noor() -> User:
    user = User.objects.create_user(email="noor@school.example", password=PASSWORD, name="Noor de Vries")
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def sign_in(page: Page, user: User) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mailadres").fill(user.email)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Inloggen", exact=True).click()


def prove_it(page: Page) -> None:
    """Give the password once more where allauth asks for it."""
    if "reauthenticate" in page.url:
        assert_good_page(page)
        page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Verder").click()


def current_code(secret: str) -> str:
    _before, now, _after = totp.yield_hotp_counters_from_time()
    return str(totp.format_hotp_value(totp.hotp_value(secret, now)))


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_somebody_signs_in_and_a_wrong_password_says_so(visitor: Callable[..., Page], noor: User, size: dict[str, int]) -> None:
    page = visitor(size)
    page.goto("/account/login/")
    screenshot(page, "account-login")
    assert_good_page(page)
    page.get_by_label("E-mailadres").fill(noor.email)
    page.get_by_label("Wachtwoord", exact=True).fill("verkeerd")
    page.get_by_role("main").get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("E-mailadres")).to_have_value(noor.email)
    assert_good_page(page)
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.locator("summary.sm-menu__button")).to_be_visible()
    assert_good_page(page)


@pytest.mark.parametrize("address", ["account_reset_password", "account_reset_password_done", "account_signup", "account_inactive"])
def test_pages_around_the_door_are_good_pages(page_phone: Page, address: str) -> None:
    page_phone.goto(reverse(address))
    screenshot(page_phone, address.replace("_", "-"))
    assert_good_page(page_phone)


def test_an_old_link_for_a_password_offers_a_new_one(page_phone: Page) -> None:
    page_phone.goto("/account/password/reset/key/1-abc/")
    expect(page_phone.get_by_role("heading", level=1)).to_have_text("Deze link werkt niet meer")
    assert_good_page(page_phone)


@asks_per_factor
def test_somebody_sets_up_the_app_with_codes_and_signs_in_with_it(visitor: Callable[..., Page], noor: User) -> None:
    page = visitor(PHONE)
    sign_in(page, noor)
    page.goto("/account/2fa/")
    screenshot(page, "account-second-step")
    assert_good_page(page)
    press(page.get_by_role("link", name="App instellen"))
    prove_it(page)
    screenshot(page, "account-app-with-codes")
    assert_good_page(page)
    secret = page.locator("code.sm-secret").text_content() or ""
    page.get_by_label("code").last.fill(current_code(secret))
    page.get_by_role("button", name="Aanzetten").click()
    page.wait_for_url("**/recovery-codes/**")
    screenshot(page, "account-recovery-codes")
    assert_good_page(page)
    assert Authenticator.objects.filter(user=noor, type=Authenticator.Type.TOTP).exists()

    again = visitor(PHONE)
    sign_in(again, noor)
    expect(again.get_by_role("heading", level=1)).to_have_text("Tweede stap")
    screenshot(again, "account-second-step-asked")
    assert_good_page(again)
    cache.clear()  # the same code may not be used twice within its half minute
    again.get_by_label("code").first.fill(current_code(secret))
    again.get_by_role("main").get_by_role("button", name="Inloggen", exact=True).click()
    expect(again.locator("summary.sm-menu__button")).to_be_visible()


@asks_per_factor
def test_somebody_adds_a_security_key_and_signs_in_with_it(visitor: Callable[..., Page], noor: User) -> None:
    page = visitor(LAPTOP)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}},
    )
    sign_in(page, noor)
    page.goto("/account/2fa/webauthn/add/")
    prove_it(page)
    assert_good_page(page)
    page.get_by_label("Naam van de sleutel").fill("Laptop op school")
    page.get_by_role("button", name="Sleutel toevoegen").click()
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("heading", name="Laptop op school")).to_be_visible()
    assert_good_page(page)
    page.get_by_role("link", name="Verwijderen").click()
    assert_good_page(page)

    page.context.clear_cookies()
    sign_in(page, noor)
    page.get_by_role("button", name="Beveiligingssleutel gebruiken").click()
    expect(page.locator("summary.sm-menu__button")).to_be_visible()


@asks_per_factor
def test_passwords_and_addresses_are_changed_on_good_pages(visitor: Callable[..., Page], noor: User) -> None:
    page = visitor(PHONE)
    sign_in(page, noor)
    for address in ("/account/password/change/", "/account/email/", "/account/logout/"):
        page.goto(address)
        prove_it(page)
        assert_good_page(page)
