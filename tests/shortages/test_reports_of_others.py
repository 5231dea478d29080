"""A report is its sender's: corrected by them, ended by them, and what two do at once is done once each."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from shortages.models import ReporterKind, ShortageReport
from shortages.reports import companies, links, look
from shortages.reports.doing import BY_LINK
from shortages.reports.workflow import A, C, S, Who
from shortages.services import report_desk, reports
from tests.factories import (
    CompanyFactory,
    PlaceFactory,
    PostFactory,
    ProgrammeFactory,
    QualificationFactory,
    RecognitionFactory,
    RequestFactory,
    ShortageReportFactory,
    login_as,
)
from tests.shortages.test_reports import doer_in, mails, need, submit, who

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return PostFactory(kind=HatKind.ADVISOR_PRACTICE)


def test_who_goes_back_and_corrects_the_address_gets_the_mail_there_and_the_old_link_dies(client):
    once, course = uuid4(), QualificationFactory()
    wrong = submit(once=once, need=need(course), reporter=who(email="fout@example.org"))
    token = links.confirm_token(wrong)
    right = submit(once=once, need=need(course), reporter=who(email="goed@example.org"))
    assert submit(once=once, need=need(course), reporter=who(email="goed@example.org")) == right == wrong
    assert [mail.to for mail in mails("report_confirm")] == ["fout@example.org", "goed@example.org"]
    assert client.get(reverse("shortages:report_confirm", args=[token])).status_code == 410
    reports.confirm(report=right)
    other = submit(once=once, need=need(course), reporter=who(email="ander@example.org"))
    assert other != right, "what was sent already stays, and this is another one"
    assert submit(once=once, need=need(course), reporter=who(email="ander@example.org")) == other


def test_somebody_elses_yes_ends_only_their_own_report(post, client):
    programme = ProgrammeFactory()
    students = [RequestFactory(student__programme=programme).student for _ in range(2)]
    first, second = (
        submit(need=need(programme.qualification), reporter=who(email=one.email, user=one.user, school=programme.school)) for one in students
    )
    assert second.joined_to == first
    place = PlaceFactory(qualifications=[programme.qualification], title="Plek voor de eerste")
    report_desk.propose(report=first, place=place, doer=doer_in(Who.ADVISOR, post), text="Alleen voor jou")
    assert [mail.to for mail in mails("report_proposed")] == [students[0].email]
    login_as(client, students[1])
    page = client.get(reverse("shortages:my_report", args=[second.public_id])).content.decode()
    assert not [mark for mark in ("Plek voor de eerste", "Alleen voor jou", "een plek gevonden") if mark in page]
    report_desk.do(report=first, act=A.SOLVE, doer=BY_LINK)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.joined_to, second.post) == (S.SOLVED, S.NEW, None, post)
    assert [mail.to for mail in mails("report_solved")] == [students[0].email]


def test_two_calls_to_different_companies_are_two_lines(post):
    report, doer = ShortageReportFactory(), doer_in(Who.ADVISOR, post)
    for company in (CompanyFactory(), CompanyFactory()):
        for _click in range(2):
            report_desk.log(report=report, doer=doer, code=C.CALLED_COMPANY, text="", company=company)
    assert report.steps.filter(act=A.LOG).count() == 2


@pytest.mark.parametrize("act", ["later", "samenvoegen", "overdragen", "vastleggen", "voorstellen"])
def test_an_incomplete_form_for_a_report_that_a_colleague_closed_says_how_it_stands(act, post, client):
    report = ShortageReportFactory(at=S.SOLVED)
    login_as(client, post)
    answer = client.post(reverse("shortages:desk_act", args=[report.public_id, act]), {"later_on": "geen dag"}, follow=True)
    assert "Er is niets veranderd" in answer.content.decode()


def test_an_advisor_sees_every_place_that_whoever_reported_finds_however_many_companies_are_nearer(post, client, monkeypatch):
    monkeypatch.setattr(companies, "MOST", 3)  # companies that are shown at first
    report = ShortageReportFactory()
    here = report.area
    for metres in range(0, 5000, 1000):
        RecognitionFactory(company__x=here.x + metres, company__y=here.y, qualification=report.qualification)
    place = PlaceFactory(qualifications=[report.qualification], company__x=here.x + 20_000, company__y=here.y)
    asked = companies.nearby(report, companies.Sight(40, 3))
    assert look.places_within(report, 40).place.tolist() == [place.pk]
    assert asked.companies[0].company == place.company
    assert (len(asked.companies), asked.total) == (3, 6)
    RecognitionFactory(company__x=here.x, company__y=here.y)
    nobody_offers = companies.nearby(report, companies.Sight(20, 30))
    assert (nobody_offers.total, len(nobody_offers.companies)) == (5, 5), "those recognised for another course are not among them"
    assert [one.metres for one in companies.nearby(report, asked.more).companies] == [26_000, 0, 1300, 2600, 3900, 5200]
    login_as(client, post)
    page = client.get(reverse("shortages:desk_report", args=[report.public_id]), {"km": "40"}).content.decode()
    assert place.company.name in page
    drawn = client.get(reverse("shortages:desk_map", args=[report.public_id]), {"km": "40", "toon": "60"}).json()["markers"]
    assert (sum(one["count"] for one in drawn), len(drawn)) == (6, 2), "what would cover each other is one marker that says how many"


def test_what_was_chosen_stays_chosen_and_each_company_has_its_number_and_its_buttons(post, client):
    report = ShortageReportFactory()
    place = PlaceFactory(qualifications=[report.qualification], company__phone="+31241234567")
    login_as(client, post)
    address = reverse("shortages:desk_report", args=[report.public_id])
    page = client.get(address, {"km": "40", "bedrijf": place.company.public_id}).content.decode()
    assert 'href="tel:+31241234567">024 123 4567<' in page
    assert f'value="{place.company.public_id}" selected' in page
    assert f"{address}?km=40&amp;toon=30&amp;bedrijf={place.company.public_id}#vastleggen" in page
    answer = client.post(f"{reverse('shortages:desk_act', args=[report.public_id, 'voorstellen'])}?km=40", {"place": str(place.public_id)})
    assert answer.url == f"{address}?km=40&toon=30"


@pytest.mark.parametrize("days", [-700, 0, 20, 40_000])
def test_starts_later_is_a_day_to_come_after_the_one_asked_for(days, post, client):
    report = ShortageReportFactory()
    login_as(client, post)
    address = reverse("shortages:desk_act", args=[report.public_id, "later"])
    page = client.post(address, {"later_on": (timezone.localdate() + timedelta(days=days)).isoformat(), "text": "Na de zomer"})
    assert "Na de zomer" in page.content.decode()
    assert client.post(address, {"later_on": ""}).status_code == 200
    report.refresh_from_db()
    assert report.state == S.NEW
    assert not mails()


def test_words_for_a_report_that_moved_on_are_shown_again_and_can_be_kept(post, client):
    report = ShortageReportFactory(at=S.SOLVED)
    login_as(client, post)
    page = client.post(reverse("shortages:desk_act", args=[report.public_id, "sluiten"]), {"code": C.ALL_FULL, "text": "Twaalf gebeld"})
    assert "Er is niets veranderd" in page.content.decode()
    assert "Twaalf gebeld" in page.content.decode()
    client.post(reverse("shortages:desk_act", args=[report.public_id, "heropenen"]), {"text": "Twaalf gebeld"})
    report.refresh_from_db()
    assert (report.state, report.steps.get().text, report.steps.get().told) == (S.NEW, "Twaalf gebeld", False)


def test_two_tabs_are_one_report_with_one_mail():
    course = QualificationFactory()
    first, second = (submit(need=need(course)) for _tab in range(2))
    assert (first, len(mails("report_confirm"))) == (second, 1)
    ShortageReport.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert submit(need=need(course)) != first


def test_who_sent_several_that_were_joined_gets_one_mail_a_step(post):
    programme = ProgrammeFactory()
    sent = {"kind": ReporterKind.SCHOOL, "school": programme.school}
    for email in ("a@example.org", "a@example.org", "b@example.org", "b@example.org"):
        reports.confirm(report=submit(need=need(programme.qualification), reporter=who(email=email, **sent), once=uuid4(), story=story()))
    main = ShortageReport.objects.get(joined_to=None)
    report_desk.do(report=main, act=A.TAKE, doer=doer_in(Who.ADVISOR, post))
    assert sorted(mail.to for mail in mails("report_news")) == ["a@example.org", "b@example.org"]


def story():
    return reports.Story(("searched",), "full", f"Klas {uuid4()}")


def test_an_address_that_only_a_button_leads_to_is_a_page_with_a_way_back(post):
    browser = Client(headers={"accept": "text/html"})
    login_as(browser, post)
    answer = browser.get(reverse("shortages:desk_act", args=[ShortageReportFactory().public_id, "later"]))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Naar de startpagina" in answer.content.decode()
