"""Every move of a recognition's table, by every hat; and what the table says of itself."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.actor import SYSTEM, Actor
from accounts.hats import HatKind
from companies.errors import InvalidTransition, NeedMissing, ReasonMissing
from companies.models import Assessment, Finding, Recognition, Visit
from companies.services import transitions
from companies.workflow import ENDED_STATES, TRANSITIONS, VALID_STATES, Condition, Need, R, RecognitionReason, Who
from placements.models.place import recognised_for
from tests.factories import (
    ContactFactory,
    CoordinatorFactory,
    PostFactory,
    RecognitionFactory,
    RegionFactory,
    StudentFactory,
    TrainerFactory,
    actor_for,
)

pytestmark = pytest.mark.django_db


def people_of(recognition: Recognition) -> dict[str, tuple[Actor, Who | None]]:
    """Everybody round a recognition, and their like elsewhere, with the part they have in the table."""
    elsewhere = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    elsewhere.regions.add(RegionFactory(code="AM99", name="Elders"))
    company = recognition.company
    return {
        "contact": (actor_for(ContactFactory(company=company)), Who.COMPANY),
        "advisor": (actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE)), Who.ADVISOR),
        "system": (SYSTEM, Who.SYSTEM),
        "trainer": (actor_for(TrainerFactory(company=company)), None),
        "another company": (actor_for(ContactFactory()), None),
        "advisor elsewhere": (actor_for(elsewhere), None),
        "advisor target groups": (actor_for(PostFactory(kind=HatKind.ADVISOR_TARGET_GROUPS)), None),
        "scout": (actor_for(PostFactory(kind=HatKind.SCOUT)), None),
        "administrator": (actor_for(PostFactory(kind=HatKind.ADMINISTRATOR)), None),
        "coordinator": (actor_for(CoordinatorFactory()), None),
        "student": (actor_for(StudentFactory()), None),
    }


def put(recognition: Recognition, state: str, **fields: Any) -> Recognition:
    """Put a recognition in a state without the table, as an earlier life would have."""
    decided = {"decided_at": timezone.now(), "review_due_on": timezone.localdate()}
    Recognition.objects.filter(pk=recognition.pk).update(state=state, **decided, **fields)
    recognition.refresh_from_db()
    return recognition


def assessed(recognition: Recognition, visit: Visit | None, *, by: Actor, met: bool = True) -> Assessment:
    """Findings on all five conditions."""
    made = Assessment.objects.create(recognition=recognition, visit=visit, by=by.user)
    Finding.objects.bulk_create([Finding(assessment=made, condition=c, met=met, evidence="Gezien") for c in Condition])
    return made


@pytest.mark.queries(most=9000, repeats=9000)
def test_each_hat_can_make_exactly_the_moves_of_the_table() -> None:
    recognition = RecognitionFactory()
    people = people_of(recognition)
    advisor = people["advisor"][0]
    visit = Visit.objects.create(company=recognition.company, advisor=advisor.user, starts_at=timezone.now())
    visit.recognitions.add(recognition)
    for start in R:
        put(recognition, start)
        for to in R:
            rule = TRANSITIONS.get((start, to))
            # Everything a move needs is there, so that nobody is refused for that: findings newer than the last step, too.
            fresh = rule is not None and bool({Need.FINDINGS, Need.MET} & set(rule.needs))
            if fresh:
                assessed(recognition, visit, by=advisor)
            code = rule.reasons[0] if rule and rule.reasons else ""
            for name, (actor, part) in people.items():
                if rule is None and part is None:
                    continue  # who has no part anywhere is tried on the moves that exist
                arguments = {"recognition": recognition, "to": to, "actor": actor, "reason_code": code, "reason": "Daarom"}
                if rule and part in rule.who:
                    assert transitions.move(**arguments).state == to, f"{name}: {start} → {to}"
                    put(recognition, start)
                    if fresh:
                        assessed(recognition, visit, by=advisor)
                    continue
                with pytest.raises(InvalidTransition):
                    transitions.move(**arguments)
        assert Recognition.objects.get(pk=recognition.pk).state == start


@pytest.mark.parametrize(("move", "rule"), [(m, r) for m, r in TRANSITIONS.items() if r.needs or r.reasons], ids=str)
def test_a_move_without_what_the_table_asks_is_refused(move: tuple[R, R], rule: Any) -> None:
    recognition = put(RecognitionFactory(), move[0])
    actor = SYSTEM if Who.SYSTEM in rule.who else actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    code = rule.reasons[0] if rule.reasons else ""
    for need in rule.needs:
        if need != Need.SECOND:  # tests/companies/test_without_visit.py
            with pytest.raises(NeedMissing):
                transitions.move(recognition=recognition, to=move[1], actor=actor, reason_code=code)
    if rule.reasons:
        with pytest.raises(ReasonMissing):
            transitions.move(recognition=recognition, to=move[1], actor=actor, reason="Daarom")


@pytest.mark.parametrize("state", R)
def test_a_company_may_train_in_valid_states_and_in_no_other(state: R) -> None:
    recognition = put(RecognitionFactory(), state)
    assert recognised_for(recognition.company).exists() == (state in VALID_STATES)


def test_the_documentation_says_what_the_table_says() -> None:
    call_command("recognition_workflow", "--check")


def test_every_state_is_reached_and_only_ends_lead_nowhere() -> None:
    assert {R.DRAFT} | {to for _start, to in TRANSITIONS} == set(R)
    assert set(R) - {start for start, _to in TRANSITIONS} == set(ENDED_STATES) - {R.MERGED}  # a merge can be undone


def test_what_takes_the_right_to_train_away_has_a_reason() -> None:
    for (start, to), rule in TRANSITIONS.items():
        if start in VALID_STATES and to not in VALID_STATES:
            assert rule.reasons, f"{start} → {to}"


def test_a_double_click_is_one_step() -> None:
    recognition = put(RecognitionFactory(), R.SUSPENDED)
    advisor = actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    for _ in range(2):
        transitions.move(recognition=recognition, to=R.RECOGNISED, actor=advisor, reason_code=RecognitionReason.SOLVED, reason="Hek geplaatst.")
    assert recognition.transitions.count() == 1
