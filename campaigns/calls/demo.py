"""A call round of the demo, with how a few calls went. INVENTED; everything goes through the services that pages use."""

from datetime import timedelta
from itertools import islice

from django.utils import timezone

from accounts.hats import HatKind
from campaigns.audience import Audience, Kind
from campaigns.calls.words import standard
from campaigns.calls.workflow import Outcome
from campaigns.models import CallRound
from campaigns.services import calls
from campaigns.services.call_effects import Offer
from campaigns.services.calling import Said, take_next, write_down
from companies.models import Company
from placements.models.place import recognised_for
from placements.selectors import periods_to_choose
from shortages.demo_desk import demo_actors

O = Outcome  # noqa: E741
COURSE = (O.PLACES, O.NOBODY, O.NO, O.LATER, O.PLACES, O.NOBODY, O.WRONG_NUMBER, O.NO)
NOTES = {O.NO: "Na de verbouwing weer, in het najaar.", O.LATER: "De praktijkopleider is morgen terug."}


def play() -> int:
    """A round under way, called by the demo's scout and an advisor in turn; returns how many calls were made."""
    callers = [actor for kind in (HatKind.SCOUT, HatKind.ADVISOR_TARGET_GROUPS) for actor in islice(demo_actors(kind), 1)]
    if not callers or not periods_to_choose() or CallRound.objects.exists():
        return 0
    asks = Audience(kind=Kind.NO_PLACES, regions=tuple(sorted(callers[0].regions)))
    last = timezone.localdate() + timedelta(days=21)
    round_ = CallRound(name="Lege plekken voor het voorjaar", script=standard(asks.kind), target=25, deadline=last)
    round_ = calls.start(round_=calls.save_round(round_=round_, audience=asks, actor=callers[0]), by=callers[0].user)
    made = 0
    for number, outcome in enumerate(COURSE):
        caller = callers[number % len(callers)]
        call = take_next(round_=round_, actor=caller) if round_.callable else None
        if call is None or call.claim is None:
            break
        write_down(call=call, claim=call.claim, said=_said(outcome, call.company), actor=caller)
        made += 1
    return made


def _said(outcome: Outcome, company: Company) -> Said:
    first = recognised_for(company).filter(current=True).order_by("pk").first()
    if outcome == O.PLACES and first is not None:
        offer = Offer(first, 1, periods_to_choose()[0], ["mo", "tu", "we", "th"], first.pathways[:1])
        return Said(outcome, spoke_to="de praktijkopleider", offers=[offer])
    tomorrow = timezone.now() + timedelta(days=1) if outcome == O.LATER else None
    return Said(outcome if outcome != O.PLACES else O.NO, note=NOTES.get(outcome, ""), call_at=tomorrow)
