"""The demo's shortages: invented weeks hold together, and its people report, work, take on acts and read along."""

import numpy as np
import pytest

from accounts.hats import HatKind
from accounts.models import User
from shortages import demo, demo_desk
from shortages.models import COUNTS, DigestSubscription, ReporterKind, ShortageReport, Stop
from shortages.reports.workflow import S
from stagematch.models import OutboxMail
from tests.factories import CoordinatorFactory, GuardianFactory, PeriodFactory, PlaceFactory, PostcodeAreaFactory, PostFactory, RequestFactory


@pytest.mark.parametrize("week", [1, demo.WEEKS])
def test_parts_of_an_invented_week_stay_within_their_wholes(week: int) -> None:
    draw = np.random.default_rng(7)
    table = draw.integers(0, 30, (200, len(COUNTS)))
    at = {name: COUNTS.index(name) for name in COUNTS}
    stops = [at[f"stop_{stop.value}"] for stop in Stop]
    table[:, stops] //= 8
    table[:, at["ready"]] = np.maximum(table[:, at["ready"]], table[:, stops].sum(axis=1))
    table[:, at["seeking"]] = np.maximum(table[:, at["seeking"]], table[:, at["ready"]])
    found = demo.earlier(table, week, draw)
    assert (found >= 0).all()
    assert (found[:, stops].sum(axis=1) <= found[:, at["ready"]]).all()
    assert (found[:, at["ready"]] <= found[:, at["seeking"]]).all()
    for ending in ("", "_once"):
        assert (found[:, at["unused" + ending]] <= found[:, at["offered" + ending]]).all()
    assert np.array_equal(found, found.astype(np.int64))


@pytest.mark.django_db
def test_people_of_the_demo_report_and_an_advisor_works_on_it_without_a_mail() -> None:
    PostcodeAreaFactory(pc4=6525)
    PeriodFactory()
    for kind in (HatKind.ADMINISTRATOR, HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS):
        PostFactory(kind=kind)
    for request in (RequestFactory(), RequestFactory(), RequestFactory(student=GuardianFactory().student)):
        PlaceFactory(qualifications=[request.student.programme.qualification])
        CoordinatorFactory(school=request.student.school, programmes=[request.student.programme])
    User.objects.update(is_demo=True)
    demo_desk.report_some()
    demo_desk.read_along()
    kinds = set(ShortageReport.objects.values_list("kind", flat=True))
    assert kinds == set(ReporterKind.values)
    assert {S.NEW, S.IN_HAND, S.PROPOSED} <= {S(state) for state in ShortageReport.objects.values_list("state", flat=True)}
    assert DigestSubscription.objects.exclude(confirmed_at=None).count() == 1
    assert not OutboxMail.objects.exists(), "invented mail would only fill the outbox"
