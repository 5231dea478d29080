"""A report is its sender's: corrected by them, ended by them, and what two do at once is done once each."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.hats import HatKind
from shortages.reports import links
from shortages.reports.doing import BY_LINK
from shortages.reports.workflow import A, C, S, Who
from shortages.services import report_desk, reports
from tests.factories import (
    CompanyFactory,
    PlaceFactory,
    PostFactory,
    ProgrammeFactory,
    QualificationFactory,
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
