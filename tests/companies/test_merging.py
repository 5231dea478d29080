"""Two records of one company become one: everything is kept, nothing is forgotten, and it can be undone for 30 days."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.hats import HatKind, hats_of
from accounts.models import Invitation
from accounts.services import invite
from companies.merging import doubles, relations
from companies.merging.conflicts import MergeRefused
from companies.models import Company, CompanyMembership, CompanyMerge, CompanyReach, MergeState, Recognition, RecognitionTransition, Visit
from companies.services import merges, transitions
from companies.services.company import accept_company_invitation
from companies.workflow import R, RecognitionReason
from placements.models import Answer, Place, PlaceAnswer, PlaceAsk, PlaceSearchRow
from placements.upkeep import links
from shortages.models import ReportStep
from shortages.reports import companies
from stagematch.models import OutboxMail
from tests.factories import (
    NIJMEGEN_X,
    CompanyFactory,
    ContactFactory,
    LearningGoalFactory,
    PeriodFactory,
    PlaceFactory,
    PostFactory,
    QualificationFactory,
    RecognitionFactory,
    RegionFactory,
    ShortageReportFactory,
    StudentFactory,
    UserFactory,
    actor_for,
    login_as,
)

pytestmark = [pytest.mark.django_db, pytest.mark.queries(most=2000, repeats=2000)]


def advisor() -> Any:
    return actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE))


def asked(kept: Company, merged: Company) -> CompanyMerge:
    return merges.ask(kept=kept, merged=merged, reason="Zelfde deur", actor=advisor())


def merge(kept: Company, merged: Company) -> CompanyMerge:
    return merges.approve(merge=asked(kept, merged), actor=advisor())


def undo(done: CompanyMerge) -> CompanyMerge:
    return merges.undo(merge=done, actor=advisor())


def rows(model: Any) -> list[dict[str, Any]]:
    return list(model._base_manager.order_by("pk").values())


# -- nothing is forgotten


def test_somebody_has_decided_about_every_relation_to_a_company() -> None:
    assert relations.undecided() == []


def test_a_relation_nobody_decided_about_is_found_and_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(relations._moves, "placements.Place.company")
    assert relations.undecided() == ["placements.Place.company"]
    assert "placements.Place.company" in {relation.key for relation in relations.moving()}


def test_nothing_that_names_a_company_by_a_plain_number_is_forgotten() -> None:
    named = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if not field.is_relation and field.name in ("company", "company_id", "organisation", "organisation_id")
        and not model._meta.label.endswith("Event")
    }  # fmt: skip
    assert named == {"accounts.Invitation.organisation_id"}


# -- merging and undoing


GOALS_OF = "companies.Recognition_goals"
HISTORY = {"companies.CompanyEvent", "companies.RecognitionEvent", "placements.PlaceEvent"}
LOGS = [RecognitionTransition, *(model for model in apps.get_models() if model._meta.label in HISTORY)]


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables that point at a company, and of those that hang on them."""
    tables = {relation.model for relation in relations.moving()} | {Company, Recognition.goals.through, PlaceAnswer, PlaceSearchRow}
    return {model._meta.label: rows(model) for model in tables}


def logs() -> dict[str, list[dict[str, Any]]]:
    """Rows of what is only ever added to."""
    return {model._meta.label: rows(model) for model in LOGS}


@pytest.fixture
def world() -> dict[str, Any]:
    """Everything from which a pair of records can be built."""
    goals = [LearningGoalFactory() for _ in range(3)]
    return {
        "qualifications": [QualificationFactory() for _ in range(2)],
        "goals": goals,
        "people": [UserFactory() for _ in range(3)],
        "students": [StudentFactory() for _ in range(2)],
        "period": PeriodFactory(),
        "advisor": PostFactory().user,
        "asks": advisor(),
        "decides": advisor(),
    }


running = st.sampled_from([R.DRAFT, R.SUBMITTED, R.VISIT_PLANNED, R.ASSESSED, R.RECOGNISED, R.REVIEW_DUE])
roles = st.tuples(st.integers(0, 2), st.sampled_from(["contact", "trainer"]), st.booleans())
sides = st.fixed_dictionaries(
    {
        "recognitions": st.tuples(st.none() | running, st.none() | running),
        "parts": st.tuples(st.sets(st.integers(0, 2)), st.sets(st.integers(0, 2))),
        "shared": st.booleans(),
        "people": st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from(["contact", "trainer"]), st.booleans()), unique_by=lambda p: p[:2], max_size=3
        ),
        "invited": st.sets(st.integers(0, 1)),
        "asks": st.sets(st.integers(0, 1)),
        "places": st.integers(0, 2),
        "visit": st.booleans(),
        "quiet": st.booleans(),
        "no_calls": st.none() | st.booleans(),
    }
)


def build(company: Company, other: Company, side: dict[str, Any], world: dict[str, Any]) -> None:
    for qualification, state, part in zip(world["qualifications"], side["recognitions"], side["parts"], strict=True):
        if state is not None:
            shared = other if side["shared"] else None
            made = RecognitionFactory(company=company, qualification=qualification, state=state, shared_with=shared)
            made.goals.set([world["goals"][n] for n in part])
            if side["visit"]:
                visit = Visit.objects.create(company=company, advisor=world["advisor"], starts_at=timezone.now())
                visit.recognitions.add(made)
    for person, role, ended in side["people"]:
        ended_at = timezone.now() if ended else None
        CompanyMembership.objects.create(company=company, user=world["people"][person], role=role, ended_at=ended_at)
    for n in side["invited"]:
        Invitation.objects.create(
            email=f"n{n}@example.org", kind=HatKind.TRAINER, organisation_id=company.pk, token_digest=uuid4().hex, expires_at=timezone.now()
        )
    for n in side["asks"]:
        PlaceAsk.objects.create(student=world["students"][n], company=company, qualification=world["qualifications"][0], period=world["period"])
    for _ in range(side["places"]):
        place = PlaceFactory(company=company, period=world["period"], qualifications=[])
        PlaceAnswer.objects.create(place=place, answer=Answer.YES)
        PlaceSearchRow.objects.create(
            place=place, qualification=world["qualifications"][0], x=company.x, y=company.y, starts_on=place.starts_on, ends_on=place.ends_on
        )
    if side["quiet"]:
        Company.objects.filter(pk=company.pk).update(wants_no_asks=True)
    if side["no_calls"] is not None:
        CompanyReach.objects.create(company=company, no_calls_at=timezone.now() if side["no_calls"] else None)


@settings(
    max_examples=5, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(first=sides, second=sides)
def test_merging_keeps_every_row_and_undoing_puts_exactly_back_what_was(world: dict[str, Any], first: dict[str, Any], second: dict[str, Any]) -> None:
    with transaction.atomic():
        there_and_back(world, first, second)
        transaction.set_rollback(True)


def there_and_back(world: dict[str, Any], first: dict[str, Any], second: dict[str, Any]) -> None:
    kept, merged = CompanyFactory(), CompanyFactory(x=NIJMEGEN_X + 9000)
    build(kept, merged, first, world)
    build(merged, kept, second, world)
    CompanyFactory(merged_into=merged)
    before, log = everything(), logs()
    done = merges.approve(merge=merges.ask(kept=kept, merged=merged, reason="Zelfde deur", actor=world["asks"]), actor=world["decides"])
    counts = {label: len(found) for label, found in everything().items()}
    counts[GOALS_OF] -= len(done.moved["added"].get(GOALS_OF, []))
    assert counts == {label: len(found) for label, found in before.items()}, "no row more or less"
    assert not Place.objects.filter(company=merged).exists()
    assert not Recognition.objects.filter(company=merged).exists()
    assert not CompanyMembership.objects.filter(company=merged).exists()
    assert set(PlaceSearchRow.objects.filter(place__company=kept).values_list("x", flat=True)) <= {kept.x}
    assert merges.undo(merge=done, actor=world["decides"]).left == {}
    assert everything() == before
    for label, now in logs().items():
        assert now[: len(log[label])] == log[label], f"{label} is only ever added to"


# -- what both have


def test_of_two_recognitions_the_valid_one_goes_on_and_the_other_is_kept_with_its_story() -> None:
    kept, merged, course = CompanyFactory(), CompanyFactory(), QualificationFactory()
    request = RecognitionFactory(company=kept, qualification=course, state=R.SUBMITTED, decided_at=None)
    valid = RecognitionFactory(company=merged, qualification=course)
    done = merge(kept, merged)
    assert list(kept.recognitions.valid()) == [valid]
    request.refresh_from_db()
    step = request.transitions.get()
    assert (request.state, step.from_state, step.reason_code) == (R.MERGED, R.SUBMITTED, RecognitionReason.MERGED)
    assert not OutboxMail.objects.filter(key__startswith="recognition-step").exists()
    undo(done)
    request.refresh_from_db()
    assert (request.state, request.decided_at, request.transitions.count()) == (R.SUBMITTED, None, 2)


def test_two_parts_are_both_parts_until_they_are_parted_again() -> None:
    kept, merged, course = CompanyFactory(), CompanyFactory(), QualificationFactory()
    one, two = LearningGoalFactory(), LearningGoalFactory()
    mine = RecognitionFactory(company=kept, qualification=course, shared_with=merged)
    mine.goals.set([one])
    RecognitionFactory(company=merged, qualification=course, shared_with=kept, review_due_on=mine.review_due_on - timedelta(days=9)).goals.set([two])
    done = merge(kept, merged)
    mine.refresh_from_db()
    assert (set(mine.goals.all()), mine.shared_with, mine.state) == ({one, two}, None, R.RECOGNISED)
    undo(done)
    mine.refresh_from_db()
    assert (set(mine.goals.all()), mine.shared_with) == ({one}, merged)


def test_a_suspension_is_neither_lifted_nor_spread_by_merging() -> None:
    kept, merged, course = CompanyFactory(), CompanyFactory(), QualificationFactory()
    RecognitionFactory(company=kept, qualification=course)
    RecognitionFactory(company=merged, qualification=course, state=R.SUSPENDED)
    question = asked(kept, merged)
    with pytest.raises(MergeRefused):
        merges.approve(merge=question, actor=advisor())
    assert doubles.compare(kept, merged).refused
    assert CompanyMerge.objects.get().state == MergeState.ASKED


def test_who_had_the_same_role_at_both_has_it_once_and_their_mailed_links_work() -> None:
    person, kept, place = UserFactory(), CompanyFactory(), PlaceFactory()
    ContactFactory(company=kept, user=person)
    double = ContactFactory(company=place.company, user=person)
    one, all_, old = links.about_one(place, double), links.about_all(double, timezone.now()), place.company
    done = merge(kept, old)
    assert [hat.organisation_id for hat in hats_of(person)] == [kept.pk]
    assert links.follow_one(one)[1].company_id == kept.pk
    company, actor, _at = links.follow_all(all_)
    assert (company, actor.company_id) == (kept, kept.pk)
    undo(done)
    assert sorted(hat.organisation_id for hat in hats_of(person)) == sorted([kept.pk, old.pk])
    assert links.follow_all(all_)[0] == old


def test_who_left_since_the_merge_does_not_come_back_by_undoing_it() -> None:
    person, kept, merged = UserFactory(), CompanyFactory(), CompanyFactory()
    own = ContactFactory(company=kept, user=person)
    double = ContactFactory(company=merged, user=person)
    done = merge(kept, merged)
    own.ended_at = timezone.now()
    own.save()
    assert undo(done).left == {"companies.CompanyMembership": [double.pk]}
    assert hats_of(person) == []


# -- undoing when something has changed since


def test_what_was_decided_and_made_since_keeps_its_decision_and_its_company() -> None:
    kept, merged = CompanyFactory(), CompanyFactory()
    moved = RecognitionFactory(company=merged)
    done = merge(kept, merged)
    moved.refresh_from_db()
    chosen = {"to": R.SUSPENDED, "reason_code": RecognitionReason.SAFETY, "reason": "Onveilig"}
    transitions.move(recognition=moved, actor=advisor(), **chosen)
    new = PlaceFactory(company=kept)
    undo(done)
    moved.refresh_from_db()
    new.refresh_from_db()
    assert (moved.company, moved.state, new.company) == (merged, R.SUSPENDED, kept)


def test_what_something_newer_stands_in_place_of_stays_aside_and_is_named() -> None:
    kept, merged, course = CompanyFactory(), CompanyFactory(), QualificationFactory()
    request = RecognitionFactory(company=kept, qualification=course, state=R.SUBMITTED, decided_at=None)
    valid = RecognitionFactory(company=merged, qualification=course)
    done = merge(kept, merged)
    chosen = {"to": R.WITHDRAWN, "reason_code": RecognitionReason.COMPANY_STOPS, "reason": "Wil niet meer"}
    transitions.move(recognition=valid, actor=advisor(), **chosen)
    newer = RecognitionFactory(company=kept, qualification=course, state=R.SUBMITTED, decided_at=None)
    assert undo(done).left == {"companies.Recognition": [request.pk]}
    assert list(kept.recognitions.running()) == [newer]
    assert Recognition.objects.get(pk=valid.pk).company == merged


def test_a_merge_is_undone_within_thirty_days_and_the_last_one_first() -> None:
    first, second, third = (CompanyFactory() for _ in range(3))
    one = merge(second, first)
    two = merge(third, second)
    first.refresh_from_db()
    assert first.merged_into == third
    with pytest.raises(MergeRefused):
        undo(one)
    undo(two)
    first.refresh_from_db()
    assert first.merged_into == second
    CompanyMerge.objects.filter(pk=one.pk).update(decided_at=timezone.now() - timedelta(days=31))
    with pytest.raises(MergeRefused):
        undo(one)


# -- found nowhere, and its addresses lead on


def test_a_merged_record_is_found_nowhere_and_everything_that_named_it_leads_to_the_kept_one() -> None:
    kept, merged = CompanyFactory(name="Bakkerij Jansen"), CompanyFactory(name="Bakkerij Jansen BV")
    post = actor_for(PostFactory(kind=HatKind.SCOUT))
    waiting = invite(
        email="nieuw@example.org", name="Nieuw", kind=HatKind.TRAINER, organisation_id=merged.pk, organisation_name="", by=None, language="nl"
    )
    merge(kept, merged)
    assert set(Company.objects.visible_to(post)) == {kept}
    assert Company.objects.addressed(merged.public_id).get() == kept
    assert doubles.pairs(post, start=0, most=9) == ([], 0)
    assert Invitation.objects.get(pk=waiting.pk).organisation_id == kept.pk
    late = UserFactory()
    accept_company_invitation(user=late, organisation_id=merged.pk, invitation=waiting)  # it was being accepted meanwhile
    assert late.company_memberships.get().company == kept


def test_a_row_that_a_request_under_way_left_behind_follows() -> None:
    kept, merged = CompanyFactory(), CompanyFactory()
    merge(kept, merged)
    late = PlaceFactory(company=merged)
    assert merges.gather() > 0
    late.refresh_from_db()
    assert late.company == kept


def test_logs_that_may_not_be_rewritten_stay_and_are_still_counted() -> None:
    kept, merged = CompanyFactory(), CompanyFactory()
    report = ShortageReportFactory()
    step = ReportStep.objects.create(report=report, act="log", to_state=report.state, who="desk", company=merged)
    merge(kept, merged)
    step.refresh_from_db()
    assert step.company == merged
    seen = companies._with_contacts(Company.objects.filter(pk=kept.pk), report).get()
    assert seen.stepped == step.at


# -- who may, and doing it at the same time


def test_who_asks_does_not_decide_and_only_an_advisor_practice_does() -> None:
    kept, merged, both = CompanyFactory(), CompanyFactory(), UserFactory()
    contact = ContactFactory(company=kept, user=both)
    with pytest.raises(MergeRefused):  # contact of one of the two
        merges.ask(kept=kept, merged=merged, reason="Zelfde", actor=actor_for(contact))
    ContactFactory(company=merged, user=both)
    question = merges.ask(kept=kept, merged=merged, reason="Zelfde", actor=actor_for(contact))
    assert merges.ask(kept=merged, merged=kept, reason="Zelfde", actor=advisor()) == question
    asker = advisor()
    CompanyMerge.objects.update(asked_by=asker.user)
    for actor in (asker, actor_for(contact), actor_for(PostFactory(kind=HatKind.SCOUT))):
        with pytest.raises(MergeRefused):
            merges.approve(merge=question, actor=actor)
    decider = advisor()
    done = merges.approve(merge=question, actor=decider)
    assert merges.approve(merge=question, actor=decider).decided_at == done.decided_at  # a double click


def test_an_advisor_elsewhere_sees_nothing_of_it(client: Client) -> None:
    elsewhere = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    elsewhere.regions.add(RegionFactory(code="AM99", name="Elders"))
    kept, merged = CompanyFactory(), CompanyFactory()
    question = asked(kept, merged)
    login_as(client, elsewhere)
    for name, args in (("compare", (kept.public_id, merged.public_id)), ("merge", (question.public_id,))):
        assert client.get(reverse(f"companies:{name}", args=args)).status_code == 404
    for name in ("decide_merge", "undo_merge"):
        assert client.post(reverse(f"companies:{name}", args=[question.public_id]), {"decision": "merge"}).status_code == 404
    question.refresh_from_db()
    assert question.state == MergeState.ASKED


def test_doubles_are_suggested_until_somebody_says_they_are_two(client: Client) -> None:
    first = CompanyFactory(name="Bakkerij Jansen")
    CompanyFactory(name="Slagerij de Koe")
    double = CompanyFactory(name="Bakker Jansen B.V.")
    CompanyFactory(name="Bakkerij Jansen", postcode="6512ZZ")
    post = advisor()
    found, count = doubles.pairs(post, start=0, most=9)
    assert ([(pair.kept, pair.merged) for pair in found], count) == ([(first, double)], 1)
    merges.decline(merge=merges.ask(kept=first, merged=double, reason="?", actor=post), actor=advisor())
    assert doubles.pairs(post, start=0, most=9) == ([], 0)
