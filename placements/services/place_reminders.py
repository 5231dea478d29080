"""Asking by mail whether places are still right: the day's work, one contact of a company at a time.

Never in the months that the settings name, never twice within so many weeks, never to who stopped these mails or whose address bounced.
Each contact is asked in a transaction of its own that writes down when: a job that breaks off goes on, one that runs twice asks nobody twice.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from companies.models import CompanyMembership, CompanyRole, Recognition
from placements.models import PlaceReminder, wants_no_place_mails
from placements.models.place import PlaceQuerySet
from placements.signals import place_mails_stopped
from placements.upkeep import mails
from placements.upkeep.selectors import in_question
from stagematch import jobs
from stagematch.models import Job, JobState
from stagematch.outbox import bounced

KIND = "placements.place_reminders"


def start_due() -> None:
    """Start the day's job, unless it has been done today or this is no month for it."""
    today = timezone.localdate()
    done = Job.objects.filter(kind=KIND, key=today.isoformat(), state=JobState.DONE).exists()
    if today.month not in settings.PLACE_REMIND_NEVER_IN and not done:
        jobs.start(kind=KIND, key=today.isoformat())


def run(job: jobs.JobContext) -> None:
    """Ask every contact who is due, as many as a day may have; the others are due tomorrow."""
    now = timezone.now()
    due = list(due_contacts(now).values_list("pk", flat=True)[: settings.PLACE_REMINDERS_A_DAY])
    asked = 0
    for n, key in enumerate(due):
        job.check()
        job.progress(gettext_noop("Asking companies whether their places are still right"), n / len(due))
        asked += ask(key=key, now=now)
    with job.complete({"due": len(due), "asked": asked}):
        pass


def _weeks(now: datetime, weeks: int) -> datetime:
    return now - timedelta(weeks=weeks)


def places_due(now: datetime) -> PlaceQuerySet:
    """Places of recognised companies to ask after by mail: silent for so long, and not hidden for longer than one more mail has told."""
    told = _weeks(now, settings.PLACE_HIDDEN_WEEKS + settings.PLACE_REMIND_AGAIN_WEEKS)
    recognised = Exists(Recognition.objects.valid().filter(company=OuterRef("company")))
    return in_question(before=_weeks(now, settings.PLACE_REMIND_WEEKS)).filter(recognised, confirmed_at__gte=told)


def due_contacts(now: datetime) -> QuerySet[CompanyMembership]:
    """Contacts who may be asked now, by company; whether their address bounced is looked at when they are asked."""
    recently = Q(place_reminder__asked_at__gt=_weeks(now, settings.PLACE_REMIND_AGAIN_WEEKS))
    running = CompanyMembership.objects.filter(role=CompanyRole.CONTACT, ended_at=None, user__is_active=True)
    wanted = running.exclude(recently).exclude(wants_no_place_mails("user"))
    return wanted.filter(Exists(places_due(now).filter(company=OuterRef("company")))).order_by("company", "pk")


@transaction.atomic
def ask(*, key: int, now: datetime) -> bool:
    """Mail one contact, who is (still) due and whose address takes mail; whether anything was sent."""
    CompanyMembership.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    membership = due_contacts(now).filter(pk=key).select_related("user", "company").first()
    since = now - timedelta(days=settings.PLACE_REMIND_BOUNCED_DAYS)
    if membership is None or bounced([membership.user.email], since=since):
        return False
    reminder, _new = PlaceReminder.objects.update_or_create(membership=membership, defaults={"asked_at": now})
    reminder.membership = membership
    places = list(places_due(now).filter(company=membership.company_id).select_related("period").with_taught())
    stale, hidden = _weeks(now, settings.PLACE_STALE_WEEKS), _weeks(now, settings.PLACE_HIDDEN_WEEKS)
    mails.still_right(reminder, places, len(places), stale=stale, hidden=hidden, now=now)
    return True


@transaction.atomic
def stop(*, membership: CompanyMembership) -> None:
    """No more mails about places for one person, for whichever company, and no mailings. Safe to call twice."""
    reminder, _new = PlaceReminder.objects.get_or_create(membership=membership)
    PlaceReminder.objects.filter(pk=reminder.pk, stopped_at=None).update(stopped_at=timezone.now())
    place_mails_stopped.send(sender=PlaceReminder, user=membership.user_id)


@transaction.atomic
def resume(*, membership: CompanyMembership) -> None:
    """These mails again."""
    PlaceReminder.objects.filter(membership__user=membership.user_id).update(stopped_at=None)
