"""What a caller does: take the next company, hold it, put it back, write down how the call went, undo that.

Two callers never have the same company, in one round or in two: taking locks a row that nobody else has locked (SKIP LOCKED), and the database
refuses a second holder of a company and a second company of a holder (`one_caller_a_company`, `one_company_a_caller`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from campaigns.audience import companies
from campaigns.calls.errors import NotHeld, RoundMoved, TooLate
from campaigns.calls.workflow import OUTCOMES, Outcome
from campaigns.models import Call, CallResult, CallRound
from campaigns.services.call_effects import EFFECTS, UNDOING, Offer
from companies.services.reach import set_number

# How many of the queue are looked at, one after another, until one is found that still needs a call.
LOOKS = (1, 10, 100, 1000)
ATTEMPTS = 5
FREE = {"holder": None, "held_since": None, "held_until": None, "claim": None}


@dataclass(frozen=True)
class Said:
    """How a call went, as the caller fills it in."""

    outcome: Outcome
    note: str = ""
    spoke_to: str = ""
    call_at: datetime | None = None
    offers: Sequence[Offer] = ()


def take_next(*, round_: CallRound, actor: Actor) -> Call | None:
    """The company that the caller holds already, in whichever round, else the next of this one; None when nothing is to be called now.

    round_: as it is now. Raises RoundMoved when it gives no companies now.
    """
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _take(round_, actor)
        except IntegrityError:  # the same company from another round, or the same caller in another tab, in this very moment
            continue
    return None


def _take(round_: CallRound, actor: Actor) -> Call | None:
    now, user = timezone.now(), actor.user
    if user is None:
        raise NotHeld
    held = Call.objects.select_for_update(of=("self",)).filter(holder=user).first()
    if held is not None:
        return _extend(held, now)
    if not round_.callable:
        raise RoundMoved(_("No companies are given out in this call round now."))
    found = _needed(round_, actor, now)
    if found is None and release(now):
        found = _needed(round_, actor, now)
    return _hold(found, user, now) if found else None


def _needed(round_: CallRound, actor: Actor, now: datetime) -> Call | None:
    """The first of the queue that still belongs to the audience; those before it answered by themselves and are settled."""
    for look in LOOKS:
        found = _queue(round_, actor, now, look)
        if not found:
            return None
        wanted = set(companies(round_.asks, None).filter(pk__in=[call.company_id for call in found]).values_list("pk", flat=True))
        # Who was promised a call gets it, whatever has changed since.
        first = next((number for number, call in enumerate(found) if call.due_for_id or call.company_id in wanted), len(found))
        if first:
            Call.objects.filter(pk__in=[call.pk for call in found[:first]]).update(outcome=Outcome.SETTLED)
        if first < len(found):
            return found[first]
    return None


def _queue(round_: CallRound, actor: Actor, now: datetime, look: int) -> list[Call]:
    """The first of those that this caller may be given, locked: what is due, else what waits. One statement, each half from its index."""
    elsewhere = actor.regions and (not round_.asks.regions or set(round_.asks.regions) - set(actor.regions))
    values = {
        "round": round_.pk, "user": actor.user and actor.user.pk, "now": now, "look": look,
        "late": now - timedelta(minutes=settings.CALL_GRACE_MINUTES), "regions": list(actor.regions) if elsewhere else None,
    }  # fmt: skip
    return list(Call.objects.raw(QUEUE.format(lock=LOCK), values))


LOCK = "FOR UPDATE OF call SKIP LOCKED"
# Nobody holds the company in any round, it has not said no to calls, it lies in the own regions.
_FREE = """call.round_id = %(round)s AND call.outcome = '' AND call.holder_id IS NULL
        AND NOT EXISTS (SELECT FROM campaigns_call held WHERE held.company_id = call.company_id AND held.holder_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM companies_companyreach reach WHERE reach.company_id = call.company_id AND reach.no_calls_at IS NOT NULL)
        AND (%(regions)s::text[] IS NULL OR call.region_id = ANY(%(regions)s::text[]))"""
QUEUE = f"""
WITH due AS (
    SELECT call.* FROM campaigns_call call
    WHERE {_FREE} AND call.due_at <= %(now)s
        AND (call.due_for_id IS NULL OR call.due_for_id = %(user)s OR call.due_at <= %(late)s)
    ORDER BY call.due_for_id IS DISTINCT FROM %(user)s, call.due_at LIMIT %(look)s {{lock}}
), waiting AS (
    SELECT call.* FROM campaigns_call call
    WHERE {_FREE} AND call.due_at IS NULL AND NOT EXISTS (SELECT FROM due)
    ORDER BY call.position LIMIT %(look)s {{lock}}
)
SELECT * FROM due UNION ALL SELECT * FROM waiting
"""  # noqa: S608  text of ours; values are parameters


def _hold(call: Call, user: User, now: datetime) -> Call:
    call.holder, call.held_since, call.claim = user, now, uuid4()
    call.held_until = now + timedelta(minutes=settings.CALL_HOLD_MINUTES)
    call.save(update_fields=["holder", "held_since", "held_until", "claim"])
    return call


def _extend(call: Call, now: datetime) -> Call:
    call.held_until = now + timedelta(minutes=settings.CALL_HOLD_MINUTES)
    call.save(update_fields=["held_until"])
    return call


def release(now: datetime) -> int:
    """Let go of companies whose time is over, returns how many; who comes back in time finds them still there.

    A beat does it every minute; in between, whoever finds the queue empty.
    """
    over = Call.objects.filter(holder__isnull=False, held_until__lt=now).select_for_update(skip_locked=True, of=("self",))
    return Call.objects.filter(pk__in=over.values("pk")).update(**FREE)


@transaction.atomic
def keep(*, call: Call, by: User) -> bool:
    """Hold a company longer, because its page is still open; returns whether it is still held."""
    locked = Call.objects.select_for_update(of=("self",)).filter(pk=call.pk, holder=by).first()
    return bool(locked and _extend(locked, timezone.now()))


@transaction.atomic
def put_back(*, call: Call, by: User) -> None:
    """Let go of a company without calling it: it waits for the next caller. Safe to call twice."""
    Call.objects.filter(pk=call.pk, holder=by).update(**FREE)


@transaction.atomic
def correct_number(*, call: Call, by: User, phone: str) -> None:
    """The number was wrong and this is the right one: the call goes on. Raises NotHeld."""
    set_number(company=_held(call, by).company, phone=phone)


@transaction.atomic
def write_down(*, call: Call, claim: UUID, said: Said, actor: Actor) -> CallResult:
    """Write down how a call went and do what follows from it. Twice the same holding is one outcome: the first that was written.

    Raises NotHeld when somebody else has the company now, or it is done with.
    """
    user = actor.user
    locked = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    before = CallResult.objects.filter(call=locked, claim=claim).first()
    if before is not None:
        return before
    if user is None or not _may_end(locked, user, claim):
        raise NotHeld(_("You no longer hold this company: it was let go of, or a colleague called it. Nothing was written down."))
    now = timezone.now()
    result = CallResult.objects.create(
        call=locked, company_id=locked.company_id, claim=claim, by=user, post_id=actor.object_id, outcome=said.outcome, note=said.note,
        spoke_to=said.spoke_to, since=locked.held_since or now, at=now, call_at=said.call_at,
    )  # fmt: skip
    EFFECTS.get(said.outcome, lambda result, said: None)(result, said)
    if OUTCOMES[said.outcome].spoken:
        _rest(result)
    result.save()
    _leave(locked, said, user, now)
    return result


def _may_end(call: Call, user: User, claim: UUID) -> bool:
    """Held by this caller under this claim, or let go of by time and taken by nobody since: the call was made all the same."""
    if call.holder_id == user.pk:
        return call.claim == claim
    return call.holder_id is None and not call.outcome


def _leave(call: Call, said: Said, user: User, now: datetime) -> None:
    """What becomes of the row: done with, or back later."""
    call.holder = call.held_since = call.held_until = call.claim = None
    call.due_at = call.due_for = None
    call.tries += said.outcome == Outcome.NOBODY
    if OUTCOMES[said.outcome].ends or call.tries >= settings.CALL_TRIES:
        call.outcome = said.outcome
    elif said.outcome == Outcome.LATER:
        call.due_at, call.due_for = said.call_at, user
    else:
        call.due_at = now + timedelta(hours=settings.CALL_AGAIN_HOURS)
    call.save()


def _rest(result: CallResult) -> None:
    """Whoever was spoken to is left alone by other rounds for a while."""
    others = Call.objects.filter(company=result.company_id, outcome="", holder=None, due_at=None).exclude(pk=result.call_id)
    keys = list(others.select_for_update(of=("self",)).values_list("pk", flat=True))
    Call.objects.filter(pk__in=keys).update(due_at=result.at + timedelta(days=settings.CALL_REST_DAYS))
    result.before["rested"] = keys


@transaction.atomic
def undo(*, result: CallResult, by: User) -> Call:
    """Take an outcome back, with what followed from it; the company is the caller's again. Safe to call twice.

    Raises TooLate after a while, when the company was called again since, or when a student answered to a place that was added.
    """
    call = Call.objects.select_for_update(of=("self",)).get(pk=result.call_id)
    result = CallResult.objects.select_for_update(of=("self",)).get(pk=result.pk)
    if result.undone_at:
        return call
    now = timezone.now()
    if result.by_id != by.pk or not undoable(result, now) or call.holder_id or call.results.filter(undone_at=None, at__gt=result.at).exists():
        raise TooLate(_("This can no longer be undone."))
    UNDOING.get(Outcome(result.outcome), lambda result: None)(result)
    Call.objects.filter(pk__in=result.before.get("rested", []), due_for=None, holder=None).update(due_at=None)
    result.undone_at = now
    result.save(update_fields=["undone_at"])
    Call.objects.filter(pk=call.pk).update(outcome="", due_at=now, due_for=by, tries=F("tries") - (1 if result.outcome == Outcome.NOBODY else 0))
    call.refresh_from_db()
    return _hold_if_free(call, by, now)


def _hold_if_free(call: Call, by: User, now: datetime) -> Call:
    """Give it to the caller at once, unless they hold another company by now: then it comes next."""
    try:
        with transaction.atomic():
            return _hold(call, by, now)
    except IntegrityError:
        return Call.objects.get(pk=call.pk)


def undoable(result: CallResult, now: datetime | None = None) -> bool:
    """Whether there is still time to undo it."""
    return result.undone_at is None and result.at >= (now or timezone.now()) - timedelta(minutes=settings.CALL_UNDO_MINUTES)


def _held(call: Call, by: User) -> Call:
    locked = Call.objects.select_for_update(of=("self",)).select_related("company").filter(pk=call.pk, holder=by).first()
    if locked is None:
        raise NotHeld(_("You no longer hold this company: it was let go of, or a colleague called it. Nothing was written down."))
    return locked
