"""The acts that place most students, and the tasks that advisors and scouts make of them: made to be used on the road."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from shortages.advice import selectors
from shortages.advice.before import tried_at
from shortages.advice.forms import ALL, LATE, MINE, EndForm, TaskFilterForm
from shortages.advice.words import words_of
from shortages.models import AdviceTask, TaskOutcome
from shortages.services import tasks as services

DOERS = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT)
PAGE = 30


@require_safe
@DOERS
def acts(request: ActorRequest) -> HttpResponse:
    """The ten acts of a region, the best first; `regio` chooses among the own ones."""
    night = selectors.last_night()
    regions = list(selectors.regions_of(request.actor))
    region = next((one for one in regions if one.pk == request.GET.get("regio")), regions[0] if regions else None)
    found = selectors.in_words(list(selectors.acts_of(night, request.actor).filter(region=region).order_by("rank")))
    students = sum(act.students for act in found)
    context = {"acts": found, "night": night, "regions": regions, "region": region, "students": students, "post": request.actor.object_id}
    return render(request, "shortages/advice/acts.html", context)


@require_safe
@DOERS
def act(request: ActorRequest, public_id: object) -> HttpResponse:
    """One act: what to do, why there, what it brings, and whom to call."""
    found = get_object_or_404(selectors.acts_of_any(request.actor), public_id=public_id)
    selectors.in_words([found])
    people, before = selectors.people_to_call(found.company_id), tried_at(found.company_id)
    return render(request, "shortages/advice/act.html", {"act": found, "people": people, "before": before, "post": request.actor.object_id})


@require_POST
@DOERS
def take(request: ActorRequest, public_id: object) -> HttpResponse:
    """Make an act one's own task."""
    advice = get_object_or_404(selectors.acts_of_any(request.actor), public_id=public_id)
    try:
        task = services.take(advice=advice, by=request.actor)
    except services.TaskTaken as taken:
        messages.info(request, _("%(name)s has taken this on already.") % {"name": taken.task.post.user.name})
        task = taken.task
    return redirect("shortages:task", task.public_id)


@require_safe
@DOERS
def tasks(request: ActorRequest) -> HttpResponse:
    """Tasks in the own regions: one's own, everybody's, or those that are late."""
    today, shown = timezone.localdate(), request.GET.get("toon", MINE)
    found = selectors.tasks_of(request.actor)
    if shown == LATE:
        found = found.open().filter(due_on__lt=today)
    elif shown != ALL:
        found = found.filter(post=request.actor.object_id)
    page = Paginator(services.mine_first(found, request.actor.object_id), PAGE).get_page(request.GET.get("page"))
    for task in page:
        task.words = words_of(task.advice)  # type: ignore[attr-defined]
    form = TaskFilterForm(request.GET if "toon" in request.GET else {"toon": MINE})
    context = {"form": form, "page": page, "today": today, "post": request.actor.object_id, "shown": shown}
    return render(request, "shortages/advice/tasks.html", context)


def _task(request: ActorRequest, public_id: Any) -> AdviceTask:
    """The task at an address. Raises Gone when none has it (any more), Http404 when it is in others' regions."""
    found = selectors.tasks_of(request.actor).filter(public_id=public_id).first()
    if found is None and not AdviceTask.objects.filter(public_id=public_id).exists():
        raise services.Gone
    if found is None:
        raise Http404
    return found


@DOERS
def task(request: ActorRequest, public_id: object) -> HttpResponse:
    """One task; POST writes down how it ended."""
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _done(request, public_id, lambda found: services.end(
            task=found, outcome=TaskOutcome(form.cleaned_data["outcome"]), note=form.cleaned_data["note"], by=request.actor
        ), _("Written down. You can undo it for a day."))  # fmt: skip
    found = get_object_or_404(selectors.tasks_of(request.actor), public_id=public_id)
    return render(request, "shortages/advice/task.html", _context(request, found, form))


def _context(request: ActorRequest, found: AdviceTask, form: EndForm) -> dict[str, Any]:
    own = found.post_id == request.actor.object_id
    undo = own and found.ended_at is not None and found.ended_at >= timezone.now() - services.UNDO_WITHIN
    return {
        "task": found, "words": words_of(found.advice), "people": selectors.people_to_call(found.company_id), "own": own,
        "before": tried_at(found.company_id, but=found), "left": found.post.is_vacant, "undo": undo,
        "form": form, "today": timezone.localdate(),
    }  # fmt: skip


def _done(request: ActorRequest, public_id: object, action: Callable[[AdviceTask], object], said: str, *, then: str = "") -> HttpResponse:
    """Do it and say so; what cannot be done is said too, and what is not one's own does not exist. `then`: where to, if not to the task."""
    try:
        action(_task(request, public_id))
    except PermissionDenied as error:
        raise Http404 from error
    except services.TaskTaken as taken:
        messages.warning(request, _("%(name)s has this task now.") % {"name": taken.task.post.user.name})
    except services.Gone:
        messages.info(request, _("This task is no longer there: it was given back. If it is still advised, it can be taken on again."))
        return redirect("shortages:tasks")
    except services.TooLate:
        messages.warning(request, _("That can no longer be done: the task has gone on meanwhile."))
    else:
        messages.success(request, said)
        if then:
            return redirect(then)
    return redirect("shortages:task", public_id)


@require_POST
@DOERS
def take_over(request: ActorRequest, public_id: object) -> HttpResponse:
    """Take a task from a colleague who has left."""
    return _done(request, public_id, lambda found: services.take_over(task=found, by=request.actor), _("The task is yours now."))


@require_POST
@DOERS
def undo(request: ActorRequest, public_id: object) -> HttpResponse:
    """Open a task again within a day of its end."""
    return _done(request, public_id, lambda found: services.undo(task=found, by=request.actor), _("The task is open again."))


@require_POST
@DOERS
def give_back(request: ActorRequest, public_id: object) -> HttpResponse:
    """Let go of a task that was taken on by mistake."""
    said = _("You have let go of the task. A colleague can take it on.")
    return _done(request, public_id, lambda found: services.give_back(task=found, by=request.actor), said, then="shortages:tasks")
