"""The whole chain through the pages alone: from an empty house to a student whom a company expects.

Nothing is there but reference data; people come by mailed links, and everything they do goes through pages and a real worker.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page

from reference.loading import load_reference
from tests.browser import PHONE
from tests.chain import other_steps as they
from tests.chain import quick
from tests.chain import school_steps as school
from tests.chain.papers import OUT_OF_REACH, PUPILS
from tests.chain.steps import accept, go, look, press
from tests.servers import Inbox, WorkerProcess

ADMINISTRATOR, ADVISOR = "beheer@stagematch.example.org", "adviseur@sbb.example.org"
REGENBOOG, WAALHOF = they.COMPANIES
PERIOD = "Voorjaar 2027"
# Who do everything themselves, on a phone: one will agree (and needs a quiet place), one will object, one is a minor.
AGREES, OBJECTS, MINOR = 0, 1, 2
# One stops half way, one never opens the mail; the others get ready.
HALF_WAY, SILENT = len(PUPILS) - 2, len(PUPILS) - 1


@pytest.mark.timeout(1500)  # three minutes on a quiet machine, many more on a busy one
@pytest.mark.django_db(transaction=True)
# Registering, importing and taking over are posts: the number of queries of a page (GET) stays guarded.
@pytest.mark.queries(repeats=40)
def test_the_whole_chain_from_an_empty_house_to_a_student_who_is_expected(
    visitor: Callable[..., Page], smtp_server: Inbox, celery_worker_process: WorkerProcess
) -> None:
    load_reference()
    inbox = smtp_server
    call_command("add_post", ADMINISTRATOR, "Bea Beheer")
    administrator, ria, advisor, regenboog, waalhof = (visitor() for _ in range(5))
    phones = {n: visitor(PHONE, has_touch=True, is_mobile=True) for n in (AGREES, OBJECTS, MINOR)}
    today = timezone.localdate()

    # a school, verified, with 27 students
    school.welcome_administrator(administrator, inbox, ADMINISTRATOR)
    school.add_period(administrator, PERIOD, f"{today + timedelta(days=60)}", f"{today + timedelta(days=200)}")
    school.invite_advisor(administrator, ADVISOR)
    school.register_school(ria, inbox)
    school.cannot_bring_students_yet(ria)
    school.verify_school(administrator)
    school.add_programme(ria)
    school.bring_students(ria)
    school.upload_again(ria)
    school.invite_students(ria, inbox)

    # two companies, recognised, with places
    accept(advisor, inbox, ADVISOR)
    for number, (page, address) in enumerate(((regenboog, REGENBOOG), (waalhof, WAALHOF))):
        they.register_company(page, inbox, address, f"1{4 + number}")
    they.recognise(advisor, 2)
    they.upload_places(regenboog, PERIOD)
    they.offer_place(waalhof)

    # students prepare
    they.prepare(phones[AGREES], inbox, AGREES, needs=["quiet"], pictures=True)
    they.prepare(phones[OBJECTS], inbox, OBJECTS, needs=[])
    they.prepare(phones[MINOR], inbox, MINOR, needs=[])
    for n in range(MINOR + 1, HALF_WAY):
        quick.prepare(PUPILS[n], inbox, n=n)
    quick.prepare(PUPILS[HALF_WAY], inbox, n=HALF_WAY, steps=2)

    # match, see why, approve
    round_ = school.open_round(ria, f"{today}")
    assert PUPILS[HALF_WAY].name in ria.content()
    school.run(ria)
    assert "1000" in school.read_why(ria, "35-why")
    assert PUPILS[OUT_OF_REACH].name in school.without_a_place(ria)
    school.take_over(ria)
    they.nobody_is_named(regenboog, REGENBOOG, inbox)
    school.approve(ria, [PUPILS[AGREES].name, PUPILS[MINOR].name])

    # one agrees, another objects; the company knows who comes only then
    they.open_match(phones[AGREES], inbox, AGREES, "40-match")
    they.open_match(phones[OBJECTS], inbox, OBJECTS, "41-match")
    for page, address in ((regenboog, REGENBOOG), (waalhof, WAALHOF)):
        they.nobody_is_named(page, address, inbox)
    go(regenboog, "/bedrijf/wie-komt/", "44-nobody-is-named")
    who = placed_at(ria, PUPILS[AGREES].last_name)
    company, address = (regenboog, REGENBOOG) if "Regenboog" in who else (waalhof, WAALHOF)
    mails = len(inbox.to(address))
    they.agree(phones[AGREES], ["quiet"])
    they.object_(phones[OBJECTS])
    they.see_who_comes(company, inbox, address, mails=mails)
    page = company.locator("main").inner_text()
    assert PUPILS[AGREES].name in page
    assert PUPILS[AGREES].email in page
    assert "rustige" in page  # the adjustment that was ticked
    others = [mark for pupil in PUPILS[1:] for mark in pupil.marks if mark in company.content()]
    assert not others, f"the company also reads of {others}"

    # they meet; the company would rather choose, and that is no ground
    they.propose_meeting(company, f"{today + timedelta(days=20)}T14:30")
    inbox.wait_for(PUPILS[AGREES].email, 3)
    they.claim_refusal(company)
    school.judge(ria, "bezwaar", {"verdict": "yes", "reason_code": "too_far"}, "48-objection")
    school.judge(ria, "weigering", {"verdict": "no", "reason_code": "ground_invalid", "reason": "Een klik is geen geldige grond."}, "49-refusal")
    go(company, "/bedrijf/wie-komt/", "50-who-comes-list")
    press(company, "main table a[href*='/wie-komt/']")
    look(company, "50-claim-rejected")
    assert "Een klik is geen geldige grond." in company.content()
    go(phones[AGREES], "/", "51-student-home")
    assert PUPILS[AGREES].name not in phones[OBJECTS].content()

    # the figures count it, and everybody can read how it went
    go(ria, f"{round_}")
    press(ria, "main a[href$='/uitkomst/']")
    look(ria, "52-result-after")
    assert "0 geldig, 1 afgewezen" in ria.content()
    go(ria, f"{round_}")
    press(ria, "form[action$='/afronden/'] button")
    look(ria, "53-round-finished")
    go(visitor(), "/matching/zo-werkt-het/", "54-how-it-works")


def placed_at(page: Page, last_name: str) -> str:
    """What the coordinator's table says of a student: the row with place and company."""
    go(page, page.url.partition("?")[0] + f"?q={last_name}")
    return page.locator("main tbody tr").first.inner_text()
