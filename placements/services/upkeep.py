"""What keeps places up to date: answers to "still right?", pausing for a time, last year's places once more, who takes over from a trainer."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from companies.models import Company, CompanyMembership, CompanyRole
from placements.models import Answer, Pause, Period, Place, PlaceAnswer, PlaceSearchRow, PlaceState, TakeOver
from placements.models.place import recognised_for
from placements.services.places import A_DAY, SAME_CLICK, facts_of, key_of, lock_in_order, refuse_too_many, write_search_rows_of

# What an answer makes of a place: its state, and why it is paused.
MEANS: dict[Answer, tuple[PlaceState, str]] = {
    Answer.YES: (PlaceState.OPEN, ""),
    Answer.FULL: (PlaceState.PAUSED, Pause.FULL),
    Answer.PAUSED: (PlaceState.PAUSED, ""),
    Answer.STOPPED: (PlaceState.STOPPED, ""),
}
_OFFERED: dict[str, Any] = {"state": PlaceState.OPEN, "paused_because": "", "paused_until": None}


@transaction.atomic
def answer_place(*, place: Place, answer: Answer, by: User | None = None, by_mail: bool = False) -> Place:
    """Say what is so with a place: right (offered again if it was not), full, paused or stopped. Students who hold a slot keep it.

    A double click is one answer, and so is the same one under the links of a day's mails.
    Raises KeyError for "changed", which `save_place` writes down, and TooManyAnswers under a link in a mail.
    """
    locked = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    now, means, said = timezone.now(), MEANS[answer], {"answer": answer, "by": by, "by_mail": by_mail}
    last = locked.answers.first()
    again = last is not None and last.at >= now - (A_DAY if by_mail else SAME_CLICK) and all(getattr(last, name) == said[name] for name in said)
    if again and (locked.state, locked.paused_because) == means:
        return locked
    if by_mail:
        refuse_too_many(locked, by)
    locked.state, locked.paused_because = means
    locked.paused_until, locked.confirmed_at = None, now
    locked.save(update_fields=["state", "paused_because", "paused_until", "confirmed_at"])
    PlaceAnswer.objects.create(place=locked, at=now, **said)
    return locked


def _answer_all(keys: Iterable[int], answer: Answer, by: User | None, by_mail: bool = False) -> None:
    PlaceAnswer.objects.bulk_create([PlaceAnswer(place_id=key, answer=answer, by=by, by_mail=by_mail) for key in keys], batch_size=1000)


@transaction.atomic
def confirm_places(*, company: Company, public_ids: Iterable[UUID] | None = None, by: User | None = None, by_mail: bool = False) -> int:
    """Say that places (all that are offered, or those named) are still right; returns how many. Those of a past period are left as they are.

    Under a link in a mail, what the same person said so today already is not written once more.
    """
    places = Place.objects.filter(company=company).offered()
    keys = lock_in_order(places if public_ids is None else places.filter(public_id__in=list(public_ids)))
    said = PlaceAnswer.objects.filter(place__in=keys, answer=Answer.YES, by=by, by_mail=True, at__gte=timezone.now() - A_DAY)
    known = set(said.values_list("place_id", flat=True)) if by_mail else set()
    new = [key for key in keys if key not in known]
    _answer_all(new, Answer.YES, by, by_mail)
    Place.objects.filter(pk__in=new).update(confirmed_at=timezone.now())
    return len(keys)


@transaction.atomic
def pause_places(*, company: Company, because: Pause, until: date | None = None, by: User | None = None) -> int:
    """Pause all that a company offers, until a day on which it opens by itself; returns how many. Students who come still come."""
    keys = lock_in_order(Place.objects.filter(company=company).offered())
    _answer_all(keys, Answer.PAUSED, by)
    return Place.objects.filter(pk__in=keys).update(state=PlaceState.PAUSED, paused_because=because, paused_until=until)


@transaction.atomic
def end_pause(*, company: Company, by: User | None = None) -> int:
    """Offer again what is closed for a time, before its day; returns how many."""
    closed = Place.objects.filter(company=company, state=PlaceState.PAUSED, paused_because=Pause.HOLIDAY, ends_on__gt=timezone.localdate())
    keys = lock_in_order(closed)
    _answer_all(keys, Answer.YES, by)
    return Place.objects.filter(pk__in=keys).update(**_OFFERED, confirmed_at=timezone.now())


@transaction.atomic
def open_due(*, today: date | None = None) -> int:
    """Offer again what was closed until today; nobody has said by that that it is still right. Safe to call at any time."""
    due = Place.objects.filter(state=PlaceState.PAUSED, paused_until__lte=today or timezone.localdate())
    keys = list(due.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", flat=True))
    return Place.objects.filter(pk__in=keys).update(**_OFFERED)


_TAUGHT = Prefetch("search_rows", queryset=PlaceSearchRow.objects.only("place_id", "qualification_id"))


def _crebos(place: Place) -> list[int]:
    return [row.qualification_id for row in place.search_rows.all()]


@transaction.atomic
def copy_to_period(*, company: Company, places: Iterable[Place], period: Period) -> list[Place]:
    """Offer places once more in another period, under what the company is recognised for now; one that is there already stays one.

    All facts and goals go along, students do not. Returns the new places; without a recognition left a place is not among them.
    """
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    allowed = set(recognised_for(company).values_list("pk", flat=True))
    there = Place.objects.filter(company=company, period=period).prefetch_related(_TAUGHT)
    known = {key_of(place.title, period.pk, _crebos(place)) for place in there}
    sources = Place.objects.filter(company=company, pk__in=[place.pk for place in places]).prefetch_related(_TAUGHT, "goals")
    made: list[tuple[Place, Place, list[int]]] = []
    for source in sources.order_by("pk"):
        taught = [crebo for crebo in _crebos(source) if crebo in allowed]
        key = key_of(source.title, period.pk, taught)
        if taught and key not in known:
            known.add(key)
            when = {"period_id": period.pk, "starts_on": period.starts_on, "ends_on": period.ends_on}
            made.append((Place(**facts_of(source) | when), source, taught))
    Place.objects.bulk_create([twin for twin, _source, _taught in made])
    link = Place.goals.through
    link.objects.bulk_create([link(place_id=twin.pk, learninggoal_id=goal.pk) for twin, source, _taught in made for goal in source.goals.all()])
    write_search_rows_of({twin.pk: taught for twin, _source, taught in made}, company=company)
    return [twin for twin, _source, _taught in made]


@transaction.atomic
def take_over(*, left: CompanyMembership, successor: CompanyMembership | None, by: User | None) -> TakeOver:
    """Say who guides students now that a trainer has left: a colleague, who becomes trainer, or nobody, which pauses the places.

    Raises ValueError for a successor who does not act for the company (any more).
    """
    company = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=left.company_id)
    if successor is None:
        pause_places(company=company, because=Pause.NO_TRAINER, by=by)
    elif successor.company_id != company.pk or successor.ended_at is not None:
        raise ValueError(successor.pk)
    elif successor.role != CompanyRole.TRAINER:
        successor, _new = CompanyMembership.objects.get_or_create(user_id=successor.user_id, company=company, role=CompanyRole.TRAINER, ended_at=None)
    answer, _new = TakeOver.objects.update_or_create(left=left, defaults={"successor": successor, "by": by, "at": timezone.now()})
    return answer
