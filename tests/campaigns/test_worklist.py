"""The scout's work list: programmes by shortage, companies with what they bring, what was tried and what follows."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from campaigns.calls.workflow import Outcome
from campaigns.models import Call, CallResult, CallRound, Prospect
from campaigns.scouting.tried import Do, Sort, Tried, next_step
from companies.models import Company, CompanyReach, Visit
from shortages.models import AdviceTask, TaskOutcome
from shortages.services import tasks
from tests.campaigns.making import lead, scout
from tests.factories import (
    PostFactory,
    QualificationFactory,
    RecognitionFactory,
    RegionFactory,
    RegionFigureFactory,
    actor_for,
    login_as,
)
from tests.shortages.acts import advice

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def called(company: Company, post: Any, outcome: str, **fields: Any) -> CallResult:
    """A call of a round that was written down."""
    round_ = CallRound.objects.create(name="Ronde", script="Goedemorgen", target=1, deadline=timezone.localdate())
    call = Call.objects.create(round=round_, company=company, position=1)
    return CallResult.objects.create(
        call=call, company=company, claim=uuid4(), post=post, by=post.user, outcome=outcome, since=timezone.now(), **fields
    )


def test_programmes_are_sorted_by_what_nothing_reaches_and_the_pathway_follows_from_the_group(client: Client) -> None:
    cook, baker = QualificationFactory(name="Kok"), QualificationFactory(name="Bakker")
    first = RegionFigureFactory(qualification=cook, group="mbo2bol", seeking=9, ready=6, stop_distance=2, stop_capacity=1, worth=0.4)
    shared = {"night": first.night, "region": first.region}
    RegionFigureFactory(**shared, qualification=cook, group="mbo2bbl", seeking=3, stop_period=1)
    RegionFigureFactory(**shared, qualification=baker, group="mbo3bol", seeking=4, ready=4, stop_recognition=4)
    RegionFigureFactory(
        night=first.night, region=RegionFactory(code="AM98", name="Verweg"), qualification=baker, group="mbo3bol", seeking=90, stop_distance=90
    )
    post = scout()
    post.regions.add(first.region)
    login_as(client, post)
    page = client.get(reverse("campaigns:worklist"))
    rows = [(row["course"], row["without"], row["seek"]) for row in page.context["page"]]
    assert rows == [("Bakker (BOL)", 4, 4), ("Kok (BOL)", 3, 9), ("Kok (BBL)", 1, 3)]
    assert [row["course"] for row in client.get(reverse("campaigns:worklist"), {"q": "kok"}).context["page"]] == ["Kok (BOL)", "Kok (BBL)"]
    assert len(client.get(reverse("campaigns:worklist"), {"regio": "AM98", "sector": "nergens", "q": "%00"}).context["page"]) == 0


def test_companies_worked_out_by_the_night_stand_apart_from_those_of_the_figures(client: Client) -> None:
    act = advice(students=2, tiers=[1, 2])
    other, lost = RecognitionFactory(qualification=act.qualification), RecognitionFactory(qualification=act.qualification, state="withdrawn")
    for company, worth in ((act.company, 2), (other.company, 0.5), (lost.company, 0.9)):
        Prospect.objects.create(company=company, qualification=act.qualification, region=act.region, worth=worth, unmet=7)
    RegionFigureFactory(night=act.night, region=act.region, qualification=act.qualification, group="mbo2bol", seeking=5)
    login_as(client, post := scout())
    page = client.get(reverse("campaigns:programme", args=[act.qualification_id, "BOL"]))
    assert [(one.company, one.act.students) for one in page.context["advised"]] == [(act.company, 2)]
    assert [(one.company, one.worth, one.unmet) for one in page.context["others"]] == [(other.company, 0.5, 7)]
    assert page.context["students"] == 2
    client.post(reverse("shortages:take_act", args=[act.public_id]))
    after = client.get(reverse("campaigns:programme", args=[act.qualification_id, "BOL"])).context["advised"][0]
    assert (after.next.do, after.act.task_of) == (Do.TASK, post.pk)
    login_as(client, scout())
    theirs = client.get(reverse("campaigns:programme", args=[act.qualification_id, "BOL"]), {"stap": "nu"})
    assert theirs.context["advised"] == []
    assert client.get(reverse("campaigns:programme", args=[act.qualification_id, "XXX"])).status_code == 404


def test_a_page_of_many_companies_asks_no_more_than_one_of_few(client: Client) -> None:
    qualification, post = QualificationFactory(), scout()
    for number in range(25):
        recognition = RecognitionFactory(qualification=qualification)
        Prospect.objects.create(company=recognition.company, qualification=qualification, region=recognition.company.municipality.region, worth=0.1)
        if number % 2:
            called(recognition.company, post, Outcome.NO)
    login_as(client, post)
    page = client.get(reverse("campaigns:programme", args=[qualification.pk, "BOL"]))  # the set-up counts: 12 queries, none repeated
    assert len(page.context["others"]) == 20


def test_everything_that_was_tried_stands_on_the_companys_page_newest_first(client: Client) -> None:
    act = advice()
    post = scout(user__name="Sam")
    task = tasks.take(advice=act, by=actor_for(post))
    tasks.end(task=task, outcome=TaskOutcome.LATER, note="", by=actor_for(post))
    then = timezone.now() - timedelta(days=3)
    Visit.objects.create(company=act.company, advisor=PostFactory().user, starts_at=then, held_at=then, places_offered=0)
    called(act.company, post, Outcome.NOBODY)
    called(act.company, post, Outcome.PLACES, undone_at=timezone.now())
    login_as(client, post)
    page = client.get(reverse("campaigns:company", args=[act.company.public_id]))
    assert [(one.sort, one.code) for one in page.context["tried"]] == [(Sort.CALL, "nobody"), (Sort.TASK, "later"), (Sort.VISIT, "held")]
    assert page.context["next"].do == Do.CALL
    CompanyReach.objects.create(company=act.company, no_calls_at=timezone.now())
    assert client.get(reverse("campaigns:company", args=[act.company.public_id])).context["next"].do == Do.VISIT


def test_a_company_elsewhere_does_not_exist(client: Client) -> None:
    act, post = advice(), scout()
    post.regions.add(RegionFactory(code="AM99", name="Elders"))
    login_as(client, post)
    assert client.get(reverse("campaigns:company", args=[act.company.public_id])).status_code == 404


def tried(sort: Sort, code: str = "", days: int = 0, post: int | None = 1, until: date | None = None) -> Tried:
    at = timezone.make_aware(timezone.datetime(2026, 11, 22, 9)) - timedelta(days=days)  # type: ignore[attr-defined]
    return Tried(sort, at, code, post, "Sam", until)


@pytest.mark.parametrize(
    ("done", "does"),
    [
        ([], Do.CALL),
        ([tried(Sort.TASK, post=7)], Do.TASK),
        ([tried(Sort.TASK, post=8, until=TODAY)], Do.WAIT),
        ([tried(Sort.VISIT, until=TODAY)], Do.WAIT),
        ([tried(Sort.VISIT, until=TODAY - timedelta(days=1))], Do.CALL),
        ([tried(Sort.CALL, "later", until=TODAY + timedelta(days=1))], Do.WAIT),
        ([tried(Sort.CALL, "later", until=TODAY)], Do.CALL),
        ([tried(Sort.CALL, "no", days=59)], Do.WAIT),
        ([tried(Sort.CALL, "no", days=61)], Do.CALL),
        ([tried(Sort.TASK, "no", days=1)], Do.WAIT),
        ([tried(Sort.CALL, "nobody"), tried(Sort.TASK, "unreached")], Do.VISIT),
        ([tried(Sort.CALL, "nobody"), tried(Sort.ANSWER, "yes"), tried(Sort.CALL, "no", days=99)], Do.CALL),
        ([tried(Sort.CALL, "places", days=3)], Do.LEAVE),
        ([tried(Sort.CALL, "places", days=30)], Do.CALL),
    ],
)
def test_what_to_do_next_follows_from_what_was_tried(done: list[Tried], does: Do) -> None:
    assert next_step(done, post=7, wants_no_calls=False, recognise=False, today=TODAY).do == does


def test_who_wants_no_calls_is_visited_and_who_lacks_a_recognition_is_asked_for_that() -> None:
    step = next_step([], post=7, wants_no_calls=True, recognise=True, today=TODAY)
    assert step.do == Do.VISIT
    assert next_step([], post=7, wants_no_calls=False, recognise=True, today=TODAY).do == Do.RECOGNISE
    waiting = next_step([tried(Sort.CALL, "no", days=1)], post=7, wants_no_calls=False, recognise=False, today=TODAY)
    assert waiting.day == date(2027, 1, 20)
    assert "20 januari" in waiting.text


def test_the_home_of_a_scout_names_the_next_company_and_one_click_makes_it_a_task(client: Client) -> None:
    act = advice(students=3, tiers=[1, 1, 2])
    Company.objects.filter(pk=act.company_id).update(phone="+31241234567")
    lead(post := scout())
    login_as(client, post)
    page = client.get("/").content.decode()
    assert act.company.name in page
    assert "tel:+31241234567" in page
    assert page.count(f'href="{reverse("shortages:act", args=[act.public_id])}"') == 1  # not once more among the tasks
    assert reverse("campaigns:leads") in page
    for _click in range(2):
        client.post(reverse("shortages:take_act", args=[act.public_id]))
    assert AdviceTask.objects.get().post == post


def test_without_figures_the_pages_say_when_there_are_some(client: Client) -> None:
    lead(post := scout())
    login_as(client, post)
    assert "nacht" in client.get(reverse("campaigns:worklist")).content.decode()
    assert client.get(reverse("campaigns:programme", args=[QualificationFactory().pk, "BOL"])).status_code == 200
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    assert client.get(reverse("campaigns:worklist")).status_code == 200
