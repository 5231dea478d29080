"""Results of scouts: when a place counts, for whom, once; who sees which."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from campaigns.calls.workflow import Outcome
from campaigns.models import LeadStep
from campaigns.scouting.results import Month, months, since, total
from campaigns.scouting.workflow import S
from placements.models import Place, Placement
from placements.workflow import S as P
from shortages.models import AdviceTask
from shortages.services import tasks
from tests.campaigns.making import lead, scout
from tests.campaigns.test_worklist import called
from tests.factories import PlaceFactory, PlacementFactory, PostcodeAreaFactory, PostFactory, RecognitionFactory, RegionFactory, actor_for, login_as
from tests.shortages.acts import advice

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def place(company: Any, *, days: float, **fields: Any) -> Place:
    """A place that a company offered so many days after (before, if negative) now."""
    made: Place = PlaceFactory(company=company, **fields)
    Place.objects.filter(pk=made.pk).update(created_at=timezone.now() + days * DAY)
    return made


def summed(post: Any) -> Month:
    return total(months(user=post.user_id))


def test_a_place_counts_for_the_last_who_was_at_work_there_and_once() -> None:
    first, second, company = scout(), scout(), RecognitionFactory().company
    called(company, first, Outcome.NO, at=timezone.now() - 20 * DAY)
    called(company, second, Outcome.CONFIRMED, at=timezone.now() - 10 * DAY)
    called(company, first, Outcome.NOBODY, at=timezone.now() - 8 * DAY)  # nobody was spoken to
    place(company, days=-15, capacity=2)
    found = place(company, days=-5, capacity=3)
    place(company, days=-30)  # before anybody called
    for at in (P.CONFIRMED, P.PROPOSED):
        PlacementFactory(place=found, state=at, confirmed_at=timezone.now())
    assert (summed(first).calls, summed(first).places, summed(first).slots, summed(first).placed) == (2, 1, 2, 0)
    assert (summed(second).calls, summed(second).places, summed(second).slots, summed(second).placed) == (1, 1, 3, 1)
    assert Placement.objects.count() == 2


def test_a_place_added_during_a_call_counts_for_that_caller_whatever_others_did() -> None:
    first, second, company = scout(), scout(), RecognitionFactory().company
    added = place(company, days=-1)
    called(company, second, Outcome.LATER, at=timezone.now() - 2 * DAY)
    called(company, first, Outcome.PLACES, at=timezone.now() - 1 * DAY).places.add(added)
    assert (summed(first).places, summed(second).places) == (1, 0)


@pytest.mark.parametrize(("days", "counts"), [(59, 1), (61, 0)])
def test_after_sixty_days_it_counts_for_nobody(days: int, counts: int) -> None:
    post, company = scout(), RecognitionFactory().company
    called(company, post, Outcome.LATER, at=timezone.now() - days * DAY)
    place(company, days=0)
    assert summed(post).places == counts


def test_calls_that_were_undone_and_opt_outs_count_for_no_place() -> None:
    post, company = scout(), RecognitionFactory().company
    called(company, post, Outcome.CONFIRMED, at=timezone.now() - DAY, undone_at=timezone.now())
    called(company, post, Outcome.OPTED_OUT, at=timezone.now() - DAY)
    place(company, days=0)
    assert (summed(post).calls, summed(post).places) == (1, 0)


def test_a_task_that_ended_well_or_worked_counts_from_when_it_was_taken_on() -> None:
    post = scout()
    done, worked, failed = [tasks.take(advice=advice(), by=actor_for(post)) for _n in range(3)]
    AdviceTask.objects.update(taken_at=timezone.now() - 9 * DAY)
    AdviceTask.objects.filter(pk=done.pk).update(outcome="done", ended_at=timezone.now())
    AdviceTask.objects.filter(pk=worked.pk).update(worked=True)
    AdviceTask.objects.filter(pk=failed.pk).update(outcome="no", ended_at=timezone.now())
    for task in (done, worked, failed):
        place(task.company, days=-4)
    assert (summed(post).tasks, summed(post).places) == (2, 2)


def test_a_lead_that_was_recognised_brings_its_first_places() -> None:
    post, company = scout(), RecognitionFactory().company
    made = lead(post, state=S.RECOGNISED, company=company)
    LeadStep.objects.create(lead=made, to_state=S.NEW, hat="x", at=timezone.now() - 50 * DAY)
    LeadStep.objects.create(lead=made, from_state=S.REGISTERED, to_state=S.RECOGNISED, hat="x", at=timezone.now() - 5 * DAY)
    place(company, days=-2, capacity=4)
    assert (summed(post).leads, summed(post).recognised, summed(post).places, summed(post).slots) == (1, 1, 1, 4)


def test_a_scout_sees_the_own_months_and_advisors_their_regions_never_by_scout(client: Client) -> None:
    post, other, company = (
        scout(user__name="Sam Scout"),
        scout(),
        RecognitionFactory(company__municipality=PostcodeAreaFactory().municipality).company,
    )
    called(company, post, Outcome.NO)
    login_as(client, other)
    mine = client.get(reverse("campaigns:results"))
    assert len(mine.context["rows"]) == 1  # this month, with nothing in it yet
    assert sum(value for row in mine.context["rows"] for _head, value in row["counts"]) == 0
    advisor, far = PostFactory(kind=HatKind.ADVISOR_PRACTICE), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    far.regions.add(RegionFactory(code="AM99", name="Elders"))
    login_as(client, advisor)
    theirs = client.get(reverse("campaigns:results"))
    assert [row["counts"][0][1] for row in theirs.context["rows"]] == [1]
    assert "Sam Scout" not in theirs.content.decode()
    login_as(client, far)
    assert client.get(reverse("campaigns:results")).context["rows"] == []


def test_the_file_has_the_same_rows_and_no_formula(client: Client) -> None:
    region = RegionFactory(code="AM97", name='=HYPERLINK("x")')
    company = RecognitionFactory(company__municipality__region=region).company
    called(company, scout(), Outcome.NO)
    login_as(client, PostFactory(kind=HatKind.ADMINISTRATOR))
    text = client.get(reverse("campaigns:results_csv")).content.decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "'=HYPERLINK" in text


def test_twelve_months_are_shown_whatever_the_month() -> None:
    for today, first in (("2026-11-22", "2025-12-01"), ("2026-12-31", "2026-01-01"), ("2026-01-01", "2025-02-01")):
        assert since(timezone.datetime.fromisoformat(today).date()).isoformat() == first  # type: ignore[attr-defined]
