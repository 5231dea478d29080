"""What the school's people do: register, add a programme, bring and invite students, match, decide, judge."""

from playwright.sync_api import Page, expect

from tests.chain.papers import CREBO, PUPILS, WRONG, class_list, upload
from tests.chain.steps import accept, fill, fill_in, go, link_in, look, press, said, tick_box, wear
from tests.servers import Inbox

SCHOOL_ADDRESS = "ria.jansen@roc-nijmegen.example.org"


def register_school(page: Page, inbox: Inbox) -> None:
    """Find the school in the public register and register it; the mailed link makes the first account."""
    go(page, "/", "01-front")
    go(page, "/school/aanmelden/")
    page.fill("main [name='q']", "25PN")
    press(page, "a[href$='/school/aanmelden/25PN/']") if page.locator("a[href$='/school/aanmelden/25PN/']").count() else _search(page)
    look(page, "02-register-school")
    fill_in(page, {"postcode": "6534 BP", "name": "Ria Jansen", "email": SCHOOL_ADDRESS})
    look(page, "03-school-registered")
    accept(page, inbox, SCHOOL_ADDRESS, "04-make-account")
    look(page, "05-school-waits")


def _search(page: Page) -> None:
    page.keyboard.press("Enter")
    press(page, "a[href$='/school/aanmelden/25PN/']")


def cannot_bring_students_yet(page: Page) -> None:
    """Before verification there is no way to upload anybody."""
    answer = page.goto("/school/studenten/invoeren/")
    assert answer is not None
    assert answer.status == 403
    look(page, "06-not-verified-yet")


def add_programme(page: Page) -> None:
    """The school teaches one programme, and Ria coordinates it."""
    wear(page, "school_admin")
    go(page, "/school/opleidingen/nieuw/")
    fill(page, {"pathway": "BOL"})
    page.fill("main [name='qualification_q']", str(CREBO))
    choice = page.locator(f"main input[type='radio'][name='qualification'][value='{CREBO}']")
    expect(choice).to_be_attached()
    tick_box(choice)
    for box in page.locator("main input[name='staff']").all():
        tick_box(box)
    look(page, "08-add-programme")
    press(page)
    assert "Begeleider maatschappelijke zorg" in page.content()


def bring_students(page: Page) -> None:
    """Thirty rows, three of them wrong: each is named with its column and what is expected, and 27 students go in."""
    wear(page, "coordinator")
    go(page, "/school/studenten/", "09-no-students-yet")
    go(page, "/school/studenten/invoeren/", "10-upload")
    fill_in(page, {"file": upload("klas bmz1a.csv", class_list())}, "main form[enctype] button")
    look(page, "11-preview")
    wrong = page.locator("main table").first.locator("tbody tr").all_inner_texts()
    assert len(wrong) == WRONG, wrong
    assert [part in text for part, text in zip(("65 AB", "anna.mis.example.org", "25655"), wrong, strict=True)] == [True] * WRONG, wrong
    press(page, "form[action$='/uitvoeren/'] button")
    assert str(len(PUPILS)) in said(page)
    look(page, "12-imported")
    go(page, "/school/studenten/", "13-students")
    assert PUPILS[0].name in page.content()


def upload_again(page: Page) -> None:
    """The same file once more changes nothing."""
    go(page, "/school/studenten/invoeren/")
    fill_in(page, {"file": upload("klas bmz1a.csv", class_list())}, "main form[enctype] button")
    figures = page.locator(".sm-figure dd").all_inner_texts()
    assert figures == ["0", "0", str(len(PUPILS)), str(WRONG)], figures


def invite_students(page: Page, inbox: Inbox) -> None:
    """All students get a mail with a link."""
    go(page, "/school/studenten/")
    press(page, "button[name='all']")
    assert str(len(PUPILS)) in said(page)
    for pupil in PUPILS:
        inbox.wait_for(pupil.email, 1, 40)


def open_round(page: Page, today: str) -> str:
    """A round for the programme and the period; returns its address."""
    go(page, "/matching/rondes/", "30-no-rounds")
    go(page, "/matching/rondes/nieuw/")
    fill(page, {"name": "Maatschappelijke zorg, voorjaar", "deadline": today})
    tick_box(page.locator("main [name='programmes']").first)
    page.locator("main [name='period']").select_option(index=1)
    press(page)
    look(page, "31-round")
    return page.url


def run(page: Page) -> None:
    """Start the run, see how far it is without doing anything, and open the result."""
    press(page, "form[action$='/start/'] button")
    expect(page.locator("#job-progress progress")).to_be_visible()
    look(page, "32-run-under-way")
    result = page.locator("#job-progress a")
    result.wait_for(timeout=60_000)
    look(page, "33-run-done")
    press(page, result)
    look(page, "34-result")


def read_why(page: Page, name: str) -> str:
    """Open the panel beside the table and read why this place was chosen."""
    page.locator("main a[data-open]").first.click()
    panel = page.locator("#panel")
    # the first answer of a process waits for the engine to be compiled
    expect(panel.locator("h3").first).to_be_visible(timeout=60_000)
    look(page, name)
    return panel.inner_text()


def without_a_place(page: Page) -> str:
    """Who has none, each with the reason; then back to everybody."""
    result = page.url.partition("?")[0]
    go(page, f"{result}?toon=unplaced", "35-without-a-place")
    rows = page.locator("main table").first.locator("tbody tr").all_inner_texts()
    assert len(rows) == 1, rows
    go(page, result)
    return str(rows[0])


def take_over(page: Page) -> None:
    """The proposals become placements that wait for a decision."""
    press(page, "form[action$='/overnemen/'] button")
    look(page, "36-taken-over")


def approve(page: Page, names: list[str]) -> None:
    """All at once but for the exceptions (these students are among them); then those, each by itself."""
    press(page, "button[name='all']")
    waiting = page.locator("main button[data-approve]")
    assert "toon=exceptions" in page.url
    table = page.locator("main table").first.inner_text()
    assert [name for name in names if name not in table] == [], table
    look(page, "37-exceptions")
    exceptions = waiting.count()
    for left in range(exceptions, 0, -1):
        expect(waiting).to_have_count(left)
        waiting.first.click()
    expect(waiting).to_have_count(0)
    look(page, "38-all-decided")


def judge(page: Page, kind: str, verdict: dict[str, str], name: str) -> None:
    """Open what waits first, and give a verdict with a reason."""
    go(page, "/matching/beoordelen/", f"{name}-list")
    press(page, f"main a[href*='/beoordelen/{kind}/']")
    look(page, name)
    fill_in(page, verdict)


def verify_school(page: Page) -> None:
    """The administrator of the platform says that this is the school."""
    go(page, "/school/verificaties/", "07-verifications")
    press(page, "main a[href*='/school/verificaties/']")
    look(page, "07-verify")
    fill_in(page, {"decision": "verify"})


def welcome_administrator(page: Page, inbox: Inbox, address: str) -> None:
    """The first administrator came by the command line; the mailed link makes the account."""
    assert link_in(inbox, address)
    accept(page, inbox, address)
    look(page, "00-administrator")


def add_period(page: Page, name: str, starts_on: str, ends_on: str) -> None:
    """Without a period nothing can be offered or asked."""
    go(page, "/beheer/perioden/", "00-no-periods")
    fill_in(page, {"name": name, "starts_on": starts_on, "ends_on": ends_on})
    look(page, "00-periods")


def invite_advisor(page: Page, address: str) -> None:
    """An advisor of SBB for the whole country."""
    go(page, "/beheer/functies/")
    fill_in(page, {"name": "Ad Viseur", "email": address, "kind": "advisor_practice"})
    look(page, "00-posts")
