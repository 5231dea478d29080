"""What somebody keeps: favourites, searches with their alerts and feed, and asking a company for a place."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from companies.models import Company
from placements.errors import PlacementError
from placements.models import Alerts, Favourite, Period, Place, PlaceAsk, SavedSearch
from placements.models.saved import new_token
from placements.search import asking, mails, watching
from placements.search.query import Query
from schools.models import Student


class NothingAsked(PlacementError):
    """A search that asks nothing cannot be saved."""


class TooMany(PlacementError):
    """Somebody has as many saved searches as one may have."""


class Gone(PlacementError):
    """A saved search was removed meanwhile."""

    def __str__(self) -> str:
        return _("This search has been removed already.")


class NotAskable(PlacementError):
    """A company cannot be asked for a place now."""


@transaction.atomic
def keep(*, student: Student, place: Place, keep: bool) -> None:
    """Make a place a favourite, or no longer; safe to call twice."""
    if keep:
        Favourite.objects.get_or_create(student=student, place=place)
    else:
        Favourite.objects.filter(student=student, place=place).delete()


@transaction.atomic
def save_search(*, query: Query, actor: Actor) -> SavedSearch:
    """Save a search under a name made from it, without mails; the same one saved twice is one. Raises NothingAsked, TooMany."""
    text = watching.canonical(query)
    if not query.asks or len(text) > watching.LONGEST or actor.hat is None:
        raise NothingAsked(_("Say what or where first; then you can save your search."))
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.user.pk if actor.user else 0)
    own = SavedSearch.objects.visible_to(actor)
    known = own.filter(query=text).first()
    if known:
        return known
    if SavedSearch.objects.filter(user=user).count() >= settings.SAVED_SEARCHES_MOST:
        raise TooMany(_("You have %(n)s saved searches. Remove one first.") % {"n": settings.SAVED_SEARCHES_MOST})
    saved = SavedSearch(user=user, hat=actor.hat.key, name=watching.name_of(query), query=text)
    saved.newest = watching.newest_of(watching.found_by(saved, timezone.localdate()))
    saved.save()
    return saved


@transaction.atomic
def set_alerts(*, saved: SavedSearch, alerts: Alerts) -> SavedSearch:
    """Choose how often new places are mailed; who begins hears of what comes from now on. Raises Gone."""
    locked = _locked(saved)
    if locked.alerts == Alerts.OFF and alerts != Alerts.OFF:
        today = timezone.localdate()
        locked.newest = max(locked.newest, watching.newest_of(watching.found_by(locked, today)))
        locked.looked_on = today
    locked.alerts = alerts
    locked.save(update_fields=["alerts", "newest", "looked_on"])
    return locked


@transaction.atomic
def stop_alerts(*, key: int) -> SavedSearch | None:
    """No more mails for one search, from the link in a mail; None when the search is gone. Safe to call twice."""
    SavedSearch.objects.filter(pk=key).update(alerts=Alerts.OFF)
    return SavedSearch.objects.filter(pk=key).first()


@transaction.atomic
def renew_feed(*, saved: SavedSearch) -> SavedSearch:
    """Give a search's feed another secret address; the old one is gone. Raises Gone."""
    locked = _locked(saved)
    locked.token = new_token()
    locked.save(update_fields=["token"])
    return locked


@transaction.atomic
def remove_search(*, saved: SavedSearch) -> None:
    """Forget a saved search, its mails and its feed; safe to call twice."""
    saved.delete()


def _locked(saved: SavedSearch) -> SavedSearch:
    locked = SavedSearch.objects.select_for_update(of=("self",)).select_related("user").filter(pk=saved.pk).first()
    if locked is None:
        raise Gone
    return locked


@transaction.atomic
def ask(*, student: Student, company: Company, crebo: int, period: Period) -> PlaceAsk:
    """Ask a company for a place, once a period; it gets a mail that does not say who. Raises NotAskable.

    Company and student are locked, so that two at once do not make one mail too many: so few mails a week are there for all students.
    """
    now = timezone.now()
    locked = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    known = PlaceAsk.objects.filter(student=student, company=locked, period=period).first()
    if known:
        return known
    if not asking.may_be_asked([crebo], timezone.localdate()).filter(pk=locked.pk).exists():
        raise NotAskable(_("You cannot ask this company now: it may offer a place already, or does not want to be asked."))
    if PlaceAsk.objects.filter(asking.this_week(now), company=locked).count() >= settings.ASKS_A_WEEK:
        raise NotAskable(_("This company has been asked often enough this week. Try again next week, or ask another one."))
    most = settings.ASKS_A_STUDENT_A_WEEK
    Student.objects.select_for_update(of=("self",), no_key=True).get(pk=student.pk)
    if PlaceAsk.objects.filter(asking.this_week(now), student=student).count() >= most:
        raise NotAskable(_("You have asked %(n)s companies this week. Wait for an answer, or apply for a place.") % {"n": most})
    made = PlaceAsk.objects.create(student=student, company=locked, qualification_id=crebo, period=period, created_at=now)
    mails.asked(made)
    return made
