"""What changes places: offering, changing, confirming, pausing and stopping them."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from companies.models import Company
from placements.models import Answer, Place, PlaceAnswer, PlaceSearchRow, PlaceState
from reference.models import LearningGoal, Qualification

# Two requests for the same new place within this time are one click.
SAME_CLICK = timedelta(seconds=10)
# Answers of one person about one place under links in mails, within a day: nobody changes their mind more often.
MOST_BY_MAIL, A_DAY = 10, timedelta(days=1)

# What a form of a place does not say: it stands in the database, where a student or a colleague may have changed it meanwhile.
KEPT = ("taken", "applying", "answer_penalty", "state", "paused_because", "paused_until")


class TooFewSlots(Exception):
    """A place cannot be made smaller than the number of students that hold a slot."""


class TooManyAnswers(Exception):
    """Under links in mails the same person answered about the same place too often today; `str()` says what to do."""


@transaction.atomic
def save_place(
    *, place: Place, qualifications: Iterable[Qualification], goals: Iterable[LearningGoal], by: User | None = None, by_mail: bool = False
) -> Place:
    """Save a new or changed place with its qualifications, goals and search rows; saving confirms it.

    Raises TooFewSlots when its capacity would fall below the slots taken, TooManyAnswers under a link in a mail.
    """
    changed = place.pk is not None
    if not place.pk and (twin := _just_made(place, qualifications)):
        return twin
    if place.pk:
        locked = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
        for name in KEPT:
            setattr(place, name, getattr(locked, name))
        if place.capacity < locked.taken:
            raise TooFewSlots(_("%(taken)s students hold this place already. Enter %(taken)s or more, or stop the place.") % {"taken": locked.taken})
        if by_mail:
            refuse_too_many(place, by)
    place.confirmed_at = timezone.now()
    place.save()
    place.goals.set(goals)
    write_search_rows(place, qualifications)
    if changed:
        PlaceAnswer.objects.create(place=place, answer=Answer.CHANGED, by=by, by_mail=by_mail, at=place.confirmed_at)
    return place


def refuse_too_many(place: Place, by: User | None) -> None:
    """A link in a mail is no way to write without end: every answer is kept. Raises TooManyAnswers; the place must be locked."""
    if place.answers.filter(by=by, by_mail=True, at__gte=timezone.now() - A_DAY).count() >= MOST_BY_MAIL:
        raise TooManyAnswers(_("You answered about this place many times today. Sign in to change it once more, or try again tomorrow."))


def facts_of(place: Place) -> dict[str, Any]:
    """What a copy of a place has in common with it."""
    own = {"id", "public_id", "confirmed_at", "created_at", *KEPT}
    return {field.attname: getattr(place, field.attname) for field in Place._meta.concrete_fields if field.name not in own}


def _just_made(place: Place, qualifications: Iterable[Qualification]) -> Place | None:
    """The very same place, made a moment ago: the same click twice, which would offer a place that does not exist."""
    Company.objects.select_for_update(of=("self",), no_key=True).get(pk=place.company_id)
    recent = Place.objects.filter(created_at__gte=timezone.now() - SAME_CLICK, state=place.state, **facts_of(place))
    taught = {qualification.pk for qualification in qualifications}
    return next((twin for twin in recent.order_by("pk") if {one.pk for one in twin.qualifications.all()} == taught), None)


def write_search_rows(place: Place, qualifications: Iterable[Qualification]) -> None:
    """Make the search rows of one place equal to its qualifications and its company's point."""
    write_search_rows_of({place.pk: [qualification.pk for qualification in qualifications]}, company=place.company)


def write_search_rows_of(crebos: Mapping[int, Collection[int]], *, company: Company) -> None:
    """Make the search rows of places of one company equal to their qualifications: place id → crebos. Three queries."""
    gone = PlaceSearchRow.objects.filter(place__in=crebos).values_list("pk", "place_id", "qualification_id")
    PlaceSearchRow.objects.filter(pk__in=[pk for pk, place_id, crebo in gone if crebo not in crebos[place_id]]).delete()
    PlaceSearchRow.objects.bulk_create(
        [
            PlaceSearchRow(
                place=place,
                qualification_id=crebo,
                x=company.x,
                y=company.y,
                starts_on=place.starts_on,
                ends_on=place.ends_on,
            )
            for place in Place.objects.filter(pk__in=crebos).order_by("pk")
            for crebo in sorted(crebos[place.pk])
        ],
        update_conflicts=True,
        unique_fields=["place", "qualification"],
        update_fields=["x", "y"],
    )


def lock_in_order(places: QuerySet[Place]) -> list[int]:
    """Lock several places by their keys, as taking over a run does: in another order the two could wait for each other."""
    return list(places.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def lock_places(sender: type, companies: list[Company], **_kwargs: Any) -> None:
    """Receiver of `companies_locked`: places before their search rows, as everything that fills a slot locks them."""
    lock_in_order(Place.objects.filter(company__in=companies))


@transaction.atomic
def move_places(*, company: Company) -> None:
    """Take the search rows of a company's places along to its new point."""
    lock_in_order(Place.objects.filter(company=company))
    PlaceSearchRow.objects.filter(place__company=company).update(x=company.x, y=company.y)


@transaction.atomic
def copy_place(*, place: Place) -> Place:
    """A twin of a place: same facts, no students, paused until its owner has looked at it."""
    qualifications, goals = list(place.qualifications.all()), list(place.goals.all())
    twin = Place(**facts_of(place), state=PlaceState.PAUSED)
    return save_place(place=twin, qualifications=qualifications, goals=goals)


def key_of(title: str, period: int, crebos: Iterable[int]) -> Hashable:
    """What makes two places of a company the same; the period by its key, for a file may name it so."""
    return (title.casefold(), period, frozenset(crebos))
