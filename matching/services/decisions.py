"""From proposals to placements: taking a run over, approving several, the ones that need a look of their own."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from matching.engine import lottery_rank
from matching.errors import NotFinished, RoundClosed
from matching.models import Proposal, Round, Run, RunState
from placements.services import transitions


@dataclass(frozen=True)
class TakenOver:
    """How many placements a run became, and how many proposals were left out because their place had filled up."""

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
    made, _left_out = transitions.propose_many(pairs=[(p.request, p.place) for p in proposals if p.place], actor=actor)
    placements = {placement.request_id: placement for placement in made}
    for proposal in proposals:
        proposal.placement = placements.get(proposal.request_id)
        proposal.left_out = proposal.placement is None
    Proposal.objects.bulk_update(proposals, ["placement", "left_out"], batch_size=500)


@dataclass(frozen=True)
class Approved:
    """How many were approved; the exceptions that were left to be looked at one by one; those that had moved on, with why."""

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
    exceptions = [proposal for proposal in found if proposal.is_exception]
    chosen_ones = {proposal.placement_id: proposal for proposal in found if proposal.placement_id and not proposal.is_exception}
    done, left_out = transitions.approve_many(placements=list(chosen_ones), actor=actor)
    return Approved(len(done), exceptions, [(chosen_ones[placement.pk], str(error)) for placement, error in left_out])
