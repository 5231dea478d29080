"""How far a job is, for parts/progress.html."""

from typing import Any

from django.utils.translation import ngettext

from stagematch.models import Job


def seconds_text(seconds: int | None) -> str:
    """How long it still takes; nothing when that is not known."""
    return ngettext("About %(n)s second left.", "About %(n)s seconds left.", seconds) % {"n": seconds} if seconds else ""


def of_job(job: Job) -> dict[str, Any]:
    """Variables of parts/progress.html, but for the addresses."""
    text = job.error_text or (seconds_text(job.seconds_left) if job.is_open else "")
    return {"percent": job.percent, "phase": job.phase_text if job.is_open and job.phase else job.get_state_display(), "text": text}
