"""What companies, an advisor and students do."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from companies.workflow import Condition
from tests.chain.papers import CREBO, PUPILS, places_list, upload
from tests.chain.steps import PRIMARY, accept, fill, fill_in, go, link_in, look, press, tick_box
from tests.servers import Inbox

COMPANIES = {
    "mail@deregenboog.example.org": {
        "kvk": "41055123", "branch": "000012345678", "name": "De Regenboog Zorg", "kind": "care",
        "postcode": "6512 CJ", "number": "100", "street": "Graafseweg", "contact_name": "Berend Bos",
    },
    "hr@waalhof.example.org": {
        "kvk": "41055124", "branch": "000012345679", "name": "Woonzorg Waalhof", "kind": "care",
        "postcode": "6511 XR", "number": "20", "street": "Waalkade", "contact_name": "Hanna Rood",
    },
}  # fmt: skip


# -- companies


def register_company(page: Page, inbox: Inbox, address: str, name: str) -> None:
    """Register and ask for recognition in one go, and make the account by the mailed link; with that the request is sent."""
    go(page, "/bedrijf/aanmelden/", f"{name}-register")
    fill(page, {**COMPANIES[address], "contact_email": address, "words": "maatschappelijke zorg"})
    fill_in(page, {"qualifications": [str(CREBO)]})
    look(page, f"{name}-registered")
    accept(page, inbox, address)
    look(page, f"{name}-home")
    go(page, "/bedrijf/plaatsen/", f"{name}-not-recognised")


def recognise(page: Page, how_many: int) -> None:
    """The advisor visits each company that asks, writes down what was found, and recognises it."""
    go(page, "/", "16-advisor-home")
    findings = {f"{c}_met": "yes" for c in Condition} | {f"{c}_evidence": "Gezien op de werkvloer." for c in Condition}
    for n in range(how_many):
        go(page, "/bedrijf/erkenningen/", "16-requests" if n == 0 else "")
        press(page, "main table a[href*='/bedrijf/erkenningen/']")
        press(page, "main a[href$='/bezoek/']")
        fill_in(page, {"starts_at": f"{timezone.localdate() + timedelta(days=2)}T10:30"})
        press(page, "main a[href*='/bedrijf/bezoeken/']")
        fill(page, {**findings, "early": True, "places_offered": "2"})
        press(page)
        press(page, "main a[href$='/besluit/']")
        if n == 0:
            look(page, "16-decide")
        fill_in(page, {"decision": "recognise"})
    go(page, "/bedrijf/erkenningen/", "16-nothing-waits")


def upload_places(page: Page, period: str) -> None:
    """A file of three rows, one of them for work without recognition: two places."""
    go(page, "/bedrijf/plaatsen/import/", "17-import-places")
    fill_in(page, {"file": upload("plaatsen.csv", places_list(period))}, "main form[enctype] button.nl-button--primary")
    look(page, "17-places-preview")
    assert "25150" in page.locator("main table").first.inner_text()
    press(page, "form[action$='/invoeren/'] button")
    look(page, "17-places-imported")
    go(page, "/bedrijf/plaatsen/", "17-places")
    expect(page.locator("main .sm-card")).to_have_count(2)


def offer_place(page: Page) -> None:
    """One place by the form, with what can be learned there."""
    go(page, "/bedrijf/plaatsen/nieuw/")
    fill(page, {
        "title": "Meelopen op de woonafdeling", "tasks": "Bewoners helpen opstaan, eten en wandelen.", "qualifications": [str(CREBO)],
        "pathways": ["BOL"], "days": ["mo", "tu", "we", "th", "fr"], "capacity": "5", "group_size": "1", "offers": ["quiet"], "support": "2",
        "allowance": "300", "expenses": "40",
    })  # fmt: skip
    page.locator("main [name='period']").select_option(index=1)
    for box in page.locator("main [name='goals']").all()[:6]:
        tick_box(box)
    look(page, "18-offer-place")
    press(page, "main form.sm-form button.nl-button--primary")
    look(page, "18-offered")


def nobody_is_named(page: Page, address: str, inbox: Inbox) -> None:
    """No page of this company, and no mail to it, says who a student is."""
    for path in ("/", "/bedrijf/wie-komt/", "/bedrijf/plaatsen/", "/bedrijf/", "/mijn-account/"):
        go(page, path)
        found = [mark for pupil in PUPILS for mark in pupil.marks if mark in page.content()]
        assert not found, f"{path} of {address}: {found}"
        links = {str(anchor.get_attribute("href")) for anchor in page.locator("main a").all()}
        assert not [link for link in links if "/wie-komt/" in link and not link.endswith("/wie-komt/")], links
    mails = "".join(mail.as_string() + str(mail.get_content()) for mail in inbox.to(address))  # type: ignore[attr-defined]
    assert not [mark for pupil in PUPILS for mark in pupil.marks if mark in mails]


def see_who_comes(page: Page, inbox: Inbox, address: str, *, mails: int) -> None:
    """The mail leads to the student's page, with name and address."""
    page.goto(link_in(inbox, address, "/wie-komt/", after=mails))
    look(page, "45-who-comes")


def propose_meeting(page: Page, at: str) -> None:
    """A first meeting, on a day and at a place."""
    press(page, "main a[href$='/kennismaking/']")
    fill(page, {"at": at, "where": "Graafseweg 100, receptie", "note": "Neem je rooster mee."})
    look(page, "46-propose-meeting")
    press(page)
    look(page, "46-meeting-proposed")


def claim_refusal(page: Page) -> None:
    """The company would rather have somebody else, and calls that a matter of safety."""
    press(page, "main a[href$='/weigering/']")
    fill(page, {"ground": "safety", "evidence": "Wij hebben geen klik en kiezen liever zelf."})
    look(page, "47-claim-refusal")
    press(page)
    look(page, "47-claimed")


# -- students


def prepare(page: Page, inbox: Inbox, n: int, *, needs: list[str], minutes: int = 45, pictures: bool = False) -> None:
    """From the mailed link to "I am ready", on a phone: an account and five short steps, each saved."""
    pupil, name = PUPILS[n], f"2{n}"
    page.goto(link_in(inbox, pupil.email, "/uitnodiging/"))
    fill_in(page, {"password": "vier losse gewone woorden", "password_again": "vier losse gewone woorden"})
    look(page, f"{name}-student-home")
    go(page, "/voorbereiding/")
    press(page, "main form[action$='/begin/'] button")
    for box in page.locator("main [name='goals']").all()[n : n + 3]:
        tick_box(box)
    _step(page, f"{name}-1-goals", {}, pictures)
    _step(page, f"{name}-2-travel", {"travel_mode": "bike", "max_minutes": minutes}, pictures)
    _step(page, f"{name}-3-days", {"days": ["mo", "tu", "we", "th"], "days_needed": "3"}, pictures)
    _step(page, f"{name}-4-kind", {"kind1": "care"}, pictures)
    _step(page, f"{name}-5-needs", {"needs": needs, "support": "1", "allowance": "0"}, pictures)
    look(page, f"{name}-6-overview")
    press(page, "button[form='finish']")
    look(page, f"{name}-7-ready")


def _step(page: Page, name: str, values: dict[str, object], pictures: bool) -> None:
    fill(page, values)
    if pictures:
        look(page, name)
    before = page.url
    press(page, "button[form='prepare']")
    assert page.url != before, f"{name} was not saved: {page.locator('main').inner_text()}"


def open_match(page: Page, inbox: Inbox, n: int, name: str) -> str:
    """The mail leads to the match; returns what the page says."""
    page.goto(link_in(inbox, PUPILS[n].email, "/plaatsing/"))
    look(page, name)
    return page.locator("main").inner_text()


def agree(page: Page, needs: list[str]) -> None:
    """Agree, and tick what the company may know."""
    fill(page, {"shared_needs": needs})
    press(page, "button[form='agree']")
    look(page, "42-agreed")


def object_(page: Page) -> None:
    """Object, with a reason."""
    press(page, "main a[href$='/bezwaar/']")
    fill(page, {"reason_code": "too_far", "reason": "Mijn fiets is gestolen en er gaat geen bus."})
    look(page, "43-object")
    press(page, PRIMARY)
    look(page, "43-objected")
