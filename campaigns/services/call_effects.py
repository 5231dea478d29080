"""What follows from an outcome elsewhere, and how that is undone: places, confirmations, calls that are no longer wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from campaigns.calls import notifications
from campaigns.calls.errors import TooLate
from campaigns.calls.workflow import Outcome
from campaigns.models import CallResult
from companies.services.reach import allow_calls, mark_number, stop_calls
from placements.models import Answer, Application, Period, Place, Placement
from placements.services.places import facts_of, save_place
from placements.services.upkeep import answer_place, confirm_places
from reference.models import Qualification

if TYPE_CHECKING:
    from campaigns.services.calling import Said


@dataclass(frozen=True)
class Offer:
    """A place that a company offers on the telephone: so many students at once, for one qualification."""

    qualification: Qualification
    capacity: int
    period: Period
    days: Sequence[str]
    pathways: Sequence[str]


def _offer(result: CallResult, said: Said) -> None:
    """Offer the places in the company's name: as its last place for the qualification looks, if there is one."""
    for offer in said.offers:
        like = Place.objects.filter(company=result.company_id, qualifications=offer.qualification).order_by("-confirmed_at", "-pk").first()
        facts = facts_of(like) if like else {"title": offer.qualification.name[:120], "company_id": result.company_id}
        facts |= {
            "period_id": offer.period.pk, "starts_on": offer.period.starts_on, "ends_on": offer.period.ends_on,
            "days": list(offer.days), "pathways": list(offer.pathways), "capacity": offer.capacity,
        }  # fmt: skip
        goals = list(like.goals.all()) if like else []
        place = save_place(place=Place(**facts), qualifications=[offer.qualification], goals=goals, by=result.by)
        result.places.add(place)
        result.places_added += offer.capacity
    notifications.places_added(result=result)


def _take_offer_back(result: CallResult) -> None:
    places = list(result.places.order_by("pk"))
    if Application.objects.filter(place__in=places).exists() or Placement.objects.filter(place__in=places).exists():
        raise TooLate(_("A student has answered to the place already. Call the company, and stop the place with them."))
    for place in places:
        answer_place(place=place, answer=Answer.STOPPED, by=result.by)
    notifications.places_taken_back(result=result)


def _confirm(result: CallResult, said: Said) -> None:
    """Confirm everything that is offered, and remember since when it stood."""
    offered = Place.objects.filter(company=result.company_id).offered().order_by("pk")
    result.before["confirmed"] = {str(pk): at.isoformat() for pk, at in offered.values_list("pk", "confirmed_at")}
    confirm_places(company=result.company, by=result.by)
    now = offered.values_list("confirmed_at", flat=True).first()
    result.before["confirmed_at"] = now.isoformat() if now else None


def _unconfirm(result: CallResult) -> None:
    for key, at in result.before.get("confirmed", {}).items():
        Place.objects.filter(pk=key, confirmed_at=result.before["confirmed_at"]).update(confirmed_at=datetime.fromisoformat(at))


def _stop(result: CallResult, said: Said) -> None:
    result.before["stopped"] = stop_calls(company=result.company, by=result.by)


def _call_again(result: CallResult) -> None:
    if result.before.get("stopped"):
        allow_calls(company=result.company)


def _mark(result: CallResult, said: Said) -> None:
    result.before["wrong"] = mark_number(company=result.company, wrong=result.company.phone)


def _unmark(result: CallResult) -> None:
    mark_number(company=result.company, wrong=result.before.get("wrong", ""))


EFFECTS: dict[Outcome, Callable[[CallResult, Said], None]] = {
    Outcome.PLACES: _offer,
    Outcome.CONFIRMED: _confirm,
    Outcome.OPTED_OUT: _stop,
    Outcome.WRONG_NUMBER: _mark,
}
UNDOING: dict[Outcome, Callable[[CallResult], None]] = {
    Outcome.PLACES: _take_offer_back,
    Outcome.CONFIRMED: _unconfirm,
    Outcome.OPTED_OUT: _call_again,
    Outcome.WRONG_NUMBER: _unmark,
}
