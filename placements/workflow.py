"""States of a placement, and who may move them where: one table, read by services, buttons, tests and docs."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from stagematch.workflow import Transition, by
from stagematch.workflow import allowed as allowed_in


class PlacementState(models.TextChoices):
    """Where a placement stands, from a proposal of a run to its end."""

    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("waiting for the student")
    OBJECTED = "objected", _("student objects")
    CONFIRMED = "confirmed", _("definitive")
    INTRODUCED = "introduced", _("introduction planned")
    REFUSAL_CLAIMED = "refusal_claimed", _("company asks to refuse")
    AGREED = "agreed", _("agreement signed")
    ACTIVE = "active", _("under way")
    COMPLETED = "completed", _("completed")
    ENDED_EARLY = "ended_early", _("ended early")
    DECLINED = "declined", _("declined by the school")
    REFUSED = "refused", _("refused on a valid ground")
    WITHDRAWN = "withdrawn", _("withdrawn")


S = PlacementState

# A placement in one of these holds a slot; in any other it does not.
OPEN_STATES = (S.PROPOSED, S.APPROVED, S.OBJECTED, S.CONFIRMED, S.INTRODUCED, S.REFUSAL_CLAIMED, S.AGREED, S.ACTIVE)
# From CONFIRMED on the company knows who comes; a claim can only be made about somebody it knows.
KNOWN_STATES = (S.CONFIRMED, S.INTRODUCED, S.REFUSAL_CLAIMED, S.AGREED, S.ACTIVE, S.COMPLETED, S.ENDED_EARLY)


class Who(StrEnum):
    """Who may make a transition; `placements.rules` says which hats these are."""

    COORDINATOR = "coordinator"
    STUDENT = "student"
    COMPANY = "company"
    SYSTEM = "system"


class ReasonCode(models.TextChoices):
    """Coded reasons; a text may explain them, never replace them."""

    # A coordinator declines or withdraws
    TOO_FAR = "too_far", _("the journey does not work in practice")
    GOALS_MISSING = "goals_missing", _("the student cannot practise the goals there")
    NEEDS_NOT_MET = "needs_not_met", _("the adjustments are not possible there")
    EARLIER_EXPERIENCE = "earlier_experience", _("an earlier bad experience at this company")
    CHANGED = "changed", _("the situation of the student changed")
    PLACED_ELSEWHERE = "placed_elsewhere", _("the student has another place")
    LEFT_PROGRAMME = "left_programme", _("the student left the programme")
    DATA_WRONG = "data_wrong", _("the data were wrong")
    OTHER = "other", _("something else (explain below)")
    # A company claims a refusal; "no click" is not among them
    PLACE_GONE = "place_gone", _("the place no longer exists")
    TRAINER_GONE = "trainer_gone", _("there is no trainer any more")
    RECOGNITION_LOST = "recognition_lost", _("the recognition has ended")
    STATUTORY = "statutory", _("a requirement of the law is not met")
    PROCESS_NOT_DONE = "process_not_done", _("this work is not done here")
    SAFETY = "safety", _("a safety problem that no reasonable adjustment solves")
    # A coordinator judges
    GROUND_VALID = "ground_valid", _("the ground is valid and the evidence sufficient")
    GROUND_INVALID = "ground_invalid", _("this is not a valid ground")
    EVIDENCE_MISSING = "evidence_missing", _("the evidence does not show it")
    SOLVED = "solved", _("it has been solved together")
    # Applications
    PLACE_FULL = "place_full", _("all places are taken")
    ACCEPTANCE_UNDONE = "acceptance_undone", _("the company took its yes back")
    APPLICATION_TAKEN_BACK = "application_taken_bk", _("the student took the application back")


OBJECTION_REASONS = (
    ReasonCode.TOO_FAR,
    ReasonCode.GOALS_MISSING,
    ReasonCode.NEEDS_NOT_MET,
    ReasonCode.EARLIER_EXPERIENCE,
    ReasonCode.CHANGED,
    ReasonCode.OTHER,
)
DECLINE_REASONS = (*OBJECTION_REASONS[:-1], ReasonCode.PLACED_ELSEWHERE, ReasonCode.LEFT_PROGRAMME, ReasonCode.DATA_WRONG, ReasonCode.OTHER)
REFUSAL_GROUNDS = (
    ReasonCode.PLACE_GONE,
    ReasonCode.TRAINER_GONE,
    ReasonCode.RECOGNITION_LOST,
    ReasonCode.STATUTORY,
    ReasonCode.PROCESS_NOT_DONE,
    ReasonCode.SAFETY,
)
VERDICT_VALID = (ReasonCode.GROUND_VALID,)
VERDICT_INVALID = (ReasonCode.GROUND_INVALID, ReasonCode.EVIDENCE_MISSING, ReasonCode.SOLVED)
# Before the agreement; that the company may not train any more gives the student the first turn (services.requests.tier_for).
WITHDRAW_REASONS = (*DECLINE_REASONS[:-1], ReasonCode.RECOGNITION_LOST, ReasonCode.OTHER)
# Objections that the coordinator judges: go on (approve again) or decline.
GO_ON_REASONS = (ReasonCode.SOLVED, ReasonCode.GROUND_INVALID, ReasonCode.OTHER)
END_REASONS = (*DECLINE_REASONS[:-1], *REFUSAL_GROUNDS, ReasonCode.OTHER)


# An application is over before the coordinator has acted on the company's yes.
APPLICATION_ENDS = (ReasonCode.ACCEPTANCE_UNDONE, ReasonCode.APPLICATION_TAKEN_BACK)


C, ST, CO, SYS = Who.COORDINATOR, Who.STUDENT, Who.COMPANY, Who.SYSTEM

TRANSITIONS: dict[tuple[PlacementState, PlacementState], Transition] = {
    # from                to                  who
    (S.PROPOSED, S.APPROVED): by(C),
    (S.PROPOSED, S.DECLINED): by(C, reasons=DECLINE_REASONS),
    (S.APPROVED, S.PROPOSED): by(C, until_told=True),  # undo, only until the student has been told
    (S.APPROVED, S.CONFIRMED): by(ST),  # from here on the company knows who comes
    (S.APPROVED, S.OBJECTED): by(ST, reasons=OBJECTION_REASONS),
    (S.OBJECTED, S.APPROVED): by(C, reasons=GO_ON_REASONS),
    (S.OBJECTED, S.DECLINED): by(C, reasons=DECLINE_REASONS),
    (S.CONFIRMED, S.INTRODUCED): by(CO, C),
    (S.CONFIRMED, S.REFUSAL_CLAIMED): by(CO, reasons=REFUSAL_GROUNDS),
    (S.INTRODUCED, S.REFUSAL_CLAIMED): by(CO, reasons=REFUSAL_GROUNDS),
    (S.REFUSAL_CLAIMED, S.REFUSED): by(C, reasons=VERDICT_VALID),
    (S.REFUSAL_CLAIMED, S.CONFIRMED): by(C, reasons=VERDICT_INVALID),
    (S.REFUSAL_CLAIMED, S.INTRODUCED): by(C, reasons=VERDICT_INVALID),
    (S.INTRODUCED, S.AGREED): by(SYS),  # when all have signed
    (S.AGREED, S.ACTIVE): by(SYS),  # on the first day
    (S.ACTIVE, S.COMPLETED): by(C, SYS),
    (S.ACTIVE, S.ENDED_EARLY): by(C, reasons=END_REASONS),
    (S.PROPOSED, S.WITHDRAWN): by(C, SYS, reasons=(*WITHDRAW_REASONS, *APPLICATION_ENDS)),
    (S.APPROVED, S.WITHDRAWN): by(C, ST, reasons=WITHDRAW_REASONS),
    (S.OBJECTED, S.WITHDRAWN): by(C, ST, reasons=WITHDRAW_REASONS),
    (S.CONFIRMED, S.WITHDRAWN): by(C, ST, reasons=WITHDRAW_REASONS),
    (S.INTRODUCED, S.WITHDRAWN): by(C, ST, reasons=WITHDRAW_REASONS),
}


def allowed(state: str, who: Who, *, told: bool = False) -> list[PlacementState]:
    """States to which somebody may move a placement from here, in the table's order; told: the student knows of it."""
    return allowed_in(TRANSITIONS, state, who, told=told)
