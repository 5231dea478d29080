"""How the nights stand, for the administrator's page and for monitors."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shortages.models import Night, NightState
from shortages.night.words import PHASES
from stagematch.models import Job


@dataclass(frozen=True)
class Row:
    """A night as the page shows it; phases: what, seconds, MiB (None where not measured)."""

    night: Night
    kind: str
    error: str
    seconds: float | None
    phases: list[tuple[str | Promise, float, int | None]]


KINDS = {NightState.DONE: "success", NightState.FAILED: "danger", NightState.RUNNING: "info"}


def of(night: Night) -> Row:
    """A night and everything that was measured of it."""
    took = (night.finished_at - night.started_at).total_seconds() if night.finished_at else None
    phases = [(PHASES.get(name, name), seconds, night.peak_mib.get(name)) for name, seconds in night.seconds.items()]
    return Row(night, KINDS[NightState(night.state)], _(night.error) if night.error else "", took, phases)


def progress() -> dict[str, Any] | None:
    """Variables of parts/progress.html for the night under way; None when there is none."""
    night = Night.objects.filter(state=NightState.RUNNING).select_related("job", "advice_job").first()
    if night is None:
        return None
    job = night.advice_job or night.job
    if job is None:
        return None
    return {**_of_job(job), "url": reverse("shortages:night_progress"), "done": False, "done_url": "", "done_text": ""}


def over() -> dict[str, Any]:
    """The same when the night has ended meanwhile."""
    shown = {"done": True, "done_url": reverse("shortages:nights"), "done_text": _("Show how it went")}
    return {"percent": 100, "phase": _("No night is under way"), "text": "", "url": "", **shown}


def _of_job(job: Job) -> dict[str, Any]:
    return {"percent": job.percent, "phase": job.phase_text if job.phase else job.get_state_display(), "text": job.error_text}


def health(now: datetime | None = None) -> tuple[bool, dict[str, Any]]:
    """Whether all is well with the nights, and why. Before NIGHT_DUE_HOUR (UTC) the figures of yesterday are enough."""
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    due = today if moment.astimezone(UTC).hour >= settings.NIGHT_DUE_HOUR else today - timedelta(days=1)
    last, done = Night.objects.order_by("-date", "-version").first(), Night.objects.done().order_by("-date", "-version").first()
    told: dict[str, Any] = {"last": f"{last.date:%Y-%m-%d}" if last else None, "state": last.state if last else None}
    told["figures"] = f"{done.date:%Y-%m-%d}" if done else None
    if last is not None and last.state == NightState.FAILED and (done is None or done.date < last.date):
        return False, told | {"well": False, "why": f"the night of {last.date:%Y-%m-%d} failed; see /beheer/nachten/"}
    if done is None:
        return False, told | {"well": False, "why": "no night has been done yet; manage.py nightly starts one"}
    if done.date < due:
        return False, told | {"well": False, "why": f"there are no figures of {due:%Y-%m-%d}; the last are of {done.date:%Y-%m-%d}"}
    return True, told | {"well": True, "why": "the figures are there"}
