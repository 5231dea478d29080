"""From proposals to placements: taking a run over, approving, the ones that need a look of their own.

A run is days old when it is decided upon: whether a pair still fits is asked again each time (`matching.fits`), with the place locked.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from matching import fits
from matching.engine import lottery_rank
from matching.errors import NotFinished, RoundClosed
from matching.models import Proposal, Round, Run, RunState
from matching.words import Obstacle
from placements.errors import AlreadyPlaced, PlaceFull, PlacementError
from placements.models import Placement, PlaceState
from placements.services import transitions
from placements.workflow import S


@dataclass(frozen=True)
class TakenOver:
    """How many placements a run became, and how many proposals were left out because they no longer fit."""

    made: int
    left_out: int


@transaction.atomic
def take_over(*, run: Run, actor: Actor) -> TakenOver:
    """Make a placement of each proposal that still fits, in the order of the round; what no longer fits is marked, not forced.

    Taking the same run over again changes nothing and answers the same. Raises NotFinished, or RoundClosed when another run was taken.
    """
    Round.objects.select_for_update(of=("self",)).get(pk=run.round_id)
    run = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.taken_over_at is None:
        if run.state != RunState.DONE:
            raise NotFinished(_("This run has no result to take over."))
        if Run.objects.filter(round=run.round_id, taken_over_at__isnull=False).exists():
            raise RoundClosed(_("Another run of this round has been taken over already."))
        _place(run, actor)
        run.taken_over_at, run.taken_over_by = timezone.now(), actor.user
        run.save(update_fields=["taken_over_at", "taken_over_by"])
    proposals = run.proposals.filter(place__isnull=False)
    return TakenOver(made=proposals.filter(left_out=False).count(), left_out=proposals.filter(left_out=True).count())


def _place(run: Run, actor: Actor) -> None:
    """Whoever comes first in the order of the round gets what is left of a place that somebody else has used meanwhile."""
    proposals = list(run.proposals.filter(place__isnull=False).select_related("request__student", "place"))
    proposals.sort(key=lambda p: (p.request.tier, lottery_rank(run.seed, p.request_id), p.request_id))
    transitions.lock_places({p.place_id for p in proposals if p.place_id})
    unfit = fits.obstacles({p.request_id: p.place_id for p in proposals if p.place_id})
    pairs = [(p.request, p.place) for p in proposals if p.place and p.request_id not in unfit]
    made, left_out = transitions.propose_many(pairs=pairs, actor=actor)
    placements = {placement.request_id: placement for placement in made}
    unfit |= {request.pk: _obstacle(error, place.state) for request, place, error in left_out}
    for proposal in proposals:
        proposal.placement = placements.get(proposal.request_id)
        proposal.left_out, proposal.obstacle = proposal.placement is None, unfit.get(proposal.request_id, "")
    Proposal.objects.bulk_update(proposals, ["placement", "left_out", "obstacle"], batch_size=500)


def _obstacle(error: PlacementError, place_state: str) -> Obstacle:
    if isinstance(error, AlreadyPlaced):
        return Obstacle.PLACED
    if not isinstance(error, PlaceFull):
        return Obstacle.STOPPED
    return Obstacle.FULL if place_state == PlaceState.OPEN else Obstacle.WITHDRAWN


@dataclass(frozen=True)
class Approved:
    """How many were approved; the exceptions that were left to be looked at one by one; those that had moved on, with why.

    Whoever no longer fits is an exception, with its `obstacle`.
    """

    count: int
    exceptions: list[Proposal]
    refused: list[tuple[Proposal, str]]


@transaction.atomic
def approve_many(*, proposals: Iterable[int], actor: Actor) -> Approved:
    """Approve waiting proposals of own students, except those that need a look of their own (low score, far, needs, minors).

    Proposals decided before are skipped in silence, so that a second click does no harm.
    """
    chosen = Proposal.objects.filter(pk__in=proposals)
    waiting = Proposal.objects.visible_to(actor).filter(pk__in=chosen).waiting().with_flags()
    found = list(waiting.select_related("placement", "request__student", "place__company").order_by("placement__place_id", "pk"))
    _ask_again(found)
    exceptions = [proposal for proposal in found if proposal.is_exception or proposal.obstacle]
    chosen_ones = {proposal.placement_id: proposal for proposal in found if proposal.placement_id and proposal not in exceptions}
    done, left_out = transitions.approve_many(placements=list(chosen_ones), actor=actor)
    return Approved(len(done), exceptions, [(chosen_ones[placement.pk], str(error)) for placement, error in left_out])


@transaction.atomic
def approve(*, proposal: Proposal, actor: Actor) -> str:
    """Approve one proposal that was taken over, an exception too, because it is looked at by itself; returns why it could not be, or "".

    What no longer fits is not approved by anybody, but marked: it fits again, or it is declined. Raises PlacementError.
    """
    if proposal.placement is None:
        return ""
    if proposal.placement.state == S.PROPOSED:
        _ask_again([proposal])
        if proposal.obstacle:
            said = _("This no longer fits: %(why)s. Decline it, or have it changed and approve it again.")
            return said % {"why": Obstacle(proposal.obstacle).label}
    transitions.approve(placement=proposal.placement, actor=actor)
    return ""


@transaction.atomic
def judge_objection(*, placement: Placement, justified: bool, actor: Actor, reason_code: str, reason: str = "") -> Placement:
    """Judge an objection; a place that no longer fits is not put to the student again. Raises PlacementError."""
    if not justified and placement.state == S.OBJECTED:
        transitions.lock_places({placement.place_id})
        if unfit := fits.obstacles({placement.request_id: placement.place_id}):
            said = _("This place no longer fits: %(why)s. The objection is right.")
            raise PlacementError(said % {"why": unfit[placement.request_id].label})
    return transitions.judge_objection(placement=placement, justified=justified, actor=actor, reason_code=reason_code, reason=reason)


def _ask_again(proposals: list[Proposal]) -> None:
    """Lock the places, and write down for each proposal what makes it no longer fit, or that it fits (again)."""
    transitions.lock_places({proposal.place_id for proposal in proposals if proposal.place_id})
    unfit = fits.obstacles({proposal.request_id: proposal.place_id for proposal in proposals if proposal.place_id})
    changed = [proposal for proposal in proposals if proposal.obstacle != unfit.get(proposal.request_id, "")]
    for proposal in changed:
        proposal.obstacle = unfit.get(proposal.request_id, "")
    Proposal.objects.bulk_update(changed, ["obstacle"], batch_size=500)
