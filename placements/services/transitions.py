"""Moving placements: one gate (`move`) that applies the table of `placements.workflow`, and an action for each step people take.

Locks are always taken in the same order, place before request before placement, and several places by their keys,
so that no two of these can wait for each other.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor, System
from accounts.hats import HatKind
from placements import notifications
from placements.errors import AlreadyPlaced, InvalidTransition, NotAllowed, PlaceFull, PlacementError, ReasonMissing
from placements.models import Introduction, Place, Placement, PlacementRequest, PlacementTransition, PlaceState, Refusal
from placements.rules import coordinates, part_of
from placements.services.requests import refresh_tier
from placements.signals import placement_moved
from placements.workflow import OPEN_STATES, TRANSITIONS, PlacementState, ReasonCode, S, Who
from schools.models import Student

# A claim on one of these grounds means that nobody can come for now: the place is paused until the company says otherwise.
PAUSING_GROUNDS = (ReasonCode.PLACE_GONE, ReasonCode.TRAINER_GONE, ReasonCode.RECOGNITION_LOST)


@transaction.atomic
def move(*, placement: Placement, to: PlacementState, actor: Actor, reason_code: str = "", reason: str = "") -> Placement:
    """Move a placement as the table allows, and write down who did it and why; nobody is told by this alone.

    Moving it where the same kind of actor has put it already changes nothing (a double click).
    Raises InvalidTransition, NotAllowed or ReasonMissing.
    """
    placement = _lock(placement)
    _step(placement, to, actor, reason_code, reason)
    return placement


@transaction.atomic
def propose(*, request: PlacementRequest, place: Place, actor: Actor) -> Placement:
    """Give a request a slot of a place, as a proposal; the same pair twice is one placement.

    Raises PlaceFull, AlreadyPlaced, NotAllowed (not the coordinator of this student) or PlacementError (no common weeks).
    """
    (place,) = lock_places([place.pk])
    request = lock_request(request.pk)
    if not isinstance(actor, System) and not coordinates(actor, request.student):
        raise NotAllowed(_("Only the coordinator of this student can propose a place."))
    standing = Placement.objects.filter(request=request, state__in=OPEN_STATES).first()
    placement = _fit(request, place, standing)
    if placement is not standing:
        placement.save()
        _written(placement, "", actor, at=placement.state_since).save()
    return placement


@transaction.atomic
def propose_many(
    *, pairs: Iterable[tuple[PlacementRequest, Place]], actor: Actor
) -> tuple[list[Placement], list[tuple[PlacementRequest, Place, PlacementError]]]:
    """Propose all pairs that still fit; returns the placements, and the pairs left out with the error of each.

    For taking over a run: the caller has checked that the actor may decide for these requests.
    """
    pairs = list(pairs)
    places = {p.pk: p for p in lock_places({place.pk for _request, place in pairs})}
    keys = {request.pk for request, _place in pairs}
    asked = PlacementRequest.objects.filter(pk__in=keys).select_related("student").order_by("pk")
    requests = {r.pk: r for r in asked.select_for_update(of=("self",), no_key=True)}
    standing = {p.request_id: p for p in Placement.objects.filter(request__in=keys, state__in=OPEN_STATES)}
    done, new, left_out = [], [], []
    for request, place in pairs:
        try:
            placement = _fit(requests[request.pk], places[place.pk], standing.get(request.pk))
        except PlacementError as error:
            left_out.append((request, place, error))
            continue
        done.append(placement)
        if placement is not standing.get(request.pk):
            new.append(placement)
            standing[request.pk] = placement
    Placement.objects.bulk_create(new, batch_size=500)
    PlacementTransition.objects.bulk_create([_written(p, "", actor, at=p.state_since) for p in new], batch_size=500)
    return done, left_out


@transaction.atomic
def approve(*, placement: Placement, actor: Actor) -> Placement:
    """Approve a proposal; the student hears of it when the time to undo is over.

    Raises InvalidTransition if it was decided before.
    """
    placement = _lock(placement)
    if placement.state == S.OBJECTED:
        raise InvalidTransition(_("The student objects to this place: judge the objection first."))
    if _step(placement, S.APPROVED, actor) and settings.UNDO_WINDOW_SECONDS == 0:
        _tell(placement)
    return placement


@transaction.atomic
def approve_many(*, placements: Iterable[int], actor: Actor) -> tuple[list[Placement], list[tuple[Placement, PlacementError]]]:
    """Approve proposals by key, a handful of queries for all; returns those approved now, and those left out with the error of each.

    What was approved before is in neither list.
    """
    keys = list(placements)
    lock_places(Placement.objects.filter(pk__in=keys).values_list("place_id", flat=True))
    found = list(Placement.objects.filter(pk__in=keys).order_by("pk").select_related(*_WITH).select_for_update(of=("self",), no_key=True))
    own = Student.objects.visible_to(actor).filter(pk__in={placement.request.student_id for placement in found})
    mine = set(own.values_list("pk", flat=True)) if actor.is_(HatKind.COORDINATOR) else set()
    now, done, left_out = timezone.now(), [], []
    for placement in found:
        part = Who.COORDINATOR if placement.request.student_id in mine else None
        if placement.state == S.APPROVED and part:
            continue
        try:
            if placement.state == S.OBJECTED:
                raise InvalidTransition(_decided(placement))
            _allow(placement, S.APPROVED, part)
        except PlacementError as error:
            left_out.append((placement, error))
            continue
        placement.state, placement.state_since = S.APPROVED, now
        done.append(placement)
    Placement.objects.bulk_update(done, ["state", "state_since"], batch_size=500)
    PlacementTransition.objects.bulk_create([_written(p, S.PROPOSED, actor, at=now) for p in done], batch_size=500)
    if settings.UNDO_WINDOW_SECONDS == 0:
        for placement in done:
            _tell(placement)
    return done, left_out


@transaction.atomic
def decline(*, placement: Placement, actor: Actor, reason_code: str, reason: str = "") -> Placement:
    """Decline a proposal, with a reason; its slot is free again and the student never heard of it."""
    placement = _lock(placement)
    if placement.state == S.OBJECTED:
        raise InvalidTransition(_("The student objects to this place: judge the objection first."))
    _step(placement, S.DECLINED, actor, reason_code, reason)
    return placement


@transaction.atomic
def undo_approval(*, placement: Placement, actor: Actor) -> Placement:
    """Take an approval back, as long as the student has not been told."""
    placement = _lock(placement)
    if placement.state == S.APPROVED and placement.told_at:
        raise InvalidTransition(_("The student has been told already. You can withdraw the placement, with a reason."))
    _step(placement, S.PROPOSED, actor)
    return placement


def tell_due(*, now: datetime | None = None) -> int:
    """Tell students of approvals whose time to undo is over; returns how many. Any number may run at once."""
    told = 0
    before = (now or timezone.now()) - timedelta(seconds=settings.UNDO_WINDOW_SECONDS)
    waiting = Placement.objects.filter(state=S.APPROVED, told_at=None, state_since__lte=before, request__student__left_at=None)
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            placement = Placement.objects.filter(pk=pk, state=S.APPROVED, told_at=None).select_for_update(skip_locked=True, of=("self",), no_key=True)
            if found := placement.select_related(*_WITH).first():
                _tell(found)
                told += 1
    return told


@transaction.atomic
def agree(*, placement: Placement, actor: Actor, shared_needs: Iterable[str] = ()) -> Placement:
    """The student agrees: the placement is definitive, and only now the company learns who comes.

    shared_needs: those of the student's adjustments that the company may know; others are dropped.
    """
    placement = _lock(placement)
    if step := _step(placement, S.CONFIRMED, actor):
        chosen = set(shared_needs)
        placement.shared_needs = [need for need in placement.request.needs if need in chosen]
        placement.save(update_fields=["shared_needs"])
        notifications.who_comes(placement, step)
    return placement


@transaction.atomic
def object_(*, placement: Placement, actor: Actor, reason_code: str, reason: str = "") -> Placement:
    """The student objects, with a reason that the coordinator judges; the slot stays theirs until then."""
    placement = _lock(placement)
    if step := _step(placement, S.OBJECTED, actor, reason_code, reason):
        notifications.objection(placement, step)
    return placement


@transaction.atomic
def judge_objection(*, placement: Placement, justified: bool, actor: Actor, reason_code: str, reason: str = "") -> Placement:
    """Decide on an objection: justified declines the placement, otherwise it is put to the student again, with the reason."""
    placement = _lock(placement)
    to = S.DECLINED if justified else S.APPROVED
    if placement.state not in (S.OBJECTED, to):
        raise InvalidTransition(_decided(placement))
    if step := _step(placement, to, actor, reason_code, reason):
        notifications.objection_judged(placement, step)
    return placement


@transaction.atomic
def withdraw(*, placement: Placement, actor: Actor, reason_code: str, reason: str = "") -> Placement:
    """End a placement before its agreement; whoever knew of it is told, with the slot free again."""
    placement = _lock(placement)
    if step := _step(placement, S.WITHDRAWN, actor, reason_code, reason):
        refresh_tier(placement.request)
        notifications.withdrawn(placement, step)
    return placement


@transaction.atomic
def propose_introduction(*, placement: Placement, at: datetime, where: str, note: str = "", actor: Actor) -> Introduction:
    """Propose a first meeting, or another day for it; the student is told. Never a choice: the placement is definitive."""
    placement = _lock(placement)
    part = part_of(actor, placement)
    if part is None or part not in TRANSITIONS[S.CONFIRMED, S.INTRODUCED].who:
        raise NotAllowed(_("Only the company or the coordinator can propose an introduction."))
    planned = Introduction.objects.filter(placement=placement).first()
    if planned and (planned.at, planned.where, planned.note) == (at, where, note) and placement.state == S.INTRODUCED:
        return planned
    if placement.state != S.INTRODUCED:
        _step(placement, S.INTRODUCED, actor)
    before = planned.at if planned and planned.at != at else None
    introduction, _new = Introduction.objects.update_or_create(
        placement=placement, defaults={"at": at, "where": where, "note": note, "proposed_by": actor.user, "proposed_at": timezone.now()}
    )
    notifications.introduction(placement, introduction, before=before, by_company=actor.company_id is not None)
    return introduction


@transaction.atomic
def claim_refusal(*, placement: Placement, ground: str, evidence: str, actor: Actor) -> Refusal:
    """A company claims that it cannot take the student: a coded ground, with evidence. The slot stays taken until it is judged."""
    placement = _lock(placement)
    if not evidence.strip():
        raise ReasonMissing(_("Say how the school can see that this is so."))
    before = placement.state
    if step := _step(placement, S.REFUSAL_CLAIMED, actor, ground):
        refusal = Refusal.objects.create(placement=placement, from_state=before, ground=ground, evidence=evidence, claimed_by=actor.user)
        notifications.refusal_claimed(placement, step)
        return refusal
    return placement.refusals.get(verdict=Refusal.Verdict.WAITING)


@transaction.atomic
def judge_refusal(*, refusal: Refusal, valid: bool, actor: Actor, reason_code: str, reason: str = "") -> Refusal:
    """Judge a company's claim: valid ends the placement (the student comes first next time), otherwise it goes on as it was."""
    placement = _lock(refusal.placement)
    refusal = Refusal.objects.select_for_update(of=("self",)).get(pk=refusal.pk)
    verdict = Refusal.Verdict.VALID if valid else Refusal.Verdict.INVALID
    if refusal.verdict != Refusal.Verdict.WAITING:
        if refusal.verdict == verdict and coordinates(actor, placement.request.student):
            return refusal
        raise InvalidTransition(_("This was decided already: %(verdict)s.") % {"verdict": refusal.get_verdict_display()})
    step = _step(placement, S.REFUSED if valid else S(refusal.from_state), actor, reason_code, reason)
    if step is None:
        raise InvalidTransition(_decided(placement))
    refusal.verdict, refusal.verdict_code, refusal.verdict_reason = verdict, reason_code, reason
    refusal.judged_by, refusal.judged_at = actor.user, step.at
    refusal.save()
    if valid:
        refresh_tier(placement.request)
        if refusal.ground in PAUSING_GROUNDS:
            Place.objects.filter(pk=placement.place_id, state=PlaceState.OPEN).update(state=PlaceState.PAUSED)
    notifications.refusal_judged(placement, refusal, step)
    return refusal


_WITH = ("place__company", "place__period", "request__student__user", "request__student__programme__qualification", "request__student__school")


def lock_places(keys: Iterable[int]) -> list[Place]:
    """Places, locked in the order of their keys."""
    return list(Place.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",), no_key=True))


def lock_request(pk: int) -> PlacementRequest:
    """A request, locked, with its student and period."""
    asked = PlacementRequest.objects.select_related("student__programme__qualification", "student__user", "period")
    locked: PlacementRequest = asked.select_for_update(of=("self",), no_key=True).get(pk=pk)
    return locked


def _lock(placement: Placement) -> Placement:
    """The placement as it is now, with its place locked before it; a caller's stale copy decides nothing."""
    lock_places([placement.place_id])
    locked: Placement = Placement.objects.select_related(*_WITH).select_for_update(of=("self",), no_key=True).get(pk=placement.pk)
    return locked


def _fit(request: PlacementRequest, place: Place, standing: Placement | None) -> Placement:
    """The placement to make, not saved yet, or the same one made before; place and request are locked, and the slot is counted in `place`."""
    if standing and standing.place_id == place.pk and standing.state == S.PROPOSED:
        return standing
    if standing:
        raise AlreadyPlaced(_("This student has a place already."))
    if request.closed_at or request.student.left_at:
        raise PlacementError(_("This student does not look for a place any more."))
    if place.state != PlaceState.OPEN:
        raise PlaceFull(_("The company does not offer this place at the moment."))
    if place.free <= 0:
        raise PlaceFull(_("This place is full: %(taken)s of %(capacity)s are taken.") % {"taken": place.taken, "capacity": place.capacity})
    starts_on, ends_on = max(request.starts_on, place.starts_on), min(request.ends_on, place.ends_on)
    if ends_on <= starts_on:
        raise PlacementError(_("The student and the place have no weeks in common."))
    place.taken += 1  # the database counts it when the placement is saved; this copy is asked again for the next pair
    return Placement(request=request, place=place, starts_on=starts_on, ends_on=ends_on)


def _step(placement: Placement, to: PlacementState, actor: Actor, reason_code: str = "", reason: str = "") -> PlacementTransition | None:
    """Make one move of a locked placement; None if the same kind of actor has made it already."""
    start, part = placement.state, part_of(actor, placement)
    if part is not None and start == to and _made_by(placement, actor):
        return None
    _allow(placement, to, part, reason_code, reason)
    placement.state, placement.state_since = to, timezone.now()
    if to == S.CONFIRMED and placement.confirmed_at is None:
        placement.confirmed_at = placement.state_since
    placement.save(update_fields=["state", "state_since", "confirmed_at"])
    step = _written(placement, start, actor, at=placement.state_since, reason_code=reason_code, reason=reason.strip())
    step.save()
    placement_moved.send(sender=Placement, placement=placement, step=step)
    return step


def _allow(placement: Placement, to: PlacementState, part: Who | None, reason_code: str = "", reason: str = "") -> None:
    """What the table says about a move; raises InvalidTransition, NotAllowed or ReasonMissing."""
    rule = TRANSITIONS.get((S(placement.state), to))
    if rule is None or (rule.until_told and placement.told_at):
        raise InvalidTransition(_decided(placement))
    if part is None or part not in rule.who:
        raise NotAllowed(_("Somebody else has to do this."))
    if rule.reasons and reason_code not in rule.reasons:
        raise ReasonMissing(_("Choose a reason from the list."))
    if rule.reasons and reason_code == ReasonCode.OTHER and not reason.strip():
        raise ReasonMissing(_("Explain what the reason is."))


def _made_by(placement: Placement, actor: Actor) -> bool:
    """Whether the placement stands where somebody under the same kind of hat has put it."""
    last = placement.transitions.last()
    return last is not None and last.to_state == placement.state and last.hat.partition(":")[0] == actor.kind


def _written(placement: Placement, start: str, actor: Actor, *, at: datetime, reason_code: str = "", reason: str = "") -> PlacementTransition:
    """The line in a placement's story, not saved yet."""
    hat = actor.hat.key if actor.hat else actor.kind
    return PlacementTransition(
        placement=placement, from_state=start, to_state=placement.state, by=actor.user, hat=hat, reason_code=reason_code, reason=reason, at=at
    )


def _tell(placement: Placement) -> None:
    """From now on the student sees the placement, and the approval cannot be undone."""
    placement.told_at = timezone.now()
    placement.save(update_fields=["told_at"])
    notifications.match_found(placement)


def _decided(placement: Placement) -> str:
    return _("This was decided already: %(state)s.") % {"state": placement.get_state_display()}
