"""The coordinator's pages: found only by who may, right words, few queries, no script needed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from matching import explanations
from matching.models import Proposal, Round, Run
from matching.services import decisions, rounds
from placements.models import Placement, Refusal, Requirement
from placements.services import transitions
from placements.workflow import PlacementState, ReasonCode, S
from schools.models import School
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    PlacementFactory,
    ProgrammeFactory,
    SchoolAdminFactory,
    SupervisorFactory,
    actor_for,
    login_as,
)
from tests.matching.making import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World(students=4, capacities=(1, 2))


@pytest.fixture
def taken(world):
    """A run that was taken over."""
    run = world.run()
    decisions.take_over(run=run, actor=world.actor)
    return run


def at(name, thing=None):
    return reverse(f"matching:{name}", args=[thing.public_id] if thing is not None else [])


def text(response):
    return response.content.decode()


class TestRounds:
    def test_an_empty_list_says_what_to_do(self, client):
        login_as(client, CoordinatorFactory())
        assert at("round_new") in text(client.get(at("rounds")))

    def test_a_coordinator_opens_a_round_from_the_page(self, client, world):
        login_as(client, world.coordinator)
        assert client.get(at("round_new")).status_code == 200
        data = {
            "name": "Zomer", "programmes": [world.programme.pk], "period": world.period.pk, "policy": "generous",
            "deadline": timezone.localdate().strftime("%d-%m-%Y"),
        }  # fmt: skip
        response = client.post(at("round_new"), data)
        assert response.url == at("round", Round.objects.get(name="Zomer"))

    def test_a_deadline_in_the_past_is_mended_near_the_field(self, client, world):
        login_as(client, world.coordinator)
        data = {"name": "Zomer", "programmes": [world.programme.pk], "period": world.period.pk, "deadline": "2020-01-01", "policy": "most"}
        response = client.post(at("round_new"), data)
        assert response.context["form"].errors.keys() == {"deadline"}
        assert "Zomer" in text(response)

    def test_a_coordinator_without_programmes_reads_whom_to_ask(self, client):
        login_as(client, CoordinatorFactory())
        response = client.get(at("round_new"))
        assert 'name="deadline"' not in text(response)
        assert "sm-empty" in text(response)

    def test_a_round_says_who_is_not_ready_and_what_is_missing(self, client, world):
        late = world.request(ready_at=None, steps_done=["goals", "travel"])
        login_as(client, world.coordinator)
        response = client.get(at("round", world.round))
        assert late.student.full_name in text(response)
        assert {value: n for value, _label, n in response.context["standings"]} == {
            "ready": 4, "not_ready": 1, "no_request": 0, "placed": 0, "closed": 0,
        }  # fmt: skip
        (student,) = response.context["page"]
        assert len(student.missing) == 3
        ready = client.get(at("round", world.round), {"wie": "ready"})
        assert all(request.student.full_name in text(ready) for request in world.requests)

    def test_the_hash_of_the_seed_is_shown_at_once_and_the_seed_after_the_run(self, client, world):
        login_as(client, world.coordinator)
        before = text(client.get(at("round", world.round)))
        assert world.round.seed_hash in before
        assert str(world.round.seed) not in before
        world.run()
        assert f"{world.round.seed}:{world.round.seed_salt}" in text(client.get(at("round", world.round)))

    @pytest.mark.parametrize("page", ["rounds", "round", "result"])
    def test_no_page_asks_more_with_ten_times_the_rows(self, client, world, page):
        def queries():
            run = world.run()
            login_as(client, world.coordinator)
            address = {"rounds": at("rounds"), "round": at("round", world.round) + "?wie=ready", "result": at("result", run)}[page]
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            return len(asked)

        few = queries()
        for number in range(36):
            world.request(needs=["quiet"] if number % 2 else [])
        for number in range(9):
            world.place()
            world.open_round(f"ronde {number}")
        assert queries() <= few <= 12


class TestWhoMay:
    def test_another_schools_round_does_not_exist(self, client, world, taken):
        proposal = taken.proposals.first()
        stranger = CoordinatorFactory(programmes=[ProgrammeFactory()])
        login_as(client, stranger)
        for address in (at("round", world.round), at("run", taken), at("result", taken), at("proposal", proposal), at("decline", proposal)):
            assert client.get(address).status_code == 404, address
        for address in (
            at("run_start", world.round), at("round_publish", world.round), at("run_cancel", taken), at("take_over", taken),
            at("approve_many", taken), at("approve", proposal), at("undo", proposal), at("decline", proposal),
        ):  # fmt: skip
            assert client.post(address).status_code == 404, address
        assert text(client.get(at("rounds"))).count(world.round.name) == 0

    def test_a_coordinator_of_some_programmes_decides_on_own_students_only(self, client, world):
        other = ProgrammeFactory(school=world.programme.school)
        theirs = world.request(student__programme=other)
        world.coordinator.programmes.add(other)
        round_ = rounds.open_round(
            name="samen", programmes=[world.programme, other], period=world.period, deadline=world.round.deadline, actor=actor_for(world.coordinator)
        )
        run = world.run(round_)
        colleague = CoordinatorFactory(school=world.programme.school, programmes=[world.programme])
        login_as(client, colleague)
        page = text(client.get(at("result", run)))
        assert world.requests[0].student.full_name in page
        assert theirs.student.full_name not in page
        assert client.get(at("proposal", run.proposals.get(request=theirs))).status_code == 404
        for address in (at("run_start", round_), at("take_over", run), at("round_publish", round_)):
            assert client.post(address).status_code == 404

    @pytest.mark.parametrize("factory", [SupervisorFactory, ContactFactory])
    def test_others_find_nothing(self, client, world, taken, factory):
        login_as(client, factory())
        for address in (at("rounds"), at("judge"), at("round", world.round), at("result", taken)):
            assert client.get(address).status_code == 404

    def test_a_school_administrator_reads_and_decides_nothing(self, client, world, taken):
        login_as(client, SchoolAdminFactory(school=world.programme.school))
        page = text(client.get(at("result", taken)))
        assert world.requests[0].student.full_name in page
        assert at("approve_many", taken) in page
        assert "data-approve" not in page
        assert client.post(at("approve_many", taken), {"all": "1"}).status_code == 404

    @pytest.mark.queries(most=13)  # the home of staff of a refused school asks besides in which state it is
    def test_the_people_of_a_school_that_is_refused_later_see_no_students(self, client, world, taken):
        name = world.requests[0].student.full_name
        School.objects.update(state="refused", state_reason="Niet van deze school.")
        login_as(client, world.coordinator)
        row = taken.proposals.first()
        placement = Placement.objects.first()
        for address in (
            at("round", world.round),
            at("result", taken),
            at("proposal", row),
            reverse("placements:school_placement", args=[placement.public_id]),
        ):
            assert client.get(address).status_code == 404
        assert client.post(at("approve_many", taken), {"all": "1"}).status_code == 404
        home = text(client.get("/"))
        assert "Niet van deze school." in home
        assert name not in home
        assert name not in text(client.get(reverse("schools:students"), follow=True))


class TestARun:
    def test_is_started_followed_and_stopped_from_the_pages(self, client, world):
        login_as(client, world.coordinator)
        run_page = client.post(at("run_start", world.round)).url
        run = Run.objects.get()
        assert run_page == at("run", run)
        assert "hx-get" in text(client.get(run_page))
        fragment = text(client.get(run_page, headers={"HX-Request": "true"}))
        assert "<html" not in fragment
        assert "hx-get" in fragment
        client.post(at("run_cancel", run))
        stopped = text(client.get(run_page, headers={"HX-Request": "true"}))
        assert "hx-get" not in stopped
        assert at("round", world.round) in stopped

    def test_that_is_done_leads_to_its_result(self, client, world):
        run = world.run()
        login_as(client, world.coordinator)
        assert at("result", run) in text(client.get(at("run", run)))

    def test_with_nobody_ready_says_so(self, client):
        world = World(students=0)
        login_as(client, world.coordinator)
        response = client.post(at("run_start", world.round), follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["error"]


class TestAResult:
    def test_shows_everybody_with_place_or_reason(self, client, world):
        run = world.run()
        login_as(client, world.coordinator)
        page = text(client.get(at("result", run)))
        for proposal in run.proposals.select_related("place", "request__student"):
            assert proposal.request.student.full_name in page
            assert (proposal.place.title if proposal.place else capfirst(proposal.get_reason_display())) in page

    @pytest.mark.parametrize(
        ("query", "expected"),
        [("toon=placed", 3), ("toon=unplaced", 1), ("toon=waiting", 3), ("toon=exceptions", 0), ("reason=full", 1), ("state=proposed", 3)],
    )
    def test_can_be_narrowed(self, client, world, taken, query, expected):
        login_as(client, world.coordinator)
        assert client.get(at("result", taken) + f"?{query}").context["page"].paginator.count == expected

    def test_can_be_searched_by_name_number_and_programme(self, client, world, taken):
        login_as(client, world.coordinator)
        student = world.requests[0].student
        for query in ({"q": f"{student.last_name} {student.first_name}"}, {"q": student.number}):
            assert [row.request.student for row in client.get(at("result", taken), query).context["page"]] == [student]
        assert client.get(at("result", taken), {"programme": world.programme.pk}).context["page"].paginator.count == 4

    def test_is_taken_over_from_the_page_with_what_was_left_out(self, client, world):
        run = world.run()
        proposal = run.proposals.filter(place__isnull=False).first()
        PlacementFactory(request=proposal.request, place=world.place())
        login_as(client, world.coordinator)
        response = client.post(at("take_over", run), follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["success", "warning"]
        assert [row.pk for row in response.context["page"]] == [proposal.pk]

    def test_says_how_many_were_approved_and_shows_the_exceptions(self, client, world):
        needs = world.request(needs=["quiet"], tier=0)
        world.place(offers=["quiet"])
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        login_as(client, world.coordinator)
        response = client.post(at("approve_many", run), {"all": "1"}, follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["success", "warning"]
        assert [row.request for row in response.context["page"]] == [needs]
        assert Placement.objects.filter(state=S.PROPOSED).get().request == needs

    def test_exceptions_alone_have_nothing_to_choose_and_are_told_apart(self, client):
        world = World(students=1, capacities=(1, 1, 1), needs=["quiet"])
        minor = world.request(student__minor=True)
        world.request()
        for place in world.places:
            place.offers = ["quiet"]
            place.save()
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        login_as(client, world.coordinator)
        page = client.get(at("result", run), {"toon": "exceptions"})
        assert [(value, n) for value, _label, n in page.context["alike"]] == [("", 2), ("needs", 1), ("minor", 1)]
        assert "data-bulk-all" not in text(page)
        assert "data-bulk-count" not in text(page)
        assert "data-bulk-all" in text(client.get(at("result", run), {"toon": "waiting"}))
        alone = client.get(at("result", run), {"toon": "exceptions", "waarom": "minor"})
        assert [row.request for row in alone.context["page"]] == [minor]

    def test_a_panel_opened_from_no_address_at_all_opens(self, client, world, taken):
        login_as(client, world.coordinator)
        headers = {"HX-Request": "true", "HX-Current-URL": "http://[::"}
        assert client.get(at("proposal", taken.proposals.first()), headers=headers).status_code == 200

    def test_chosen_ones_are_approved(self, client, world, taken):
        login_as(client, world.coordinator)
        chosen = taken.proposals.filter(placement__isnull=False)[:2]
        back = at("result", taken) + "?toon=waiting"
        response = client.post(at("approve_many", taken), {"chosen": [row.public_id for row in chosen], "next": back})
        assert response.url == back
        assert Placement.objects.filter(state=S.APPROVED).count() == 2

    @pytest.mark.parametrize("to", ["https://evil.example/", "NaN"])
    def test_a_foreign_next_leads_nowhere_else(self, client, world, taken, to):
        login_as(client, world.coordinator)
        response = client.post(at("approve_many", taken), {"all": "1", "next": to})
        assert response.url == at("result", taken)


class TestOneProposal:
    def placed(self, run):
        return run.proposals.filter(placement__isnull=False).first()

    def test_why_adds_up_and_names_the_alternatives(self, client, world, taken):
        login_as(client, world.coordinator)
        row = self.placed(taken)
        page = client.get(at("proposal", row))
        why = page.context["why"]
        assert sum(points.points for points in why.points) == row.score
        assert [other.place.pk for other in why.others] == [place.pk for place in world.places if place.pk != row.place_id]
        assert all(other.full and other.why_not for other in why.others)
        panel = text(client.get(at("proposal", row), headers={"HX-Request": "true"}))
        assert "<html" not in panel
        assert row.place.title in panel

    def test_why_none_says_what_to_do(self, client, world, taken):
        login_as(client, world.coordinator)
        row = taken.proposals.get(place=None)
        page = client.get(at("proposal", row))
        assert page.context["why"].in_reach == 2
        assert str(page.context["no_place"].advice) in text(page)

    def test_a_place_that_fails_a_rule_is_named_with_the_rule(self, client, world):
        world.place(days=["sa"], title="Alleen zaterdag")
        run = world.run()
        login_as(client, world.coordinator)
        page = client.get(at("proposal", run.proposals.first()))
        assert "Alleen zaterdag" in text(page)
        assert [miss.place.title for miss in page.context["why"].missed] == ["Alleen zaterdag"]

    def test_what_a_place_asks_is_named_and_a_full_one_says_so(self, client, world):
        world.place(requirements=["vog"], title="Met VOG")
        full = world.place(requirements=["vog"], title="Ook vol")
        PlacementFactory(place=full)
        missed = explanations.explain(world.run().proposals.get(place=None)).missed
        assert {(miss.place.title, miss.full) for miss in missed} == {("Met VOG", False), ("Ook vol", True)}
        assert all(str(Requirement.VOG.label) in miss.rule for miss in missed)

    def test_an_exception_is_approved_one_by_one(self, client, world):
        request = world.request(needs=["quiet"], tier=0)
        world.place(offers=["quiet"])
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        login_as(client, world.coordinator)
        client.post(at("approve", run.proposals.get(request=request)))
        assert request.placements.get().state == S.APPROVED

    def test_approving_with_htmx_answers_the_row(self, client, world, taken):
        login_as(client, world.coordinator)
        row = self.placed(taken)
        answer = text(client.post(at("approve", row), headers={"HX-Request": "true"}))
        assert answer.strip().startswith(f'<tr id="row-{row.public_id}"')
        assert "data-approve" not in answer

    def test_an_approval_is_taken_back_until_the_student_is_told(self, client, world, taken, settings):
        settings.UNDO_WINDOW_SECONDS = 60
        login_as(client, world.coordinator)
        row = self.placed(taken)
        client.post(at("approve", row))
        assert at("undo", row) in text(client.get(at("result", taken)))
        client.post(at("undo", row))
        assert Placement.objects.get(pk=row.placement_id).state == S.PROPOSED
        client.post(at("approve", row))
        transitions.tell_due(now=timezone.now() + timezone.timedelta(minutes=5))
        response = client.post(at("undo", row), follow=True)
        assert [message.level_tag for message in response.context["messages"]][-1] == "error"
        assert Placement.objects.get(pk=row.placement_id).state == S.APPROVED

    def test_declining_needs_a_reason_and_frees_the_place(self, client, world, taken):
        login_as(client, world.coordinator)
        row = self.placed(taken)
        assert client.get(at("decline", row)).status_code == 200
        assert client.post(at("decline", row), {"reason_code": "other", "reason": " "}).context["form"].errors.keys() == {"reason"}
        assert client.post(at("decline", row), {}).context["form"].errors.keys() == {"reason_code"}
        taken_before = row.place.__class__.objects.get(pk=row.place_id).taken
        client.post(at("decline", row), {"reason_code": "too_far", "reason": ""})
        assert Placement.objects.get(pk=row.placement_id).state == S.DECLINED
        assert row.place.__class__.objects.get(pk=row.place_id).taken == taken_before - 1
        assert client.get(at("decline", row)).status_code == 302


class TestJudging:
    def objected(self, world):
        placement = PlacementFactory(request=world.requests[0], place=world.places[0], told=True)
        student = actor_for(world.requests[0].student)
        return transitions.object_(placement=placement, actor=student, reason_code="too_far", reason="Er gaat geen bus.")

    def claimed(self, world):
        placement = PlacementFactory(request=world.requests[1], place=world.places[1], confirmed=True)
        contact = actor_for(ContactFactory(company=placement.place.company))
        return transitions.claim_refusal(placement=placement, ground="safety", evidence="Er staat een steiger.", actor=contact)

    def test_objections_and_claims_are_listed_with_their_deadline(self, client, world):
        placement, claim = self.objected(world), self.claimed(world)
        login_as(client, world.coordinator)
        page = text(client.get(at("judge")))
        assert at("objection", placement) in page
        assert at("refusal", claim) in page

    def test_an_empty_list_says_so(self, client, world):
        login_as(client, world.coordinator)
        assert "sm-empty" in text(client.get(at("judge")))

    @pytest.mark.parametrize(
        ("verdict", "code", "state"), [("yes", ReasonCode.TOO_FAR, PlacementState.DECLINED), ("no", ReasonCode.SOLVED, PlacementState.APPROVED)]
    )
    def test_an_objection_is_judged(self, client, world, verdict, code, state):
        placement = self.objected(world)
        login_as(client, world.coordinator)
        page = text(client.get(at("objection", placement)))
        assert "Er gaat geen bus." in page
        client.post(at("objection", placement), {"verdict": verdict, "reason_code": code, "reason": "We regelen vervoer."})
        placement.refresh_from_db()
        assert placement.state == state
        again = client.post(at("objection", placement), {"verdict": verdict, "reason_code": code}, follow=True)
        assert "Hier valt niets meer te beslissen." in text(again)

    def test_a_reason_must_fit_the_verdict(self, client, world):
        placement = self.objected(world)
        login_as(client, world.coordinator)
        response = client.post(at("objection", placement), {"verdict": "no", "reason_code": ReasonCode.TOO_FAR, "reason": "Er rijdt een bus."})
        assert response.context["form"].errors.keys() == {"reason_code"}

    def test_who_lets_a_match_stand_says_why(self, client, world):
        placement = self.objected(world)
        login_as(client, world.coordinator)
        response = client.post(at("objection", placement), {"verdict": "no", "reason_code": ReasonCode.GROUND_INVALID})
        assert response.context["form"].errors.keys() == {"reason"}

    def test_a_valid_ground_needs_no_reason_besides(self, client, world):
        claim = self.claimed(world)
        login_as(client, world.coordinator)
        assert claim.claimed_by.email in text(client.get(at("refusal", claim)))
        client.post(at("refusal", claim), {"verdict": "yes"})
        assert Refusal.objects.get().verdict_code == ReasonCode.GROUND_VALID

    @pytest.mark.parametrize(("verdict", "code", "found"), [("yes", "", "valid"), ("no", "evidence_missing", "invalid")])
    def test_a_claim_is_judged(self, client, world, verdict, code, found):
        claim = self.claimed(world)
        login_as(client, world.coordinator)
        assert "Er staat een steiger." in text(client.get(at("refusal", claim)))
        client.post(at("refusal", claim), {"verdict": verdict, "reason_code": code})
        assert Refusal.objects.get().verdict == found

    def test_somebody_elses_are_not_found(self, client, world):
        placement, claim = self.objected(world), self.claimed(world)
        login_as(client, CoordinatorFactory())
        assert client.get(at("objection", placement)).status_code == 404
        assert client.post(at("refusal", claim), {"verdict": "yes", "reason_code": "ground_valid"}).status_code == 404

    def test_the_figures_of_the_round_count_them(self, client, world, taken):
        row = taken.proposals.filter(placement__isnull=False).first()
        Placement.objects.filter(pk=row.placement_id).update(state=S.APPROVED, told_at=timezone.now())
        student = actor_for(row.request.student)
        transitions.object_(placement=row.placement, actor=student, reason_code="too_far")
        login_as(client, world.coordinator)
        counted = client.get(at("result", taken)).context["decisions"]
        assert (counted.objections, counted.waiting, counted.claims) == (1, 2, 0)


class TestHome:
    def test_says_what_waits(self, client, world, taken):
        login_as(client, world.coordinator)
        page = client.get("/")
        assert at("round", world.round) in text(page)
        Proposal.objects.filter(run=taken)
        assert [task.count for task in page.context["tasks"] if task.url == at("round", world.round)] == [3]

    def test_warns_of_students_who_are_not_ready(self, client, world):
        world.request(ready_at=None)
        login_as(client, world.coordinator)
        assert [task.count for task in client.get("/").context["tasks"] if task.url == at("round", world.round)] == [1]


class TestPublicPages:
    def test_everybody_reads_how_matching_works_before_any_round(self, client):
        page = text(client.get(at("how")))
        assert "300" in page
        assert client.get(reverse("matching:criteria", args=[1])).status_code == 200
        assert client.get(reverse("matching:criteria", args=[99])).status_code == 404

    def test_the_latest_round_is_shown_without_names_and_small_counts(self, client):
        world = World(students=9, capacities=(6,))
        run = world.run()
        decisions.take_over(run=run, actor=world.actor)
        for placement in Placement.objects.all():
            transitions.approve(placement=placement, actor=world.actor)
        assert rounds.publish_round(round_=world.round, actor=world.actor).state == "published"
        page = client.get(at("how"))
        assert page.context["figures"]["placed"] is None  # three are without a place
        assert page.context["figures"]["tiers"] == []
        assert f"{world.round.seed}:{world.round.seed_salt}" in text(page)
        for request in world.requests:
            student = request.student
            for secret in (student.first_name, student.last_name, student.email, student.number, student.postcode):
                assert secret not in text(page)

    def test_larger_counts_are_shown(self, client):
        world = World(students=12, capacities=(6,))
        decisions.take_over(run=world.run(), actor=world.actor)
        for placement in Placement.objects.all():
            transitions.approve(placement=placement, actor=world.actor)
        rounds.publish_round(round_=world.round, actor=world.actor)
        figures = client.get(at("how")).context["figures"]
        assert (figures["placed"], figures["percent"], [tier["placed"] for tier in figures["tiers"]]) == ("6", 50, ["6"])


def test_a_student_reads_why_on_the_own_page(world, taken):
    from placements.selectors import reasons_for

    row = taken.proposals.filter(placement__isnull=False).first()
    found = reasons_for(row.placement)
    assert found.total == row.score == sum(line["points"] for line in found.rows)
    assert reasons_for(PlacementFactory()) is None


def test_deciding_in_the_panel_leads_back_to_the_table_as_it_was(client, world, taken):
    login_as(client, world.coordinator)
    row = taken.proposals.filter(placement__isnull=False).first()
    here = at("result", taken) + "?toon=waiting"
    panel = client.get(at("proposal", row), headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}"})
    assert f'name="next" value="{here}"' in text(panel)
    assert client.post(at("approve", row), {"next": here}).url == here


def test_what_is_no_id_and_no_choice_is_left_out(client, world):
    login_as(client, world.coordinator)
    run = world.run()
    answer = client.post(reverse("matching:approve_many", args=[run.public_id]), {"chosen": ["nonsense", "\0"]})
    assert answer.status_code == 302
    assert client.get(reverse("matching:round", args=[world.round.public_id]), {"wie": "\0"}).context["chosen"] == "not_ready"
