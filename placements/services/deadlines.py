"""Applications that wait too long: reminders to the company, the end of waiting, and what silence costs in the search.

Everything looks in the database for what is due: safe to call at any time and as often as one likes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actor import SYSTEM
from placements.applications import notifications
from placements.applications.workflow import WAITING_STATES, A
from placements.models import Application, Place, Placement, PlaceState
from placements.services.applications import lock, step, supersede
from placements.services.transitions import lock_places
from placements.workflow import KNOWN_STATES

# How far back silences count.
MEMORY = timedelta(days=90)
# How long a company can still answer when another place of the student did not go on.
GRACE = timedelta(days=7)
# A student hears of it anyway; the coordinator from the second silence on, or when nobody said yes.
TELL_COORDINATOR_FROM = 2


def run_due(*, now: datetime | None = None) -> dict[str, int]:
    """Remind, end, tell and re-order; returns how many of each."""
    now = now or timezone.now()
    counts = {"reminded": remind(now=now), "left": end_of_those_who_left(), "superseded": _leftovers()}
    silent = expire(now=now)
    counts["expired"] = len(silent)
    counts["paused"] = sum(weigh(company=company, now=now) for company in _companies(now))
    return counts


def _asked(now: datetime) -> QuerySet[Application]:
    """Applications of which the company can and should give an answer.

    Not while the student is being given a place, and not in the first days after another company's place did not go on.
    """
    placements = Placement.objects.filter(request=OuterRef("request"))
    ended = placements.exclude(place=OuterRef("place")).filter(state_since__gt=now - GRACE)
    return Application.objects.waiting().exclude(Exists(placements.open())).exclude(Exists(ended))


def remind(*, now: datetime) -> int:
    """Mail the companies whose applicants wait for so many days; the outbox sends each reminder once."""
    first = now - timedelta(days=min(settings.APPLICATION_REMINDER_DAYS))
    last = now - timedelta(days=settings.APPLICATION_EXPIRY_DAYS)
    due = _asked(now).filter(sent_at__lte=first, sent_at__gt=last).order_by("pk")
    reminded = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            locked = Application.objects.waiting().filter(pk=pk).select_for_update(of=("self",), no_key=True, skip_locked=True)
            if application := locked.select_related("place__company").first():
                day = max(day for day in settings.APPLICATION_REMINDER_DAYS if day <= (now - application.sent_at).days)
                notifications.reminder(application, day)
                reminded += 1
    return reminded


def expire(*, now: datetime) -> list[Application]:
    """End the waiting of applications without an answer in time; the student hears so, and who can help."""
    last = now - timedelta(days=settings.APPLICATION_EXPIRY_DAYS)
    silent = []
    for pk in list(_asked(now).filter(sent_at__lte=last).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            application = lock(Application(pk=pk))
            if not _asked(now).filter(pk=pk).exists():  # answered a moment ago, or the student is being given another place
                continue
            step(application, A.EXPIRED, SYSTEM)
            notifications.expired(application)
            _tell_coordinator(application)
            silent.append(application)
    return silent


def _tell_coordinator(application: Application) -> None:
    """Nobody answers this student: twice, or nothing that was sent can still become a place."""
    states = list(Application.objects.filter(request=application.request_id).values_list("state", flat=True))
    silences = states.count(A.EXPIRED)
    nothing_left = not {*WAITING_STATES, A.ACCEPTED} & set(states)
    if silences >= TELL_COORDINATOR_FROM or nothing_left:
        notifications.no_answer(application, silences)


def end_of_those_who_left() -> int:
    """Take back the applications of students who left, or whose search the school has closed."""
    gone = Q(request__closed_at__isnull=False) | Q(request__student__left_at__isnull=False)
    ended = 0
    for pk in list(Application.objects.waiting().filter(gone).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            application = lock(Application(pk=pk))
            if application.waits:
                step(application, A.WITHDRAWN, SYSTEM)
                notifications.taken_back(application)
                ended += 1
    return ended


def _leftovers() -> int:
    """Applications of students who have a definitive place, which a process that died did not end."""
    left = Application.objects.waiting().filter(request__placements__state__in=KNOWN_STATES)
    requests = list(left.order_by("request_id").values_list("request_id", flat=True).distinct())
    return sum(supersede(request_id=request) for request in requests)


def _companies(now: datetime) -> Iterable[int]:
    """Companies of which something was silent within memory, or whose places still bear a mark of it."""
    silent = Application.objects.filter(state=A.EXPIRED, state_since__gte=now - MEMORY).values_list("place__company_id", flat=True)
    marked = Place.objects.filter(answer_penalty__gt=0).values_list("company_id", flat=True)
    return sorted({*silent.distinct(), *marked.distinct()})


@transaction.atomic
def weigh(*, company: int, now: datetime) -> int:
    """Set how far a company's places stand back in the search, and pause them after too many silences; returns how many were paused.

    The penalty: silences of the last 90 days, less one for each answer given since the last of them, never below 0.
    A place that is full asks for no answer, so its silences do not count.
    """
    own = Application.objects.filter(place__company=company, state_since__gte=now - MEMORY)
    silences = own.filter(state=A.EXPIRED).exclude(place__taken__gte=F("place__capacity"))
    last = silences.order_by("-state_since").values_list("state_since", flat=True).first()
    answers = own.filter(state__in=(A.ACCEPTED, A.DECLINED), state_since__gt=last).count() if last else 0
    penalty = max(0, silences.count() - answers)
    keys = list(Place.objects.filter(company=company).values_list("pk", flat=True))
    places = lock_places(keys)
    Place.objects.filter(pk__in=[place.pk for place in places if place.answer_penalty != penalty]).update(answer_penalty=penalty)
    # Once for each new silence, so that a company that offers its places again is not paused for old ones.
    fresh = last is not None and not Place.objects.filter(pk__in=keys, confirmed_at__gt=last).exists()
    if penalty < settings.APPLICATION_PAUSE_AFTER or not fresh:
        return 0
    paused = Place.objects.filter(pk__in=keys, state=PlaceState.OPEN).update(state=PlaceState.PAUSED)
    if paused and last:
        notifications.paused(company, paused, last)
    return paused
