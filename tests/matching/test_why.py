"""Why not that place, why none, and what would change it: answered by solving again, in numbers, nobody named."""

import pytest
from django.utils import timezone

from matching.models import Policy, Proposal, Round
from matching.services import decisions, rounds
from tests.factories import CoordinatorFactory, ProgrammeFactory, login_as
from tests.matching.making import World, at, far_company

pytestmark = pytest.mark.django_db


def said(response):
    return " ".join(response.context["said"])


@pytest.fixture
def world():
    """Three students share two slots; each place has a company of its own."""
    return World(students=3, capacities=(1, 1))


def unplaced_of(run):
    return run.proposals.get(place=None)


class TestTheCoordinator:
    def test_reads_how_many_share_how_few_slots(self, client, world):
        run = world.run()
        login_as(client, world.coordinator)
        response = client.get(at("why_nothing", unplaced_of(run)))
        assert "3 studenten" in said(response)
        assert "2 studenten werken" in said(response)

    def test_reads_whom_another_place_would_have_cost_theirs_and_nobodys_name(self, client, world):
        run = world.run()
        row = unplaced_of(run)
        login_as(client, world.coordinator)
        response = client.get(at("why_not", row, world.places[0]), headers={"HX-Request": "true"})
        assert "1 andere student raakt dan de stageplek kwijt" in said(response)
        assert "<html" not in response.content.decode()
        others = [request.student for request in world.requests if request.pk != row.request_id]
        assert not any(student.full_name in response.content.decode() for student in others)

    def test_reads_how_much_further_would_have_given_a_place(self, client):
        world = World(students=1, capacities=(), max_minutes=30, travel_mode="bike")
        world.place(company=far_company(8_000))
        run = world.run()
        row = unplaced_of(run)
        login_as(client, world.coordinator)
        assert "km verder wilt reizen" in said(client.get(at("what_helps", row)))
        assert "niet binnen jouw grens" in said(client.get(at("why_nothing", row)))

    def test_reads_that_only_an_extra_place_helps(self, client, world):
        run = world.run()
        login_as(client, world.coordinator)
        assert "extra plek nodig" in said(client.get(at("what_helps", unplaced_of(run))))

    def test_finds_the_questions_in_the_panel(self, client, world):
        run = world.run()
        row = unplaced_of(run)
        login_as(client, world.coordinator)
        panel = client.get(at("proposal", row), headers={"HX-Request": "true"}).content.decode()
        for address in (at("why_nothing", row), at("what_helps", row), at("why_not", row, world.places[0])):
            assert address in panel

    def test_of_another_school_or_about_a_place_the_run_did_not_know_finds_nothing(self, client, world):
        run = world.run()
        row, later = unplaced_of(run), world.place()
        login_as(client, world.coordinator)
        assert client.get(at("why_not", row, later)).status_code == 404
        login_as(client, CoordinatorFactory(programmes=[ProgrammeFactory()]))
        for address in (at("why_nothing", row), at("what_helps", row), at("why_not", row, world.places[0])):
            assert client.get(address).status_code == 404

    def test_hears_no_word_of_turns_where_places_choose_too(self, client, world):
        Round.objects.filter(pk=world.round.pk).update(policy=Policy.STABLE)
        world.round.refresh_from_db()
        row = unplaced_of(world.run())
        login_as(client, world.coordinator)
        assert "beurt" not in said(client.get(at("why_nothing", row)))


class TestTheStudent:
    def finished(self, world):
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        return run

    def test_reads_why_once_the_round_is_finished_and_what_would_have_helped(self, client, world):
        run = self.finished(world)
        student = unplaced_of(run).request.student
        login_as(client, student)
        assert at("unplaced") not in client.get("/").content.decode()
        assert client.get(at("unplaced")).context["row"] is None
        Round.objects.filter(pk=world.round.pk).update(state="published", published_at=timezone.now())
        assert at("unplaced") in client.get("/").content.decode()
        page = client.get(at("unplaced"))
        assert "3 studenten" in said(page)
        assert page.context["helps"] is None
        assert "extra plek nodig" in " ".join(client.get(at("unplaced"), {"helpt": 1}).context["helps"])

    def test_with_a_place_reads_nothing_of_it(self, client, world):
        run = self.finished(world)
        decisions.approve_many(proposals=Proposal.objects.filter(run=run).values_list("pk", flat=True), actor=world.actor)
        rounds.publish_round(round_=world.round, actor=world.actor)
        student = run.proposals.filter(place__isnull=False)[0].request.student
        login_as(client, student)
        assert at("unplaced") not in client.get("/").content.decode()
        assert client.get(at("unplaced")).context["row"] is None
