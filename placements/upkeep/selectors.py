"""Reads around "still right?": which places are asked after, what was answered, and whether a trainer has to be replaced."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Exists, Prefetch, QuerySet
from django.utils import timezone

from companies.models import CompanyMembership, CompanyRole
from placements.models import Pause, Place, PlaceAnswer, Placement, PlaceState
from placements.models.place import PlaceQuerySet
from stagematch.moments import weeks_ago

# On a home page; the list of places has all of them.
MOST = 20


def with_last_answer(places: QuerySet[Place]) -> QuerySet[Place]:
    """With `last_answers`: the last answer about each place, and who gave it. One query more."""
    last = PlaceAnswer.objects.order_by("place_id", "-at", "-pk").distinct("place_id").select_related("by")
    return places.prefetch_related(Prefetch("answers", queryset=last, to_attr="last_answers"))


def in_question(*, before: datetime) -> PlaceQuerySet:
    """Places that are offered, not over, and of which nobody has said since `before` that they are right; the longest silence first."""
    return Place.objects.offered().filter(confirmed_at__lt=before).order_by("confirmed_at", "pk")


@dataclass(frozen=True)
class Question:
    """What a company is asked on its home page: places to answer about, how many more, and what is right or paused already."""

    asked: list[Place]
    more: int
    right: int
    paused: int
    closed_until: date | None  # when what is closed for a time opens by itself
    stopped: Place | None  # taken away a moment ago
    stale_before: datetime
    hidden_before: datetime

    @property
    def offered(self) -> int:
        """Everything that is offered now."""
        return len(self.asked) + self.more + self.right


_SHOWN = ("public_id", "title", "capacity", "taken", "state", "confirmed_at", "paused_because", "paused_until", "period__name")


def question(company: int, stopped: str = "") -> Question:
    """Are your places still right? One query. stopped: public key of the place that was just taken away, as the address has it."""
    own = Place.objects.filter(company=company, ends_on__gt=timezone.localdate()).select_related("period").only(*_SHOWN)
    places: list[Place] = list(own.with_taught().order_by("confirmed_at", "pk"))
    offered = [place for place in places if place.state == PlaceState.OPEN]
    asked = [place for place in offered if place.confirmed_at < weeks_ago(settings.PLACE_ASK_WEEKS)]
    closed = [place.paused_until for place in places if place.paused_because == Pause.HOLIDAY and place.paused_until]
    return Question(
        asked=asked[:MOST],
        more=len(asked[MOST:]),
        right=len(offered) - len(asked),
        paused=sum(place.state == PlaceState.PAUSED for place in places),
        closed_until=min(closed, default=None),
        stopped=next((place for place in places if str(place.public_id) == stopped), None),
        stale_before=weeks_ago(settings.PLACE_STALE_WEEKS),
        hidden_before=weeks_ago(settings.PLACE_HIDDEN_WEEKS),
    )


@dataclass(frozen=True)
class Vacancy:
    """A trainer has left: who it was, and who of the company could guide students now."""

    left: CompanyMembership
    candidates: list[CompanyMembership]


def vacancy(company: int) -> Vacancy | None:
    """The trainer who left last and of whom nobody has said who takes over; None while nothing is offered and nobody comes. One query."""
    offers = Exists(Place.objects.filter(company=company, state=PlaceState.OPEN, ends_on__gt=timezone.localdate()))
    comes = Exists(Placement.objects.open().filter(place__company=company))
    rows = CompanyMembership.objects.filter(offers | comes, company=company).select_related("user", "take_over").order_by("ended_at", "pk")
    members = list(rows)
    trained = [member for member in members if member.role == CompanyRole.TRAINER and member.ended_at and not member.continued_by_id]
    gone = [member for member in trained if not _answered(member)]
    if not gone:
        return None
    # Trainers first, then contacts, who become trainer by it; each person once, and nobody succeeds themselves.
    running = sorted((m for m in members if m.ended_at is None and m.user_id != gone[-1].user_id), key=lambda m: m.role == CompanyRole.TRAINER)
    people = {member.user_id: member for member in running}
    return Vacancy(gone[-1], sorted(people.values(), key=lambda member: (member.role != CompanyRole.TRAINER, member.user.name, member.pk)))


def _answered(left: CompanyMembership) -> bool:
    """Whether somebody has said who takes over, since the trainer left (for the last time)."""
    answer = getattr(left, "take_over", None)
    return answer is not None and left.ended_at is not None and answer.at >= left.ended_at
