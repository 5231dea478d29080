"""A night from start to end: one at a time, begun once, repeated where it broke off, never rewritten. docs/shortages.md has the whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from accounts.models import User
from accounts.selectors import administrators
from shortages.models import Night, NightData, NightState, PublicFigure, RegionFigure
from stagematch import jobs, outbox
from stagematch.models import Job, JobState

log = structlog.get_logger(__name__)

KIND = "shortages.night"
ADVICE = "shortages.advice"
STOPPED = gettext_noop("Somebody stopped this night before it was done. Start it again.")
KEEP_DATA = timedelta(days=2)
ONE_DAY = timedelta(days=1)


class NightRefused(Exception):
    """The night asked for cannot be started; the message says why and what to do."""


def key_of(night: Night) -> str:
    """What names the jobs of a night."""
    return f"{night.date:%Y-%m-%d}-{night.version}"


def start_night(*, day: date, reason: str = "", by: User | None = None) -> Night:
    """Start the night of a date; one that is done is left alone unless a reason asks for a correction, one under way is returned.

    A night that failed is begun anew. Raises NightRefused for a date that is no night's, or while another night is under way.
    """
    today = timezone.localdate()
    if day > today:
        raise NightRefused(_("%(date)s has not been yet: a night counts what is so.") % {"date": f"{day:%d-%m-%Y}"})
    if day < today and not Night.objects.filter(date=day).exists():
        raise NightRefused(_("No night ran on %(date)s. What was so then cannot be counted any more.") % {"date": f"{day:%d-%m-%Y}"})
    settle()
    try:
        with transaction.atomic():
            return _begin(day, reason.strip()[:300], by)
    except IntegrityError:  # somebody started one in the same moment
        running = Night.objects.filter(state=NightState.RUNNING).first()
        if running is not None and running.date == day:
            return running
        raise NightRefused(_busy(running)) from None


def _begin(day: date, reason: str, by: User | None) -> Night:
    running = Night.objects.select_for_update(of=("self",)).filter(state=NightState.RUNNING).first()
    if running is not None:
        if running.date == day:
            return running
        raise NightRefused(_busy(running))
    nights = Night.objects.select_for_update(of=("self",)).filter(date=day)
    done = nights.filter(state=NightState.DONE).order_by("-version").first()
    if done is not None and not reason:
        return done
    failed = nights.filter(state=NightState.FAILED).order_by("-version").first()
    if failed is not None:
        night = failed
        night.state, night.error, night.reason, night.started_at, night.finished_at = NightState.RUNNING, "", reason, timezone.now(), None
    else:
        version = (nights.aggregate(last=Max("version"))["last"] or 0) + 1
        night = Night(date=day, version=version, reason=reason)
    night.save()
    night.job = jobs.start(kind=KIND, key=key_of(night), args={"night": night.pk}, by=by)
    night.save(update_fields=["job"])
    return night


def _busy(running: Night | None) -> str:
    if running is None:
        return _("Another night has just been started. Try again in a minute.")
    return _("The night of %(date)s is under way. Wait until it has ended.") % {"date": f"{running.date:%d-%m-%Y}"}


def settle() -> None:
    """Write down that a night failed whose jobs ended without it: given up after three attempts, or stopped by hand."""
    for night in Night.objects.filter(state=NightState.RUNNING).select_related("job", "advice_job"):
        last = night.advice_job or night.job
        if last is not None and not last.is_open:
            fail(night, last.error or STOPPED)


def make_up(*, now: Any = None) -> Night | None:
    """What beat asks every half hour: start the night of today unless it is done or under way, and forget what old ones were made of."""
    day = timezone.localdate(now)
    NightData.objects.filter(night__date__lt=day - KEEP_DATA).exclude(night__state=NightState.RUNNING).delete()
    try:
        return start_night(day=day)
    except NightRefused as refused:
        log.info("night_refused", why=str(refused))
        return None


@transaction.atomic
def fail(night: Night, error: str) -> None:
    """Write down, once, that a night ended without figures, and tell the administrators, once a date."""
    if not Night.objects.filter(pk=night.pk, state=NightState.RUNNING).update(state=NightState.FAILED, error=error, finished_at=timezone.now()):
        return
    log.error("night_failed", night=night.pk, date=str(night.date))
    for user in administrators():
        outbox.queue(
            to=user.email,
            template="shortages/mail/night_failed.txt",
            context={"name": user.name, "date": night.date, "error": _in(user.language, error)},
            language=user.language,
            key=f"night-failed-{night.date:%Y-%m-%d}-{user.pk}",
        )


def _in(language: str, error: str) -> str:
    with override(language):
        return _(error) if error else ""


@transaction.atomic
def figures_done(night: Night) -> None:
    """The cells are there: go on with the advice, or be done where there is none. The caller's transaction ends the job of the night."""
    night = Night.objects.select_for_update(of=("self",)).get(pk=night.pk)
    night.rows = RegionFigure.objects.filter(night=night).count()
    if jobs.knows(ADVICE):
        night.advice_job = jobs.start(kind=ADVICE, key=key_of(night), args={"night": night.pk})
    night.save(update_fields=["rows", "advice_job"])
    if night.advice_job is None:
        finish(night)


@transaction.atomic
def finish(night: Night) -> None:
    """A night is done: from here on pages show it. Safe to call twice."""
    Night.objects.filter(pk=night.pk, state=NightState.RUNNING).update(state=NightState.DONE, finished_at=timezone.now(), error="")


@transaction.atomic
def note(night: Night, *, seconds: dict[str, float], peak_mib: dict[str, int] | None = None) -> None:
    """Add how long phases took, and the most memory up to their ends."""
    row = Night.objects.select_for_update(of=("self",)).get(pk=night.pk)
    row.seconds |= {name: round(value, 2) for name, value in seconds.items()}
    row.peak_mib |= peak_mib or {}
    row.save(update_fields=["seconds", "peak_mib"])


def clear(night: Night) -> None:
    """Take away what a night that failed had written; nobody was shown it."""
    for model in (RegionFigure, PublicFigure):
        model._base_manager.filter(night=night).delete()
    NightData.objects.filter(night=night).delete()


@contextmanager
def told(job: jobs.JobContext) -> Iterator[None]:
    """Run a handler of a night so that whatever ends it without figures is written on the night as well as on the job."""
    try:
        yield
    except (jobs.LeaseLost, OperationalError):
        raise  # another attempt goes on with it
    except jobs.JobCancelled:
        _give_up(job, STOPPED)
        raise
    except jobs.JobFailed as failure:
        _give_up(job, str(failure))
        raise
    except Exception:
        _give_up(job, jobs.UNEXPECTED)
        raise


def _give_up(job: jobs.JobContext, error: str) -> None:
    with transaction.atomic():
        held = Job.objects.select_for_update(of=("self",)).filter(pk=job.job_id, state=JobState.RUNNING, attempt=job.attempt)
        if held.exists():
            fail(Night.objects.get(pk=job.args["night"]), error)
