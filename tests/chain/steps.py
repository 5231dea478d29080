"""What people do on pages, as small steps: each begins and ends in the browser."""

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests import browser
from tests.browser import assert_good_page, screenshot
from tests.servers import Inbox, until

PASSWORD = "vier losse gewone woorden"
PRIMARY = "main form.sm-form button.nl-button--primary"
LINK = re.compile(r"https?://\S+")


def look(page: Page, name: str) -> None:
    """Hold a page against what the issue asks of every page of the chain, and keep a picture of it at both widths."""
    expect(page.locator("h1")).to_be_visible()
    assert_good_page(page)
    screenshot(page, name, always=True)


def press(page: Page, button: str | Locator = PRIMARY) -> None:
    """Press a button (or link) and wait for the page that follows."""
    browser.press(page.locator(button).first if isinstance(button, str) else button)


def tick_box(box: Locator) -> None:
    """Tick a box or choose a button with the keyboard: under a mouse lies its drawn label, or the bar at the foot of a phone."""
    if not box.is_checked():
        box.press("Space")
    expect(box).to_be_checked()


def fill(page: Page, values: Mapping[str, object]) -> None:
    """Fill a form's fields by name: text, a choice (radio, select), several ticks (a list), one tick (True)."""
    for name, value in values.items():
        field = page.locator(f"main [name='{name}']")
        kind = field.first.evaluate("element => element.type")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list | tuple) else [value]:
                tick = field.first if one is True else page.locator(f"main [name='{name}'][value='{one}']")
                tick_box(tick)
        elif kind == "select-one":
            field.select_option(str(value))
        elif kind == "file":
            field.set_input_files(value)  # type: ignore[arg-type]
        else:
            field.fill(str(value))


def fill_in(page: Page, values: Mapping[str, object], button: str = PRIMARY) -> None:
    """Fill a form and send it; it must be accepted."""
    fill(page, values)
    press(page, button)
    errors = page.locator(".utrecht-form-field-error-message, .sm-error").all_inner_texts()
    assert not errors, f"{page.url} did not take {values}: {errors}"


def said(page: Page) -> str:
    """What the page answered in its messages."""
    return page.locator("#messages").inner_text()


def link_in(inbox: Inbox, address: str, part: str = "", *, after: int = 0) -> str:
    """The newest link with `part` in it that was mailed to somebody; waits for it (not among the first `after` mails)."""

    def links() -> list[str]:
        mails = inbox.to(address)[after:]
        return [link for mail in mails for link in LINK.findall(mail.get_content()) if part in link]  # type: ignore[attr-defined]

    assert until(links, 40), f"no link {part} was mailed to {address}: {[str(mail['Subject']) for mail in inbox.to(address)]}"
    return links()[-1]


def accept(page: Page, inbox: Inbox, address: str, name: str = "") -> None:
    """Follow the link of an invitation and make an account."""
    page.goto(link_in(inbox, address, "/uitnodiging/"))
    if name:
        look(page, name)
    fill_in(page, {"password": PASSWORD, "password_again": PASSWORD})
    assert page.url.endswith("/"), page.url


def wear(page: Page, hat: str) -> None:
    """Go on under another hat, through the menu in the header."""
    page.goto("/")
    page.locator("details.sm-menu summary").click()
    press(page, f"button[name='hat'][value^='{hat}:']")


def go(page: Page, address: str, name: str = "") -> None:
    """Open a page of the site, and look at it when it gets a name."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, f"{address}: {answer.status}"
    if name:
        look(page, name)
