"""The pages on which a coordinator decides: the result of a run, one proposal, objections and claims."""

import pytest
from django.utils import timezone
from django.utils.text import capfirst

from matching import explanations
from matching.services import decisions
from placements.models import Placement, Refusal, Requirement
from placements.services import transitions
from placements.workflow import PlacementState, ReasonCode, S
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    PlacementFactory,
    actor_for,
    login_as,
)
from tests.matching.making import World, at, text

pytestmark = pytest.mark.django_db


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
