"""Tasks that advisors and scouts make of the night's advice: one at a time, theirs alone, undone within a day, and looked at by the next night."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from accounts.models import Post
from companies.models import Company
from shortages.advice import home
from shortages.models import ActKind, Advice, AdviceTask, TaskOutcome
from shortages.reports.workflow import ReportCode, Who
from shortages.services import report_desk, tasks
from tests.factories import ContactFactory, PlaceFactory, PostFactory, RecognitionFactory, RegionFactory, ShortageReportFactory, actor_for, login_as
from tests.shortages.acts import advice
from tests.shortages.test_reports import doer_in


def scout(**fields: Any) -> Post:
    return PostFactory(kind=HatKind.SCOUT, **fields)


@pytest.mark.django_db
class TestOne:
    """One person with a task."""

    def test_taking_an_act_twice_makes_one_task(self) -> None:
        act, by = advice(), actor_for(scout())
        first = tasks.take(advice=act, by=by)
        assert tasks.take(advice=act, by=by) == first
        assert first.due_on == timezone.localdate() + timedelta(days=14)

    def test_somebody_else_reads_who_has_it(self, client: Client) -> None:
        act, owner = advice(), scout()
        task = tasks.take(advice=act, by=actor_for(owner))
        with pytest.raises(tasks.TaskTaken):
            tasks.take(advice=act, by=actor_for(scout()))
        login_as(client, scout())
        answer = client.post(reverse("shortages:take_act", args=[act.public_id]), follow=True)
        assert owner.user.name in answer.content.decode()
        assert AdviceTask.objects.get() == task

    def test_a_task_ends_with_a_note_and_opens_again_within_a_day(self) -> None:
        by = actor_for(scout())
        task = tasks.take(advice=advice(), by=by)
        tasks.end(task=task, outcome=TaskOutcome.LATER, note="In maart weer bellen", by=by)
        tasks.end(task=task, outcome=TaskOutcome.NO, note="", by=by)
        task.refresh_from_db()
        assert (task.outcome, task.note) == ("later", "In maart weer bellen")
        assert tasks.undo(task=task, by=by).outcome == ""
        tasks.end(task=task, outcome=TaskOutcome.NO, note="", by=by)
        AdviceTask.objects.update(ended_at=timezone.now() - timedelta(days=1, minutes=1))
        with pytest.raises(tasks.TooLate):
            tasks.undo(task=task, by=by)

    def test_what_was_taken_on_again_is_not_opened_twice(self) -> None:
        act, by, other = advice(), actor_for(scout()), actor_for(scout())
        task = tasks.take(advice=act, by=by)
        tasks.end(task=task, outcome=TaskOutcome.LATER, note="", by=by)
        tasks.take(advice=act, by=other)
        with pytest.raises(tasks.TaskTaken):
            tasks.undo(task=task, by=by)

    def test_only_the_task_of_a_colleague_who_left_is_taken_over(self) -> None:
        owner, by = scout(), actor_for(scout())
        task = tasks.take(advice=advice(), by=actor_for(owner))
        with pytest.raises(tasks.TaskTaken):
            tasks.take_over(task=task, by=by)
        with pytest.raises(PermissionDenied):
            tasks.end(task=task, outcome=TaskOutcome.DONE, note="", by=by)
        Post.objects.filter(pk=owner.pk).update(ended_at=timezone.now())
        assert tasks.take_over(task=task, by=by).post_id == by.object_id

    def test_a_task_let_go_of_can_be_taken_by_another(self) -> None:
        act, by = advice(), actor_for(scout())
        tasks.give_back(task=tasks.take(advice=act, by=by), by=by)
        assert tasks.take(advice=act, by=actor_for(scout())).pk

    def test_a_task_that_was_given_back_meanwhile_is_said_to_be_gone(self, client: Client) -> None:
        post = scout()
        task = tasks.take(advice=advice(), by=actor_for(post))
        tasks.give_back(task=AdviceTask.objects.get(), by=actor_for(post))
        for act in (tasks.give_back, tasks.undo, tasks.take_over):
            with pytest.raises(tasks.Gone):
                act(task=task, by=actor_for(post))
        login_as(client, post)
        for name in ("give_back_task", "undo_task", "take_over_task", "task"):
            answer = client.post(reverse(f"shortages:{name}", args=[task.public_id]), {"outcome": "done"}, follow=True)
            assert "teruggegeven" in answer.content.decode()

    def test_the_home_puts_late_tasks_first_and_then_the_best_acts(self) -> None:
        by = actor_for(scout())
        AdviceTask.objects.filter(pk=tasks.take(advice=advice(), by=by).pk).update(due_on=timezone.localdate() - timedelta(days=1))
        best = advice(students=3, tiers=[1, 2, 2])
        advice()
        found = sorted(home.tasks(by), key=lambda task: task.urgency)
        assert [task.url for task in found[:2]] == [f"{reverse('shortages:tasks')}?toon=telaat", reverse("shortages:act", args=[best.public_id])]
        assert len(found) == 3

    def test_the_pages_show_whom_to_call_and_take_the_outcome(self, client: Client) -> None:
        act = advice()
        ContactFactory(company=act.company, user__name="Anna de Wit", user__phone="024 123 45 67")
        login_as(client, scout())
        assert act.company.name in client.get(reverse("shortages:acts"), {"regio": act.region_id}).content.decode()
        page = client.get(reverse("shortages:act", args=[act.public_id])).content.decode()
        assert "tel:0241234567" in page
        answer = client.post(reverse("shortages:take_act", args=[act.public_id]))
        assert "Anna de Wit" in client.get(answer["Location"]).content.decode()
        wrong = client.post(answer["Location"], {"outcome": "wrong", "note": ""})
        assert wrong.context["form"].errors["note"]
        client.post(answer["Location"], {"outcome": "done", "note": "Plaats komt in maart"})
        assert AdviceTask.objects.get().outcome == "done"
        for shown in ("mijn", "alle", "telaat"):
            assert client.get(reverse("shortages:tasks"), {"toon": shown}).status_code == 200

    def test_a_task_says_what_was_tried_there_before(self, client: Client) -> None:
        act, earlier = advice(), actor_for(scout(user__name="Sam Eerder"))
        Company.objects.filter(pk=act.company_id).update(phone="+31241234567")
        tasks.end(task=tasks.take(advice=act, by=earlier), outcome=TaskOutcome.UNREACHED, note="Belt niet terug", by=earlier)
        report = ShortageReportFactory(qualification=act.qualification)
        desk = doer_in(Who.ADVISOR, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
        report_desk.log(report=report, doer=desk, code=ReportCode.CALLED_COMPANY, text="Over Jan", company=act.company)
        login_as(client, scout())
        page = client.get(reverse("shortages:act", args=[act.public_id])).content.decode()
        page += client.get(client.post(reverse("shortages:take_act", args=[act.public_id]))["Location"]).content.decode()
        for words in ("Sam Eerder", "niemand bereikt", "Belt niet terug", "een bedrijf gebeld", 'href="tel:+31241234567">024 123 4567<'):
            assert page.count(words) >= 2, words
        assert "Over Jan" not in page, "words about a report stay with the report"

    def test_what_is_another_region_s_does_not_exist(self, client: Client) -> None:
        act = advice()
        post = scout()
        post.regions.add(RegionFactory(code="AM34", name="Zuid-Limburg"))
        login_as(client, post)
        for name in ("shortages:act", "shortages:take_act"):
            address = reverse(name, args=[act.public_id])
            assert (client.post if "take" in name else client.get)(address).status_code == 404


@pytest.mark.django_db
class TestWorked:
    """The next night looks."""

    @pytest.mark.parametrize("kind", list(ActKind))
    def test_the_next_night_says_whether_it_worked(self, kind: str) -> None:
        act = advice(kind=ActKind.OPEN)
        qualification = act.qualification
        if kind in (ActKind.CONFIRM, ActKind.DAY):
            place = PlaceFactory(company=act.company, qualifications=[qualification], days=["mo"], confirmed_at=timezone.now() - timedelta(days=300))
            Advice.objects.filter(pk=act.pk).update(kind=kind, place=place, day="tu" if kind == ActKind.DAY else "")
        elif kind == ActKind.RECOGNISE:
            act.company.recognitions.all().delete()
            Advice.objects.filter(pk=act.pk).update(kind=kind)
        act.refresh_from_db()
        by = actor_for(scout())
        task = tasks.take(advice=act, by=by)
        tasks.end(task=task, outcome=TaskOutcome.DONE, note="", by=by)
        assert tasks.look_whether_it_worked(night=act.night) == 0
        task.refresh_from_db()
        assert task.worked is False
        if kind == ActKind.OPEN:
            PlaceFactory(company=act.company, qualifications=[qualification])
        elif kind == ActKind.RECOGNISE:
            RecognitionFactory(company=act.company, qualification=qualification)
        else:
            act.place.days, act.place.confirmed_at = ["mo", "tu"], timezone.now()
            act.place.save()
        assert tasks.look_whether_it_worked(night=act.night) == 1
        task.refresh_from_db()
        assert (task.worked, task.worked_on) == (True, act.night.date)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Do these at the same time, each on a connection of its own; what they return or raise."""

    def one(call: Callable[[], object]) -> object:
        try:
            return call()
        except tasks.TaskTaken as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_gets_the_task() -> None:
    act, first, second = advice(), actor_for(scout()), actor_for(scout())
    found = at_once(*[lambda by=by: tasks.take(advice=act, by=by) for by in (first, second, first, second)])
    task = AdviceTask.objects.get()
    assert sorted(type(one).__name__ for one in found) == ["AdviceTask", "AdviceTask", "TaskTaken", "TaskTaken"]
    assert {one.pk for one in found if isinstance(one, AdviceTask)} == {task.pk}
