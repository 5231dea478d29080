"""What if: other weights, limits and slots tried on a finished run; nothing of it is stored but the trial itself."""

from urllib.parse import urlencode

import pytest

from matching import tasks
from matching.models import Proposal, Run
from matching.services import what_if
from matching.services.what_if import Change
from stagematch import jobs
from stagematch.models import Job, JobState
from tests.factories import CoordinatorFactory, ProgrammeFactory, RequestFactory, login_as
from tests.matching.making import World, at, far_company, text

assert tasks.match  # a worker knows the handlers
WEIGHTS = {"distance": 300, "goals": 300, "kind": 150, "support": 100, "days": 100, "allowance": 50, "kind_second": 75, "support_step": 40}


def tried(client, run, **change):
    """Send the form, let a worker do it, and open where the form led."""
    answer = client.post(at("what_if", run), WEIGHTS | change)
    assert answer.status_code == 302, text(answer)
    jobs.run(Job.objects.get(kind=what_if.KIND, state=JobState.QUEUED).pk)
    return answer.url, client.get(answer.url)


@pytest.mark.django_db(transaction=True)
class TestTrying:
    def test_one_slot_more_places_one_more_and_names_the_own_student(self, client):
        world = World(students=3, capacities=(1, 1))
        run = world.run()
        waiting = run.proposals.get(place=None).request.student
        login_as(client, world.coordinator)
        place = world.places[0]
        url, page = tried(client, run, place1=place.public_id, slots1=2)
        assert "distance" not in url
        assert f"place1={place.public_id}" in url
        assert [column["placed"] for column in page.context["columns"]] == [2, 3]
        assert page.context["job"].result["placed"] == 1
        assert waiting.full_name in text(page)
        assert Run.objects.count() == 1
        assert Proposal.objects.filter(place=None).count() == 1
        world.places[0].refresh_from_db()
        assert world.places[0].capacity == 1

    def test_a_shared_link_shows_a_colleague_the_counts_and_only_their_own_students(self, client):
        world = World(students=2, capacities=(1,))
        other = ProgrammeFactory(school=world.programme.school, qualification=world.qualification, pathway="BBL")
        world.round.programmes.add(other)
        theirs = RequestFactory(ready=True, student__programme=other, period=world.period, tier=0)
        run = world.run()
        colleague = CoordinatorFactory(school=other.school, programmes=[other])
        login_as(client, world.coordinator)
        url, page = tried(client, run, place1=world.places[0].public_id, slots1=2)
        assert "place1" in url
        login_as(client, colleague)
        seen = client.get(url)
        assert seen.context["columns"][1]["placed"] == page.context["columns"][1]["placed"]
        names = [request.student.full_name for request in world.requests]
        assert not any(name in text(seen) for name in names)
        assert seen.context["others"] + len(seen.context["moved"]) == len(seen.context["job"].result["rows"])
        assert theirs.student.full_name not in text(page)

    def test_further_by_road_reaches_the_place_and_a_limit_too_short_is_no_different(self, client):
        world = World(students=1, capacities=(), max_minutes=30, travel_mode="bike")
        world.place(company=far_company(8_000))
        run = world.run()
        login_as(client, world.coordinator)
        assert tried(client, run, road_km=1)[1].context["same"]
        assert "Dit verandert niets" in text(tried(client, run, percent=101)[1])
        assert tried(client, run, road_km=5)[1].context["columns"][1]["placed"] == 1

    def test_other_weights_give_other_points(self, client):
        world = World(students=2, capacities=(2,))
        run = world.run()
        login_as(client, world.coordinator)
        _url, page = tried(client, run, distance=200, goals=400)
        assert [column["points"][0][2] for column in page.context["columns"]] == [300, 200]

    def test_the_same_change_is_computed_once_and_a_trial_can_be_stopped(self, client):
        world = World(students=2, capacities=(1,))
        run = world.run()
        login_as(client, world.coordinator)
        url = client.post(at("what_if", run), WEIGHTS | {"percent": 120}).url
        assert 'id="job-progress"' in text(client.get(url))
        assert text(client.get(url, headers={"HX-Request": "true"})).lstrip().startswith("<div")
        client.post(at("what_if_cancel", run) + "?" + url.partition("?")[2])
        assert Job.objects.get(kind=what_if.KIND).state == JobState.CANCELLED
        tried(client, run, percent=120)
        first = what_if.latest(run, Change(percent=120))
        assert what_if.start_what_if(run=run, change=Change(percent=120), actor=world.actor) == first


@pytest.mark.django_db
class TestTheForm:
    @pytest.fixture
    def run(self, client):
        world = World(students=1, capacities=(1,))
        login_as(client, world.coordinator)
        self.world = world
        return world.run()

    def wrong(self, client, run, **change):
        page = client.post(at("what_if", run), WEIGHTS | change)
        assert page.status_code == 200
        assert not Job.objects.filter(kind=what_if.KIND).exists()
        return page

    def test_weights_that_do_not_add_up_are_named_with_what_is_missing_and_kept(self, client, run):
        page = self.wrong(client, run, goals=400)
        assert list(page.context["form"].errors) == ["goals"]
        assert "1100" in page.context["form"].errors["goals"][0]
        assert 'value="400"' in text(page)
        assert ">1100</output>" in text(page)

    def test_numbers_that_are_none_are_errors_beside_their_fields(self, client, run):
        for change in ({"goals": "--5"}, {"goals": "5" * 5000}, {"kind": 1, "kind_second": 999}):
            assert self.wrong(client, run, **change).context["form"].errors
            assert client.get(at("what_if", run), change).status_code == 200
            assert client.post(at("what_if_cancel", run) + "?" + urlencode(change)).status_code == 302

    def test_no_change_is_said(self, client, run):
        assert self.wrong(client, run).context["form"].non_field_errors()

    def test_two_limits_a_place_without_slots_and_the_same_place_twice_are_named(self, client, run):
        place = str(self.world.places[0].public_id)
        form = self.wrong(client, run, percent=120, road_km=3, place1=place, place2=place, slots2=2).context["form"]
        assert set(form.errors) == {"road_km", "slots1", "place2"}
        form = self.wrong(client, run, slots1=3, place2="nonsense", slots2="x", kind=100, goals=350, kind_second=120).context["form"]
        assert set(form.errors) == {"place1", "place2", "slots2", "kind_second"}

    def test_an_address_fills_the_form_and_computes_nothing(self, client, run):
        page = client.get(at("what_if", run), {"distance": "200", "goals": "400"})
        assert page.context["form"]["distance"].value() == "200"
        assert page.context["form"]["days"].value() == 100
        assert not Job.objects.filter(kind=what_if.KIND).exists()
        assert client.get(at("what_if", run), {"distance": "\0"}).status_code == 200
