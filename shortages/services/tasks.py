"""Acts that somebody takes on, how they end, and whether they worked."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from companies.models import Recognition
from placements.models import Place, PlaceSearchRow, PlaceState, Weekday
from shortages.models import ActKind, Advice, AdviceTask, Night, TaskOutcome

UNDO_WITHIN = timedelta(days=1)
# Nights after the end of a task that still look whether it worked.
LOOK_FOR = timedelta(days=60)


class TaskTaken(Exception):
    """Somebody else has the task already, or the same act was taken on again meanwhile."""

    def __init__(self, task: AdviceTask) -> None:
        super().__init__(str(task))
        self.task = task


class Gone(Exception):
    """The task was given back; it is not there any more."""


class TooLate(Exception):
    """What was asked can no longer be done."""


def take(*, advice: Advice, by: Actor) -> AdviceTask:
    """Make an advice the task of whoever asks; the same again when it is theirs already. Raises TaskTaken when it is somebody else's."""
    same = AdviceTask.objects.open().filter(company=advice.company_id, qualification=advice.qualification_id, kind=advice.kind)
    made = AdviceTask(
        advice=advice,
        company_id=advice.company_id,
        qualification_id=advice.qualification_id,
        kind=advice.kind,
        post_id=by.object_id or 0,
        taken_by=by.user,
        due_on=timezone.localdate() + timedelta(days=settings.ADVICE_TASK_DAYS),
    )
    while True:
        try:
            with transaction.atomic():
                made.save(force_insert=True)
            return made
        except IntegrityError:
            found = same.select_related("post__user").first()
        if found is not None:
            break
        made.pk = None  # it ended in the same moment
    if found.post_id != by.object_id:
        raise TaskTaken(found)
    return found


@transaction.atomic
def take_over(*, task: AdviceTask, by: Actor) -> AdviceTask:
    """Take a task from a colleague who has left. Raises TaskTaken when the colleague is still there, TooLate when it has ended."""
    task = _locked(task)
    if task.outcome:
        raise TooLate
    if task.post_id != by.object_id:
        if not task.post.is_vacant:
            raise TaskTaken(task)
        task.post_id, task.taken_by, task.taken_at = by.object_id or 0, by.user, timezone.now()
        task.due_on = max(task.due_on, timezone.localdate() + timedelta(days=settings.ADVICE_TASK_DAYS))
        task.save()
    return task


@transaction.atomic
def end(*, task: AdviceTask, outcome: TaskOutcome, note: str, by: Actor) -> AdviceTask:
    """Write down how a task ended; twice the same does nothing more. Raises PermissionDenied when it is somebody else's."""
    task = _own(task, by)
    if not task.outcome:
        task.outcome, task.note, task.ended_at = outcome, note, timezone.now()
        task.save()
    return task


@transaction.atomic
def undo(*, task: AdviceTask, by: Actor) -> AdviceTask:
    """Open a task again, within a day of its end. Raises TooLate after that, TaskTaken when the act was taken on again."""
    task = _own(task, by)
    if not task.outcome:
        return task
    if task.ended_at is None or task.ended_at < timezone.now() - UNDO_WITHIN:
        raise TooLate
    other = AdviceTask.objects.open().filter(company=task.company_id, qualification=task.qualification_id, kind=task.kind).first()
    if other is not None:
        raise TaskTaken(other)
    task.outcome, task.note, task.ended_at, task.worked, task.worked_on = "", "", None, None, None
    task.save()
    return task


@transaction.atomic
def give_back(*, task: AdviceTask, by: Actor) -> None:
    """Let go of a task that was taken on by mistake: others can take it. The audit trail keeps that it was there."""
    task = _own(task, by)
    if task.outcome:
        raise TooLate
    task.delete()


def _locked(task: AdviceTask) -> AdviceTask:
    """The task as it is now. Raises Gone when it was given back meanwhile."""
    locked = AdviceTask.objects.select_for_update(of=("self",)).select_related("post__user").filter(pk=task.pk).first()
    if locked is None:
        raise Gone
    return locked


def _own(task: AdviceTask, by: Actor) -> AdviceTask:
    locked = _locked(task)
    if locked.post_id != by.object_id:
        raise PermissionDenied
    return locked


@transaction.atomic
def look_whether_it_worked(*, night: Night) -> int:
    """Say of every task, running or ended lately, whether what it asked for is there now; how many newly are. A handful of queries."""
    since = timezone.now() - LOOK_FOR
    looked = AdviceTask.objects.filter(Q(outcome="") | Q(ended_at__gte=since)).exclude(worked=True)
    there = sum(looked.filter(kind=kind).filter(_there(kind)).update(worked=True, worked_on=night.date) for kind in ActKind)
    looked.filter(outcome=TaskOutcome.DONE).update(worked=False, worked_on=night.date)
    return there


def _there(kind: ActKind) -> Q:
    """Whether the place or the recognition that a task asks for exists, confirmed after it was taken on."""
    offered: QuerySet[PlaceSearchRow] = PlaceSearchRow.objects.filter(
        place__company=OuterRef("company"), place__state=PlaceState.OPEN, qualification=OuterRef("qualification")
    )
    if kind == ActKind.RECOGNISE:
        return Q(Exists(Recognition.objects.valid().filter(company=OuterRef("company"), qualification=OuterRef("qualification"))))
    if kind == ActKind.OPEN:
        return Q(Exists(offered.filter(place__confirmed_at__gte=OuterRef("taken_at"))))
    own = Place.objects.filter(pk=OuterRef("advice__place"), state=PlaceState.OPEN)
    if kind == ActKind.DAY:
        return reduce(or_, (Q(Exists(own.filter(days__contains=[day])), advice__day=day) for day in Weekday.values))
    return Q(Exists(own.filter(confirmed_at__gte=OuterRef("taken_at"))))


def mine_first(tasks: QuerySet[AdviceTask], post: int | None) -> QuerySet[AdviceTask]:
    """Open ones before those that ended, own ones before others', the soonest due first."""
    return tasks.annotate(others=~Q(post=post)).order_by(F("ended_at").desc(nulls_first=True), "others", "due_on", "pk")
