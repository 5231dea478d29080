"""What school staff see of requests and placements on the pages of their students: a badge, a filter, a block, a task."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actor import Actor, ActorRequest
from accounts.hats import HatKind
from accounts.homes import Task
from placements.answers import answers
from placements.models import Placement, PlacementRequest, PreparationStep
from placements.replacements import without_recognition
from placements.selectors import still_recognised, stuck
from placements.workflow import S
from schools.hooks import Readiness, Ready, Text
from schools.models import Student

NONE, BUSY, READY, ASKED, PLACED, LOST = "none", "busy", "ready", "asked", "placed", "lost"
CHOICES: list[tuple[str, Text]] = [
    (NONE, gettext_lazy("has not begun")),
    (BUSY, gettext_lazy("is preparing")),
    (READY, gettext_lazy("ready, no place yet")),
    (ASKED, gettext_lazy("a place is proposed")),
    (PLACED, gettext_lazy("placed")),
    (LOST, gettext_lazy("needs another place")),
]
ASKED_STATES = (S.PROPOSED, S.APPROVED, S.OBJECTED)


def _current() -> Q:
    """Requests that are not closed and whose period is not over."""
    return Q(closed_at=None, period__ends_on__gte=timezone.localdate())


def rows(students: list[int]) -> dict[int, Ready]:
    """How far each student is, by key: two queries for a page."""
    requests = PlacementRequest.objects.filter(_current(), student__in=students).order_by("-period__starts_on", "-pk")
    first = {request.student_id: request for request in requests}
    open_ = Placement.objects.open().filter(request__in=first.values()).annotate(recognised=still_recognised())
    states = {request: state if recognised else LOST for request, state, recognised in open_.values_list("request_id", "state", "recognised")}
    return {pk: _ready(first.get(pk), states.get(first[pk].pk) if pk in first else None) for pk in students}


def _ready(request: PlacementRequest | None, state: str | None) -> Ready:
    """state: of the open placement; LOST at a company that may not train any more."""
    words = dict(CHOICES)
    if request is None:
        return Ready("neutral", words[NONE])
    if state == LOST:
        return Ready("warning", words[LOST])
    if state in ASKED_STATES:
        return Ready("info", words[ASKED])
    if state:
        return Ready("success", words[PLACED])
    if request.ready_at:
        return Ready("info", words[READY])
    missing = ", ".join(str(step.label) for step in request.missing_steps)
    text = _("%(done)s of %(all)s steps") % {"done": len(request.steps_done), "all": len(PreparationStep)}
    return Ready("warning", text, _("Still to do: %(steps)s") % {"steps": missing} if missing else _("Has to say that everything is right."))


def narrow(students: QuerySet[Student], value: str) -> QuerySet[Student]:
    """Students that are so far (a value of CHOICES)."""
    asked = Exists(PlacementRequest.objects.filter(_current(), student=OuterRef("pk")))
    ready = Exists(PlacementRequest.objects.filter(_current(), student=OuterRef("pk"), ready_at__isnull=False))
    placements = Placement.objects.open().filter(request__student=OuterRef("pk"), request__period__ends_on__gte=timezone.localdate())
    held = Exists(placements)
    being_asked = Exists(placements.filter(state__in=ASKED_STATES))
    conditions = {
        NONE: ~asked,
        BUSY: asked & ~ready & ~held,
        READY: ready & ~held,
        ASKED: being_asked,
        PLACED: held & ~being_asked,
        LOST: Exists(without_recognition().filter(request__student=OuterRef("pk"))),
    }
    return students.filter(conditions[value]) if value in conditions else students


READINESS = Readiness(choices=CHOICES, narrow=narrow, rows=rows)


def panel(request: ActorRequest, student: Student) -> str:
    """On a student's page: the placement, the preparation in words, and the order of turn."""
    asked = PlacementRequest.objects.filter(_current(), student=student).select_related("period").order_by("period__starts_on", "pk").first()
    if asked:
        asked.student = student  # known already
    placements = Placement.objects.filter(request__student=student).select_related("place__company").order_by("-created_at", "-pk")[:5]
    context = {
        "asked": asked,
        "steps": answers(asked) if asked else [],
        "placements": placements,
        "decides": request.actor.is_(HatKind.COORDINATOR),
    }
    return render_to_string("placements/school/_student.html", context, request=request)


def tasks(actor: Actor) -> list[Task]:
    """For a coordinator: students to call, whose company lost its recognition, and places of those who left, to give back."""
    found = list(stuck(actor, days=settings.SILENCE_CALL_DAYS)[:50])
    left = [placement for placement in found if placement.request.student.left_at]
    staying = [placement for placement in found if not placement.request.student.left_at]
    lost = [placement for placement in staying if not placement.recognised]  # type: ignore[attr-defined]
    silent = [placement for placement in staying if placement.recognised]  # type: ignore[attr-defined]
    return [*_replace(lost), *_call(silent), *_give_back(left)]


def _replace(lost: list[Placement]) -> list[Task]:
    if not lost:
        return []
    n = len(lost)
    title = ngettext("Find another place for %(n)s student", "Find another place for %(n)s students", n) % {"n": n}
    names = ", ".join(placement.request.student.full_name for placement in lost[:3])
    text = _("Their company may not train any more: %(names)s. Whom you withdraw for that reason gets the first turn.") % {"names": names}
    url = reverse("placements:school_placement", args=[lost[0].public_id]) if n == 1 else f"{reverse('schools:students')}?ready={LOST}"
    return [Task(title, text, url, _("Look"), urgency=8, count=n)]


def _give_back(left: list[Placement]) -> list[Task]:
    if not left:
        return []
    n = len(left)
    title = ngettext("%(n)s student who left still has a place", "%(n)s students who left still have a place", n) % {"n": n}
    text = _("Withdraw it, with a reason: then another student can have it, and the company knows.")
    return [Task(title, text, reverse("placements:school_placement", args=[left[0].public_id]), _("Look"), urgency=13, count=n)]


def _call(waiting: list[Placement]) -> list[Task]:
    if not waiting:
        return []
    n = len(waiting)
    title = ngettext("Call %(n)s student who does not answer", "Call %(n)s students who do not answer", n) % {"n": n}
    names = ", ".join(placement.request.student.full_name for placement in waiting[:3])
    text = _("Told of a place more than %(days)s days ago: %(names)s") % {"days": settings.SILENCE_CALL_DAYS, "names": names}
    url = reverse("placements:school_placement", args=[waiting[0].public_id])
    return [Task(title, text, url, _("Look"), urgency=12, count=n)]
