"""The night's work for saved searches: what is new is mailed, and who asked for a place hears when there is one.

Each search is looked at in a transaction of its own and remembers the newest place that was told: a job that breaks off goes on
where it was, and one that runs twice tells nothing twice. A night that was missed is made up by the next beat of the same day.
"""

from datetime import date, timedelta

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from placements.models import Alerts, PlaceAsk, SavedSearch
from placements.search import mails, watching
from placements.search.asking import offers_of
from stagematch import jobs
from stagematch.models import Job, JobState

log = structlog.get_logger(__name__)

KIND = "placements.alerts"
WEEK = timedelta(days=7)
MOST = 10  # places in one mail


def start_due() -> None:
    """Start the night's job, unless it has been done today."""
    key = timezone.localdate().isoformat()
    if not Job.objects.filter(kind=KIND, key=key, state=JobState.DONE).exists():
        jobs.start(kind=KIND, key=key)


def run(job: jobs.JobContext) -> None:
    """Look at every search that is due, then at those who asked for a place."""
    today = timezone.localdate()
    due = list(due_searches(today).values_list("pk", flat=True))
    mailed = failed = 0
    for n, key in enumerate(due):
        job.check()
        job.progress(gettext_noop("Looking for new places"), n / len(due))
        try:
            mailed += look(key=key, today=today)
        except DatabaseError:
            raise
        except Exception:
            # One search must not keep the news from all others; it is tried again tomorrow.
            log.exception("saved_search_failed", search=key)
            failed += 1
    told = sum(tell(key=key, today=today) for key in asks_with_a_place(today).values_list("pk", flat=True))
    with job.complete({"searches": len(due), "mailed": mailed, "failed": failed, "told": told}):
        pass


def due_searches(today: date) -> QuerySet[SavedSearch]:
    """Those whose day has come; one that was missed is still due."""
    daily, weekly = Q(alerts=Alerts.DAILY, looked_on__lt=today), Q(alerts=Alerts.WEEKLY, looked_on__lte=today - WEEK)
    return SavedSearch.objects.filter(daily | weekly).order_by("pk")


@transaction.atomic
def look(*, key: int, today: date) -> bool:
    """Mail what is new in one search, if it is (still) due; whether there was anything."""
    saved = due_searches(today).filter(pk=key).select_for_update(of=("self",)).select_related("user").first()
    if saved is None:
        return False
    found = watching.found_by(saved, today)
    fresh = watching.newest_first(found, after=saved.newest) if found else None
    saved.looked_on = today
    if found and fresh:
        saved.newest = watching.newest_of(found)
        mails.alert(saved, watching.cards_of(found, fresh.of(slice(0, MOST))), len(fresh), saved.newest)
    saved.save(update_fields=["looked_on", "newest"])
    return bool(fresh)


def asks_with_a_place(today: date) -> QuerySet[PlaceAsk]:
    """Asks of students who are here, for a period that is not over, of companies that offer a place by now."""
    waiting = PlaceAsk.objects.filter(told_at=None, period__ends_on__gt=today, student__left_at=None)
    return waiting.filter(Exists(offers_of(OuterRef("company"), today).filter(qualification=OuterRef("qualification")))).order_by("pk")


@transaction.atomic
def tell(*, key: int, today: date) -> bool:
    """Tell a student once that the company that was asked offers a place."""
    asked = PlaceAsk.objects.select_for_update(of=("self",)).select_related("student__user", "company").filter(pk=key, told_at=None).first()
    if asked is None:
        return False
    row = offers_of(asked.company, today).filter(qualification=asked.qualification_id).order_by("-place").select_related("place").first()
    if row is None:
        return False
    asked.told_at = timezone.now()
    asked.save(update_fields=["told_at"])
    mails.offered(asked, row.place)
    return True
