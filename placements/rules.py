"""Who may do what with placements and requests: predicates `(actor, obj)` for views, templates, services and tests."""

import rules

from accounts.actor import Actor, System
from accounts.hats import HatKind
from placements.models import Placement, PlacementRequest
from placements.workflow import KNOWN_STATES, S, Who, allowed
from schools.models import Student


def coordinates(actor: Actor, student: Student) -> bool:
    """Whether the actor wears the hat of coordinator of this student's programme."""
    return actor.is_(HatKind.COORDINATOR) and Student.objects.visible_to(actor).filter(pk=student.pk).exists()


def part_of(actor: Actor, placement: Placement) -> Who | None:
    """In which part of the transition table the actor acts on this placement; None if in none.

    A student has a part only once told, a company only once the student has agreed.
    """
    if isinstance(actor, System):
        return Who.SYSTEM
    if actor.is_(HatKind.STUDENT):
        own = placement.request.student_id == actor.student_id and placement.told_at is not None
        return Who.STUDENT if own else None
    if actor.company_id:
        known = placement.confirmed_at is not None and placement.state in KNOWN_STATES
        return Who.COMPANY if known and placement.place.company_id == actor.company_id else None
    return Who.COORDINATOR if coordinates(actor, placement.request.student) else None


def may_move(to: S, *, start: tuple[S, ...] = ()) -> rules.Predicate:
    """Predicate: the actor may move the placement to a state now (only from one of `start`, if given)."""

    @rules.predicate(name=f"may_move_to_{to}")
    def predicate(actor: Actor, placement: Placement) -> bool:
        if start and placement.state not in start:
            return False
        part = part_of(actor, placement)
        return part is not None and to in allowed(placement.state, part, told=placement.told_at is not None)

    return predicate


@rules.predicate
def may_propose_introduction(actor: Actor, placement: Placement) -> bool:
    """The company or the coordinator proposes a first meeting, and may change it while it is planned."""
    if placement.state not in (S.CONFIRMED, S.INTRODUCED):
        return False
    return part_of(actor, placement) in (Who.COMPANY, Who.COORDINATOR)


@rules.predicate
def may_prepare(actor: Actor, request: PlacementRequest) -> bool:
    """A student fills in the own request until the school has closed it."""
    return actor.is_(HatKind.STUDENT) and request.student_id == actor.student_id and request.closed_at is None


@rules.predicate
def may_change_tier(actor: Actor, request: PlacementRequest) -> bool:
    """The coordinator of the student's programme sets another order of turn, with a reason."""
    return request.closed_at is None and coordinates(actor, request.student)


rules.add_rule("placements.approve", may_move(S.APPROVED, start=(S.PROPOSED,)))
rules.add_rule("placements.decline", may_move(S.DECLINED, start=(S.PROPOSED,)))
rules.add_rule("placements.undo_approval", may_move(S.PROPOSED))
rules.add_rule("placements.agree", may_move(S.CONFIRMED, start=(S.APPROVED,)))
rules.add_rule("placements.object", may_move(S.OBJECTED))
rules.add_rule("placements.judge_objection", may_move(S.DECLINED, start=(S.OBJECTED,)))
rules.add_rule("placements.withdraw", may_move(S.WITHDRAWN))
rules.add_rule("placements.propose_introduction", may_propose_introduction)
rules.add_rule("placements.claim_refusal", may_move(S.REFUSAL_CLAIMED))
rules.add_rule("placements.judge_refusal", may_move(S.REFUSED))
rules.add_rule("placements.prepare", may_prepare)
rules.add_rule("placements.change_tier", may_change_tier)
