"""Applications: sending, seeing, answering, taking back, and what follows when a student has a place.

Locks are taken in the order of `placements.services.transitions`: place, request, then application and placement. What touches
several places runs in a transaction of its own that locks them by their keys.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import SYSTEM, Actor, System
from accounts.hats import HatKind
from placements.applications import notifications
from placements.applications.obstacles import explain
from placements.applications.profile import snapshot
from placements.applications.workflow import RUNNING_STATES, TRANSITIONS, A, ApplicationState
from placements.errors import AlreadyPlaced, InvalidTransition, NotAllowed, PlaceFull, PlacementError, ReasonMissing
from placements.hooks import Asked, fits_of
from placements.models import Application, ApplicationTransition, Period, Place, Placement, PlacementRequest, PlaceState
from placements.services import transitions
from placements.workflow import KNOWN_STATES, ReasonCode, S, Who
from reference.models import LearningGoal
from schools.models import FIRST_WAY, ProgrammeYear, WayToPlace, school_year
from stagematch.moments import weeks_ago

# Applications of one student to one place within a day: the first, and one after taking it back.
SAME_PLACE_A_DAY = 2
_WITH = ("place__company", "place__period", "request__student__user", "request__student__programme__qualification", "placement")


class LimitReached(PlacementError):
    """The student has, or the place gets, as many applications at once as the settings allow."""


class DoesNotFit(PlacementError):
    """A hard rule of matching (`rule`, as the engine calls it) keeps this student from this place."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(text)
        self.rule = rule


@transaction.atomic
def send(
    *,
    request: PlacementRequest,
    place: Place,
    goals: Collection[LearningGoal],
    skills: Collection[LearningGoal] = (),
    days: Collection[str],
    days_needed: int,
    actor: Actor,
) -> Application:
    """Apply for a place with a profile; the same place twice (a double click, two tabs) is one application.

    Raises NotAllowed, AlreadyPlaced, PlaceFull, DoesNotFit or LimitReached, each with what to do.
    """
    (place,), request = transitions.lock_places([place.pk]), transitions.lock_request(request.pk)
    if actor.student_id != request.student_id or not actor.is_(HatKind.STUDENT):
        raise NotAllowed(_("Only the student can apply."))
    if standing := Application.objects.standing().filter(request=request, place=place).first():
        return standing
    asked = with_facts(PlacementRequest.objects.filter(pk=request.pk), period=request.period).select_related("student").get()
    check_open(asked)
    check_place(place)
    check_again(request, place)
    sent: Asked = {"goals": [goal.code for goal in goals], "days": list(days), "days_needed": days_needed}
    fit = fits_of(request, [place.pk], sent).get(place.pk)
    if fit and fit.rule:
        raise DoesNotFit(fit.rule, explain(fit.rule, request, place).text)
    check_limits(asked, place)
    profile = snapshot(place=place, goals=goals, skills=skills, days=days, days_needed=days_needed, fit=fit)
    application = Application.objects.create(request=request, place=place, profile=profile)
    _write(application, "", actor)
    notifications.received(application)
    return application


def with_facts(requests: QuerySet[PlacementRequest], *, period: Period) -> QuerySet[PlacementRequest]:
    """Requests with what decides about applying, in the same query: `way` (of the programme), `has_place` (the placement told of), `mine`."""
    # A no that can still be taken back counts: otherwise the count would tell of it.
    running = Application.objects.standing().filter(request__student=OuterRef("student")).order_by().values("request__student")
    # A proposal of which the student has not been told must not show here.
    told = Placement.objects.open().filter(request=OuterRef("pk"), told_at__isnull=False)
    ways = ProgrammeYear.objects.filter(programme=OuterRef("student__programme"), year__lte=school_year(period.starts_on)).order_by("-year")
    return requests.annotate(
        way=Coalesce(Subquery(ways.values("way")[:1]), Value(FIRST_WAY.value)),
        has_place=Subquery(told.values("public_id")[:1]),
        mine=Coalesce(Subquery(running.annotate(n=Count("pk")).values("n")), 0),
    )


def check_open(request: Any) -> None:
    """Whether the student (a request with `with_facts`) looks for a place, and may apply. Raises PlacementError."""
    if request.closed_at or request.student.left_at:
        raise PlacementError(_("Your school has closed this search for a place. Ask your school."))
    if request.ready_at is None:
        raise PlacementError(_("First finish your preparation: then we know which places fit you."))
    if request.way == WayToPlace.MATCHED:
        raise NotAllowed(_("In your programme the places are divided by matching. You do not have to apply."))
    if request.has_place:
        raise AlreadyPlaced(_("You have a place already. Ask your school if something has to change."))


def check_place(place: Place) -> None:
    """Whether the place can be had now. Raises PlaceFull."""
    if place.state != PlaceState.OPEN or place.ends_on <= timezone.localdate():
        raise PlaceFull(_("The company does not offer this place at the moment. Look at places like it."))
    if place.confirmed_at < weeks_ago(settings.PLACE_HIDDEN_WEEKS):
        raise PlaceFull(_("The company has not confirmed this place for a long time. Look at places like it."))
    if place.free <= 0:
        raise PlaceFull(_("This place is full. Look at places like it; you can also save it and come back."))


def check_limits(request: Any, place: Place) -> None:
    """The two limits; exact when both are locked: a trigger keeps `place.applying`. Raises LimitReached."""
    if request.mine >= settings.APPLICATIONS_PER_STUDENT:
        raise LimitReached(
            ngettext(
                "You have %(n)s application that waits for an answer; that is the most. Wait for the answer, or take it back first.",
                "You have %(n)s applications that wait for an answer; that is the most. Wait for an answer, or take one back first.",
                request.mine,
            )
            % {"n": request.mine}
        )
    if place.applying >= settings.APPLICATIONS_PER_FREE_SLOT * place.free:
        raise LimitReached(_("Enough students have applied for this place. The company answers them first. Look at places like it."))


def check_again(request: PlacementRequest, place: Place) -> None:
    """Changing one's mind once a day is fine; each time more mails the company twice. Raises LimitReached."""
    today = Application.objects.filter(request=request, place=place, sent_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= SAME_PLACE_A_DAY:
        raise LimitReached(_("You applied here and took it back more than once today. You can apply here again tomorrow."))


@transaction.atomic
def see(*, application: Application, actor: Actor) -> Application:
    """The company has looked at the profile: the student reads so. Twice, or later, changes nothing."""
    application = lock(application)
    if application.state == A.SENT:
        step(application, A.SEEN, actor)
    elif part_of(actor, application) is None:
        raise NotAllowed(_("Somebody else has to do this."))
    return application


@transaction.atomic
def accept(*, application: Application, actor: Actor) -> Application:
    """The company says yes without knowing who: a placement waits for the coordinator. Twice, or by two people, is once.

    Raises PlaceFull, AlreadyPlaced (the student has been given another place meanwhile) or InvalidTransition.
    """
    application = lock(application)
    if _twice(application, A.ACCEPTED, actor):
        return application
    _allow(application, A.ACCEPTED, actor)
    if application.place.state != PlaceState.OPEN:
        raise PlaceFull(_("You do not offer this place at the moment. Offer it again first; then you can say yes."))
    if _beside(application).filter(state=A.DECLINED, told_at=None, ground__in=transitions.PAUSING_GROUNDS).exists():
        raise ReasonMissing(_("You said no to another student because this place cannot be had. First take that answer back."))
    try:
        placement = transitions.propose(request=application.request, place=application.place, actor=SYSTEM)
    except AlreadyPlaced:
        raise AlreadyPlaced(
            _("This student is being given another place at the moment. You do not have to do anything: the time to answer stands still.")
        ) from None
    application.placement, application.ground, application.told_at = placement, "", None
    _move(application, A.ACCEPTED, actor)
    notifications.accepted(application, placement)
    return application


@transaction.atomic
def decline(*, application: Application, ground: str, actor: Actor) -> Application:
    """The company says no, on an objective ground; the student hears when the time to take it back is over.

    Raises ReasonMissing without a valid ground, InvalidTransition when it was answered otherwise before.
    """
    application = lock(application)
    if _twice(application, A.DECLINED, actor):
        return application
    _allow(application, A.DECLINED, actor, ground)
    if ground == ReasonCode.PLACE_FULL and application.place.free > 0:
        raise ReasonMissing(_("This place is not full. Choose another ground, or say yes."))
    if ground in transitions.PAUSING_GROUNDS:
        _stop_place(application)
    application.ground, application.told_at = ground, None
    _move(application, A.DECLINED, actor, ground)
    return application


def _stop_place(application: Application) -> None:
    """A ground that is true for everybody: nobody can come, so the place leaves the search. Raises ReasonMissing beside a yes."""
    if Placement.objects.open().filter(place=application.place_id).exists():
        raise ReasonMissing(_("Another student is coming to this place, or may come. This ground would hold for that student, too: choose another."))
    Place.objects.filter(pk=application.place_id, state=PlaceState.OPEN).update(state=PlaceState.PAUSED)


def _offer_again(application: Application) -> None:
    """Undo what a no did to the place: if that very no paused it, nobody changed it since, and no other no says the same.

    The history says so: the last change of the place took it out of the offer, in the transaction of the no (both rows have its time).
    """
    kept: Any = application  # its history, and that of its place
    said_no = kept.events.filter(state=A.DECLINED).order_by("-pgh_id").values_list("pgh_created_at", flat=True).first()
    changes = list(kept.place.events.order_by("-pgh_id").values_list("state", "pgh_created_at")[:2])
    if [state for state, _at in changes] != [PlaceState.PAUSED, PlaceState.OPEN] or changes[0][1] != said_no:
        return
    if not _beside(application).filter(state=A.DECLINED, ground__in=transitions.PAUSING_GROUNDS, state_since__gt=application.state_since).exists():
        Place.objects.filter(pk=application.place_id, state=PlaceState.PAUSED).update(state=PlaceState.OPEN)


def _beside(application: Application) -> QuerySet[Application]:
    """Other applications for the same place."""
    return Application.objects.filter(place=application.place_id).exclude(pk=application.pk)


@transaction.atomic
def undo(*, application: Application, actor: Actor) -> Application:
    """Take an answer back: a yes until the coordinator has acted on it, a no until the student has been told.

    Raises InvalidTransition when it is too late.
    """
    application = lock(application)
    if application.waits and part_of(actor, application) == Who.COMPANY:
        return application
    if answer_is_final(application):
        raise InvalidTransition(_("This cannot be taken back any more: the school or the student has been told."))
    if _beside(application).filter(state__in=RUNNING_STATES, request=application.request_id).exists():
        raise InvalidTransition(_("This cannot be taken back any more: a newer application of this student waits for your answer."))
    placement = application.placement
    _allow(application, A.SEEN, actor)
    if application.ground in transitions.PAUSING_GROUNDS:
        _offer_again(application)
    application.placement, application.ground = None, ""
    _move(application, A.SEEN, actor)
    if placement and _made_by_yes(placement):
        transitions.move(placement=placement, to=S.WITHDRAWN, actor=SYSTEM, reason_code=ReasonCode.ACCEPTANCE_UNDONE)
        notifications.acceptance_undone(application, placement)
    return application


def _made_by_yes(placement: Placement) -> bool:
    """Whether a company's yes made this placement; one that a round or the coordinator proposed is not the company's to end."""
    first = placement.transitions.first()
    return first is not None and first.hat == SYSTEM.kind


def answer_is_final(application: Application) -> bool:
    """Whether the coordinator has acted on a yes, or the student has been told of a no."""
    if application.state == A.ACCEPTED:
        return application.placement is None or application.placement.state != S.PROPOSED
    return application.state == A.DECLINED and application.told_at is not None


@transaction.atomic
def withdraw(*, application: Application, actor: Actor) -> Application:
    """The student takes the application back; the company hears so, without who. Twice is once.

    Raises InvalidTransition when it was answered, or the school has decided already.
    """
    application = lock(application)
    if _twice(application, A.WITHDRAWN, actor):
        return application
    if application.state == A.ACCEPTED and answer_is_final(application):
        raise InvalidTransition(_("Your school has decided about this place already. Answer on the page of the place."))
    _allow(application, A.WITHDRAWN, actor)
    placement, application.placement = application.placement, None
    _move(application, A.WITHDRAWN, actor)
    if placement and _made_by_yes(placement):
        transitions.move(placement=placement, to=S.WITHDRAWN, actor=SYSTEM, reason_code=ReasonCode.APPLICATION_TAKEN_BACK)
    notifications.taken_back(application)
    return application


def placement_moved(sender: Any, *, placement: Placement, **_kwargs: Any) -> None:
    """What a placement's move means for applications: ended, its own application is over; definitive, all others are.

    The others belong to other places, whose locks must not be taken while this place is held: after the commit, and again by beat
    (`placements.services.deadlines`) should this process die in between.
    """
    if placement.state in (S.DECLINED, S.WITHDRAWN, S.REFUSED):
        own = Application.objects.filter(placement=placement, state=A.ACCEPTED).select_related(*_WITH)
        application = own.select_for_update(of=("self",), no_key=True).first()
        if application:
            _move(application, A.WITHDRAWN, SYSTEM)
            if placement.confirmed_at is None:  # later, the mails about the placement itself say so
                notifications.ended_by_school(application)
    elif placement.state == S.CONFIRMED:
        transaction.on_commit(partial(supersede, request_id=placement.request_id), robust=True)


def supersede(*, request_id: int) -> int:
    """End every other waiting application of a student who has a definitive place in this period; returns how many. Repeatable."""
    ended = 0
    for pk in Application.objects.waiting().filter(request=request_id).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            application = lock(Application(pk=pk))
            known = application.request.placements.filter(state__in=KNOWN_STATES).exists()
            if application.waits and known:
                _move(application, A.SUPERSEDED, SYSTEM)
                notifications.superseded(application)
                ended += 1
    return ended


def tell_due(*, now: datetime | None = None) -> int:
    """Tell students of a no whose time to take back is over; returns how many. Any number may run at once."""
    before = (now or timezone.now()) - timedelta(minutes=settings.APPLICATION_UNDO_MINUTES)
    due = Application.objects.filter(state=A.DECLINED, told_at=None, state_since__lte=before)
    told = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            waiting = Application.objects.filter(pk=pk, state=A.DECLINED, told_at=None).select_related(*_WITH)
            if found := waiting.select_for_update(skip_locked=True, of=("self",), no_key=True).first():
                found.told_at = now or timezone.now()
                found.save(update_fields=["told_at"])
                notifications.declined(found)
                told += 1
    return told


def part_of(actor: Actor, application: Application) -> Who | None:
    """In which part of the table the actor acts on this application; None if in none."""
    if isinstance(actor, System):
        return Who.SYSTEM
    if actor.is_(HatKind.STUDENT):
        return Who.STUDENT if application.request.student_id == actor.student_id else None
    if actor.company_id:
        return Who.COMPANY if application.place.company_id == actor.company_id else None
    return None


def lock(application: Application) -> Application:
    """The application as it is now, with its place and request locked before it; a caller's stale copy decides nothing."""
    place, request = Application.objects.values_list("place_id", "request_id").get(pk=application.pk)
    transitions.lock_places([place])
    transitions.lock_request(request)
    locked: Application = Application.objects.select_related(*_WITH).select_for_update(of=("self",), no_key=True).get(pk=application.pk)
    return locked


def step(application: Application, to: ApplicationState, actor: Actor) -> None:
    """One move of a locked application that the table allows. Raises PlacementError."""
    _allow(application, to, actor)
    _move(application, to, actor)


def _allow(application: Application, to: ApplicationState, actor: Actor, ground: str = "") -> None:
    """What the table says about a move. Raises NotAllowed, InvalidTransition or ReasonMissing."""
    part = part_of(actor, application)
    if part is None:
        raise NotAllowed(_("Somebody else has to do this."))
    rule = TRANSITIONS.get((A(application.state), to))
    if rule is None:
        raise InvalidTransition(already(application))
    if part not in rule.who:
        raise NotAllowed(_("Somebody else has to do this."))
    if rule.reasons and ground not in rule.reasons:
        raise ReasonMissing(_("Choose a ground from the list."))


def already(application: Application) -> str:
    """What became of an application that cannot be moved any more; says nothing about who it is."""
    return _("Nothing was changed. This application stands at: %(state)s.") % {"state": application.get_state_display()}


def _twice(application: Application, to: ApplicationState, actor: Actor) -> bool:
    """Whether the same side has made this very move already: a double click, a second tab, a colleague."""
    part = part_of(actor, application)
    last = application.transitions.last() if application.state == to else None
    return part is not None and last is not None and (last.hat.startswith("student:")) == (part == Who.STUDENT) and last.hat != SYSTEM.kind


def _move(application: Application, to: ApplicationState, actor: Actor, ground: str = "") -> None:
    start, application.state, application.state_since = application.state, to, timezone.now()
    application.save(update_fields=["state", "state_since", "placement", "ground", "told_at"])
    _write(application, start, actor, ground)


def _write(application: Application, start: str, actor: Actor, ground: str = "") -> None:
    hat = actor.hat.key if actor.hat else actor.kind
    ApplicationTransition.objects.create(
        application=application, from_state=start, to_state=application.state, by=actor.user, hat=hat, reason_code=ground, at=application.state_since
    )
