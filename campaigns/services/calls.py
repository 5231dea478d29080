"""What a person does with a call round: make it, start it, pause it, go on, end it; and how it is filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actor import Actor
from accounts.models import User
from campaigns.audience import Audience, companies, ranked
from campaigns.calls.errors import RoundMoved
from campaigns.calls.workflow import SPOKEN, RoundState, Who, allowed
from campaigns.models import Call, CallResult, CallRound
from companies.models import may_be_called
from reference.models import LabourMarketRegion
from stagematch import jobs

KIND = "campaigns.fill_round"
R = RoundState
# A round of at most so many companies is filled while one waits; a larger one by a job, so many rows at a time.
AT_ONCE = 2_000
SLICE = 25_000
RANKING, FILLING = gettext_noop("Putting the companies in order"), gettext_noop("Writing the list")


def to_call() -> Q:
    """Companies that may be called for a new round: they did not say no to calls, and nobody spoke to them lately."""
    since = timezone.now() - timedelta(days=settings.CALL_REST_DAYS)
    spoken = CallResult.objects.filter(company=OuterRef("pk"), at__gte=since, outcome__in=SPOKEN, undone_at=None)
    return may_be_called() & ~Q(Exists(spoken))


@transaction.atomic
def save_round(*, round_: CallRound, audience: Audience, actor: Actor) -> CallRound:
    """Make a round, or change one that has not been started. Raises RoundMoved."""
    if round_.pk:
        _lock(round_, R.DRAFT)
    else:
        round_.created_by = actor.user
    if not audience.regions:
        audience = replace(audience, regions=tuple(sorted(actor.regions)))
    round_.audience = audience.as_json()
    round_.save()
    round_.regions.set(LabourMarketRegion.objects.filter(pk__in=audience.regions))
    return round_


def start(*, round_: CallRound, by: User | None) -> CallRound:
    """Start a round: at once when it is small, else once its job has written the list; a second click changes nothing."""
    with transaction.atomic():
        round_ = _lock(round_)
        if round_.state != R.DRAFT:
            return round_
        if companies(round_.asks, None).filter(to_call()).count() > AT_ONCE:
            round_.job = jobs.start(kind=KIND, key=f"round-{round_.pk}", args={"round": round_.pk}, by=by)
            round_.save(update_fields=["job"])
            return round_
        _clear(round_)
        _rank(round_)
        _write(round_, 0, AT_ONCE)
        return _running(round_)


def fill(job: jobs.JobContext) -> None:
    """Write the list of a large round in its order, in slices; killed and begun again, it starts from nothing."""
    round_ = CallRound.objects.get(pk=job.args["round"])
    if round_.state != R.DRAFT:  # ended meanwhile, or done by an attempt that was thought dead
        return
    job.progress(RANKING, 0)
    _clear(round_)
    size = _rank(round_)
    for start_at in range(0, size, SLICE):
        job.check()
        _write(round_, start_at, start_at + SLICE)
        job.progress(FILLING, min(1.0, (start_at + SLICE) / size))
    with job.complete({"companies": size}):
        locked = _lock(round_)
        if locked.state == R.DRAFT:
            _running(locked)


def _clear(round_: CallRound) -> None:
    """Nobody has been given a company of a round that has not begun: what a broken attempt left is thrown away."""
    Call.objects.filter(round=round_, round__state=R.DRAFT).delete()


def _rank(round_: CallRound) -> int:
    """Put the audience in its order, in a table of this connection only; returns how many."""
    sql, params = ranked(round_.asks, None).filter(to_call()).values_list("pk", "municipality__region").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.ranked")
        numbered = f"SELECT row_number() OVER () AS position, company_id, region_id FROM ({sql}) found (company_id, region_id)"  # noqa: S608  the ORM's
        cursor.execute(f"CREATE TEMP TABLE ranked AS {numbered}", params)
        return int(cursor.rowcount)


def _write(round_: CallRound, after: int, until: int) -> None:
    """Copy a slice of the order into the round; what is there stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_call (public_id, round_id, company_id, region_id, position, tries, outcome)"
            " SELECT gen_random_uuid(), %s, company_id, region_id, position, 0, '' FROM pg_temp.ranked"
            " WHERE position > %s AND position <= %s ORDER BY position ON CONFLICT (round_id, company_id) DO NOTHING",
            [round_.pk, after, until],
        )


def _running(round_: CallRound) -> CallRound:
    with connection.cursor() as cursor:  # the next company is read from an index only while PostgreSQL knows how long the queue is
        cursor.execute("ANALYZE campaigns_call")
    round_.state, round_.started_at = R.RUNNING, timezone.now()
    round_.save(update_fields=["state", "started_at"])
    return round_


@transaction.atomic
def move(*, round_: CallRound, to: RoundState, who: Who = Who.STAFF) -> CallRound:
    """Pause a round, go on with it, or end it; twice the same changes nothing. Raises RoundMoved. Starting it: `start`.

    Nobody is called from a round that is paused or ended; whoever is on the telephone can still write down how it went.
    """
    round_ = _lock(round_)
    if round_.state == to:
        return round_
    if to not in allowed(round_.state, who) or (round_.state, to) == (R.DRAFT, R.RUNNING):
        raise RoundMoved(_("This call round is “%(state)s” now, so that can no longer be done.") % {"state": round_.get_state_display()})
    round_.state = to
    if to == R.ENDED:
        round_.ended_at = timezone.now()
        if round_.job and round_.job.is_open:
            jobs.cancel(job=round_.job)
    round_.save(update_fields=["state", "ended_at"])
    return round_


def end_overdue(*, today: date | None = None) -> int:
    """End rounds whose last day has passed; returns how many."""
    due = list(CallRound.objects.open().filter(deadline__lt=today or timezone.localdate()).order_by("pk"))
    for round_ in due:
        move(round_=round_, to=R.ENDED, who=Who.SYSTEM)
    return len(due)


def _lock(round_: CallRound, *states: RoundState) -> CallRound:
    """The round as it is now. Raises RoundMoved when it is in none of the states named."""
    locked = CallRound.objects.select_for_update().get(pk=round_.pk)  # without a join, whose row may be another by then
    if states and locked.state not in states:
        raise RoundMoved(_("This call round is “%(state)s” now, so that can no longer be done.") % {"state": locked.get_state_display()})
    return locked
