"""Class by class for who has the class; published groups as totals, in which nobody can be found."""

import pytest
from django.urls import reverse

from matching import outcomes
from matching.services import decisions
from tests.factories import CoordinatorFactory, ProgrammeFactory, RequestFactory, login_as
from tests.matching.making import World, at, far_company, finished_round, text

pytestmark = pytest.mark.django_db


class TestClassByClass:
    def test_says_who_has_a_place_where_points_are_lost_and_why_some_have_none(self, client):
        world = World(students=3, capacities=(2,), student__group="1A")
        world.request(student__group="1B", max_minutes=5)
        world.place(company=far_company(6_000))
        run = world.run()
        login_as(client, world.coordinator)
        page = client.get(at("class_summary", run))
        assert [(group.inside, group.row["students"]) for group in page.context["groups"]] == [(False, 4), (True, 3), (True, 1)]
        assert "4" in page.context["summary"]["said"][0]
        assert sum(row["binding"] for row in page.context["summary"]["criteria"]) == 1
        one = client.get(at("class_summary", run), {"klas": page.context["groups"][1].key})
        assert one.context["chosen"].label == "klas 1A"
        assert sum(row["n"] for row in one.context["summary"]["reasons"]) == 3 - one.context["summary"]["placed"]
        assert client.get(at("class_summary", run), {"klas": "nonsense"}).context["chosen"].key == page.context["chosen"].key

    def test_knows_own_students_only(self, client):
        world = World(students=2, capacities=(2,))
        other = ProgrammeFactory(school=world.programme.school, qualification=world.qualification, pathway="BBL")
        world.round.programmes.add(other)
        RequestFactory(ready=True, student__programme=other, period=world.period)
        run = world.run()
        login_as(client, CoordinatorFactory(school=other.school, programmes=[other]))
        assert client.get(at("class_summary", run)).context["groups"][0].row["students"] == 1
        login_as(client, CoordinatorFactory(programmes=[ProgrammeFactory()]))
        assert client.get(at("class_summary", run)).status_code == 404


class TestByGroup:
    def test_counts_of_one_to_four_are_hidden_and_what_would_give_them_away(self):
        world = World(students=12, capacities=(6,))
        world.request(needs=["quiet"])
        run = world.run()
        rows = {(row["column"], row["group"]): row for row in run.figures["outcomes"]}
        assert rows["adjustments", "yes"]["hidden"]
        assert rows["adjustments", "no"]["hidden"]  # else the total would tell
        assert rows["level", str(world.qualification.level)]["n"] == 13
        assert {row["column"] for row in run.figures["outcomes"]} == set(outcomes.Column)

    def test_larger_groups_are_shown_with_an_interval_and_nobody_is_named(self, client):
        world = World(students=10, capacities=(5,))
        for _ in range(10):
            world.request(needs=["quiet"], tier=0)
        world.place(5, offers=["quiet"])
        run = world.run()
        login_as(client, world.coordinator)
        page = client.get(at("outcomes", run))
        table = next(table for table in page.context["tables"] if table["label"] == outcomes.Column.ADJUSTMENTS.label)
        assert [row["n"] for row in table["rows"]] == [10, 10]
        assert all(row["share"]["low"] < row["share"]["estimate"] < row["share"]["high"] for row in table["rows"])
        assert not any(request.student.last_name in text(page) for request in world.requests)

    def test_everybody_reads_those_of_a_finished_round_and_of_no_other(self, client):
        world = World(students=1, capacities=(1,))
        decisions.take_over(run=world.run(), actor=world.actor)
        assert client.get(at("published_outcomes", world.round)).status_code == 404
        done = finished_round()
        page = client.get(at("published_outcomes", done))
        assert page.status_code == 200
        assert done.name not in text(page)
        assert done.school.name not in text(page)
        assert at("published_outcomes", done) in text(client.get(reverse("matching:how")))
