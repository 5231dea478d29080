"""What a caller does: take the next company, hold it, put it back, write down how the call went, undo that.

Two callers never have the same company, in one round or in two: taking locks a row that nobody else has locked (SKIP LOCKED), and the database
refuses a second holder of a company and a second company of a holder (`one_caller_a_company`, `one_company_a_caller`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from campaigns.audience import Audience, companies
from campaigns.calls.errors import NotHeld, RoundMoved, TooLate
from campaigns.calls.workflow import OUTCOMES, Outcome, RoundState
from campaigns.models import Call, CallResult, CallRound
from campaigns.services.call_effects import EFFECTS, UNDOING, Offer
from companies.models import Company
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
    found = _take(round_, actor)
    if found is None and not round_.callable:
        raise RoundMoved(_("No companies are given out in this call round now."))
    if found is None and release(timezone.now()):
        found = _take(round_, actor)
    return found


def _take(round_: CallRound, actor: Actor) -> Call | None:
    """What the caller holds, else the first of the queue that still belongs to the audience; those before it answered by themselves."""
    values = _values(round_, actor)
    for look in LOOKS:
        touched = _touch(values | {"look": look})
        held = next((call for call in touched if call.holder_id), None)
        if held or not touched:
            return held
    return None


def _touch(values: dict[str, Any]) -> list[Call]:
    """Run TAKE: the company held or taken, and those that were settled before it."""
    for _attempt in range(ATTEMPTS):
        try:
            # One statement is a transaction of its own; inside another one a savepoint keeps that whole.
            whole: AbstractContextManager[None] = transaction.atomic() if connection.in_atomic_block else nullcontext()
            with whole:
                return list(Call.objects.raw(TAKE.format(lock=LOCK, audience=values["audience"]), values))
        except IntegrityError:  # the same company from another round, or the same caller in another tab, in this very moment
            continue
    return []


def _values(round_: CallRound, actor: Actor) -> dict[str, Any]:
    """What TAKE asks for, but how far it looks."""
    if actor.user is None:
        raise NotHeld
    now, asks = timezone.now(), round_.asks
    audience, asked = _audience(round_.pk, asks, timezone.localdate(now))
    elsewhere = actor.regions and (not asks.regions or set(asks.regions) - set(actor.regions))
    return asked | {
        "audience": audience, "round": round_.pk, "user": actor.user.pk, "open": round_.callable, "now": now, "claim": uuid4(),
        "until": now + timedelta(minutes=settings.CALL_HOLD_MINUTES), "late": now - timedelta(minutes=settings.CALL_GRACE_MINUTES),
        "regions": list(actor.regions) if elsewhere else None,
    }  # fmt: skip


@lru_cache(maxsize=256)
def _audience(round_: int, asks: Audience, day: date) -> tuple[str, dict[str, Any]]:
    """Statement and values for the keys of an audience's companies, written by the ORM once a round and day: that takes longer than running it."""
    sql, params = companies(asks, None).order_by().values_list("pk").query.sql_with_params()
    named = {f"asked_{number}": value for number, value in enumerate(params)}
    return sql % tuple(f"%({name})s" for name in named), named


LOCK = "FOR UPDATE OF call SKIP LOCKED"
# The caller holds nothing, nobody holds the company in any round, it has not said no to calls, it lies in the own regions.
_FREE = """%(open)s AND NOT EXISTS (SELECT FROM mine) AND call.round_id = %(round)s AND call.outcome = '' AND call.holder_id IS NULL
        AND NOT EXISTS (SELECT FROM campaigns_call held WHERE held.company_id = call.company_id AND held.holder_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM companies_companyreach reach WHERE reach.company_id = call.company_id AND reach.no_calls_at IS NOT NULL)
        AND (%(regions)s::text[] IS NULL OR call.region_id = ANY(%(regions)s::text[]))"""
# All of a take in one statement: what the caller holds is held longer; else what is due, else what waits, each half from its index, is looked at
# in turn. The first that belongs to the audience (or was promised a call, whatever has changed since) is held, those before it are settled.
TAKE = f"""
WITH mine AS (
    SELECT call.id FROM campaigns_call call WHERE call.holder_id = %(user)s FOR UPDATE OF call
), due AS (
    SELECT call.* FROM campaigns_call call
    WHERE {_FREE} AND call.due_at <= %(now)s
        AND (call.due_for_id IS NULL OR call.due_for_id = %(user)s OR call.due_at <= %(late)s)
    ORDER BY call.due_for_id IS DISTINCT FROM %(user)s, call.due_at LIMIT %(look)s {{lock}}
), waiting AS (
    SELECT call.* FROM campaigns_call call
    WHERE {_FREE} AND call.due_at IS NULL AND NOT EXISTS (SELECT FROM due)
    ORDER BY call.position LIMIT %(look)s {{lock}}
), looked AS (
    SELECT call.id, row_number() OVER (ORDER BY call.due_for_id IS DISTINCT FROM %(user)s, call.due_at, call.position) AS turn,
        call.due_for_id IS NOT NULL OR (SELECT TRUE FROM ({{audience}}) one (id) WHERE one.id = call.company_id LIMIT 1) IS TRUE AS wanted
    FROM (SELECT * FROM due UNION ALL SELECT * FROM waiting) call
), touched AS MATERIALIZED (
    SELECT id, TRUE AS wanted FROM mine
    UNION ALL SELECT id, wanted FROM looked WHERE turn <= COALESCE((SELECT min(turn) FROM looked WHERE wanted), turn)
)
UPDATE campaigns_call call SET
    outcome = CASE WHEN wanted THEN '' ELSE '{Outcome.SETTLED}' END, holder_id = CASE WHEN wanted THEN %(user)s END,
    held_since = CASE WHEN wanted THEN COALESCE(call.held_since, %(now)s) END, held_until = CASE WHEN wanted THEN %(until)s END,
    claim = CASE WHEN wanted THEN COALESCE(call.claim, %(claim)s) END
FROM touched WHERE touched.id = call.id RETURNING call.*
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
    locked = _lock(call.pk, call.company_id)
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


def _lock(call: int, company: int) -> Call:
    """The call, after its company: what follows from an outcome changes places, and a merge locks the company before its calls."""
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company)
    return Call.objects.select_for_update(of=("self",)).get(pk=call)


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
    """Take an outcome back, with what followed from it; the company is the caller's again, unless its round has ended. Safe to call twice.

    Raises TooLate after a while, when the company was called again since, or when a student answered to a place that was added.
    """
    call = _lock(result.call_id, result.company_id)
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
    ended = call.round.state == RoundState.ENDED
    Call.objects.filter(pk=call.pk).update(outcome="", due_at=now, due_for=by, tries=F("tries") - (1 if result.outcome == Outcome.NOBODY else 0))
    call.refresh_from_db()
    return call if ended else _hold_if_free(call, by, now)


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
    locked = Call.objects.select_for_update().filter(pk=call.pk, holder=by).first()
    if locked is None:
        raise NotHeld(_("You no longer hold this company: it was let go of, or a colleague called it. Nothing was written down."))
    return locked
