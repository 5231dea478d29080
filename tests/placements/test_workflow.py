"""The table of transitions: complete, consistent, and what the documentation says."""

import pytest
import rules
from django.core.management import CommandError, call_command

from placements.management.commands import workflow as command
from placements.workflow import KNOWN_STATES, OPEN_STATES, TRANSITIONS, PlacementState, S, Who, allowed

ENDS = {S.COMPLETED, S.ENDED_EARLY, S.DECLINED, S.REFUSED, S.WITHDRAWN}


def test_the_documentation_says_what_the_table_says():
    call_command("workflow", "--check")


def test_documentation_that_is_behind_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "PATH", tmp_path / "workflow.md")
    with pytest.raises(CommandError):
        call_command("workflow", "--check")
    call_command("workflow")
    call_command("workflow", "--check")


def test_every_state_is_reached_and_only_ends_lead_nowhere():
    reached = {S.PROPOSED} | {to for _start, to in TRANSITIONS}
    assert reached == set(PlacementState)
    assert set(PlacementState) - {start for start, _to in TRANSITIONS} == ENDS


def test_no_end_holds_a_slot():
    assert not ENDS & set(OPEN_STATES)


def test_the_company_comes_to_know_the_student_only_by_the_student_agreeing():
    crossings = {move for move in TRANSITIONS if move[0] not in KNOWN_STATES and move[1] in KNOWN_STATES}
    assert crossings == {(S.APPROVED, S.CONFIRMED)}
    assert TRANSITIONS[S.APPROVED, S.CONFIRMED].who == {Who.STUDENT}


def test_a_company_can_do_nothing_about_somebody_it_does_not_know():
    assert all(not allowed(state, Who.COMPANY) for state in set(PlacementState) - set(KNOWN_STATES))


def test_whoever_ends_a_placement_gives_a_reason():
    for (start, to), move in TRANSITIONS.items():
        if to in ENDS - {S.COMPLETED}:
            assert move.reasons, f"{start} → {to}"


def test_the_rules_that_pages_use_exist():
    for name in ("approve", "decline", "undo_approval", "agree", "object", "judge_objection", "withdraw", "propose_introduction"):
        assert rules.rule_exists(f"placements.{name}")
