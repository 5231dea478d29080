"""Reports at the same moment, on real connections: one result, and a clear message for the others."""

from uuid import uuid4

import pytest

from accounts.hats import HatKind
from shortages.models import Cause, ShortageReport
from shortages.reports.errors import ReportMoved
from shortages.reports.workflow import A, C, S
from shortages.services import report_desk, reports
from stagematch.models import OutboxMail
from tests.factories import PostcodeAreaFactory, PostFactory, QualificationFactory, ShortageReportFactory
from tests.placements.test_races import at_once
from tests.shortages.test_reports import doer_in, need, submit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.queries(most=10_000, repeats=10_000)]


@pytest.fixture(autouse=True)
def _nijmegen():
    PostcodeAreaFactory()


def test_two_advisors_who_close_a_report_at_once_are_one_close_and_one_clear_answer():
    report = ShortageReportFactory()
    doers = [doer_in("advisor", PostFactory(kind=HatKind.ADVISOR_PRACTICE)) for _ in range(2)]
    results = at_once(
        [
            lambda: report_desk.do(report=report, act=A.SOLVE, doer=doers[0]),
            lambda: report_desk.do(report=report, act=A.GIVE_UP, doer=doers[1], code=C.ALL_FULL),
        ]
    )
    assert sorted(type(result) for result in results if not isinstance(result, ShortageReport)) == [ReportMoved]
    report.refresh_from_db()
    assert report.state in (S.SOLVED, S.NOT_SOLVED)
    assert (report.steps.count(), OutboxMail.objects.count()) == (1, 1)


def test_ten_clicks_are_one_report_and_ten_confirmations_at_once_of_one_need_are_one_with_nine_joined():
    once = uuid4()
    course = QualificationFactory()
    results = at_once([lambda key=key: submit(once=key, need=need(course)) for key in (once, once, once, uuid4(), uuid4())])  # two more tabs
    assert {result.pk for result in results} == {ShortageReport.objects.get().pk}
    waiting = [*results[:1], *(submit(need=need(course), story=reports.Story(("searched",), Cause.FULL, f"Kind {n}")) for n in range(5))]
    at_once([lambda one=one: reports.confirm(report=one) for one in waiting])
    assert sorted(ShortageReport.objects.values_list("state", flat=True)) == [S.JOINED] * 5 + [S.NEW]
